"""Entities: groups, spouses, parents and children, evaluated on arrays and by the oracle on random small worlds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toyland import family

from himaya.law import Members, Ragged, System, evaluate, explain
from himaya.law.errors import InputError
from himaya.law.exact import exact, exact_population

TOYLAND = System("toyland", [family], family.INPUTS, family.LINKS)
TARGETS = list(TOYLAND.versions)
PEOPLE, HOUSEHOLDS = "person", "household"


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


BORN = st.integers(day("1935-01-01"), day("2008-12-31"))
SCORES = st.sampled_from([0, 93_264_283, 93_264_284, 99_903_726, 99_903_727, 10**9])
DAYS = st.none() | st.integers(day("1940-01-01"), day("2020-01-01"))


@st.composite
def worlds(draw):
    """A few persons in fewer households, some of them married, some of them somebody's children."""
    persons = draw(st.integers(1, 6))
    households = draw(st.integers(1, 3))

    def person():
        years = sorted(draw(st.sets(st.integers(1955, 2010), max_size=8)))
        children = draw(st.lists(BORN, max_size=7))
        return {
            "born": draw(BORN),
            "income": draw(st.none() | st.integers(0, 10_000)),
            "years": years,
            "earned": draw(st.lists(st.integers(0, 20_000), min_size=len(years), max_size=len(years))),
            "children": children,
            "ill": draw(st.lists(st.booleans(), min_size=len(children), max_size=len(children))),
        }

    def once(groups):
        """Each member in at most one group, perhaps for a time only."""
        rows = []
        for member in range(persons):
            group = draw(st.none() | st.integers(0, groups - 1))
            if group is not None:
                rows.append((member, group, draw(DAYS), draw(DAYS)))
        return rows

    people = [person() for _ in range(persons)]
    rents = draw(st.lists(st.integers(0, 3_000), min_size=households, max_size=households))
    links = {"household": once(households), "spouse": once(persons), "parent": once(persons)}
    if draw(st.booleans()):
        links["guardian"] = once(persons)
    scores = draw(st.lists(st.none() | SCORES, min_size=households, max_size=households))
    return people, {"rent": rents, "score": scores}, links


def arrays(people, homes, links):
    """The same world as arrays."""
    given = {"born": np.array([p["born"] for p in people]), "rent": np.array(homes["rent"])}
    given["score"] = np.ma.array([s or 0 for s in homes["score"]], mask=[s is None for s in homes["score"]])
    incomes = [p["income"] for p in people]
    given["income"] = np.ma.array([i or 0 for i in incomes], mask=[i is None for i in incomes])
    for name in ("years", "earned", "children", "ill"):
        kind = np.bool_ if name == "ill" else np.int64
        offsets = np.cumsum([0, *(len(p[name]) for p in people)])
        given[name] = Ragged(np.array([v for p in people for v in p[name]], kind), offsets)
    for name, rows in links.items():
        member, group, since, until = zip(*rows, strict=True) if rows else ((),) * 4
        given[name] = Members(
            np.array(member, np.int64),
            np.array(group, np.int64),
            np.array([-(10**9) if s is None else s for s in since], np.int64),
            np.array([10**9 if u is None else u for u in until], np.int64),
        )
    return given


@given(world=worlds(), on=st.sampled_from([date(2009, 12, 31), date(2010, 1, 1), date(1984, 6, 1)]))
@settings(max_examples=150, deadline=None)
def test_arrays_and_oracle_agree_on_every_rule(world, on):
    people, homes, links = world
    inputs = {name: [p[name] for p in people] for name in people[0]} | homes
    inputs["at_home"] = [[None] * len(p["children"]) for p in people]
    sizes = {PEOPLE: len(people), HOUSEHOLDS: len(homes["rent"])}
    judged = exact_population(TOYLAND, TARGETS, inputs, links, sizes, on=on)
    together = evaluate(TOYLAND, TARGETS, arrays(people, homes, links), on=on)
    for target in TARGETS:
        result = together[target]
        for index, judge in enumerate(judged[target].values):
            assert result.exact.fraction(index) == judge.value, (target, index)
            if judge.value is not None:
                assert set(result.unverified_because(index)) == judge.doubts, (target, index)


@given(world=worlds())
@settings(max_examples=40, deadline=None)
def test_an_explanation_has_the_value_of_the_evaluation_and_the_values_it_rests_on(world):
    given_ = arrays(*world)
    on = date(2010, 1, 1)
    together = evaluate(TOYLAND, TARGETS, given_, on=on)
    for target in ("household_income", "income_a_head", "allowances", "widows_share"):
        result = together[target]
        for index in range(result.values.size):
            node = explain(TOYLAND, target, given_, on=on, index=index)
            assert node.value == result.exact.fraction(index)
            if target == "household_income":
                shown = [child for child in node.children if child.name == "income"]
                assert sum(child.value or 0 for child in shown) == node.value
                assert {child.link for child in shown} <= {"household"}


FAMILY = [
    {"born": day("1980-01-01"), "income": 5000},
    {"born": day("1982-01-01"), "income": 3000},
    {"born": day("2005-01-01"), "income": None},
    {"born": day("2000-01-01"), "income": None},
]


def small(links):
    people = [p | {"years": [], "earned": [], "children": [], "ill": []} for p in FAMILY]
    return arrays(people, {"rent": [1000], "score": [93_264_284]}, links)


ALWAYS = (None, None)


