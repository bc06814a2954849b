"""What operator and drivers of the eMSP reach over HTTP."""
