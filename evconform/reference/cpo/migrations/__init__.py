"""The migrations of the reference CPO's store, in order."""
