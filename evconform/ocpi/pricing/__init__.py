"""Prices sessions by OCPI 2.2.1 tariffs, for the reference CPO, and recomputes CDRs, for the law: mod_tariffs, mod_cdrs."""
