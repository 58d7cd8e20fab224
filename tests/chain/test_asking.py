"""A fund from Python: two clocks, overlays, lists, explanations."""

import re
from datetime import date
from pathlib import Path

import pytest

import himaya
from himaya import language
from himaya.errors import UsageError
from himaya.fund import Fund
from himaya.lake import NotAFundError
from himaya.law.errors import OverlayError
from himaya.rights import PersonNotFoundError, RunError, wording


def test_a_list_row_leads_to_its_explanation(fund):
    rows = fund.list("take-up").rows()
    assert rows
    found = fund.explain(rows[0]["person"])
    assert found.status == "entitled"
    assert found.monthly_amount == rows[0]["monthly_amount"]
    assert found.paid_amount is None
    assert found.lists == ("take-up",)


def test_an_explanation_ends_at_declared_lines_that_say_so(fund, demonstration):
    """The 96 months of the reference wage are lines of a received file, and hold the month and wage cited."""
    person = fund.list("take-up").rows(1)[0]["person"]
    tree = fund.explain(person).as_dict()["explanation"]
    wage = _node(tree, "reference_wage")
    assert len({line["month"] for line in wage["evidence"]}) == 96
    incoming = demonstration.folder / "files" / "incoming"
    for line in wage["evidence"][:: len(wage["evidence"]) // 5]:
        name = line["file"].rsplit("/", 1)[-1]
        source = next(path for path in incoming.rglob("*") if path.name == name)
        text = source.read_bytes().splitlines()[line["line"] - 1].decode()
        assert person in text
        assert line["month"].replace("-", "") in text
        assert f"{line['wage'] // 100}.{line['wage'] % 100:02d}" in text


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_an_explanation_reads_in_three_languages(fund, lang):
    person = fund.list("take-up").rows(1)[0]["person"]
    text = "\n".join(fund.explain(person).lines(lang))
    assert person in text
    assert "dahir 1-72-184" in text
    assert {"en": "Reference wage", "fr": "Salaire de référence", "ar": "الأجر المرجعي"}[lang] in text


def test_an_explanation_is_french_to_the_last_word(fund):
    """Lists and doubtful values by their names, dates in words, a space before each colon."""
    person = next(row for row in fund.list("take-up") if row["unverified"])["person"]
    lines = [line.replace("\u00a0", " ").replace("\u202f", " ") for line in fund.explain(person).lines("fr")]
    told = "\n".join(lines)
    assert "Sur la liste : Droits ouverts et non payés" in told
    assert "Pension d'une carrière courte" in told.replace("\u2019", "'")
    assert "pension_of_short_career" not in told
    assert "Date de naissance : " in told
    of_law = [line for line in lines[: lines.index("", 8)] if "lignes déclarées" not in line]
    assert not [line for line in of_law if re.search(r"\w: ", line)]
    assert not re.search(r"\d{4}-\d{2}-\d{2}", told)


@pytest.mark.parametrize(
    ("told", "lang", "said"),
    [
        ("days=52", "en", "52 days"),
        ("days=20 standing=26", "en", "20 days, where 26 stand"),
        ("death=2023-07-20", "fr", "décès le 20 juillet 2023"),
    ],
)
def test_the_detail_of_a_contradiction_is_a_sentence(told, lang, said):
    assert wording.detail(told, lang).replace("\u00a0", " ") == said


def test_an_unverified_rule_says_so_through_to_the_person(fund):
    """How pensions accrue between 1,320 and 3,239 days was not found: whoever is paid by it is marked."""
    snapshot = fund.snapshot()
    rows = snapshot.read("entitlement", ["status", "reason", "unverified", "unverified_because"]).to_pylist()
    short = [row for row in rows if row["status"] == "entitled" and row["reason"] == "short-career"]
    assert short
    assert all(row["unverified"] and "pension_of_short_career" in row["unverified_because"] for row in short)


def test_the_day_of_knowledge_hides_what_came_later(demonstration, tmp_path):
    """Complementary declarations came on 20 October; on 15 October their months were not known."""
    fund = _copy(demonstration, tmp_path)
    late = [row for row in fund.list("contradictions").rows() if row["kind"] == "late-month"]
    assert late
    first = min(
        date.fromisoformat(day.name) for day in (demonstration.folder / "files" / "incoming").iterdir()
    )
    result = fund.run(law_date=date(2026, 10, 1), known_date=first)
    assert result.rows["contradiction"] < len(fund_rows := late) + result.rows["contradiction"]
    assert not [row for row in fund.list("contradictions").rows() if row["kind"] == "late-month"], fund_rows


def test_a_run_repeated_is_the_same_run(demonstration, tmp_path):
    fund = _copy(demonstration, tmp_path)
    before = fund.status()["publication"]
    again = fund.run()
    assert (again.run, again.fresh) == (demonstration.run, False)
    assert fund.status()["publication"] == before


def test_a_run_repeated_after_another_one_lands_again(demonstration, tmp_path):
    fund = _copy(demonstration, tmp_path)
    first = fund.list("take-up").table
    other = fund.run(law_date=date(2020, 1, 1))
    assert fund.list("take-up").table.num_rows != first.num_rows
    again = fund.run()
    assert (again.run, again.fresh) == (demonstration.run, True)
    assert other.run != again.run
    rows = fund.list("take-up").table
    assert rows.drop_columns("publication").equals(first.drop_columns("publication"))


def test_an_overlay_changes_the_amounts_and_the_run(demonstration, tmp_path):
    """With a minimum of 1,500 MAD from October 2026 nobody with a full career is due less."""
    fund = _copy(demonstration, tmp_path)
    overlay = tmp_path / "minimum.yaml"
    overlay.write_text(
        "name: Minimum pension at 1,500 dirhams\nparameters:\n  old_age.minimum_pension:\n"
        '    - {from: 2026-10-01, value: 1500, article: "a proposal"}\n'
    )
    result = fund.run(overlay=overlay)
    assert result.run != demonstration.run
    overlay.unlink()  # the run keeps its own copy
    rows = fund.snapshot().read("entitlement", ["status", "reason", "monthly_amount"]).to_pylist()
    assert fund.list("take-up").what_if == fund.status()["what_if"] == "Minimum pension at 1,500 dirhams"
    full = [
        row["monthly_amount"]
        for row in rows
        if row["status"] == "entitled" and row["reason"] == "full-career"
    ]
    assert min(full) == 150_000
    person = fund.list("differences").rows(1)[0]["person"]
    told = fund.explain(person)
    assert told.status == "entitled"
    assert any("not the law" in line for line in told.lines("en"))


def test_a_mistake_in_an_overlay_names_the_users_own_file(demonstration, tmp_path):
    fund = _copy(demonstration, tmp_path)
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        "name: Mine\nparameters:\n  old_age.minimum_pensions:\n    - {from: 2026-10-01, value: 1500}\n"
    )
    with pytest.raises(OverlayError) as caught:
        fund.run(overlay=overlay)
    assert caught.value.where == f"{overlay}:3"
    assert not list(fund.workspace.runs.glob("overlay-*"))


