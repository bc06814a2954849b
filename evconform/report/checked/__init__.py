"""The report on a log that nobody drove: one model and its writers."""
