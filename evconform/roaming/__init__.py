"""Roaming: what a charge point, its CPO and an eMSP come to together, seen by a driver of the eMSP."""
