"""Legal: what is metered, when, and how it is written (3.16, 4.7, 7.33, 7.43)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mocks.legal import FIXED, INCH, TWO, edits_payload, edits_values, variant

REGISTER = "Energy.Active.Import.Register"


@variant("4.7, 7.43: every member but the value has a default", on=TWO)
def leaves_out_the_defaults(cp: Any) -> None:
    """Leaves out every member that says what its default says."""
    defaults = {"measurand": REGISTER, "unit": "Wh", "context": "Sample.Periodic", "location": "Outlet", "format": "Raw"}
    edits_values(cp, lambda v: [{name: said for name, said in v.items() if defaults.get(name) != said}])


@variant("7.43: every member may be there")
def says_every_member(cp: Any) -> None:
    """Gives location and format too."""
    edits_values(cp, lambda v: [v | {"location": "Outlet", "format": "Raw"}])


def _writes(cp: Any, how: Callable[[str], str]) -> None:
    edits_values(cp, lambda v: [v | {"value": how(v["value"])}])


@variant("7.43: a value is a string")
def writes_many_decimals(cp: Any) -> None:
    """Writes seven decimals."""
    _writes(cp, lambda value: f"{float(value):.7f}")


@variant("7.43: a value is a string")
def writes_a_bare_point(cp: Any) -> None:
    """Writes 12. for 12."""
    _writes(cp, lambda value: value if "." in value else f"{value}.")


@variant("7.43: a value is a string", on=FIXED)
def writes_one_decimal(cp: Any) -> None:
    """Writes one decimal, of a register in kWh too."""
    _writes(cp, lambda value: f"{float(value):.1f}")


@variant("7.43: a value is a string")
def writes_one_decimal_of_kilowatts(cp: Any) -> None:
    """Writes one decimal, of powers in kW too."""
    _writes(cp, lambda value: f"{float(value):.1f}")


@variant("4.7: MeterValues may come in several messages")
def tells_each_measurand_by_itself(cp: Any) -> None:
    """Sends a MeterValues for each measurand."""
    add = cp.queue.add

    def adds(action: str, payload: Any, transaction: Any) -> None:
        if action != "MeterValues":
            add(action, payload, transaction)
            return
        (value,) = payload["meterValue"]
        for measurand in dict.fromkeys(v["measurand"] for v in value["sampledValue"]):
            some = [v for v in value["sampledValue"] if v["measurand"] == measurand]
            add(action, payload | {"meterValue": [value | {"sampledValue": some}]}, transaction)

    cp.queue.add = adds


@variant("7.33: any number of meterValue elements")
def gives_each_measurand_an_element(cp: Any) -> None:
    """Gives a meterValue element for each sampled value, all with the same timestamp."""

    def split(payload: dict[str, Any]) -> dict[str, Any]:
        one_each = [e | {"sampledValue": [v]} for e in payload["meterValue"] for v in e["sampledValue"]]
        return payload | {"meterValue": one_each}

    edits_payload(cp, split, "MeterValues")


@variant("7.35: contexts", on=TWO)
def tells_the_begin_and_the_end(cp: Any) -> None:
    """Sends MeterValues with the contexts Transaction.Begin and Transaction.End too."""
    begins, ends = cp.metering.begins, cp.metering.ends

    def begin(transaction: Any) -> None:
        begins(transaction)
        cp.metering.send(transaction.connector, transaction, "MeterValuesSampledData", "Transaction.Begin", transaction.started)

    def end(transaction: Any, at: Any) -> Any:
        cp.metering.send(transaction.connector, transaction, "MeterValuesSampledData", "Transaction.End", at or cp.now())
        return ends(transaction, at)

    cp.metering.begins, cp.metering.ends = begin, end


@variant("7.35: contexts")
def tells_interruptions(cp: Any) -> None:
    """Sends MeterValues with the contexts Interruption.Begin and Interruption.End when the EV pauses, and Other at times."""
    wants = cp.sessions.ev_wants

    def ev_wants(number: int, wants_it: bool = True, **how: Any) -> None:
        wanted = how.get("wants", wants_it)
        wants(number, wants=wanted)
        transaction = cp.transactions.running(number)
        if transaction:
            for context in ("Interruption.End" if wanted else "Interruption.Begin", "Other"):
                cp.metering.send(number, transaction, "MeterValuesSampledData", context, cp.now())

    cp.sessions.ev_wants = ev_wants


@variant("3.16.2: which end of the interval the timestamp names is not said")
def dates_the_begin_of_the_interval(cp: Any) -> None:
    """Dates clock-aligned values with the begin of their interval."""
    send = cp.metering.send

    def sends(number: int, transaction: Any, key: str, context: str, at: Any) -> None:
        interval = cp.configuration.number("ClockAlignedDataInterval")
        send(number, transaction, key, context, at - timedelta(seconds=interval) if context == "Sample.Clock" else at)

    cp.metering.send = sends


def _draws(cp: Any, current: Callable[[Any], float]) -> None:
    """Every EV draws this share of what it would; energy is counted every second."""
    for connector in cp.connectors.values():

        class Drawing(type(connector)):  # type: ignore[misc]
            @property
            def current(self) -> float:
                return float(super().current * current(self))

        connector.__class__ = Drawing

    async def integrates() -> None:
        while True:
            for meter in cp.meters.values():
                meter.integrate()
            await cp.clock.wait(1.0)

    wakes = cp._wakes

    def wake(delay: float) -> None:
        wakes(delay)
        cp.lives.spawn(integrates())

    cp._wakes = wake


@variant("an EV draws what it likes")
def ev_ramps(cp: Any) -> None:
    """The EV goes up to its full current in two minutes, and down again."""
    _draws(cp, lambda _: abs(1.0 - (cp.clock.now() % 240.0) / 120.0))


@variant("an EV draws what it likes", on=FIXED)
def ev_wavers(cp: Any) -> None:
    """The EV draws its full current for 20 seconds of every 90, and 70 % of it in between."""
    _draws(cp, lambda _: 1.0 if cp.clock.now() % 90.0 < 20.0 else 0.7)


@variant("the phases of an EV need not be equal")
def draws_unequal_currents(cp: Any) -> None:
    """The currents of the phases are unequal, their sum is the same."""
    share = {"L1": 1.2, "L2": 1.0, "L3": 0.8}

    def unequal(value: dict[str, Any]) -> list[dict[str, Any]]:
        if value["measurand"] != "Current.Import" or "phase" not in value:
            return [value]
        return [value | {"value": f"{float(value['value']) * share[value['phase']]:.2f}"}]

    edits_values(cp, unequal)


@variant("7.37: L1 and L1-N name the same line", on=INCH)
def names_its_phases_otherwise(cp: Any) -> None:
    """Says L1 of a voltage."""
    edits_values(cp, lambda v: [v | {"phase": v["phase"].removesuffix("-N")} if "phase" in v else v])


@variant("7.37: N is a phase, too")
def tells_the_neutral(cp: Any) -> None:
    """Tells the current of the neutral too."""

    def more(value: dict[str, Any]) -> list[dict[str, Any]]:
        is_last = value["measurand"] == "Current.Import" and value.get("phase") == "L3"
        return [value, value | {"phase": "N", "value": "0.1"}] if is_last else [value]

    edits_values(cp, more)


@variant("3.16.3: the total may come with its phases", on=INCH)
def tells_power_by_phase_and_in_total(cp: Any) -> None:
    """Tells the power of each phase, and their sum."""

    def each(value: dict[str, Any]) -> list[dict[str, Any]]:
        if value["measurand"] != "Power.Active.Import":
            return [value]
        third = f"{float(value['value']) / 3:.4f}"
        return [value, *(value | {"phase": f"L{n}", "value": third} for n in (1, 2, 3))]

    edits_values(cp, each)


@variant("3.16.1: a first sample at once")
def samples_at_once(cp: Any) -> None:
    """Takes a sample when the transaction starts, then one every interval."""
    begins = cp.metering.begins

    def begin(transaction: Any) -> None:
        begins(transaction)
        if cp.metering.sample_interval():
            cp.metering.send(transaction.connector, transaction, "MeterValuesSampledData", "Sample.Periodic", transaction.started)

    cp.metering.begins = begin


def _sampled(cp: Any, seconds: Callable[[], float], told_after: float = 0.0) -> None:
    """Periodic samples are dated so much later, and told then."""
    sampled = cp.metering.sampled

    async def later(transaction: Any, at: Any, off: float) -> None:
        await cp.clock.wait(off + told_after)
        if cp.transactions.running(transaction.connector) is transaction:
            sampled(transaction, at + timedelta(seconds=off))

    cp.metering.sampled = lambda transaction, at: cp.lives.spawn(later(transaction, at, seconds()))


@variant("a meter is read when it is read")
def samples_with_jitter(cp: Any) -> None:
    """Takes its samples up to 0.8 s late."""
    jitter = iter([0.1, 0.8, 0.4, 0.0, 0.7, 0.3] * 1000)
    _sampled(cp, lambda: next(jitter))


@variant("3.16: when a sample is told is not said")
def tells_samples_late(cp: Any) -> None:
    """Tells a sample three seconds after it was taken."""
    _sampled(cp, lambda: 0.0, told_after=3.0)


@variant("3.16.2: 3.16 speaks of the time during a transaction", on=TWO)
def aligns_during_transactions_only(cp: Any) -> None:
    """Sends clock-aligned values during a transaction only."""
    send = cp.metering.send

    def sends(number: int, transaction: Any, *more: Any) -> None:
        if transaction:
            send(number, transaction, *more)

    cp.metering.send = sends


@variant("3.16.5: sampled values in between", on=TWO)
def adds_another_meter_to_its_values(cp: Any) -> None:
    """Tells the values at the inlet and of the body too."""

    def more(value: dict[str, Any]) -> list[dict[str, Any]]:
        is_energy = value["measurand"] == REGISTER and "phase" not in value
        return [value, value | {"location": "Inlet", "value": f"{float(value['value']) + 5:.3f}"}] if is_energy else [value]

    edits_values(cp, more)
