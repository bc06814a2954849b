"""The local authorization list (3.5.2): GetLocalListVersion (5.10) and SendLocalList (5.15)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Answer, Channel, Payload
from mocks.charge_point.composite_schedule import moment

if TYPE_CHECKING:
    from mocks.inch import Inch

EMPTY, UNSUPPORTED = 0, -1
"""The versions that no list has (5.10, erratum 3.52)."""
CAPACITY = 100
"""Entries, where the PICS does not say."""
Changes = dict[str, Payload | None]
"""Lower-case idTag to its new idTagInfo; None: it goes."""


@dataclass
class ListMemory:
    """The list, as it survives a power cycle. ``entries``: lower-case idTag to idTagInfo (7.27)."""

    version: int = EMPTY
    entries: dict[str, Payload] = field(default_factory=dict)


class Refused(Exception):
    """Why an update is not made; ``status`` is the UpdateStatus (7.47)."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status


class LocalList:
    """The list, which nothing but SendLocalList changes."""

    most_in_a_message = 1000
    """SendLocalListMaxLength (9.2.3)."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.capacity = int(cp.pics.sections.get("local_list", {}).get("capacity", CAPACITY))
        if cp.memory.local_list is None:
            cp.memory.local_list = ListMemory()
        cp.handles("GetLocalListVersion", self.get_local_list_version)
        cp.handles("SendLocalList", self.send_local_list)

    def keys(self) -> dict[str, tuple[bool, str]]:
        """9.2."""
        if not self.cp.pics["SendLocalList"]:
            return {}
        return {
            "LocalAuthListEnabled": (False, "true"),
            "LocalAuthListMaxLength": (True, str(self.capacity)),
            "SendLocalListMaxLength": (True, str(self.most_in_a_message)),
        }

    @property
    def memory(self) -> ListMemory:
        memory: ListMemory = self.cp.memory.local_list
        return memory

    @property
    def enabled(self) -> bool:
        """9.2.1."""
        return self.cp.configuration.flag("LocalAuthListEnabled")

    @property
    def version(self) -> int:
        """5.10: a list without entries has version 0, whatever version it was sent with."""
        return self.memory.version if self.memory.entries else EMPTY

    def find(self, id_tag: str) -> Payload | None:
        """The idTagInfo of an idTag; None if it is not listed, or the list is not enabled."""
        info = self.memory.entries.get(id_tag.lower()) if self.enabled else None
        expiry = moment(info.get("expiryDate")) if info else None
        return info | {"status": "Expired"} if info and expiry and expiry <= self.cp.now() else info

    # ── what the central system asks ──

    def get_local_list_version(self, payload: Payload, _: Channel) -> Answer:
        return {"listVersion": self.version if self.enabled else UNSUPPORTED}

    def send_local_list(self, payload: Payload, _: Channel) -> Answer:
        """All of the update is made, or nothing."""
        try:
            self.update(payload)
        except Refused as refused:
            return {"status": refused.status}
        return {"status": "Accepted"}

    def update(self, payload: Payload) -> None:
        """Raises Refused."""
        version, full = payload["listVersion"], payload["updateType"] == "Full"
        if not self.enabled:
            raise Refused("NotSupported", "the list is not enabled")
        if not full and self.mismatches(version):
            raise Refused("VersionMismatch", f"version {version} does not follow {self.version}")
        if version in (EMPTY, UNSUPPORTED):
            raise Refused("Failed", f"{version} is no version of a list (erratum 3.52)")
        changes = self.changes(payload.get("localAuthorizationList", []), full)
        size = self.size_after(changes, {} if full else self.memory.entries)
        if size > self.capacity:
            raise Refused("Failed", f"{size} entries are more than {self.capacity}")
        if full:
            self.memory.entries = {}
        self.apply(changes)
        self.memory.version = version

    def mismatches(self, version: int) -> bool:
        """7.47: a differential update must be newer than the list."""
        return version <= self.version

    def changes(self, items: list[Any], full: bool) -> Changes:
        """What a message changes, each idTag once (6.41). Raises Refused."""
        if len(items) > self.most_in_a_message:
            raise Refused("Failed", f"{len(items)} entries in a message are more than {self.most_in_a_message}")
        changes: Changes = {}
        for item in items:
            info = item.get("idTagInfo")
            if info is None and full:
                raise Refused("Failed", f"{item['idTag']} has no idTagInfo (7.1)")
            if info and "expiryDate" in info and moment(info["expiryDate"]) is None:
                raise Refused("Failed", f"{info['expiryDate']} is no date")
            changes[item["idTag"].lower()] = info
        if len(changes) < len(items):
            raise Refused("Failed", "an idTag stands there twice")
        return changes

    def size_after(self, changes: Changes, entries: dict[str, Payload]) -> int:
        """How long the list would be; costs what the changes cost, not what the list does."""
        added = sum(info is not None and tag not in entries for tag, info in changes.items())
        removed = sum(info is None and tag in entries for tag, info in changes.items())
        return len(entries) + added - removed

    def apply(self, changes: Changes) -> None:
        for tag, info in changes.items():
            if info is None:
                self.memory.entries.pop(tag, None)
            else:
                self.memory.entries[tag] = info
