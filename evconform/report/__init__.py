"""The report: one model, and writers over it."""
