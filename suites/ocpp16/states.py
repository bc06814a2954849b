"""OCPP 1.6 edition 2, 4.9, with erratum 3.20: the statuses of a connector, and the moves between them."""

MOVES = {
    "Available": {"Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Reserved", "Unavailable", "Faulted"},  # A2-5, A7-9
    "Preparing": {"Available", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Faulted"},  # B1, B3-6, B9
    "Charging": {"Available", "SuspendedEV", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"},  # C1, C4-6, C8-9
    "SuspendedEV": {"Available", "Charging", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"},  # D1, D3, D5-6, D8-9
    "SuspendedEVSE": {"Available", "Charging", "SuspendedEV", "Finishing", "Unavailable", "Faulted"},  # E1, E3-4, E6, E8-9
    "Finishing": {"Available", "Preparing", "Unavailable", "Faulted"},  # F1-2, F8-9
    "Reserved": {"Available", "Preparing", "Unavailable", "Faulted"},  # G1-2, G8-9
    "Unavailable": {"Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Faulted"},  # H1-5, H9
    "Faulted": {  # I1-8: back to where it was
        *("Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable"),
    },
}
STATUSES = tuple(MOVES)
