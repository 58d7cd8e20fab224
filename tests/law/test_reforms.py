"""Overlays of parameters and rules, baselines, and two laws evaluated at once."""

from __future__ import annotations

import textwrap
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_toyland import TOYLAND, bucket, people

from himaya.law import evaluate
from himaya.law.errors import OverlayError
from himaya.law.pair import evaluate_pair, touched_rules

TARGETS = [name for name in TOYLAND.versions if TOYLAND.shapes[name].axis is None]
PERSON = {
    "born": (date(1940, 6, 15) - date(1970, 1, 1)).days,
    "worked_in": list(range(1995 * 12, 1995 * 12 + 10)),
    "days": [20] * 10,
    "pay": [20_000 + 10 * i for i in range(10)],
    "stopped": True,
    "asked_in": None,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reforms")


@pytest.fixture(scope="module")
def write(folder):
    def written(name, text):
        path = folder / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def reforms(write):
    """A reform of a parameter, one of a rule from a date on, and one with a baseline."""
    write(
        "generous.py",
        '''
        from datetime import date
        from himaya.law import maximum, money, round_to_centime, rule

        TOY_A_MONTH = money("TOY", per="month")

        @rule(article="Bill 7", unit=TOY_A_MONTH, valid_from=date(2001, 1, 1))
        def amount(recent_pay, rate, supplement, pension):
            """Recent pay times rate and a supplement, at least the floor."""
            return maximum(round_to_centime(recent_pay * rate) + supplement, pension.floor)

        @rule(article="Bill 7", unit=TOY_A_MONTH)
        def supplement(recent_pay):
            """A tenth of recent pay."""
            return round_to_centime(recent_pay / 10)
        ''',
    )
    parameter = write(
        "floor.yaml",
        """
        name: {en: A higher floor, fr: Un plancher plus haut, ar: حد أدنى أعلى}
        country: toyland
        parameters:
          pension.floor:
            - {from: 2000-01-01, value: 777, article: "Bill 6"}
        """,
    )
    rules = write("rules.yaml", "name: Generous\nrules: generous.py\n")
    against = write(
        "against.yaml",
        """
        name: The floor, against a law without it
        baseline:
          parameters:
            pension.floor:
              - {from: 1950-01-01, value: 0, article: "as if never written"}
        parameters:
          pension.base:
            - {from: 2000-01-01, value: 90, article: "Bill 8"}
        """,
    )
    return {"floor": parameter, "rules": rules, "against": against}


@pytest.mark.parametrize("name", ["floor", "rules", "against"])
@given(persons=people(), on=st.sampled_from([date(1999, 12, 31), date(2001, 1, 1), date(2009, 12, 31)]))
@settings(max_examples=25, deadline=None)
def test_two_laws_at_once_give_what_two_evaluations_give(reforms, name, persons, on):
    baseline, reform = TOYLAND.reformed(reforms[name])
    inputs = bucket(persons)
    for system, together in zip(
        (baseline, reform), evaluate_pair(baseline, reform, TARGETS, inputs, on=on), strict=True
    ):
        alone = evaluate(system, TARGETS, inputs, on=on)
        for target in TARGETS:
            assert together[target].values.tolist() == alone[target].values.tolist(), target
            assert together[target].available.tolist() == alone[target].available.tolist(), target
            for i in range(len(persons)):
                assert together[target].unverified_because(i) == alone[target].unverified_because(i)
        assert together.gaps == alone.gaps


def test_a_rule_of_a_reform_holds_from_its_first_day(reforms):
    reform = TOYLAND.with_overlay(reforms["rules"])
    amounts = [
        evaluate(reform, ["amount"], bucket([PERSON]), on=on)["amount"].rounded()[0]
        for on in (date(2000, 12, 31), date(2001, 1, 1))
    ]
    unchanged = evaluate(TOYLAND, ["amount"], bucket([PERSON]), on=date(2000, 12, 31))["amount"].rounded()[0]
    assert amounts[0] == unchanged
    assert amounts[1] > unchanged
    assert reform.labels["supplement"]["fr"] == "supplement", "a rule that is only tried may lack a name"
    assert reform.version != TOYLAND.version


def test_only_what_a_reform_touches_is_evaluated_again(reforms):
    on = date(2005, 1, 1)
    baseline, reform = TOYLAND.reformed(reforms["floor"])
    touched = touched_rules(baseline, reform, on, reform.needed(TARGETS, on))
    assert touched == {"amount", "bonus", "paid"}


def test_values_that_end_may_be_assumed_to_stay_and_nobody_has_verified_that(write):
    overlay = write(
        "kept.yaml",
        """
        name: Kept
        unchanged_until: 2014-12-31
        parameters:
          pension.floor: [{from: 2000-01-01, to: 2009-12-31, value: 70, article: "Bill 9"}]
        """,
    )
    baseline, reform = (law.parameter("pension.floor") for law in TOYLAND.reformed(overlay))
    assert reform.dated(date(2009, 12, 31)).verified
    for day in (date(2010, 1, 1), date(2014, 12, 31)):
        assumed = reform.dated(day)
        assert assumed.value == reform.dated(date(2009, 12, 31)).value
        assert not assumed.verified
        english, french = (assumed.note[each].replace("\xa0", " ") for each in ("en", "fr"))
        assert english == "assumed to stay as it was last, until 31 December 2014"
        assert french.endswith("jusqu'au 31 décembre 2014")
        assert assumed.place.endswith("kept.yaml:3")
    assert reform.dated(date(2015, 1, 1)) is None
    assert baseline.dated(date(2012, 1, 1)) is None, "the law itself ends this one"
    assert TOYLAND.reformed(overlay)[0].version != TOYLAND.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "parameters:\n  pension.flor: [{from: 2000-01-01, value: 1, article: a}]\n",
            "Did you mean 'pension.floor'",
        ),
        ("rules: nowhere.py\n", "there is no module of rules nowhere.py"),
        ("parameters: {}\nparametres: {}\n", "unknown key 'parametres'.*Did you mean 'parameters'"),
        ("country: nowhere\nparameters: {}\n", "says 'country: nowhere', and changes the law of toyland"),
        ("name: {en: only}\nparameters: {}\n", "its name lacks fr, ar"),
        ("baseline:\n  rule: x.py\n", "unknown key 'rule'"),
        ("parameters: {}\nunchanged_until: 2030\n", "unchanged_until is no date: 2030"),
        ("rules: broken.py\n", "the rules cannot be read: .*invalid syntax"),
        ("rules: empty.py\n", "the module has no rule"),
        ("rules: units.py\n", "declares TOY/month but gives days"),
        (
            "rules: misspelt.py\n",
            "misspelt.py:2: rule amountt takes the place of no rule.*Did you mean 'amount'",
        ),
        ("rules: failing.py\n", "failing.py:2: the rules cannot be read: name 'nothing' is not defined"),
        ("parameters: {}\n", "the overlay changes nothing"),
        ("baseline: {parameters: {}}\n", "the overlay changes nothing"),
    ],
)
def test_a_wrong_reform_is_refused_with_its_place(write, folder, text, said):
    write("broken.py", "def (:\n")
    write("empty.py", "x = 1\n")
    write(
        "units.py",
        'from himaya.law import *\n@rule(article="a", unit=money("TOY", per="month"))\n'
        'def amount(insured_days):\n    """Wrong."""\n    return insured_days\n',
    )
    write("misspelt.py", (folder / "units.py").read_text(encoding="utf-8").replace("amount", "amountt"))
    write("failing.py", "x = 1\ny = nothing\n")
    with pytest.raises(Exception, match=f"(?s){said}") as raised:
        TOYLAND.with_overlay(write("wrong.yaml", text))
    assert str(write("wrong.yaml", text).parent) in str(raised.value)


def test_a_reform_without_file_is_said(folder):
    with pytest.raises(OverlayError, match="there is no overlay file"):
        TOYLAND.with_overlay(folder / "none.yaml")


def test_inputs_of_persons_keep_their_order(reforms):
    baseline, reform = TOYLAND.reformed(reforms["floor"])
    inputs = bucket([PERSON | {"pay": [100] * 10}, PERSON])
    before, after = evaluate_pair(baseline, reform, ["amount"], inputs, on=date(2005, 1, 1))
    assert np.array_equal(after["amount"].rounded() > before["amount"].rounded(), [True, True])
    assert after["amount"].rounded()[0] == 77_700
