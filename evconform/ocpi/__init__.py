"""Speaks OCPI 2.2.1: the language, one endpoint a role, and the view that monitors have of a wire log."""
