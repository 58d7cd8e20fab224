"""Toyland: the array evaluation, the single one and the exact oracle agree on random persons and on every rule."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from toyland import pension

from himaya.law import Ragged, System, evaluate, explain
from himaya.law.exact import Exact, exact

TOYLAND = System("toyland", [pension], pension.INPUTS)
TARGETS = [name for name in TOYLAND.versions if TOYLAND.shapes[name].axis is None]


@st.composite
def people(draw):
    """A few persons with careers around the dates of Toyland's law."""

    def person():
        months = sorted(draw(st.sets(st.integers(1969 * 12, 2011 * 12), max_size=14)))
        size = len(months)
        return {
            "born": draw(st.integers(-9000, -3000)),
            "worked_in": months,
            "days": draw(st.lists(st.integers(0, 31), min_size=size, max_size=size)),
            "pay": draw(st.lists(st.integers(0, 60_000), min_size=size, max_size=size)),
            "stopped": draw(st.booleans()),
            "asked_in": draw(st.none() | st.integers(1995 * 12, 2015 * 12)),
        }

    return [person() for _ in range(draw(st.integers(1, 4)))]


def bucket(persons):
    offsets = np.cumsum([0, *(len(p["worked_in"]) for p in persons)])
    ragged = {
        n: Ragged(np.array([v for p in persons for v in p[n]], np.int64), offsets)
        for n in ("worked_in", "days", "pay")
    }
    asked = [p["asked_in"] for p in persons]
    return ragged | {
        "born": np.array([p["born"] for p in persons]),
        "stopped": np.array([p["stopped"] for p in persons]),
        "asked_in": np.ma.array([a or 0 for a in asked], mask=[a is None for a in asked]),
    }


DATES = st.sampled_from(
    [
        date(1999, 12, 31),
        date(2000, 1, 1),
        date(2009, 12, 31),
        date(2010, 1, 1),
        date(2012, 1, 1),
        date(1979, 12, 31),
    ]
)


@given(persons=people(), on=DATES, known=st.sampled_from([None, date(2006, 6, 29), date(2006, 6, 30)]))
@settings(max_examples=150, deadline=None)
def test_the_three_evaluations_agree(persons, on, known):
    together = evaluate(TOYLAND, TARGETS, bucket(persons), on=on, known=known)
    for i, one in enumerate(persons):
        judged = exact(TOYLAND, TARGETS, one, on=on, known=known)
        for target in TARGETS:
            judge, result = judged[target], together[target]
            assert isinstance(judge, Exact)
            assert result.exact.fraction(i if result.exact.num.ndim else 0) == judge.value, target
            assert result.available[i] == (judge.value is not None), target
            assert set(result.unverified_because(i)) == (judge.doubts if result.available[i] else set()), (
                target
            )
        node = explain(TOYLAND, "paid", one, on=on, known=known)
        assert node.value == judged["paid"].value
        assert set(node.unverified_because) == (judged["paid"].doubts if node.value is not None else set())


def test_months_on_end_are_counted_by_the_calendar():
    """February to April 1995 and August: the seven months to August hold three of them, those to September none more."""
    one = PERSON | {
        "worked_in": [1995 * 12 + m for m in (1, 2, 3, 7, 9)],
        "days": [10, 11, 12, 13, 14],
        "pay": [0] * 5,
    }
    busiest = evaluate(TOYLAND, ["busiest"], bucket([one]), on=date(2001, 1, 1))["busiest"]
    assert busiest.values.tolist() == [46], "10 + 11 + 12 + 13; to October 12 + 13 + 14"
    assert exact(TOYLAND, ["busiest"], one, on=date(2001, 1, 1))["busiest"].value == 46


def test_a_rule_given_as_input_takes_the_place_of_the_rule():
    persons = bucket([PERSON, PERSON])
    given_rate = np.ma.array([0, 1], mask=[True, False])
    result = evaluate(TOYLAND, ["rate", "amount"], persons | {"rate": given_rate}, on=date(2001, 1, 1))
    assert result["rate"].values[1] == 1.0
    assert result["rate"].values[0] < 0.5
    assert (
        result["amount"].values[1]
        == evaluate(TOYLAND, ["recent_pay"], persons, on=date(2001, 1, 1))["recent_pay"].rounded()[1]
    )


def test_results_say_what_has_no_value_and_since_when():
    evaluation = evaluate(TOYLAND, ["amount"], bucket([PERSON]), on=date(2012, 1, 1))
    assert not evaluation["amount"].available[0]
    assert [(gap.parameter, gap.first_asked) for gap in evaluation.gaps] == [
        ("pension.floor", date(2012, 1, 1))
    ]


