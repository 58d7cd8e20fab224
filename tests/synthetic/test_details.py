"""The smaller parts: names, families, broken copies, planted rows, calibration."""

from __future__ import annotations

import numpy as np

from himaya.synthetic import dirt
from himaya.synthetic.calibration import calibration
from himaya.synthetic.careers import careers
from himaya.synthetic.demography import rows
from himaya.synthetic.employers import employer
from himaya.synthetic.families import CHILD, links
from himaya.synthetic.names import DECLARATION, DUPLICATE, REGISTER, names, spellings
from himaya.synthetic.survey import with_rows


def test_names_have_spellings_in_plain_capitals_and_an_arabic_form():
    for row in [*rows("surnames.csv"), *rows("first_names.csv")]:
        variants = row["latin"].split("|")
        assert len(set(variants)) == len(variants) >= 2
        assert all(v.isascii() and v == v.upper() and len(v) <= 30 for v in variants)
        assert all("\u0600" <= letter <= "\u06ff" or letter == " " for letter in row["arabic"])


def test_a_duplicate_bears_the_same_name_spelled_otherwise():
    table = names()
    for person in range(200):
        one = spellings(table.lists, table.starts, 1, person, person % 2, REGISTER)
        other = spellings(table.lists, table.starts, 1, person, person % 2, DUPLICATE)
        name_of = np.searchsorted(table.starts, [one, other], side="right")
        assert (name_of[0] == name_of[1]).all()
        assert one[0] != other[0]
        assert one[1] != other[1]
    kept = sum(
        spellings(table.lists, table.starts, 1, person, 0, DECLARATION)
        == spellings(table.lists, table.starts, 1, person, 0, REGISTER)
        for person in range(500)
    )
    assert 50 < kept < 450


def test_families_are_possible(people, known):
    family = links(known.people, people.seed, people.calendar)
    children = family.relation == CHILD
    parent = family.owner[children]
    age = family.birth_month[children] - known.people.birth_month[parent]
    assert ((age >= 15 * 12) & (age < 56 * 12)).all()
    assert (family.birth_month < people.calendar.window).all()
    assert (family.from_month >= family.birth_month).all()
    young = people.calendar.window - family.birth_month[children] < 21 * 12
    assert (young | (family.disabled[children] == 1)).all()
    spouses = np.bincount(family.owner[~children], minlength=len(known.people))
    assert np.array_equal(spouses, known.people.married)


def test_employers_fit_their_fields(people):
    for index in range(len(people.employers)):
        one = employer(people, index)
        assert len(one.name) <= 40
        assert one.name.isascii()
        assert len(one.activity_word) <= 40
        assert len(one.address) <= 120
        assert len(one.city) <= 20
        assert one.activity.encode("cp1252")
        assert one.affiliated[0] < people.calendar.first_month // 12


def test_broken_copies_stand_beside_sound_lines():
    data = b"A;B\r\n" + b"".join(b"%09d;x\r\n" % k for k in range(100))
    ways = (dirt.Broken("cut", lambda line: line[:4]), dirt.Broken("star", lambda line: b"*" + line))
    broken, places = dirt.with_broken_copies(data, ways)
    lines = broken.split(b"\r\n")
    for (line, code), way in zip(places, ways, strict=True):
        assert code == way.code
        assert lines[line - 1] == way.make(lines[line - 2])
    at = {line - 1 for line, _ in places}
    assert b"\r\n".join(line for k, line in enumerate(lines) if k not in at) == data


def test_planted_rows_stand_in_the_order_of_months(people):
    some = people.people(0, 30)
    before = careers(people, some)
    last = people.calendar.last_month
    owner, month = np.array([3, 3, 17]), np.array([last, last - 400, last - 5])
    employer_, days, wage = people.employers[:3], np.array([26, 5, 9]), np.array([100, 200, 300])
    after = with_rows(before, owner, month, employer_, days, wage)
    assert len(after) == len(before) + 3
    assert all(
        (np.diff(after.month[a:b]) >= 0).all() for a, b in zip(after.offsets, after.offsets[1:], strict=False)
    )
    added = (after.owner == 17) & (after.month == last - 5) & (after.employer == people.employers[2])
    assert after.wage[added].tolist() == [300]
    assert with_rows(before, *(np.empty(0, np.int64),) * 5) is before


def test_margins_by_quota_are_met_even_by_a_small_fund(people, known):
    table = {(row["margin"], row["category"]): row for row in calibration(people, known)}
    assert abs(table["inhabitants of towns", "share"]["error"]) < 0.001
    assert abs(table["living men by age, share", "30-34"]["error"]) < 0.003
    assert abs(table["persons a household", "urban"]["error"]) < 0.02
    assert abs(table["declared employees a firm", "last month"]["error"]) < 0.06
