"""The reference parties: real implementations of a role, with a real store, built on the protocol packages."""
