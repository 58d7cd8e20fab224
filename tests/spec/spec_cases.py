"""Runs the hand-worked cases of the country folders; :mod:`himaya.law.cases` says how a case is written."""

from __future__ import annotations

from himaya.law.cases import month_number as month
from himaya.law.cases import read_cases, run_case

__all__ = ["cases", "check", "month"]


def cases(folder):
    """The cases of all files of a folder, by name."""
    return {case.name: case for case in read_cases(folder)}


def check(system, case, person):
    """Hold a case's expectations against both evaluations; doubts must be exactly those it names."""
    assert run_case(system, case, person).failures == []
