"""Questions put to a law: unknown names, dates without value, wrong inputs, overlays, wording."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from test_toyland import PERSON, TOYLAND, bucket

from himaya.language import LANGUAGES, plain
from himaya.law import (
    AGE,
    DATE,
    DAYS,
    MONTH,
    MONTHS,
    PERCENT,
    QUARTERS,
    SCORE,
    SHARE,
    YEAR,
    YEARS,
    Ragged,
    evaluate,
    explain,
    money,
)
from himaya.law.errors import CalculationError, InputError, NoValueError, OverlayError, UnknownNameError
from himaya.law.parameters import Scale, day_number
from himaya.law.phrases import format_number, format_value
from himaya.law.units import parse
from himaya.report.pen import Pen

ON = date(2001, 1, 1)


def test_an_unknown_target_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'amount'"):
        evaluate(TOYLAND, ["amuont"], bucket([PERSON]), on=ON)


def test_a_parameter_before_its_first_value():
    parameter = TOYLAND.parameter("pension.floor")
    assert parameter.at(date(1980, 1, 1)).value == 2000
    with pytest.raises(NoValueError, match=r"pension.floor has no value on 1979-12-31.*begin on 1980-01-01"):
        parameter.at(date(1979, 12, 31))
    with pytest.raises(NoValueError, match="there is none on that date"):
        parameter.at(date(2012, 1, 1))


def test_a_parameter_is_seen_from_the_day_it_was_decided():
    base = TOYLAND.parameter("pension.base")
    assert base.at(date(2005, 6, 1), known=date(2006, 6, 29)).value == Fraction(333, 1000)
    assert base.at(date(2005, 6, 1), known=date(2006, 6, 30)).value == Fraction(40, 100)
    assert base.at(date(2005, 6, 1)).value == Fraction(40, 100)


def test_an_unknown_parameter():
    with pytest.raises(UnknownNameError, match=r"Did you mean 'floor'"):
        TOYLAND.parameter("pension.flor")
    with pytest.raises(UnknownNameError, match=r"pension.floor"):
        TOYLAND.parameter("pensions.floor")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"borm": np.array([0])}, "Did you mean 'born'"),
        ({"born": np.array([0.5])}, "type float64"),
        ({"born": np.array([0, 1])}, "different numbers of persons"),
        ({"born": np.ma.array([0], mask=[True])}, "missing for 1 persons"),
        ({"born": None}, "born is not given"),
        ({"stopped": np.array([1])}, "booleans"),
        ({"worked_in": np.array([1])}, "must be a Ragged"),
        ({"worked_in": Ragged(np.array([5, 5]), np.array([0, 2]))}, "months of person 0"),
        ({"pay": Ragged(np.array([5.0]), np.array([0, 1]))}, "not whole numbers"),
        (
            {"pay": Ragged(np.array([5]), np.array([0, 1]))},
            "person 0 has 1 elements of input pay, and 10 of days",
        ),
    ],
)
def test_inputs_that_do_not_fit(change, words):
    with pytest.raises(InputError, match=words):
        evaluate(TOYLAND, ["paid"], bucket([PERSON]) | change, on=ON)


def test_an_error_inside_a_rule_names_rule_date_and_line():
    persons = bucket([PERSON]) | {"pay": Ragged(np.full(10, 2**60), np.array([0, 10]))}
    with pytest.raises(CalculationError, match=r"pension.py:\d+: rule validated on 2001-01-01: a quantity"):
        evaluate(TOYLAND, ["validated"], persons, on=ON)


def test_a_result_that_was_not_asked_for():
    with pytest.raises(InputError, match="was not evaluated"):
        _ = evaluate(TOYLAND, ["amount"], bucket([PERSON]), on=ON)["rate"]


def test_nobody():
    assert len(evaluate(TOYLAND, ["paid"], bucket([PERSON]) | EMPTY, on=ON)["paid"].values) == 0


NO_ONE = Ragged(np.array([], np.int64), np.array([0]))
EMPTY = dict.fromkeys(("worked_in", "days", "pay"), NO_ONE) | {
    "born": np.array([], np.int64),
    "stopped": np.array([], bool),
    "asked_in": np.ma.array([], dtype=np.int64),
}


def test_an_overlay_changes_values_from_its_first_date_on(tmp_path):
    path = tmp_path / "reform.yaml"
    path.write_text(
        "name: Higher floor\nparameters:\n  pension.floor:\n    - {from: 2001-01-01, value: 900, article: Proposal}\n"
    )
    reform = TOYLAND.with_overlay(path)
    values = [
        explain(law, "paid", PERSON, on=on).value
        for law in (TOYLAND, reform)
        for on in (date(2000, 12, 31), ON)
    ]
    assert values[0] == values[1] == values[2]
    assert values[3] == 99_000, "the floor of 900 and a bonus of a tenth"
    assert reform.version != TOYLAND.version
    assert reform.overlay.name["ar"] == "Higher floor"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "parameters:\n  pension.flor:\n    - {from: 2001-01-01, value: 9, article: P}\n",
            r"reform.yaml:2: .*pension.floor",
        ),
        (
            "parameters:\n  pension.floor:\n    - {from: 2001-01-01, value: 9}\n",
            r"reform.yaml:3: .*cites no article",
        ),
        (
            "parameters:\n  pension.floor:\n    - {from: 2001-01-01, value: x, article: P}\n",
            r"reform.yaml:3: 'x'",
        ),
        ("parametres: {}\n", r"reform.yaml:1: an overlay needs 'parameters"),
        ("parameters: {}\nnaem: x\n", r"reform.yaml:2: .*Did you mean 'name'"),
    ],
)
def test_a_mistake_in_an_overlay_names_its_line(tmp_path, text, words):
    path = tmp_path / "reform.yaml"
    path.write_text(text)
    with pytest.raises(Exception, match=words):
        TOYLAND.with_overlay(path)


def test_a_missing_overlay(tmp_path):
    with pytest.raises(OverlayError, match="no overlay file"):
        TOYLAND.with_overlay(tmp_path / "none.yaml")


def test_amounts_are_written_as_people_write_them():
    amount = Fraction(321_050)
    assert format_value(amount, money("MAD", per="month"), "en") == "3,210.50 MAD a month"
    assert format_value(amount, money("MAD"), "fr") == "3\u202f210,50 MAD"
    assert format_value(amount, money("MAD"), "ar") == "\u20663\u202f210,50\u2069 درهم", (
        "isolated, to keep its order"
    )
    assert (
        format_value(Fraction(545, 1000), SHARE, "en")
        == format_value(Fraction(545, 1000), PERCENT, "en")
        == "54.5 %"
    )
    assert format_value(None, SHARE, "fr") == "non disponible"
    assert format_value(True, SHARE, "ar") == "نعم"
    assert format_number(Fraction(-1234), None, "en") == "-1,234"


@pytest.mark.parametrize(
    ("number", "unit", "fr", "ar"),
    [
        (1, DAYS, "1 jour", "يوم واحد"),
        (2, MONTHS, "2 mois", "شهران"),
        (-1, DAYS, "-1 jour", "-1 يوم"),
        (5, DAYS, "5 jours", "5 أيام"),
        (62, YEARS, "62 ans", "62 سنة"),
        (3240, DAYS, "3 240 jours", "3 240 يوما"),
        (100, QUARTERS, "100 trimestres", "100 فصل"),
        (Fraction(3, 2), YEARS, "1,5 an", "1,5 سنة"),
    ],
)
def test_what_is_counted_takes_the_plural_of_the_language(number, unit, fr, ar):
    told = [plain(format_value(Fraction(number), unit, lang)).replace("\u202f", " ") for lang in ("fr", "ar")]
    assert told == [fr, ar]


def test_dates_brackets_and_shares_are_written_as_the_language_writes_them():
    brackets = Scale((0, 30), (Fraction(1, 2), Fraction(1)), DAYS)
    assert format_value(brackets, SHARE, "fr") == (
        "à partir de 0\u00a0: 50 %\u202f; à partir de 30\u00a0: 100 %"
    )
    assert plain(format_value(brackets, SHARE, "ar")) == "ابتداء من 0: 50 %؛ ابتداء من 30: 100 %"
    assert plain(format_value(Fraction(day_number(date(2026, 9, 1))), DATE, "fr")) == (
        "1er\u00a0septembre\u00a02026"
    )
    assert plain(format_value(Fraction(2026 * 12 + 8), MONTH, "ar")).replace("\u00a0", " ") == "شتنبر 2026"


def test_everything_unverified_is_listed():
    assert set(TOYLAND.unverified) == {"bonus", "pension.cap", "pension.base", "pension.floor"}


def test_pay_by_the_day_and_hour_scores_and_brackets_are_written_in_full():
    amount = Fraction(1792)
    assert format_value(amount, money("MAD", per="hour"), "en") == "17.92 MAD an hour"
    assert format_value(amount, money("MAD", per="day"), "fr") == "17,92 MAD par jour"
    assert format_value(Fraction(93_264_284), SCORE, "en") == "9.3264284"
    brackets = Scale((93_264_285, 95_124_370), (Fraction(14400), Fraction(17600)), SCORE)
    assert (
        format_value(brackets, money("MAD"), "en") == "from 9.3264285: 144.00 MAD; from 9.5124370: 176.00 MAD"
    )
    by_birth = Scale((0, 366), (Fraction(2), Fraction(3)), DATE)
    assert format_value(by_birth, YEARS, "en") == (
        "born from 1\u00a0January\u00a01970: 2 years; born from 2\u00a0January\u00a01971: 3 years"
    )
    assert format_value(Scale((1950,), (Fraction(2),), YEAR), YEARS, "en") == "from 1950: 2 years"


@pytest.mark.parametrize(
    ("months", "english", "french", "arabic"),
    [
        (756, "63 years", "63 ans", "63 سنة"),
        (753, "62 years 9 months", "62 ans et 9 mois", "62 سنة و9 أشهر"),
        (721, "60 years 1 month", "60 ans et 1 mois", "60 سنة وشهر واحد"),
        (122, "10 years 2 months", "10 ans et 2 mois", "10 سنوات وشهران"),
        (35, "2 years 11 months", "2 ans et 11 mois", "سنتان و11 شهرا"),
        (12, "1 year", "1 an", "سنة واحدة"),
        (11, "11 months", "11 mois", "11 شهرا"),
        (0, "0 months", "0 mois", "0 شهر"),
        (-3, "-3 months", "-3 mois", "-3 شهر"),
    ],
)
def test_an_age_counted_in_months_is_read_in_years_and_months(months, english, french, arabic):
    assert [plain(format_value(Fraction(months), AGE, lang)) for lang in LANGUAGES] == [
        english,
        french,
        arabic,
    ]
    assert [plain(Pen(lang).quantity(months, AGE.name)) for lang in LANGUAGES] == [english, french, arabic], (
        "letters and pages of explanations say it alike"
    )


def test_months_that_are_counted_stay_months():
    """A reference wage is that of 96 months, and nobody calls them eight years."""
    assert [plain(format_value(Fraction(96), MONTHS, lang)) for lang in LANGUAGES] == [
        "96 months",
        "96 mois",
        "96 شهرا",
    ]


def test_ages_add_to_and_compare_with_months():
    assert AGE.alike(MONTHS)
    assert parse(AGE.name) is AGE


def test_a_scale_by_day_is_read_as_one_by_cohort():
    legal_age = Scale(
        (day_number(date(1964, 1, 1)), day_number(date(1966, 1, 1))), (Fraction(756), Fraction(759)), DATE
    )
    assert [
        plain(format_value(legal_age, AGE, lang)).replace("\u00a0", " ").replace("\u202f", " ")
        for lang in LANGUAGES
    ] == [
        "born from 1 January 1964: 63 years; born from 1 January 1966: 63 years 3 months",
        "nés à partir du 1er janvier 1964 : 63 ans ; nés à partir du 1er janvier 1966 : 63 ans et 3 mois",
        "المزدادون ابتداء من 1 يناير 1964: 63 سنة؛ المزدادون ابتداء من 1 يناير 1966: 63 سنة و3 أشهر",
    ]
