"""The migrations of the reference eMSP's store, in order."""
