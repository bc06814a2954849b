"""The one rounding rule. OCPI leaves rounding to laws and contracts; this is ours.

Quantities and amounts are exact fractions (an hour's third has no decimal). What is shown is rounded once, by itself, half up,
from the exact value, to the four decimals of OCPI's ``number``. A total is the sum of exact amounts, never of shown ones, so it
may differ from their sum in the last place.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES = 4


def rounded(exact: Fraction, places: int = PLACES) -> Decimal:
    """The decimal that is nearest; of two, the one that is farther from zero."""
    whole = int(abs(exact) * 10**places + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def up_to_multiple(exact: Fraction, step: Fraction) -> Fraction:
    """The smallest multiple of ``step`` that is not below; a step of 0 rounds nothing."""
    return -(-exact // step) * step if step > 0 else exact
