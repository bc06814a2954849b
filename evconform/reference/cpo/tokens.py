"""Tokens and what they may: OCPP 1.6, 4.1, 4.8, 7.2 and 7.8. idTags are compared without regard to case (7.17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.reference.cpo.records import Token, Transaction
from evconform.reference.moments import stamp

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Tokens:
    """Decides on an idTag; knows parent groups, expiry, blocked tokens and how many transactions one may have at a time."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        cpo.handles("Authorize", self.authorize)

    def authorize(self, payload: Payload, _: Channel) -> Answer:
        """4.1: only whether it may be used to start or stop; ConcurrentTx is for StartTransaction (7.2)."""
        return {"idTagInfo": self.info(payload["idTag"])}

    def info(self, id_tag: str) -> dict[str, Any]:
        """The IdTagInfo (7.8) of any idTag."""
        token = self.cpo.memory.tokens.get(id_tag.casefold())
        if token is None:
            return {"status": "Invalid"}
        info: dict[str, Any] = {"status": self.status(token)}
        if token.expiry_date:
            info["expiryDate"] = token.expiry_date
        if token.parent_id_tag:
            info["parentIdTag"] = token.parent_id_tag
        return info

    def status(self, token: Token) -> str:
        if token.blocked:
            return "Blocked"
        return "Expired" if token.expiry_date and token.expiry_date <= stamp(self.cpo.clock.date()) else "Accepted"

    def info_at_start(self, transaction: Transaction) -> dict[str, Any]:
        """4.8: the same for the transaction that it started, and that counts among its transactions already."""
        info = self.info(transaction.id_tag)
        token = self.cpo.memory.tokens.get(transaction.id_tag.casefold())
        if info["status"] == "Accepted" and token and self.too_many(token):
            info["status"] = "ConcurrentTx"
        return info

    def too_many(self, token: Token) -> bool:
        """7.2: whether it, or its group where groups are counted, has more transactions than it may."""
        by_group = self.cpo.settings.concurrent == "group" and token.parent_id_tag
        counted = f"group:{token.parent_id_tag.casefold()}" if by_group else token.key
        return 0 < token.concurrent < len(self.cpo.memory.used.get(counted, ()))

    def put(self, token: Token) -> None:
        self.cpo.memory.tokens[token.key] = token
        self.cpo.store.put(token)

    def drop(self, token: Token) -> None:
        del self.cpo.memory.tokens[token.key]
        self.cpo.store.drop(token)
