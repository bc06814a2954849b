"""What holds for every test: the keyboard's signal is heard, also where whoever started us in the background had it ignored,
for the processes that are started here inherit that."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
