"""Capture files (.pcap, .pcapng): packets, the streams of bytes that they carry, and what was said on each connection."""