def test_sums_ranks_and_pointers_of_a_family():
    links = {
        "household": [(i, 0, *ALWAYS) for i in range(4)],
        "spouse": [(0, 1, *ALWAYS), (1, 0, *ALWAYS)],
        "parent": [(2, 0, *ALWAYS), (3, 0, *ALWAYS)],
    }
    result = evaluate(TOYLAND, TARGETS, small(links), on=date(2009, 1, 1))
    assert result["household_income"].values.tolist() == [8000]
    assert result["income_a_head"].values.tolist() == [(8000 - 1000) / 4] * 4
    assert result["couple_income"].values.tolist() == [8000, 8000, 0, 0]
    assert result["place"].rounded().tolist()[2:] == [2, 1], "the child of 2000 comes before that of 2005"
    assert result["place"].available.tolist() == [False, False, True, True]
    assert result["allowances"].values.tolist() == [60000, 0, 0, 0]


def test_membership_is_dated():
    moved = [(0, 0, None, day("2009-06-30")), (1, 0, day("2009-07-01"), None)]
    links = {"household": moved, "spouse": [], "parent": []}
    income = [
        evaluate(TOYLAND, ["household_income"], small(links), on=on)["household_income"].values[0]
        for on in (date(2009, 6, 30), date(2009, 7, 1))
    ]
    assert income == [5000, 3000]


def test_who_belongs_to_two_groups_is_named():
    links = {"household": [], "spouse": [(2, 0, *ALWAYS), (2, 1, *ALWAYS)], "parent": []}
    with pytest.raises(InputError, match="person P-77 belongs to several: spouse cannot choose one"):
        evaluate(
            TOYLAND,
            ["couple_income"],
            small(links),
            on=date(2009, 1, 1),
            keys=np.array(["P-1", "P-2", "P-77", "P-4"]),
        )


def test_a_link_that_is_not_given_is_named():
    people = {k: v for k, v in small({"household": [], "spouse": [], "parent": []}).items() if k != "spouse"}
    with pytest.raises(InputError, match="link spouse is not given"):
        evaluate(TOYLAND, ["couple_income"], people, on=date(2009, 1, 1))


def test_a_link_may_be_left_out_and_what_only_it_reaches_is_not_asked_for():
    """Means rest on the guardian's years of work; who has no guardian is not asked for years."""
    on = date(2009, 1, 1)
    assert explain(TOYLAND, "means", {"income": 700}, on=on).value == 700
    assert exact(TOYLAND, ["means"], {"income": 700}, on=on)["means"].value == 700
    incomes = np.ma.array([700, 0], mask=[False, True])
    assert evaluate(TOYLAND, ["means"], {"income": incomes}, on=on)["means"].values.tolist() == [700, 0]
    ward = Members(np.array([1]), np.array([0]))
    with pytest.raises(InputError, match="input born is not given"):
        evaluate(TOYLAND, ["means"], {"income": incomes, "guardian": ward}, on=on)


def test_increases_compound_each_to_the_centime_below():
    """Born in July 1978, 21 in July 1999: the increase of that month is not due, three are."""
    one = {"income": 1999, "born": date(1978, 7, 1)}
    node = explain(TOYLAND, "increased", one, on=date(2009, 10, 31))
    assert node.value == 1822 == int(int(int(1999 * 1.011) * 0.9) * 1.0025)
    shown = {str(each.since) for each in node.parameters if each.name == "family.increase"}
    assert shown == {"2004-01-15", "2009-01-01", "2010-01-01"}
    # One month older: that of July 1999, too; asked until January 2011, the end of the series: nothing.
    earlier = one | {"born": date(1978, 6, 30)}
    assert explain(TOYLAND, "increased", earlier, on=date(2009, 10, 31)).value == 1912
    late = evaluate(
        TOYLAND, ["increased"], {n: np.array([v]) for n, v in FAMILY[0].items()}, on=date(2009, 11, 1)
    )
    assert not late["increased"].available[0]
    assert [str(gap.first_asked) for gap in late.gaps] == ["2011-01-01"]


def test_a_look_up_without_a_date_shows_no_value_in_force():
    given_ = {
        "born": np.array([day("1980-01-01"), day("1950-01-01")]),
        "guardian": Members(np.array([0]), np.array([1])),
    }
    ward, guardian = (
        explain(TOYLAND, "guardians_step", given_, on=date(2009, 1, 1), index=i) for i in (0, 1)
    )
    assert [each.name for each in ward.parameters] == ["family.coarse"]
    assert (guardian.value, guardian.parameters) == (None, ())


def test_a_score_falls_in_its_bracket_to_the_last_decimal_and_is_written_with_all_of_them():
    one = small({"household": [(0, 0, *ALWAYS)], "spouse": [], "parent": []})
    node = explain(TOYLAND, "supplement", one, on=date(2009, 1, 1), index=0)
    assert node.value == 4050
    assert "score: 9.3264284" in " ".join(node.render("en"))


def test_what_is_not_said_of_children_has_its_default_for_each_child_and_unsaid_children_are_missed():
    person = {"children": [day("2001-01-01"), day("2004-01-01")]}
    assert explain(TOYLAND, "at_home_now", person, on=date(2009, 1, 1)).value == 2
    assert exact(TOYLAND, ["at_home_now"], person, on=date(2009, 1, 1))["at_home_now"].value == 2
    assert (
        explain(TOYLAND, "at_home_now", person | {"at_home": [True, False]}, on=date(2009, 1, 1)).value == 1
    )
    with pytest.raises(InputError, match="at_home is not given"):
        explain(TOYLAND, "at_home_now", {}, on=date(2009, 1, 1))
    with pytest.raises(InputError, match="at_home is not given"):
        exact(TOYLAND, ["at_home_now"], {}, on=date(2009, 1, 1))