def test_a_doubt_follows_the_branch_that_wins():
    low = PERSON | {"pay": [100] * 10}
    result = evaluate(
        TOYLAND, ["amount"], bucket([PERSON | {"pay": [25_000] * 10}, low]), on=date(2001, 1, 1)
    )["amount"]
    assert result.unverified.tolist() == [False, True]
    assert result.unverified_because(1) == ("pension.floor",)


def test_the_rule_of_the_date_is_used():
    before = explain(TOYLAND, "bonus", PERSON, on=date(2009, 12, 31))
    after = explain(TOYLAND, "bonus", PERSON, on=date(2010, 1, 1))
    assert (before.note, after.note) == (
        None,
        {"en": "heard in a café", "fr": "entendu au café", "ar": "سمع في المقهى"},
    )
    assert before.formula["en"] == "A tenth of the pension, to the centime below."
    assert "bonus" in after.unverified_because


def test_an_explanation_shows_values_in_force_and_evidence():
    node = explain(TOYLAND, "recent_pay", PERSON, on=date(2001, 1, 1))
    assert node.evidence == tuple(range(3, 10)), "the last seven of ten months"
    assert [(p.name, p.since) for p in node.parameters] == [("pension.months", date(1950, 1, 1))]
    capped = next(child for child in node.children if child.name == "capped")
    assert [(p.name, str(p.since), p.verified) for p in capped.parameters] == [
        ("pension.cap", "1990-07-15", True)
    ]
    text = "\n".join(node.render("fr"))
    assert "mois déclarés retenus (7 mois)\u00a0: avril\u00a01995 \u2013 octobre\u00a01995" in text
    assert "paie récente" in text


def test_of_a_mean_of_the_best_the_years_are_named_that_were_taken():
    years = [1990, 1991, 1993, 1994]
    person = {"worked_in": [y * 12 + m for y in years for m in range(12)], "born": date(1940, 6, 15)}
    pay = [amount for amount in (10_000, 40_000, 20_000, 30_000) for _ in range(12)]
    node = explain(
        TOYLAND, "best_pay", PERSON | person | {"pay": pay, "days": [20] * 48}, on=date(2001, 1, 1)
    )
    wanted = int(next(p for p in node.parameters if p.name == "pension.best_years").applied[0][1])
    assert 0 < wanted < 4
    best = sorted(sorted(range(4), key=lambda at: -pay[at * 12])[:wanted])
    assert node.evidence == tuple(at * 12 + m for at in best for m in range(12))
    assert sum(node.chosen.values.values()) / wanted == node.value
    assert node.chosen.labels == TOYLAND.labels["capped"]


def test_of_a_scale_the_text_says_what_is_this_persons_and_json_has_both():
    node = explain(TOYLAND, "best_pay", PERSON, on=date(2001, 1, 1))
    [scale] = [p for p in node.parameters if p.name == "pension.best_years"]
    told = next(line for line in node.render("en") if scale.labels["en"] in line)
    assert told.startswith(
        "  · best_years: 2 years (for 15\u00a0June\u00a01940, since 1\u00a0January\u00a01950"
    )
    document = scale.to_dict()
    assert len(document["value"]) > 1
    assert document["applied"] == [{"at": "1940-06-15", "value": int(scale.applied[0][1])}]


def test_an_explanation_says_why_a_value_is_not_verified():
    early = PERSON | {"worked_in": list(range(1980 * 12, 1980 * 12 + 10)), "pay": [20_000] * 10}
    lines = explain(TOYLAND, "capped", early, on=date(2001, 1, 1)).render("ar")
    assert "    ! لم يتم التحقق منه: سماعا" in lines
    bonus = explain(TOYLAND, "bonus", early, on=date(2010, 1, 1)).render("fr")
    assert "  ! non vérifié\u00a0: entendu au café" in bonus


def test_an_explanation_as_json_is_complete():
    import json

    tree = json.loads(json.dumps(explain(TOYLAND, "paid", PERSON, on=date(2005, 1, 1)).to_dict()))
    assert tree["unit"] == "TOY/month"
    assert tree["article"] == "Toyland Act, s. 12"
    answer = tree["children"][0]
    assert (answer["value"], answer["value_labels"]["fr"]) == ("yes", "oui")
    assert answer["children"][0]["value"] == "2000-06-15"


PERSON = {
    "born": (date(1940, 6, 15) - date(1970, 1, 1)).days,
    "worked_in": list(range(1995 * 12, 1995 * 12 + 10)),
    "days": [20] * 10,
    "pay": [20_000 + 10 * i for i in range(10)],
    "stopped": True,
    "asked_in": None,
}
