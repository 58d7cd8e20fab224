"""Back-pay: the same months asked by two states of knowledge."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from himaya.language import plain
from himaya.law import Ragged, explain
from himaya.law.back_pay import State, back_pay, back_pay_of_all
from himaya.law.compare import changes
from himaya.law.errors import InputError
from himaya.legislation.morocco import system
from himaya.months import month_of

MONTHS = range(month_of(date(1990, 1, 1)), month_of(date(2010, 1, 1)))
PERSON = {
    "birth_date": date(1955, 5, 5),
    "months": list(MONTHS),
    "days": [26] * 240,
    "wages": [400_000] * 240,
    "work_ceased": True,
    "awarded_from": month_of(date(2015, 6, 1)),
}


def test_an_increase_decided_late_is_owed_since_its_date_of_effect():
    # 63 % of 4,000 = 2,520 since June 2015; +5 % from January 2020, decided on 9 September 2022: 126 a month.
    before, after = State(PERSON, date(2022, 9, 8)), State(PERSON, date(2022, 9, 9))
    result = back_pay(
        system,
        "monthly_amount",
        before,
        after,
        first=month_of(date(2019, 11, 1)),
        last=month_of(date(2022, 9, 1)),
    )
    assert [(each.months, each.before, each.after) for each in result.stretches] == [
        (2, 252_000, 252_000),
        (33, 252_000, 264_600),
    ]
    assert result.total == 33 * 12_600
    causes = {change.name: change for change in result.stretches[1].changes}
    increases = causes["old_age.proportional_increases"]
    # The value of January 2020, not that of a later month, which is the same by both.
    assert (increases.cause, increases.before, increases.after) == ("parameter", 0, Fraction(5, 100))
    assert causes["monthly_amount"].cause == "result"
    assert result.stretches[0].changes == ()


def test_back_pay_is_read_in_three_languages_with_its_reasons():
    before, after = State(PERSON, date(2022, 9, 8)), State(PERSON, date(2022, 9, 9))
    first, last = month_of(date(2019, 11, 1)), month_of(date(2022, 9, 1))
    result = back_pay(system, "monthly_amount", before, after, first=first, last=last)
    english = [plain(line).replace("\u00a0", " ") for line in result.render()]
    assert english[:2] == [
        "Back-pay of “Monthly pension”: 4,158.00 MAD",
        "  January 2020 to September 2022 (33 months): 2,520.00 MAD a month → 2,646.00 MAD a month; 4,158.00 MAD",
    ]
    assert any("→" in line and "5 %" in line for line in english[2:]), "the increase is named"
    for lang, sum_of in (("fr", "4 158,00"), ("ar", "4 158,00")):
        lines = [plain(line).replace("\u202f", " ") for line in result.render(lang)]
        assert sum_of in lines[0]
        assert len(lines) == len(english)


def test_months_found_later_are_owed_since_the_award():
    short = PERSON | {
        "months": PERSON["months"][24:],
        "days": PERSON["days"][24:],
        "wages": PERSON["wages"][24:],
    }
    result = back_pay(
        system,
        "monthly_amount",
        State(short, None),
        State(PERSON, None),
        first=month_of(date(2018, 1, 1)),
        last=month_of(date(2018, 12, 1)),
    )
    # 216 months: 5,616 days, 11 steps, 61 % = 2,440; 240 months: 63 % = 2,520.
    assert result.total == 12 * 8_000
    causes = result.stretches[0].changes
    assert {change.name for change in causes if change.cause == "input"} >= {"months", "days"}
    assert "parameter" not in {change.cause for change in causes}, "the law is the same by both"


def test_many_persons_are_owed_what_each_is():
    offsets = np.array([0, 240, 480])
    wages = np.array([400_000] * 240 + [500_000] * 240)
    both = {
        "birth_date": np.array([(date(1955, 5, 5) - date(1970, 1, 1)).days] * 2),
        "months": Ragged(np.array([*MONTHS, *MONTHS]), offsets),
        "days": Ragged(np.full(480, 26), offsets),
        "wages": Ragged(wages, offsets),
        "work_ceased": np.array([True, True]),
        "awarded_from": np.array([PERSON["awarded_from"]] * 2),
    }
    stretch = {"first": month_of(date(2019, 11, 1)), "last": month_of(date(2022, 9, 1))}
    known = date(2022, 9, 8), date(2022, 9, 9)
    owed = back_pay_of_all(system, "monthly_amount", State(both, known[0]), State(both, known[1]), **stretch)
    single = [
        back_pay(system, "monthly_amount", State(one, known[0]), State(one, known[1]), **stretch).total
        for one in (PERSON, PERSON | {"wages": [500_000] * 240})
    ]
    assert owed.tolist() == single


@pytest.mark.parametrize(
    ("target", "first", "last", "said"),
    [
        ("insured_days", 24_000, 24_001, "insured_days is in days, not in money a month"),
        ("monthly_amount", 24_001, 24_000, "has no month"),
    ],
)
def test_a_question_without_sense_is_refused(target, first, last, said):
    with pytest.raises(InputError, match=said):
        back_pay(system, target, State(PERSON, None), State(PERSON, None), first=first, last=last)


def test_two_explanations_of_the_same_say_nothing():
    node = explain(system, "monthly_amount", PERSON, on=date(2022, 1, 1))
    assert changes(node, node) == []
