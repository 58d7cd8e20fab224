"""``himaya law`` as an officer, a lawyer and a developer use it."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from himaya.cli.app import main
from himaya.legislation import countries

SPEC = Path(__file__).parents[1] / "spec"


@pytest.fixture
def law(monkeypatch, capsys):
    """Run a command of the law; gives exit code, stdout, stderr."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["himaya", "law", *map(str, words)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capsys.readouterr()
        return ending.value.code or 0, out, err

    return run


def test_show_gives_text_article_formula_and_parameters(law):
    code, out, _ = law("show", "pension_by_formula", "--country", "morocco")
    assert code == 0
    for words in (
        "Pension before the minimum",
        "dahir 1-72-184",
        "round_to_centime(reference_wage * replacement_rate)",
    ):
        assert words in out
    _, out, _ = law("show", "capped_wages", "--country", "morocco", "--lang", "fr")
    assert "6 000,00" in out.replace("\u202f", " ")
    assert "▇" in out or "█" in out, "the ceiling over time is drawn"


def test_show_in_arabic_and_as_json(law):
    _, out, _ = law("show", "replacement_rate", "--country", "morocco", "--lang", "ar")
    assert "نسبة المعاش" in out
    code, out, _ = law("show", "replacement_rate", "--country", "morocco", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["versions"][0]["text"]["fr"].startswith("50 %")
    assert {p["name"] for p in document["parameters"]} >= {"old_age.base_rate", "old_age.days_per_point"}


def test_an_unknown_rule_is_answered_with_the_nearest_and_exit_code_2(law):
    code, _, err = law("show", "reference_wages")
    assert code == 2
    assert "Did you mean 'reference_wage'" in err


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_the_picture_holds_every_rule_inside_its_frame(law, tmp_path, lang):
    file = tmp_path / "graph.svg"
    code, out, _ = law(
        "graph",
        "monthly_amount",
        "--country",
        "morocco",
        "--on",
        "2026-10-01",
        "-o",
        file,
        "--lang",
        lang,
        "--json",
    )
    assert code == 0
    document = json.loads(out)
    root = ET.parse(file).getroot()
    space = "{http://www.w3.org/2000/svg}"
    width, height = (float(root.get(side)) for side in ("width", "height"))
    boxes = root.findall(f"{space}rect")
    drawn = {box.findtext(f"{space}title") for box in boxes}
    assert drawn == {*(each["name"] for each in document["rules"]), *document["inputs"]}
    corners = [tuple(float(box.get(side)) for side in ("x", "y", "width", "height")) for box in boxes]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in corners)
    for i, (x, y, w, h) in enumerate(corners):
        for u, v, s, t in corners[:i]:
            assert x + w <= u or u + s <= x or y + h <= v or v + t <= y, "two boxes overlap"
    # What more than three rules use is named in their boxes, in the place of an arrow.
    arrows = [(source, user) for source, user in document["arrows"]]
    users = Counter(source for source, _ in arrows)
    paths = {path.findtext(f"{space}title") for path in root.findall(f"{space}path")}
    assert paths == {f"{source} → {user}" for source, user in arrows if users[source] <= 3}
    assert max(users.values()) > 3


def test_the_graph_as_a_tree_says_what_was_shown(law):
    _, out, _ = law("graph", "pension_by_formula", "--country", "morocco", "--on", "2026-10-01")
    assert "Reference wage (reference_wage) [dahir 1-72-184]" in out
    assert "· input" in out
    assert "· shown above" in out


def test_check_is_clean_for_every_country(law):
    code, out, _ = law("check", "--json")
    document = json.loads(out)
    assert [each["findings"] for each in document["systems"]] == [[] for _ in countries()]
    assert (code, document["clean"]) == (0, True)


def test_what_is_not_verified_is_listed_with_the_reason(law):
    _, out, _ = law("check", "--unverified", "--country", "morocco")
    assert "pension_of_short_career" in out
    assert "how pensions accrue from 1,320 to 3,239 days was not found" in " ".join(out.split())


def test_the_reason_and_the_dates_are_in_the_reader_s_language(law):
    _, out, _ = law("check", "--unverified", "--country", "morocco", "--lang", "fr")
    said = " ".join(out.split())
    assert "le calcul de la pension entre 1 320 et 3 239 jours n'a pas été trouvé" in said.replace(
        "\u202f", " "
    )
    _, out, _ = law("show", "capped_wages", "--lang", "ar")
    assert "1 فبراير 1993" in out.replace("\u00a0", " ")
    assert "1993-02-01" not in out
    for rule, unit in {
        "monthly_amount": "MAD par mois",
        "entitled": "oui ou non",
        "reason": "un cas",
    }.items():
        _, out, _ = law("show", rule, "--lang", "fr", "--country", "morocco")
        assert f"Unité : {unit}" in out.replace("\u202f", " ")


def test_diff_shows_what_a_reform_changed(law):
    _, out, _ = law("diff", "2022-12-31", "2023-01-01", "--country", "morocco")
    assert "3,240 days" in out
    assert "1,320 days" in out
    code, _, err = law("diff", "2023-01-01", "2022-01-01")
    assert code == 2
    assert "comes after" in err


def test_brackets_of_a_scale_are_read_one_below_the_other(law):
    _, out, _ = law("show", "legal_age", "--lang", "fr")
    lines = re.sub("[\u202f\u00a0]", " ", out).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("      1er juillet 2011"))
    assert lines[at].endswith("[Décret 2010-1734 du 30/12/2010]")
    assert lines[at + 2].strip() == "nés à partir du 1er juillet 1951 : 60 ans et 4 mois"
    assert "Unité : âge en années et mois" in lines


def test_diff_tells_the_brackets_that_differ_alone(law):
    _, out, _ = law("diff", "2026-08-31", "2026-09-01", "--country", "france")
    text = out.replace("\u00a0", " ")
    assert re.search("born from 1 January 1964 +63 years +62 years 9 months", text)
    assert "born from 1 January 1963" not in text
    _, out, _ = law("diff", "2026-08-31", "2026-09-01", "--country", "france", "--json")
    (changes,) = (country["changes"] for country in json.loads(out)["systems"])
    (legal_age,) = (each for each in changes if each["name"] == "ages.legal_age")
    assert legal_age["brackets"][0]["at"] == "1964-01-01"


def test_cite_finds_an_article_by_a_part_of_its_name(law):
    _, out, _ = law("cite", "2.25.265", "--country", "morocco", "--json")
    assert {"short_career", "old_age.minimum_by_days"} <= {row["name"] for row in json.loads(out)["rows"]}
    _, out, _ = law("cite", "no such article")
    assert "Nothing stands on" in out


@pytest.mark.parametrize("country", countries())
def test_every_article_has_a_test(law, country):
    code, out, _ = law("coverage", "--country", country, "--cases", SPEC / country, "--json")
    [document] = json.loads(out)["systems"]
    assert [each["article"] for each in document["articles"] if each["untested_wholly"]] == []
    assert code == 0


def test_coverage_wants_a_folder_that_exists(law, tmp_path):
    code, _, err = law("coverage", "--country", "morocco", "--cases", tmp_path / "none")
    assert code == 2
    assert "there is no folder of cases" in err