def test_the_dead_are_told_what_would_be_due_as_what_would_be(demonstration, tmp_path):
    """It must not read 'nothing is due any more' and then 'entitled'."""
    fund = Fund.open(demonstration.folder / "fund", workers=1)
    row = next(row for row in fund.list("unsupported") if row["reason"] == "paid-after-death")
    told = fund.explain(row["person"])
    assert told.status == "deceased"
    lines = list(told.lines("en"))
    assert f"Died on {language.day(told.death_date, 'en')}." in lines
    at = lines.index(
        f"What the law would give on {language.day(told.law_date, 'en')} if the person were alive:"
    )
    assert lines[at + 1].startswith("Result and reason")
    assert told.as_dict()["death_date"] == told.death_date.isoformat()


def test_an_empty_fund_says_what_to_do(tmp_path):
    fund = himaya.create(tmp_path / "fund", workers=1)
    with pytest.raises(RunError, match="himaya intake"):
        fund.run()
    with pytest.raises(RunError, match="himaya run"):
        fund.list("take-up")
    assert fund.status()["publication"] is None


def test_wrong_names_get_the_nearest_right_one(fund, tmp_path):
    with pytest.raises(UsageError, match="take-up"):
        fund.list("takeup")
    with pytest.raises(PersonNotFoundError, match="check digit"):
        fund.explain("199999999")
    with pytest.raises(NotAFundError, match="himaya init"):
        himaya.open(tmp_path)


def _node(tree, name):
    if tree["name"] == name and not tree["repeated"]:
        return tree
    return next((found for child in tree["children"] if (found := _node(child, name))), None)


def _copy(demonstration, folder: Path) -> Fund:
    import shutil

    shutil.copytree(demonstration.folder / "fund", folder / "fund")
    return Fund.open(folder / "fund", workers=1)
