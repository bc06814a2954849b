"""The eMSP that faces a CPO under test, spoken by a test case: it registers, pulls, and takes what is pushed."""

from __future__ import annotations

from evconform.ocpi.operations import RECEIVER, SENDER
from evconform.ocpi.receiver import Receiver
from evconform.ocpi.registering import Registering

PUSHED = ("locations", "tariffs")


class ScriptedEmsp(Registering):
    """Keeps what the CPO pushes, and gives it back as it came. ``keeps``: by module."""

    role = "EMSP"
    opposite_role = "CPO"
    serves = tuple((module, RECEIVER) for module in PUSHED)
    asks_of = SENDER

    def handles(self) -> None:
        super().handles()
        self.keeps = {module: Receiver(self._owners) for module in PUSHED}
        for module, receiver in self.keeps.items():
            table = {"GET": receiver.get, "PUT": receiver.put}
            table |= {"PATCH": receiver.patch} if module == "locations" else {"DELETE": receiver.delete}
            for method, handler in table.items():
                self.endpoint.handlers[module, RECEIVER, method] = handler

    def _owners(self) -> set[tuple[str, str]]:
        """Whose objects are taken: those of the parties in the SUT's credentials."""
        return {(str(each.get("country_code")).upper(), str(each.get("party_id")).upper()) for each in self.registration.roles}

    def forgets(self, module: str, id: str) -> None:
        """From now on an object that was pushed to us is not here."""
        self._script(f"forgets {id} of {module}")
        kept = self.keeps[module].kept
        for key in [key for key in kept if key[2] == id.upper()]:
            del kept[key]

    async def end(self) -> None:
        await super().end()
        for receiver in self.keeps.values():
            receiver.kept.clear()
