"""Logs of OCPP-J from the field: what other programs wrote down, as entries of a wire log, and the view that the rules have
of them. ``said.py`` is what a format gives; ``formats/`` has a file for each; ``detect.py`` chooses; ``parties.py`` tells who
sent what; ``entries.py`` makes the entries."""
