"""Mistakes made on purpose: each is caught when the law is assembled, with the place and the mend."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
from fractions import Fraction

import pytest

from himaya.errors import HimayaError
from himaya.language import plain, tell
from himaya.law import DATE, DAYS, FLAG, Input, System, money
from himaya.law.catalogue import findings
from himaya.law.errors import (
    CycleError,
    ParameterError,
    RuleError,
    UnitError,
    UnknownNameError,
    ValidityError,
)
from himaya.yamlfile import YamlError

LABELS = {"en": "x", "fr": "x", "ar": "x"}
INPUTS = (
    Input("born", DATE, labels=LABELS),
    Input("days", DAYS, axis="month", labels=LABELS),
    Input("pay", money("TOY"), labels=LABELS),
    Input("ill", FLAG, labels=LABELS),
)
HEAD = """
from datetime import date
from himaya.law import *
TOY = money("TOY")
L = {"en": "x", "fr": "x", "ar": "x"}
"""
PARAMETERS = """
needed_days:
  unit: days
  label: {en: needed days, fr: jours, ar: أيام}
  values:
    - {from: 2000-01-01, value: 100, article: "s. 1"}
"""
numbers = itertools.count()


@pytest.fixture
def assemble(tmp_path):
    """A system of one module with this text and these parameters."""

    def make(rules, parameters=PARAMETERS):
        name = f"law_{next(numbers)}"
        path = tmp_path / f"{name}.py"
        path.write_text(HEAD + rules.replace("PARAMS", name), encoding="utf-8")
        path.with_suffix(".yaml").write_text(parameters, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return System(name, [module], INPUTS)

    return make


def rule(body, *, unit="DAYS", arguments="days", extra=""):
    return f'@rule(article="s. 1", unit={unit}, labels=L{extra})\ndef result({arguments}):\n    """Text."""\n    return {body}\n'


RULES = {
    "unknown argument": (rule("dayss", arguments="dayss"), UnknownNameError, "Did you mean 'days'"),
    "unknown parameter": (
        rule("total(days) - PARAMS.need_days", arguments="days, PARAMS"),
        UnknownNameError,
        "needed_days",
    ),
    "days plus money": (rule("total(days) + pay", arguments="days, pay"), UnitError, "days and TOY meet"),
    "date plus date": (rule("born + born", arguments="born", unit="DATE"), UnitError, "cannot be added"),
    "another unit than declared": (rule("pay", arguments="pay"), UnitError, "declares days but gives TOY"),
    "money in the rule": (
        rule("maximum(pay, 1000)", arguments="pay", unit="TOY"),
        UnitError,
        "parameter file",
    ),
    "a flag as a number": (
        rule("pay * ill", arguments="pay, ill", unit="TOY"),
        UnitError,
        "a flag cannot be multiplied",
    ),
    "a condition that is none": (rule("where(pay, 1, 2)", arguments="pay"), UnitError, "condition of where"),
    "no reducer": (
        rule("total(pay)", arguments="pay", unit="TOY"),
        UnitError,
        "an array is needed, and this is one value",
    ),
    "looked up by days instead of a date": (
        rule("PARAMS.at(total(days)).needed_days", arguments="days, PARAMS"),
        UnitError,
        "not date",
    ),
    "if": (rule("pay if ill else pay", arguments="pay, ill", unit="TOY"), RuleError, "where(condition"),
    "chained comparison": (rule("1 < total(days) < 2", unit="FLAG"), RuleError, "where(condition"),
    "no article": (rule("total(days)").replace('"s. 1"', '" "'), RuleError, "cites no article"),
    "no label": (rule("total(days)").replace("L)", '{"en": "x"})'), RuleError, "no label in fr, ar"),
    "a default": (rule("total(days)", arguments="days=1"), RuleError, "must be a plain name"),
    "circle": (
        rule("other", arguments="other")
        + rule("result", arguments="result").replace("def result", "def other"),
        CycleError,
        "result → other → result",
    ),
    "overlap of versions": (
        rule("total(days)", extra=", valid_to=date(2010, 1, 1)")
        + rule("total(days)", extra=', name="result", valid_from=date(2010, 1, 1)').replace(
            "def result", "def later"
        ),
        ValidityError,
        "overlap",
    ),
    "two rules of one function name": (
        rule("total(days)") + rule("total(days) + 1"),
        RuleError,
        "two rules of one module are called result",
    ),
    "an end before the beginning": (
        rule("total(days)", extra=", valid_from=date(2020, 1, 1), valid_to=date(2010, 1, 1)"),
        ValidityError,
        "from 2020-01-01 to 2010-01-01, which is no day",
    ),
    "a function of another module": (
        "import math\n" + rule("math.floor(total(days))"),
        RuleError,
        "cannot be evaluated: must be real number",
    ),
    "a name that nobody wrote": (
        rule("totall(days)"),
        RuleError,
        "name 'totall' is not defined",
    ),
    "gap between versions": (
        rule("total(days)", extra=", valid_to=date(2010, 1, 1)")
        + rule("total(days)", extra=', name="result", valid_from=date(2010, 1, 3)').replace(
            "def result", "def later"
        ),
        ValidityError,
        "leave a gap",
    ),
}


@pytest.mark.parametrize("mistake", RULES)
def test_a_mistake_in_a_rule(assemble, mistake):
    text, kind, words = RULES[mistake]
    with pytest.raises(kind) as caught:
        assemble(text)
    assert words in str(caught.value)
    place, line = caught.value.where.rsplit(":", 1)
    assert place.endswith(".py")
    assert 1 <= int(line) <= (HEAD + text).count("\n")
    assert caught.value.mend


VALUE = '{from: 2000-01-01, value: 100, article: "s. 1"}'
FILES = {
    "no article": ((', article: "s. 1"', ""), ParameterError, "cites no article"),
    "unknown key": (("article:", "articel: x, article:"), ParameterError, "Did you mean 'article'"),
    "unknown unit": (("unit: days", "unit: dayz"), ParameterError, "Did you mean 'days'"),
    "missing language": ((", ar: أيام", ""), ParameterError, "no label in ar"),
    "a note in two languages": (
        ('"s. 1"', '"s. 1", note: {en: a note, fr: une note}'),
        ParameterError,
        "not in the three languages",
    ),
    "text for a number": (("value: 100", "value: many"), ParameterError, "'many' is not a value"),
    "text for a quotient": (
        ("value: 100", "value: 100 / many"),
        ParameterError,
        "'100 / many' is not a value",
    ),
    "quotient by zero": (("value: 100", "value: 100 / 0.0"), ParameterError, "'100 / 0.0' is not a value"),
    "not a date": (("2000-01-01", "2000"), ParameterError, "not a date"),
    "no values": ((f"\n    - {VALUE}", " []"), ParameterError, "has no values"),
    "two values from one day": ((VALUE, f"{VALUE}\n    - {VALUE}"), ValidityError, "overlap"),
    "descending": (
        (VALUE, f"{VALUE}\n    - {VALUE}".replace("2000-01-01", "2001-01-01", 1)),
        ValidityError,
        "overlap",
    ),
    "gap": (
        (VALUE, VALUE.replace("value", "to: 2001-12-31, value") + "\n    - " + VALUE.replace("2000", "2003")),
        ValidityError,
        "leave a gap",
    ),
    "a flag in quotes": (
        ('"s. 1"', '"s. 1", verified: "false"'),
        ParameterError,
        "needed_days is 'false', not true or false",
    ),
    "an end before the beginning": (
        ("value: 100", "to: 1990-01-01, value: 100"),
        ValidityError,
        "from 2000-01-01 to 1990-01-01, which is no day",
    ),
    "a time of a day": (("2000-01-01", "2000-01-01 10:00:00"), ParameterError, "not a date"),
    "a day that does not exist": (
        ("2000-01-01", "2000-02-30"),
        YamlError,
        "2000-02-30 is no day of the calendar",
    ),
    "not a number": (("value: 100", "value: .nan"), ParameterError, "nan is not a value"),
    "endless": (("value: 100", "value: .inf"), ParameterError, "inf is not a value"),
    "a unit in the value": (("value: 100", "value: 100 days"), ParameterError, "Write a plain number"),
    "7000 %": (
        ("unit: days", "unit: percent", "value: 100", "value: 7000"),
        ParameterError,
        "7000 is an unusual value",
    ),
    "minus 70 %": (
        ("unit: days", "unit: percent", "value: 100", "value: -70"),
        ParameterError,
        "-70 is an unusual",
    ),
    "an amount below 0": (
        ("unit: days", "unit: TOY", "value: 100", "value: -5.5"),
        ParameterError,
        "-5.5 is an unusual",
    ),
    "brackets that descend": (
        ("  label", "  by: days\n  label", "value: 100", "value: {20: 1, 10: 2}"),
        ValidityError,
        "do not ascend",
    ),
}


@pytest.mark.parametrize("mistake", FILES)
def test_a_mistake_in_a_parameter_file(assemble, mistake):
    changes, kind, words = FILES[mistake]
    text = PARAMETERS
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(kind) as caught:
        assemble(rule("total(days)"), text)
    assert words in str(caught.value)
    place, line = caught.value.where.rsplit(":", 1)
    assert place.endswith(".yaml")
    assert 1 <= int(line) <= text.count("\n") + 1
    assert caught.value.mend


def test_an_unusual_value_can_be_confirmed(assemble):
    text = PARAMETERS.replace("unit: days", "unit: percent").replace("value: 100", "value: -2, unusual: true")
    system = assemble(rule("PARAMS.needed_days", arguments="PARAMS", unit="PERCENT"), text)
    [group] = system.groups.values()
    assert group["needed_days"].values[0].value == Fraction(-2, 100)


def test_a_module_that_is_loaded_again_meets_its_own_rules_and_says_nothing(assemble):
    system = assemble(rule("total(days)"))
    module = sys.modules[system.versions["result"][0].function.__module__]
    module.__spec__.loader.exec_module(module)
    assert System("again", [module], INPUTS).versions.keys() == {"result"}


def test_a_rule_that_outlives_one_it_needs_is_found(assemble):
    limited = rule("total(days)", extra=', name="late", valid_from=date(2010, 1, 1)').replace(
        "def result", "def late"
    )
    system = assemble(rule("late", arguments="late") + limited)
    found = {each.what: each.mend for each in findings(system)}
    assert "late" in found["it is in force on days on which late is not"]


def test_every_code_is_explained_in_three_languages():
    from himaya.codes import catalogue
    from himaya.law import errors

    kinds = [
        k
        for k in vars(errors).values()
        if isinstance(k, type) and issubclass(k, HimayaError) and k is not HimayaError
    ]
    for kind in kinds:
        explained = catalogue()[kind.code]
        for text in (explained.title, explained.why, explained.mend):
            assert all(text[language].strip() for language in ("en", "fr", "ar"))


def test_a_label_of_nothing_is_refused(assemble, tmp_path):
    assemble(rule("total(days)"))
    module = max(tmp_path.glob("law_*.py"))
    module.with_name(f"{module.stem}.labels.yaml").write_text(
        "resulted: {label: {en: x, fr: x, ar: x}}\n", encoding="utf-8"
    )
    with pytest.raises(UnknownNameError, match="resulted"):
        System("again", [sys.modules[module.stem]], INPUTS)


def test_a_clash_of_units_is_told_in_the_language_of_the_reader(assemble):
    with pytest.raises(UnitError) as raised:
        assemble(rule("total(days) + pay", arguments="days, pay"))
    told = {lang: plain(tell(raised.value.what, lang)) for lang in ("en", "fr", "ar")}
    assert told["en"] == "rule result: days and TOY meet: added"
    assert re.sub(r"\s", " ", told["fr"]) == "règle result : unités incompatibles : days et TOY (addition)"
    assert told["ar"] == "القاعدة result: وحدتان غير متوافقتين: days وTOY (الجمع)"
