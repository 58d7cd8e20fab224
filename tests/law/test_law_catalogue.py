"""What a law consists of: cards, citations, amendments and findings."""

from __future__ import annotations

from datetime import date

import pytest
from test_families import TOYLAND as FAMILIES
from test_toyland import TOYLAND

from himaya.language import tell
from himaya.law.catalogue import amendments, articles, card, citations, findings
from himaya.law.errors import UnknownNameError
from himaya.law.phrases import doubted, noted


def test_a_card_shows_versions_formula_parameters_and_neighbours():
    rate = card(TOYLAND, "rate")
    assert rate.labels["fr"]
    assert rate.sources[0].startswith("def rate(insured_days, pension, start):")
    assert '"""' not in rate.sources[0]
    assert [parameter.name for parameter in rate.reads] == [
        "pension.base",
        "pension.highest",
        "pension.step",
        "pension.step_days",
    ]
    assert rate.needs == ("insured_days", "start")
    assert set(rate.used_by) == {"amount", "weighted_pay"}
    bonus = card(TOYLAND, "bonus")
    assert len(bonus.versions) == 2
    assert [note.get("fr") for note in bonus.notes] == [None, "entendu au café"]


def test_an_unknown_rule_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'rate'"):
        card(TOYLAND, "ratte")


def test_an_article_is_found_by_any_part_of_it():
    names = {each.name for each in citations(TOYLAND, "ACT,  s. 10")}
    assert names == {"bonus"}
    assert {each.name for each in citations(FAMILIES, "Decree 4")} == {"family.cohort_cap"}
    assert list(citations(TOYLAND, "no such act")) == []
    assert "Toyland Act, s. 12" in articles(TOYLAND)


def test_a_doubt_says_why_in_the_reader_s_language():
    told = [doubted(each.since, each.note, "fr") for each in TOYLAND.unverified["pension.cap"]]
    assert told == ["depuis le 1er\u00a0janvier\u00a01970\u00a0: par ouï-dire"]
    (floor,) = TOYLAND.unverified["pension.floor"]
    assert floor.note == {"en": "Toyland Act"}, "without a note, what it cites"
    assert noted({"en": "by hearsay"}, "fr") == "by hearsay", "nobody has translated it"


def test_amendments_between_two_dates():
    found = {each.name: each for each in amendments(TOYLAND, date(2009, 12, 31), date(2010, 1, 1))}
    assert found["bonus"].before.function.__name__ == "bonus_before_2010"
    assert found["bonus"].after.function.__name__ == "bonus_since_2010"
    assert list(amendments(TOYLAND, date(2011, 1, 1), date(2011, 1, 1))) == []
    changed = {each.name for each in amendments(FAMILIES, date(1989, 12, 31), date(1990, 1, 1))}
    assert changed == {"family.cohort_cap"}


def test_findings_name_what_lacks_a_description_and_what_nobody_reads():
    found = [(each.name, each.what) for each in findings(FAMILIES)]
    assert ("household_income", "no description in fr, ar") in found
    assert ("family.cohort_cap", "not verified, and no note says why") in found
    assert not any(what == "no rule reads it" for _, what in found)
    in_one_language = "not verified, and no note says why in fr, ar"
    assert ("pension.base", in_one_language) in [(each.name, each.what) for each in findings(TOYLAND)]
    told = {tell(what, "fr") for _, what in found}
    assert "non vérifié, et aucune note ne dit pourquoi" in told
