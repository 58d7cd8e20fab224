"""A person's explanation as a page and as a picture of its own: of the law alone, of any country, in any language."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from himaya.errors import UsageError
from himaya.language import LANGUAGES, direction, plain
from himaya.law import explain
from himaya.legislation import france, morocco
from himaya.report.person import explanation_page, explanation_picture

ON = date(2026, 10, 1)
FATIMA = {"born": date(1960, 6, 10), "awarded_from": "2020-07", "career": [["2000-01", "2019-12", 26, 4000]]}
JEANNE = {"born": date(1963, 3, 1), "award": "2026-10", "career": [[1984, 2025, 24000]]}
SVG = "{http://www.w3.org/2000/svg}"


def of_morocco(target="monthly_amount"):
    return explain(morocco.system, target, morocco.person_of(FATIMA), on=ON)


def of_france(target="monthly_pension"):
    return explain(france.system, target, france.person_of(JEANNE), on=ON)


def words(text):
    return plain(text).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("node", [of_morocco(), of_france()], ids=["morocco", "france"])
def test_the_page_is_whole_and_needs_nothing_else(node, lang):
    page = explanation_page(node, lang, on=ON)
    assert f'<html lang="{lang}" dir="{direction(lang)}">' in page
    assert node.labels[lang] in plain(page)
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)
    assert 'class="chart' in page
    for child in node.children:
        assert child.labels[lang] in plain(page)


def test_the_french_page_names_years_values_and_the_number_of_the_cohort():
    page = words(explanation_page(of_france(), "fr", on=ON))
    assert "Droit au 1er octobre 2026." in page
    assert "années retenues (25 années) : 1984\u20132008" in page
    assert "1984 : 31 279,00 € par an" in page
    assert "34 213,72 € par an" in page, "money of a year is money"
    assert "<bdi>25 ans</bdi>" in page
    assert "MAD" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("node", [of_morocco(), of_france()], ids=["morocco", "france"])
def test_the_picture_stands_alone(node, lang):
    root = ET.fromstring(explanation_picture(node, lang))
    assert root.tag == f"{SVG}svg"
    style = root.find(f"{SVG}style").text
    assert "var(" not in style, "colours by value: there is no page to inherit from"
    classes = {shape.get("class") for shape in root.iter(f"{SVG}rect")} - {"paper", "thread"}
    assert all(f".{name}" in style for name in classes)
    filled = re.search(r"url\(#(\w+)\)", style)[1]
    assert filled in {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")}


def test_the_french_picture_goes_from_the_mean_wage_by_rate_and_duration_to_the_pension():
    root = ET.fromstring(explanation_picture(of_france(), "fr"))
    shown = [words(text.text) for text in root.iter(f"{SVG}text")]
    assert shown == [
        *("Salaire annuel moyen (par mois)", "2 851,14 €"),
        *("Taux de la pension (48,75 %)", "\u22121 461,21 €"),
        *("Trimestres retenus pour la pension (168 / 170)", "\u221216,35 €"),
        *("Pension de vieillesse", "1 373,58 €"),
    ]


def test_what_is_no_amount_has_a_page_and_no_picture():
    reason = of_morocco("reason")
    assert reason.labels["en"] in explanation_page(reason, "en")
    with pytest.raises(UsageError, match="no steps to draw"):
        explanation_picture(reason, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_person_of_a_fund_has_the_same_page_with_the_declared_lines(fund, lang):
    person = fund.list("take-up").rows(1)[0]["person"]
    found = fund.explain(person)
    page = explanation_page(found, lang)
    assert person in page
    assert found.run in page
    assert found.career[0].file in page
    for line in found.outcome(lang):
        assert plain(line) in plain(page)
    ET.fromstring(explanation_picture(found, lang))
