"""Check characters of contract ids: ISO 15118-1 (two codes, one over GF(2), one over GF(3)) and DIN SPEC 91286 (modulo 11).

The ISO one finds every substitution of one character and every exchange of two neighbours. The DIN one does so among digits only:
a letter counts as two of them, so one may stand for another unseen.
"""

from __future__ import annotations

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_LENGTH = 15

Row = tuple[int, int]
Matrix = tuple[Row, Row]


def _times(row: Row, matrix: Matrix, modulus: int) -> Row:
    (a, b), (c, d) = matrix
    return (row[0] * a + row[1] * c) % modulus, (row[0] * b + row[1] * d) % modulus


def _powers(matrix: Matrix, modulus: int) -> list[Matrix]:
    """The matrix to the powers 1 to 15: position i of an id is weighed with power i."""
    powers = [matrix]
    while len(powers) < _LENGTH:
        powers.append((_times(powers[-1][0], matrix, modulus), _times(powers[-1][1], matrix, modulus)))
    return powers


_CODES = ((2, _powers(((0, 1), (1, 1)), 2)), (3, _powers(((0, 1), (1, 2)), 3)))


def _halves(value: int) -> tuple[Row, Row]:
    """A character's value 0 to 35 as two bits and two ternary digits."""
    return (value // 18, value // 9 % 2), (value % 9 // 3, value % 3)


_ROWS = {sign: _halves(value) for sign, value in _VALUES.items()}


def iso(rest: str) -> str:
    """The check character of the 14 characters of an ISO contract id, in upper case without hyphens."""
    if len(rest) != _LENGTH - 1:
        raise ValueError(f"{rest!r} has {len(rest)} characters, not {_LENGTH - 1}")
    return next(sign for sign in _SIGNS if _sums(rest + sign) == ((0, 0), (0, 0)))


def _sums(whole: str) -> tuple[Row, Row]:
    sums = []
    for which, (modulus, powers) in enumerate(_CODES):
        weighed = [_times(_ROWS[sign][which], power, modulus) for sign, power in zip(whole, powers, strict=True)]
        sums.append((sum(w[0] for w in weighed) % modulus, sum(w[1] for w in weighed) % modulus))
    return sums[0], sums[1]


def din(rest: str) -> str:
    """The check digit of the 11 characters of a DIN contract id: a letter counts as the two digits of its value."""
    digits = "".join(str(_VALUES[sign]) for sign in rest)
    total = sum(int(digit) << place for place, digit in enumerate(digits)) % 11
    return "X" if total == 10 else str(total)
