"""Faults of a charge point in its transactions: StartTransaction (4.8), StopTransaction (4.10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.framing import edits_payload, without
from suites.ocpp16.faults.queue import queues_no

REASONS = (*("EVDisconnected", "HardReset", "Local", "PowerLoss", "Remote", "SoftReset", "UnlockCommand"),)


@fault(kills="OCPP16-4.8-01")
def starts_in_secret(charge_point: Any) -> None:
    """Tells no StartTransaction."""
    queues_no(charge_point, "StartTransaction")


@fault(kills="OCPP16-4.8-01")
def starts_in_another_name(charge_point: Any) -> None:
    """Names another idTag in its StartTransaction."""
    edits_payload(charge_point, "StartTransaction", lambda p: p | {"idTag": "SOMEBODY"})


@fault(kills="OCPP16-4.8-03")
def starts_on_top(charge_point: Any) -> None:
    """Starts a second transaction on a connector that has one."""
    present_card = charge_point.sessions.present_card

    async def presents(uid: str, number: int) -> None:
        if charge_point.transactions.running(number):
            charge_point.transactions.start(number, charge_point.sessions.id_tag(uid), None)
        else:
            await present_card(uid, number)

    charge_point.sessions.present_card = presents


@fault(kills="OCPP16-4.8-02", also=["OCPP16-4.10-07"])
def makes_up_a_transaction_id(charge_point: Any) -> None:
    """Uses a transactionId of its own where it was given none."""
    edits_payload(charge_point, "StopTransaction", lambda p: p | {"transactionId": 0} if p["transactionId"] < 0 else p)


@fault(kills="OCPP16-4.10-01")
def stops_in_secret(charge_point: Any) -> None:
    """Tells no StopTransaction."""
    queues_no(charge_point, "StopTransaction")


def says_other_than(reason: str) -> Callable[[Any], None]:
    """A fault: a transaction that was stopped for this reason is told with another one."""

    def lies(charge_point: Any) -> None:
        other = "Other" if reason != "Other" else "EmergencyStop"
        edits_payload(
            charge_point, "StopTransaction", lambda p: p | {"reason": other} if p.get("reason", "Local") == reason else p
        )

    lies.__name__ = f"says_another_reason_than_{reason}"
    lies.__doc__ = f"Gives another reason for a stop than {reason}."
    return lies


for _reason in REASONS:
    fault(kills="OCPP16-4.10-02")(says_other_than(_reason))


@fault(kills="OCPP16-4.10-03")
def stops_without_an_ev(charge_point: Any) -> None:
    """Stops the transaction when the EV side is disconnected, though it is set not to."""
    unplug_at_ev = charge_point.sessions.unplug_at_ev

    async def stops(number: int) -> None:
        await charge_point.clock.wait(2.0)
        if charge_point.transactions.running(number):
            charge_point.transactions.stop(number, "EVDisconnected")

    def unplugs(number: int) -> None:
        unplug_at_ev(number)
        charge_point.lives.spawn(stops(number))

    charge_point.sessions.unplug_at_ev = unplugs


@fault(kills="OCPP16-4.10-04")
def goes_on_without_an_ev(charge_point: Any) -> None:
    """Goes on with the transaction when the EV side is disconnected, though it is set not to."""
    flag = charge_point.configuration.flag
    charge_point.configuration.flag = lambda key: False if key == "StopTransactionOnEVSideDisconnect" else flag(key)


@fault(kills="OCPP16-4.10-05", also=["OCPP16-METER-04"])
def meter_stop_below_meter_start(charge_point: Any) -> None:
    """Its meterStop is below its meterStart."""
    edits_payload(charge_point, "StartTransaction", lambda p: p | {"meterStart": p["meterStart"] + 100_000})


@fault(kills="OCPP16-4.10-06", also=["OCPP16-3.7-01", "OCPP16-4.7-01"])
def stops_before_it_starts(charge_point: Any) -> None:
    """Dates its StopTransaction an hour before."""
    edits_payload(charge_point, "StopTransaction", lambda p: p | {"timestamp": "2020-01-01T00:00:00.000Z"})


@fault(kills="OCPP16-4.10-07", also=["OCPP16-4.10-01"])
def stops_another_transaction(charge_point: Any) -> None:
    """Names a transaction in its StopTransaction that there is not."""
    edits_payload(charge_point, "StopTransaction", lambda p: p | {"transactionId": p["transactionId"] + 1000})


@fault(kills="OCPP16-3.5.4-02")
def goes_on_for_the_refused(charge_point: Any) -> None:
    """Goes on though the StartTransaction was refused and it is set to stop."""
    charge_point.transactions.refused = lambda transaction: None


@fault(kills="OCPP16-3.5.4-02")
def says_another_reason_than_DeAuthorized(charge_point: Any) -> None:
    """Stops a transaction that was refused for another reason."""
    says_other_than("DeAuthorized")(charge_point)


@fault(kills="OCPP16-3.5.4-03")
def stops_the_refused(charge_point: Any) -> None:
    """Stops a transaction that was refused though it is set only to suspend it."""
    charge_point.transactions.refused = lambda transaction: charge_point.transactions.stop(transaction.connector, "DeAuthorized")


@fault(kills="OCPP16-5.14-02")
def resets_without_stopping(charge_point: Any) -> None:
    """Resets itself, and forgets the transaction that ran."""

    async def resets(kind: str) -> None:
        charge_point.memory.running.clear()
        await charge_point.reboot()

    charge_point.remote.resets = resets


@fault(kills="OCPP16-5.14-03")
def drops_what_waits_at_a_reset(charge_point: Any) -> None:
    """Forgets at a reset what could not be delivered."""
    forget = charge_point.sessions.forget

    def forgets() -> None:
        forget()
        charge_point.memory.queue.clear()

    charge_point.sessions.forget = forgets


@fault(kills="OCPP16-4.10-01")
def stops_in_no_name(charge_point: Any) -> None:
    """Leaves the idTag out of its StopTransaction."""
    edits_payload(charge_point, "StopTransaction", lambda p: without(p, "idTag"))


@fault(kills="OCPP16-3.5.4-03")
def stops_the_refused_after_all(charge_point: Any) -> None:
    """Suspends a transaction that was refused, and stops it soon afterwards though it is not set to."""
    refused = charge_point.transactions.refused

    async def stops(number: int) -> None:
        await charge_point.clock.wait(2.0)
        if charge_point.transactions.running(number):
            charge_point.transactions.stop(number, "DeAuthorized")

    def suspends(transaction: Any) -> None:
        refused(transaction)
        charge_point.lives.spawn(stops(transaction.connector))

    charge_point.transactions.refused = suspends


@fault(kills="OCPP16-3.16-01")
def its_register_begins_anew(charge_point: Any) -> None:
    """Begins every transaction with its register at 0."""
    start = charge_point.transactions.start

    def starts(number: int, *who: Any) -> None:
        charge_point.meters[number].integrate()
        charge_point.memory.registers[number] = 0.0
        start(number, *who)

    charge_point.transactions.start = starts


def _only_says(charge_point: Any, kind: str) -> None:
    """Accepts this kind of Reset, and does nothing."""
    resets = charge_point.remote.resets

    async def refuses(asked: str) -> None:
        if asked != kind:
            await resets(asked)

    charge_point.remote.resets = refuses


@fault(kills="OCPP16-5.14-04")
def only_says_that_it_resets_hard(charge_point: Any) -> None:
    """Accepts a hard reset, and goes on as it was."""
    _only_says(charge_point, "Hard")


@fault(kills="OCPP16-5.14-05")
def only_says_that_it_resets_softly(charge_point: Any) -> None:
    """Accepts a soft reset, and goes on as it was."""
    _only_says(charge_point, "Soft")
