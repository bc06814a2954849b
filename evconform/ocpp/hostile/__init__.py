"""Hostile messages, derived from the schemas of OCPP 1.6 and the framing rules of OCPP-J: pure, deterministic, ids for ever.

Each *item* is one message that differs from a legal one in one place, with what it is meant to be: *legal* (it must not be
called malformed), *illegal* (it must be refused), *lenient* and *undated* (it should be, and often is not), *unclear* (the
text does not say), *unreadable* (no answer is owed). An *answer* is one to a CALL of the SUT's own.
"""

from evconform.ocpp.hostile.answers import answers
from evconform.ocpp.hostile.generate import LEVELS, generate
from evconform.ocpp.hostile.item import ID, Item

__all__ = ["ID", "LEVELS", "Item", "answers", "generate"]
