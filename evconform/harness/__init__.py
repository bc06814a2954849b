"""The machine: knows connections, directions and bytes, and no protocol."""
