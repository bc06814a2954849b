"""The formats, in the order in which they are tried: one file each. The last one takes any line that holds a message."""
