"""Numbers of persons and employers with their check digits.

Written from the record layout, apart from :mod:`himaya.contract`, so that an error in either one shows.
"""

from __future__ import annotations

from himaya.kernel import kernel
from himaya.synthetic.random import Stream, shuffled

_NUMBER = int(Stream.NUMBER)
_AFFILIATION = int(Stream.AFFILIATION)

MOST_PERSONS = 9_999_999
MOST_EMPLOYERS = 900_000


@kernel
def insured_number(seed: int, index: int) -> int:
    """Nine digits: a 1, seven digits that are each person's own, a check digit.

    C9 = (10 - ((2 (C2 + C4 + C6 + C8) + C3 + C5 + C7) mod 10)) mod 10.
    """
    payload = shuffled(seed, _NUMBER, index, MOST_PERSONS) + 1
    total, rest = 0, payload
    for place in range(7):
        # From the right the payload is C8, C7, … C2: even places count double.
        total += (2 if place % 2 == 0 else 1) * (rest % 10)
        rest //= 10
    return 100_000_000 + payload * 10 + (10 - total % 10) % 10


@kernel
def affiliation_number(seed: int, index: int) -> int:
    """Seven digits: six that are each employer's own, a check digit.

    C7 = (10 - ((2 (C2 + C4 + C6) + C1 + C3 + C5) mod 10)) mod 10.
    """
    payload = shuffled(seed, _AFFILIATION, index, MOST_EMPLOYERS) + 100_000
    total, rest = 0, payload
    for place in range(6):
        total += (2 if place % 2 == 0 else 1) * (rest % 10)
        rest //= 10
    return payload * 10 + (10 - total % 10) % 10
