"""The tree of the law on the page: the law's own output, written; and the steps of an amount."""

from __future__ import annotations

import pytest
from report_sample import cases

from himaya.language import plain
from himaya.report.charts import Level
from himaya.report.explanation import SHOWN_LINES, branch, levels
from himaya.report.pen import Pen

EN, FR, AR = Pen("en"), Pen("fr"), Pen("ar")


def amount(label, value, *children, unit="MAD/month"):
    return {
        "labels": dict.fromkeys(("en", "fr", "ar"), label),
        "unit": unit,
        "value": value,
        "children": list(children),
    }


def test_steps_follow_the_amount_down_to_where_it_begins():
    tree = amount("due", 4300, amount("yes", True, unit="flag"), amount("award", 4200, amount("wage", 6000)))
    assert levels(tree, EN) == [Level("wage", 6000), Level("award", 4200), Level("due", 4300)]


def test_increases_beside_a_step_are_steps_of_their_own():
    tree = amount(
        "due", 4350, amount("award", 4200), amount("flat", 100), amount("minimum", 1000), amount("share", 50)
    )
    assert levels(tree, EN) == [Level("award", 4200), Level("flat", 4300), Level("share", 4350)]


def test_a_change_by_one_rate_bears_its_name_and_value():
    tree = amount("award", 4200, amount("wage", 6000), amount("rate", 0.7, unit="share"))
    assert levels(tree, EN) == [Level("wage", 6000), Level("rate (70%)", 4200)]


def test_a_step_that_changes_nothing_is_left_out():
    tree = amount("due", 4200, amount("award", 4200, amount("wage", 6000)), amount("minimum", 1000))
    assert levels(tree, EN) == [Level("wage", 6000), Level("award", 4200)]


def test_where_there_is_no_amount_there_are_no_steps():
    assert levels(amount("due", None), EN) == []
    assert levels(amount("entitled", True, unit="flag"), EN) == []


def everything(node):
    yield node
    for child in node.children:
        yield from everything(child)


@pytest.mark.parametrize("pen", [EN, FR, AR])
def test_the_law_of_morocco_is_written_whole(pen):
    for case in cases():
        for node in everything(branch(case.explanation, pen)):
            assert node.label
            assert node.value
            assert len(node.lines) <= SHOWN_LINES


def test_the_way_from_the_amount_to_the_lines_stands_open():
    node = branch(cases()[0].explanation, EN)
    way = []
    while node:
        way.append(node)
        node = next((child for child in node.children if child.open), None)
    assert way[0].label == "Monthly pension"
    assert way[-1].lines, "the way ends at declared lines"
    assert all(line.file and line.month and line.wage for line in way[-1].lines)
    assert way[-1].more == 96 - SHOWN_LINES


def test_unverified_values_are_marked():
    short = branch(cases()[1].explanation, FR)
    assert short.unverified
    assert any(not value.verified for node in everything(short) for value in node.values)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (321050, "MAD", "3 210,50 MAD"),
        (321050, "MAD/month", "3 210,50 MAD par mois"),
        (120000, "EUR/month", "1 200,00 € par mois"),
        (0.7, "share", "70 %"),
        (0.0933, "percent", "9,33 %"),
        (3240, "days", "3 240 jours"),
        (1, "quarters", "1 trimestre"),
        (2.5, "years", "2,5 ans"),
        (1.25, "number", "1,25"),
        ("2026-09-01", "date", "1er septembre 2026"),
        ("2026-09", "month", "septembre 2026"),
        ("full_career", "reason", "full_career"),
        (True, "flag", "oui"),
        (None, "MAD", "sans objet"),
        ([1, 2, 3], "MAD", "3 valeurs"),
        (
            {"1320": 60000, "1705": 70000},
            "MAD",
            "à partir de 1 320 : 600,00 MAD\nà partir de 1 705 : 700,00 MAD",
        ),
        (
            {"1964-01-01": 756, "1965-04-01": 759},
            "months of age",
            "nés à partir du 1er janvier 1964 : 63 ans\nnés à partir du 1er avril 1965 : 63 ans et 3 mois",
        ),
    ],
)
def test_quantities_are_written_in_their_unit(value, unit, written):
    assert plain(FR.quantity(value, unit)).replace("\u202f", " ").replace("\u00a0", " ") == written


def test_a_case_is_written_by_its_label():
    labels = {"en": "too young", "fr": "trop jeune", "ar": "لم تُبلغ السن"}
    assert AR.quantity("age", "reason", labels) == "لم تُبلغ السن"
