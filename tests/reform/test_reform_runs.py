"""Reforms over a fund and over a file of persons, against two separate runs of the law."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from himaya import language, reform
from himaya.cli.app import main
from himaya.errors import UsageError
from himaya.language import LANGUAGES
from himaya.law.columns import calculate
from himaya.law.errors import InputError
from himaya.law.parameters import Scale
from himaya.legislation import system_of
from himaya.reform.wording import amounts, group_name
from himaya.report.reform import render_reform

ON = date(2026, 10, 1)


@pytest.fixture(scope="module")
def impact(demonstration):
    from himaya.fund import Fund

    fund = Fund.open(f"{demonstration.folder}/fund", workers=1)
    return fund.reform(reform.shipped()["minimum-at-smig"], law_date=ON, years=3)


def test_the_baseline_costs_what_the_run_found(impact, fund):
    rows = fund.snapshot().read("entitlement").to_pylist()
    due = [row["monthly_amount"] for row in rows if row["status"] == "entitled"]
    assert impact.affected == len(due)
    first = impact.costs[0]
    assert (first.day, first.branch) == (ON, "old_age")
    assert first.before == 12 * sum(due)
    assert first.persons_before == len(due)


def test_the_reform_costs_what_a_run_under_it_finds(impact, fund, tmp_path):
    import shutil

    from himaya.fund import Fund

    copied = tmp_path / "fund"
    shutil.copytree(fund.folder, copied)
    other = Fund.open(copied, workers=1)
    other.run(law_date=ON, overlay=reform.shipped()["minimum-at-smig"])
    rows = other.snapshot().read("entitlement").to_pylist()
    assert impact.costs[0].after == 12 * sum(
        row["monthly_amount"] or 0 for row in rows if row["status"] == "entitled"
    )


def test_winners_groups_and_examples_belong_together(impact):
    assert impact.winners > 0
    assert impact.losers == 0
    assert impact.winners <= impact.affected
    for groups in impact.groups.values():
        assert sum(group.persons for group in groups) == impact.affected
        assert sum(group.winners for group in groups) == impact.winners
        assert 12 * sum(group.after - group.before for group in groups) == impact.yearly_change
    assert len(impact.examples) == min(10, impact.winners)
    for example in impact.examples:
        assert example.after > example.before
        assert all(change.before != change.after for change in example.changes)
        causes = {change.name for change in example.changes if change.cause != "result"}
        assert causes == {"old_age.minimum_pension"}
        minimum = next(change for change in example.changes if change.cause == "parameter")
        assert (minimum.before, minimum.after) == (100_000, 342_272)
    assert impact.inequality.after < impact.inequality.before
    assert impact.poverty.head_count_after <= impact.poverty.head_count_before


def test_what_rests_on_unverified_values_is_counted(impact):
    assert impact.unverified["old_age.minimum_pension"] >= impact.winners


def test_the_same_reform_has_the_same_run_id(impact, fund):
    again = fund.reform(reform.shipped()["minimum-at-smig"], law_date=ON, years=3)
    assert again.run == impact.run
    assert again.costs == impact.costs
    assert fund.reform(reform.shipped()["minimum-at-smig"], law_date=ON, years=2).run != impact.run


def test_the_reform_of_short_careers_gives_rights_and_takes_none(fund):
    found = fund.reform(reform.shipped()["short-careers"], law_date=ON, years=1)
    assert found.gained > 0
    assert (found.lost, found.losers) == (0, 0)
    assert found.winners == found.gained
    assert {group.name for group in found.groups["tenth"] if group.winners} == {"gained"}


# A file of persons


def persons(size):
    rng = np.random.default_rng(7)
    months = [date(1990 + m // 12, m % 12 + 1, 1) for m in range(360)]
    lengths = rng.integers(30, 360, size)
    return pa.table(
        {
            "birth_date": [date(int(y), 5, 17) for y in rng.integers(1950, 1966, size)],
            "months": [months[:n] for n in lengths],
            "days": [[26] * int(n) for n in lengths],
            "wages": [
                [float(w)] * int(n) for n, w in zip(lengths, rng.integers(1500, 9000, size), strict=True)
            ],
            "work_ceased": [True] * size,
            "sex": ["F" if x else "M" for x in rng.integers(0, 2, size)],
            "region": [["Souss", "Oriental", "Fès-Meknès"][x] for x in rng.integers(0, 3, size)],
        }
    )


def test_a_file_of_persons_gives_what_two_evaluations_give(tmp_path, monkeypatch):
    from himaya.reform import table

    monkeypatch.setattr(table, "BATCH", 64)  # several batches
    rows = persons(200)
    file = tmp_path / "persons.parquet"
    pq.write_table(rows, file)
    overlay = reform.shipped()["minimum-at-smig"]
    found = reform.of_table(file, overlay, country="morocco", law_date=ON, years=2)
    before, after = (
        calculate(law, ["monthly_amount"], rows, on=ON)["monthly_amount"].to_pylist()
        for law in system_of("morocco").reformed(overlay)
    )
    assert found.persons == 200
    assert found.costs[0].before == 1200 * sum(b or 0 for b in before)
    assert found.costs[0].after == 1200 * sum(a or 0 for a in after)
    assert found.winners == sum((a or 0) > (b or 0) for a, b in zip(after, before, strict=True))
    assert {group.name for group in found.groups["place"]} == {"Souss", "Oriental", "Fès-Meknès"}
    row = int(found.examples[-1].person.partition(":")[2]) - 1
    assert found.examples[-1].after == 100 * after[row]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": ["A"]}, "no column 'birth_date'"),
        ({"birth_date": [ON]}, "Old age: the data lack wages, months, days, work_ceased; Surv"),
    ],
)
def test_columns_that_are_missing_are_named(tmp_path, columns, said):
    file = tmp_path / "persons.parquet"
    pq.write_table(pa.table(columns), file)
    with pytest.raises(Exception, match=said):
        reform.of_table(file, reform.shipped()["minimum-at-smig"], country="morocco", law_date=ON)
    file.write_text("no parquet", encoding="utf-8")
    with pytest.raises(UsageError, match="no Parquet file"):
        reform.of_table(file, reform.shipped()["minimum-at-smig"], country="morocco", law_date=ON)


def test_a_row_that_cannot_be_is_named_wherever_its_batch_begins(tmp_path, monkeypatch):
    from himaya.reform import table

    monkeypatch.setattr(table, "BATCH", 2)
    rows, file = persons(5), tmp_path / "persons.parquet"
    wages, days = rows["wages"].to_pylist(), rows["days"].to_pylist()
    for name, wrong, said in (
        (
            "wages",
            [*wages[:3], wages[3][:-1], wages[4]],
            f"person 3 has {len(wages[3]) - 1} elements of input wages",
        ),
        ("wages", [*wages[:3], [*wages[3][:-1], 0.001], wages[4]], "wages has an amount in row 3"),
        (
            "days",
            [*days[:3], [*days[3][:-1], 27], days[4]],
            f"element {len(days[3]) - 1} of input days of person 3 is 27",
        ),
    ):
        pq.write_table(rows.set_column(rows.column_names.index(name), name, pa.array(wrong)), file)
        with pytest.raises(InputError, match=said):
            reform.of_table(file, reform.shipped()["minimum-at-smig"], country="morocco", law_date=ON)


# What people see


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_needs_nothing_from_outside_and_says_all(impact, lang):
    changes = [
        {
            "labels": dict.fromkeys(LANGUAGES, "L<b>"),
            "before": "1",
            "after": "2",
            "brackets": [],
            "article": "A",
            "from": None,
        },
        {
            "labels": dict.fromkeys(LANGUAGES, "scale"),
            "before": None,
            "after": None,
            "brackets": [{"at": 7, "bracket": "from 7", "before": None, "after": "twelve"}],
            "article": None,
            "from": "2026-09-01",
        },
    ]
    page = render_reform(impact, changes, lang)
    rows = re.findall("<tr><td>(.*?)</td></tr>", page)[:3]
    nothing = {"en": "none", "fr": "aucune valeur", "ar": "لا شيء"}[lang]
    assert [re.split("</td><td>", row)[1:3] for row in rows] == [["1", "2"], ["", ""], [nothing, "twelve"]]
    assert language.day(date(2026, 9, 1), lang) in rows[1]
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert "<script" not in page
    assert "L&lt;b&gt;" in page
    assert impact.run in page
    assert all(example.person in page for example in impact.examples)
    assert ('dir="rtl"' in page) == (lang == "ar")


@pytest.fixture
def himaya(monkeypatch, capsys, fund, tmp_path):
    def run(*words):
        monkeypatch.setenv("HIMAYA_FUND", str(fund.folder))
        monkeypatch.setattr(sys, "argv", ["himaya", "reform", *map(str, words)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capsys.readouterr()
        return ending.value.code or 0, out, err

    return run


def test_diff_says_in_words_and_numbers_what_changes(himaya):
    code, out, _ = himaya("diff", "minimum-at-smig", "--lang", "fr")
    assert code == 0
    assert (
        "Pension minimale : 1 000,00 MAD par mois → 3 422,72 MAD par mois, à partir du 1er janvier 2026"
        in re.sub("[\u202f\u00a0]", " ", out)
    )
    assert "Pension mensuelle" in out
    _, out, _ = himaya("diff", "short-careers", "--json")
    document = json.loads(out)
    assert {change["name"] for change in document["changes"]} >= {
        "old_age.qualifying_days",
        "old_age.reform_in_payment",
    }
    assert "monthly_amount" in {each["name"] for each in document["rests"]}


def test_run_prints_costs_and_writes_the_page(himaya, tmp_path):
    page = tmp_path / "page.html"
    code, out, _ = himaya(
        "run", "minimum-at-smig", "--law-date", "2026-10-01", "--years", 2, "-o", page, "--lang", "ar"
    )
    assert code == 0
    assert page.exists()
    assert page.with_suffix(".json").exists()
    assert "معامل جيني" in out
    assert re.search(r"[0-9\u202f]+\u00a0درهم", out)
    assert "\u00a0درهم" in page.read_text(encoding="utf-8")
    code, out, _ = himaya(
        "run", "minimum-at-smig", "--law-date", "2026-10-01", "--years", 2, "-o", page, "--json"
    )
    document = json.loads(out)
    assert [cost["day"] for cost in document["costs"]] == ["2026-10-01", "2027-10-01"]
    assert document["examples"][0]["changes"]
    assert document["money"] == {"currency": "MAD", "unit": "centime"}
    assert document["labels"]["old_age.minimum_pension"]["fr"] == "Pension minimale"


def test_a_file_that_is_not_there_is_said_before_anything_is_shown(himaya):
    code, out, err = himaya("run", "minimum-at-smig", "--persons", "nobody.parquet")
    assert (code != 0, out) == (True, "")
    assert "nobody.parquet" in err


def test_a_value_where_a_scale_is_asked_is_refused_with_the_mend(himaya, tmp_path):
    overlay = tmp_path / "at-62.yaml"
    overlay.write_text(
        "name: N\ncountry: france\nparameters:\n  ages.legal_age: [{from: 2027-01-01, value: 744, article: a}]\n",
        encoding="utf-8",
    )
    code, _, err = himaya("diff", overlay, "--lang", "fr")
    assert code == 1
    text = re.sub("[\u202f\u00a0]", " ", err)
    assert "ages.legal_age est un barème" in text
    assert "Écrivez où commence chaque valeur : {1900-01-01: …}." in text
    assert "at-62.yaml:4" in text


def test_a_rule_of_a_reform_is_told_in_its_own_words(himaya, tmp_path):
    (tmp_path / "half.py").write_text(
        "from himaya.law import MONTHS, count, rule\n\n\n"
        "@rule(article='Proposal', unit=MONTHS)\n"
        "def declared_months(months):\n"
        '    """All months, whenever they were."""\n'
        "    return count(months)\n",
        encoding="utf-8",
    )
    overlay = tmp_path / "half.yaml"
    overlay.write_text("name: N\ncountry: morocco\nrules: half.py\n", encoding="utf-8")
    _, out, _ = himaya("diff", overlay, "--lang", "fr")
    text = re.sub("[\u202f\u00a0]", " ", out)
    assert (
        "Nombre de mois déclarés : Nombre de mois déclarés qui sont retenus. → All months, whenever they were."
        in text
    ), "nobody has said it in French"


def test_list_and_a_name_that_is_none(himaya):
    _, out, _ = himaya("list")
    assert "short-careers" in out
    code, _, err = himaya("run", "minimum")
    assert code == 2
    assert "Did you mean 'minimum-at-smig'" in err


# France


def french(size):
    """Persons born from 1963 to 1968 with 43 years of pay, who take their pension as soon as the law allows."""
    rng = np.random.default_rng(3)
    years = list(range(1983, 2026))
    return pa.table(
        {
            "birth_date": [
                date(int(y), int(m), 1)
                for y, m in zip(rng.integers(1963, 1969, size), rng.integers(1, 13, size), strict=True)
            ],
            "years": [[date(y, 1, 1).year for y in years]] * size,
            "wages": [[float(w)] * len(years) for w in rng.integers(14_000, 46_000, size)],
            "assimilated_quarters": [[0] * len(years)] * size,
            "other_schemes_quarters": [[0] * len(years)] * size,
            "woman": [bool(x) for x in rng.integers(0, 2, size)],
        }
    )


def test_the_french_suspension_brings_pensions_forward(tmp_path):
    file = tmp_path / "persons.parquet"
    rows = french(300)
    pq.write_table(rows, file)
    overlay = reform.shipped()["suspension-2026"]
    found = reform.of_table(file, overlay, country="france", law_date=date(2027, 1, 1), years=4)
    baseline, suspended = (
        calculate(law, ["legal_age", "pension_due"], rows, on=date(2027, 1, 1))
        for law in system_of("france").reformed(overlay)
    )
    earlier = sum(
        (b is None) and (s is not None)
        for b, s in zip(
            baseline["pension_due"].to_pylist(), suspended["pension_due"].to_pylist(), strict=True
        )
    )
    assert found.gained == earlier > 0
    assert found.lost == 0
    for example in found.examples:
        (age,) = (each for each in example.changes if each.name == "ages.legal_age")
        assert age.before - age.after in {3, 6}, "what the reform changes for the own cohort, not for all"
        assert not any(isinstance(each.before, Scale) for each in example.changes)
    page = language.plain(render_reform(found, [], "fr")).replace("\u00a0", " ")
    assert re.search("Âge légal : 6[0-9] ans( et [0-9] mois)? → 6[0-9] ans", page)
    assert all(cost.persons_after >= cost.persons_before for cost in found.costs)
    ages = [
        s - b
        for b, s in zip(baseline["legal_age"].to_pylist(), suspended["legal_age"].to_pylist(), strict=True)
    ]
    # Three months earlier from 1964 to 1968, six for who is born from January to March 1965.
    born = rows["birth_date"].to_pylist()
    expected = [-6 if (b.year, b.month < 4) == (1965, True) else -3 if b.year > 1963 else 0 for b in born]
    assert ages == expected


def test_people_are_told_the_values_of_their_own_cohort(tmp_path):
    file = tmp_path / "persons.parquet"
    one = french(1).set_column(
        0, "birth_date", pa.array([date(1965, 2, 1)])
    )  # of age in November 2027 or in May 2028
    pq.write_table(one, file)
    overlay = reform.shipped()["suspension-2026"]
    found = reform.of_table(file, overlay, country="france", law_date=date(2028, 1, 1), years=1)
    (example,) = found.examples
    causes = [each for each in example.changes if each.cause != "result"]
    # 63 years and 3 months become 62 years and 9 months; 172 quarters become 170.
    assert {each.name: (each.before, each.after) for each in causes} == {
        "ages.legal_age": (759, 753),
        "ages.required_quarters": (172, 170),
        "old_age.proration_quarters": (172, 170),
    }


def test_invented_persons_show_the_suspension_and_say_that_they_are_invented(monkeypatch):
    from himaya.reform import table
    from himaya.synthetic import france

    monkeypatch.setattr(table, "BATCH", 700)  # several batches
    overlay = reform.shipped()["suspension-2026"]

    def run():
        return reform.of_sample(2000, overlay, country="france", law_date=date(2027, 1, 1), years=3)

    found = run()
    assert (found.persons, found.invented, found.lost) == (2000, True, 0)
    assert found.gained > found.losers, (
        "who has the pension by both laws may have it earlier, for fewer quarters"
    )
    assert (found.as_dict()["invented"], found.manifest["persons"], found.manifest["sample"]) == (
        True,
        "invented",
        2000,
    )
    last = date(2029, 1, 1)
    due = [
        sum(
            calculate(law, ["pension_due"], rows, on=last)["pension_due"].to_pylist().count(None)
            for rows in (france.persons(first, min(700, 2000 - first), 2029) for first in (0, 700, 1400))
        )
        for law in system_of("france").reformed(overlay)
    ]
    cost = found.costs[-1]
    assert (cost.day, 2000 - cost.persons_before, 2000 - cost.persons_after) == (last, *due)
    assert cost.persons_after > cost.persons_before, "pensions of later years are due by both laws"
    assert found.unchanged_until == date(2035, 12, 31)
    assert found.unverified["salary.revaluation"] > 0
    assert run().run == found.run
    for lang in LANGUAGES:
        page = render_reform(found, [], lang)
        assert page.count('class="banner"') == 3
        assert {"en": "Poverty gap", "fr": "Écart de pauvreté", "ar": "فجوة الفقر"}[lang] in page
        assert {"en": "Survivors: the data lack", "fr": "Survivants : il manque", "ar": "المتوفى عنهم"}[
            lang
        ] in re.sub("[\u202f\u00a0]", " ", language.plain(page))
        assert {"en": "persons are invented", "fr": "personnes sont fictives", "ar": "الأشخاص افتراضيون"}[
            lang
        ] in page


def test_the_suspension_runs_out_of_the_box(himaya, tmp_path):
    code, _, err = himaya("run", "suspension-2026")
    assert code == 2
    assert "--sample 20000" in err
    page = tmp_path / "page.html"
    code, out, _ = himaya(
        *("run", "suspension-2026", "--sample", 300, "--law-date", "2027-01-01", "--years", 2),
        *("-o", page, "--lang", "fr"),
    )
    assert code == 0
    assert "Les personnes sont fictives" in out
    assert re.search("[0-9]\u00a0€", out)
    assert "MAD" not in out
    text = page.read_text(encoding="utf-8")
    assert re.search("[0-9] → [0-9\u202f]+\u00a0€", text), "the bars too"
    assert "MAD" not in text
    told = re.sub("[\u202f\u00a0]", " ", out)
    assert "jusqu'au 31 décembre 2035" in told
    assert "Survivants : il manque aux données survivor_from, spouse_died et deceased_pension" in told
    assert "  Âge légal : 63 ans → 62 ans et 9 mois" in told, "why, in the terminal too"
    assert "Écart de pauvreté" in told
    assert "fictives" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("minimum-at-smig", "--sample", 10), "no invented persons of Morocco"),
        (("suspension-2026", "--sample", 10, "--persons", "x.parquet"), "exclude each other"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(himaya, words, said):
    code, _, err = himaya("run", *words)
    assert code == 2
    assert said in err


def test_of_two_scales_the_brackets_that_differ_are_told(himaya):
    _, out, _ = himaya("diff", "suspension-2026", "--lang", "fr")
    text = re.sub("[\u202f\u00a0]", " ", out)
    quarters = [
        "  Trimestres requis pour le taux plein, à partir du 1er septembre 2026 :",
        "    nés à partir du 1er janvier 1964 : 171 trimestres → 170 trimestres",
        "    nés à partir du 1er janvier 1965 : 172 trimestres → 170 trimestres",
        "    nés à partir du 1er avril 1965 : 172 trimestres → 171 trimestres",
        "    nés à partir du 1er janvier 1966 : 172 trimestres, sans changement",
    ]
    assert "\n".join(quarters) in text
    assert "1963" not in text
    assert "nés à partir du 1er janvier 1965 : 63 ans et 3 mois → 62 ans et 9 mois" in text
    assert re.search(r"\d+ résultats en dépendent, dont", text)
    _, out, _ = himaya("diff", "suspension-2026", "--json", "--lang", "ar")
    change = json.loads(out)["changes"][0]
    assert (change["before"], change["after"]) == (None, None)
    assert {**change["brackets"][0], "bracket": ""} == {
        "at": "1964-01-01",
        "bracket": "",
        "before": "\u206663\u2069 سنة",
        "after": "\u206662\u2069 سنة و\u20669\u2069 أشهر",
    }


@pytest.mark.parametrize(
    ("by", "name", "called"),
    [
        ("sex", "F", ["Women", "Femmes", "النساء"]),
        ("place", "other", ["others", "autres", "أخرى"]),
        ("place", "F", ["F", "F", "F"]),
        ("tenth", "03", ["3", "3", "3"]),
        (
            "tenth",
            "lost",
            ["Right without the reform alone", "Droit sans la réforme seulement", "حق بدون الإصلاح فقط"],
        ),
        ("age", "60-64", ["60-64", "60-64", "60-64"]),
    ],
)
def test_a_group_has_one_name_wherever_it_is_read(by, name, called):
    assert [language.plain(group_name(by, name, lang)) for lang in LANGUAGES] == called


def test_those_of_one_law_alone_are_told_below_the_tenths(impact):
    alone = replace(impact.groups["tenth"][0], name="gained", persons=7, before=0, after=70_000)
    page = render_reform(
        replace(impact, groups={**impact.groups, "tenth": (*impact.groups["tenth"], alone)}), [], "en"
    )
    assert page.count("<figure>") == 2
    assert "Right by the reform alone: 7 persons, +700 MAD a month." in page.replace("\u00a0", " ")
    same = tuple(replace(each, after=each.before) for each in impact.groups["tenth"])
    page = render_reform(replace(impact, groups={**impact.groups, "tenth": (*same, alone)}), [], "en")
    assert page.count("<figure>") == 1, "no bars where no tenth has another amount"
    assert "<td>Right by the reform alone</td>" in page


def test_amounts_carry_their_currency_and_changes_their_sign():
    told = [language.plain(each).replace("\u202f", " ") for each in amounts(150_000, 100_050, "fr", "EUR")]
    assert told == ["1 500\u00a0€", "1 001\u00a0€", "\u2212500\u00a0€"]
    told = [language.plain(each) for each in amounts(0, 5, "ar", "MAD", whole=False)]
    assert told == ["0,00\u00a0درهم", "0,05\u00a0درهم", "+0,05\u00a0درهم"]


def test_what_the_reform_saves_is_said_to_be_less(impact):
    cheaper = replace(
        impact,
        costs=tuple(replace(each, before=each.after, after=each.before) for each in impact.costs),
        groups={
            **impact.groups,
            "tenth": tuple(
                replace(each, before=each.after, after=each.before) for each in impact.groups["tenth"]
            ),
        },
    )
    page = render_reform(cheaper, [], "en")
    assert "less in 2026" in page
    assert "more in 2026" not in page
    assert re.search(r'class="s2".*?\u2212[\d,]+\u00a0MAD', page)
