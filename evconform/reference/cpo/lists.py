"""Local authorization lists as the charge points accepted them: OCPP 1.6, 3.5.3, 5.10 and 5.15."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.reference.cpo.records import LocalList

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Lists:
    """A charge point's list and its version."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self._given: dict[str, int] = {}
        """Identity to the version that was chosen last: its list may be under way."""

    def put(self, changed: LocalList) -> None:
        self.cpo.memory.lists[changed.identity] = changed
        self.cpo.store.put(changed)

    def next_version(self, identity: str) -> int:
        """5.15: the version grows; 0 is no list, and below 0 none is supported (erratum 3.52)."""
        known = self.cpo.memory.lists.get(identity)
        self._given[identity] = max(known.version if known else 0, self._given.get(identity, 0)) + 1
        return self._given[identity]
