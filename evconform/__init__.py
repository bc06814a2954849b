"""evconform: the open conformance kit for EV charging and roaming."""

__version__ = "0.1.0"
