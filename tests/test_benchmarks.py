"""The benchmarks run, agree with their peers and print what the page of results needs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from benchmarks import __main__ as runner
from benchmarks import billion, careers, ebds, openfisca

from himaya.law.exact import exact
from himaya.law.parameters import day_number
from himaya.legislation import france
from himaya.months import month_of


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (1234567.8, "1,234,568"), (3.14159, "3.14"), (0.25, "0.25"), (1000, "1,000"), ("  x", "x")],
)
def test_cells_are_short(value, shown):
    assert runner._cell(value) == shown


@pytest.mark.slow
def test_all_benchmarks_run_and_agree_with_their_peers(monkeypatch, capsys):
    monkeypatch.setattr(ebds, "QUICK", (2, 20))
    monkeypatch.setattr(ebds, "LINES_A_FILE", 500)
    monkeypatch.setattr(careers, "QUICK", 20_000)
    monkeypatch.setattr(careers, "BUCKET", 20_000)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick"])
    runner.main()
    printed = capsys.readouterr().out
    for words in (
        "== ebds",
        "== careers",
        "== letters",
        "End to end",
        "elements/s",
        "peak memory",
        "letters/min",
    ):
        assert words in printed


def test_the_page_has_a_table_for_each_benchmark():
    row = {
        "name": "speed",
        "value": 2.0e6,
        "unit": "lines/s",
        "peer": "DuckDB",
        "peer_value": 5e5,
        "ratio": 4.0,
    }
    page = runner._page({"ebds": [row]})
    assert "| speed | 2,000,000 | lines/s | DuckDB | 500,000 | 4 |" in page


def test_a_run_of_some_parts_replaces_their_sections_alone():
    def row(value):
        return {"name": "speed", "value": value, "unit": "lines/s"}

    old = runner._page({"pensions": [row(1)], "ebds": [row(2)]}).replace("# Benchmarks", "# Kept")
    page = runner._page({"billion": [row(3)], "ebds": [row(4)]}, old)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert page.startswith("# Kept\n\nPrinted by")
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == [f"## {name} ({today})" for name in ("ebds", "pensions", "billion")]
    assert [line for line in page.splitlines() if line.startswith("| speed")] == [
        f"| speed | {value} | lines/s |  |  |  |" for value in (4, 1, 3)
    ]
    assert runner._page({}, page) == page


def exact_pension(person, lines):
    """The pension of one person by the interpreter in exact fractions, from the lines of the account."""
    years: dict[int, list[int]] = {}
    for line in lines:
        sums = years.setdefault(line["from"].year, [0, 0])
        sums[0] += line["pay"]
        sums[1] += line["quarters"]
    inputs = {
        "birth_date": day_number(person["birth_date"]),
        "years": sorted(years),
        "wages": [years[year][0] for year in sorted(years)],
        "assimilated_quarters": [years[year][1] for year in sorted(years)],
        "other_schemes_quarters": [0] * len(years),
        "award_from": month_of(person["award_from"]),
        "woman": person["woman"],
        "children": person["children"],
    }
    return exact(france.system, [billion.TARGET], inputs, on=billion.ON)[billion.TARGET].value


def test_a_few_thousand_lines_become_the_pensions_of_the_exact_interpreter(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(billion, "BUCKET", 1500)
    rows = {row["name"].strip(): row["value"] for row in billion.run(tmp_path, 4000)}
    lake = billion.fund(tmp_path, 3)
    lines, people, pensions = (lake.table(name).read().to_pylist() for name in ("line", "person", "pension"))
    assert rows["career lines"] == len(lines) > 3000
    assert rows["persons"] == len(pensions) == len(people) == 3 * (1500 // billion.LINES_A_PERSON)
    assert len({line["from"].year for line in lines}) > 40
    found = {row["person_key"]: row[billion.TARGET] for row in pensions}
    for person in people[::6]:
        own = [line for line in lines if line["person_key"] == person["person_key"]]
        assert len(own) > len({line["from"].year for line in own})  # there is something to sum
        assert found[person["person_key"]] == exact_pension(person, own)
    assert "decided: 100%" in capsys.readouterr().out


def found_by(values):
    """What a peer finds that has the same law, in its own terms."""
    return {
        "reference_wage": values["reference_wage"],
        "reduction": 1 - 2 * values["pension_rate"],
        "proration": values["prorated_quarters"] / values["proration_quarters"],
        "surcote": values["surcote_quarters"] * 0.0125,
        "pension": values["basic_pension"] * 12,
        "minimum": (values["minimum_simple"] + values["minimum_increase"]) * 12,
        "paid": (values["basic_pension"] + values["raise_paid"]) * 12,
    }


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("reference_wage", 0.02, "reference wage of 2016: 1 persons differ, first 7"),
        ("reduction", 0.0125, "reduction of 2016"),
        ("proration", -0.01, "proration of 2016"),
        ("pension", 0.25, "pension of 2016"),
        ("minimum", -0.25, "minimum of 2016"),
        ("paid", 0.25, "paid of 2016"),
    ],
)
def test_a_peer_with_other_results_stops_the_benchmark(tmp_path, name, change, said):
    given = openfisca.careers(2016, 1_000)
    years = np.arange(1949, 2016)
    own = {"wage_years": years, "coefficients": 1.02 ** (2015.0 - years)}
    values, *_ = openfisca.ours(openfisca.their_law(tmp_path, 2016, own), given)
    found = found_by(values)
    plain = values["surcote_quarters"] == 0
    raised = plain & (values["raise_paid"] > 0)
    no_room = plain & (values["raise_to_minimum"] > 0) & (values["raise_paid"] == 0)
    assert openfisca.compare(2016, values, found) == (plain.sum(), raised.sum(), no_room.sum())
    assert plain.sum() > 700
    assert raised.sum() > 0 < no_room.sum()
    assert values["surcote_quarters"][7] == 0
    found[name] = found[name].copy()
    found[name][7] += change
    with pytest.raises(AssertionError, match=said):
        openfisca.compare(2016, values, found)


def test_careers_for_the_peer_are_of_persons_between_the_two_ages():
    for award, (youngest, oldest) in openfisca.AWARDS.items():
        born = openfisca.careers(award, 500)["birth_date"]
        assert ((born - born.astype("datetime64[M]")).astype(int) >= 4).all()
        assert born.min() > np.datetime64(f"{award - oldest}-01-01")
        assert born.max() < np.datetime64(f"{award - youngest}-01-01")
