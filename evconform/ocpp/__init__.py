"""Speaks OCPP: framing, the two endpoints, the scripted parties, and a typed view of the log for monitors."""
