"""The benchmarks run, agree with their peers and print what the page of results needs."""

from __future__ import annotations

import sys

import pytest
from benchmarks import __main__ as runner
from benchmarks import careers, ebds


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
