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


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("def broken((a):\n    return a\n", 1, "cannot be read"),
        ("x = 1\ny = unknown_name\n", 2, "name 'unknown_name' is not defined"),
    ],
)
def test_a_file_of_the_law_that_python_cannot_read_is_named_with_its_line(
    law, monkeypatch, text, line, words, tmp_path
):
    from himaya import legislation

    folder = tmp_path / "atlantis"
    folder.mkdir()
    (folder / "__init__.py").write_text("from himaya.legislation.atlantis import rules\n", encoding="utf-8")
    (folder / "rules.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(legislation, "__path__", [str(tmp_path), *legislation.__path__])
    code, _, err = law("check", "--country", "atlantis")
    assert code == 1
    assert words in " ".join(err.split())
    assert f"{folder / 'rules.py'}:{line}" in err.replace("\n", "")


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


def test_an_article_is_found_as_people_write_it_and_by_whole_numbers(law):
    def names(article):
        _, out, _ = law("cite", article, "--country", "france", "--json")
        return {row["name"] for row in json.loads(out)["rows"]}

    assert names("L351-10") == names("L. 351-10") == names("l 351-10") != set()
    articles = json.loads(law("cite", "L351-1", "--country", "france", "--json")[1])["rows"]
    assert any("L. 351-1-" in row["article"] or "L. 351-1 " in f"{row['article']} " for row in articles)
    assert not any(row["article"] == "CSS, art. L. 351-10" for row in articles)
    code, out, err = law("cite", " ")
    assert (code, out) == (2, "")
    assert "no article is named" in err


def test_a_parameter_is_shown_by_its_name_with_a_bar_for_each_bracket(law):
    code, out, _ = law("show", "ages.required_quarters", "--country", "france")
    assert code == 0
    assert "Used by: required_quarters" in out
    assert "1 January 1994  ▁▂▂▃▄▅▅▆▇▇█" in out.replace("\u00a0", " "), "150 to 160 quarters"
    document = json.loads(law("show", "old_age.minimum_pension", "--json")[1])
    assert document["country"] == "morocco"
    assert document["values"][0]["article"]
    code, _, err = law("show", "ages.required_quarter")
    assert code == 2
    assert "Did you mean 'ages.required_quarters'" in err


def test_a_graph_on_a_date_without_values_says_so(law):
    _, out, _ = law("graph", "replacement_rate", "--country", "morocco", "--on", "1970-01-01")
    assert "These parameters have no value on 1 January 1970" in " ".join(out.split())
    assert "old_age.base_rate" in out
    _, out, _ = law("graph", "replacement_rate", "--country", "morocco", "--on", "2026-10-01")
    assert "no value" not in out


def test_coverage_without_the_source_says_what_is_needed(law, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, _, err = law("coverage")
    assert code == 2
    assert "part of the project's source" in " ".join(err.split())
    assert "--cases DIR" in err


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


def test_a_person_of_any_country_is_explained_without_a_fund(himaya, tmp_path):
    jeanne, page, picture = (tmp_path / name for name in ("jeanne.yaml", "jeanne.html", "jeanne.svg"))
    jeanne.write_text("born: 1963-03-01\naward: 2026-10\ncareer: [[1984, 2025, 24000]]\n", encoding="utf-8")
    words = ("law", "explain", "monthly_pension", jeanne, "--on", "2026-10-01")
    code, out, _ = himaya(*words)
    assert code == 0
    assert "Best years of the mean: 25 years (for 1\u00a0March\u00a01963" in out
    code, out, _ = himaya(*words, "--html", page, "--picture", picture, "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["country"], told["html"], told["picture"]) == ("france", str(page), str(picture))
    assert told["explanation"]["value"] == 137358
    assert page.exists()
    assert picture.exists()


def test_a_file_that_is_no_person_of_the_country_is_named(himaya, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    for text, words in (
        ("- 1\n", "no single person"),
        ("born: 1963-03-01\ncareer: [[1984, 2025]]\n", "france"),
    ):
        wrong.write_text(text, encoding="utf-8")
        code, _, err = himaya("law", "explain", "monthly_pension", wrong)
        assert code == 2
        assert words in err
        assert "wrong.yaml" in err
