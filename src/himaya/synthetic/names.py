"""Names of persons in both scripts with the spellings of real registers, CINs, names of employers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic.demography import rows
from himaya.synthetic.random import Stream, shuffled, uniforms
from himaya.synthetic.text import Texts, put_digits, put_text, texts

if TYPE_CHECKING:
    from himaya.synthetic.model import Bytes, Ints

_NAME = int(Stream.NAME)
_SPELLING = int(Stream.SPELLING)
_CIN = int(Stream.CIN)

REGISTER, DECLARATION, DUPLICATE = range(3)
"""Where a name is written: each place has its own spelling of it."""

# One or two letters open a CIN, six digits follow.
_CIN_LETTERS = "A AB AD BB BE BH BK C CB CD D DA E EE F FA G H HA I J JB K KB L LA M MA P R S T V W X Y Z"
_CIN_DIGITS = 1_000_000


class Names(NamedTuple):
    """All name lists in one: surnames, then men's first names, then women's.

    Name ``k`` owns the spellings ``starts[k] … starts[k + 1] - 1``; a name is a place in the whole list.
    """

    latin: Texts
    """All spellings in Latin script."""
    starts: Ints
    arabic: Texts
    lists: Ints
    """First name of the surnames, of the men's and of the women's first names, and the end."""
    cin_letters: Texts


@cache
def names() -> Names:
    """The lists of surnames and first names as tables of bytes."""
    first = rows("first_names.csv")
    men = [row for row in first if row["sex"] == "M"]
    women = [row for row in first if row["sex"] == "F"]
    surnames = rows("surnames.csv")
    entries = surnames + men + women
    spelled = [entry["latin"].split("|") for entry in entries]
    return Names(
        texts([spelling for group in spelled for spelling in group]),
        np.cumsum([0] + [len(group) for group in spelled]).astype(np.int64),
        texts([entry["arabic"] for entry in entries], "utf-8"),
        np.cumsum([0, len(surnames), len(men), len(women)]).astype(np.int64),
        texts(_CIN_LETTERS.split()),
    )


@kernel
def chosen_names(lists: Ints, seed: int, person: int, sex: int) -> tuple[int, int]:
    """Places of a person's surname and first name; the first of a list are the most frequent."""
    u, v = uniforms(seed, _NAME, person, 0)
    first, last = lists[1 + sex], lists[2 + sex]
    return int(u**1.6 * lists[1]), first + int(v**1.6 * (last - first))


@kernel
def spelled(starts: Ints, name: int, u: float, where: int) -> int:
    """Place of one spelling of a name: mostly the first, otherwise any; in a duplicate the next one."""
    first = starts[name]
    count = starts[name + 1] - first
    spelling = 0 if u < 0.6 else int((u - 0.6) / 0.4 * count)
    if where == DUPLICATE:
        spelling = (spelling + 1) % count
    return int(first + spelling)


@kernel
def spellings(lists: Ints, starts: Ints, seed: int, person: int, sex: int, where: int) -> tuple[int, int]:
    """Places of the spellings of a person's surname and first name as written in one place.

    In a duplicate registration both names are spelled otherwise than in the register.
    """
    surname, given = chosen_names(lists, seed, person, sex)
    u, v = uniforms(seed, _SPELLING, person, REGISTER if where == DUPLICATE else where)
    return spelled(starts, surname, u, where), spelled(starts, given, v, where)


@kernel
def cin(seed: int, index: int, letters: int) -> int:
    """The CIN of an index as a number below ``letters`` x 1,000,000; every index has its own."""
    return shuffled(seed, _CIN, index, letters * _CIN_DIGITS)


@kernel
def put_cin(out: Bytes, at: int, letters: Texts, number: int) -> int:
    """Write a CIN, one or two letters and six digits; returns the place after it."""
    at = put_text(out, at, letters, number // _CIN_DIGITS)
    return put_digits(out, at, number % _CIN_DIGITS, 6)
