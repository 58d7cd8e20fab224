"""Found against planted: for each kind how many, with precision and recall.

A pure function of the planted truth and of what a chain found; it runs afterwards and belongs to neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypedDict

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

CONTRADICTIONS = ("overlapping-full-time", "days-over-26", "declared-after-death", "late-month")
REGISTERED_TWICE = "perhaps-registered-twice"
"""The contradiction that tells of persons who were entered twice."""

DAMAGED_LEFT_OUT, TO_BE_CHECKED = NOTES = ("damaged-left-out", "to-be-checked")
"""Files with a broken line are left out, since their totals may disagree for it; two persons may share names and
birth date, so that some who were entered once are found too, and who has no Arabic names is not."""

_PAID_AFTER_DEATH = "paid-after-death"


class Score(TypedDict):
    """One line of the scorecard; None where there is nothing to divide by."""

    kind: str
    planted: int
    found: int
    precision: float | None
    recall: float | None
    note: str
    """What a reader must know, as a word of :data:`NOTES`; empty where there is nothing to say."""


@dataclass(frozen=True)
class Found:
    """What a chain found, as its tables.

    Parameters
    ----------
    take_up, unsupported, differences
        With ``person_key``; ``unsupported`` also with ``reason``.
    contradictions
        With ``person_key``, ``kind``, ``month``.
    deliveries
        With ``delivery``, ``file``, ``status``, ``totals_agree``.
    quarantine
        With ``delivery``, ``line``, ``codes``.
    """

    take_up: pa.Table
    unsupported: pa.Table
    differences: pa.Table
    contradictions: pa.Table
    deliveries: pa.Table
    quarantine: pa.Table


def scorecard(planted: pa.Table, found: Found) -> list[Score]:
    """Compare, kind by kind.

    Parameters
    ----------
    planted
        The table of :mod:`himaya.synthetic.truth` with one more column, ``person_key``: the key under which
        the fund holds ``insured_number``, null where that is null.
    found
        The tables of one run.
    """
    truth = _by_kind(planted)
    unsupported = found.unsupported.select(["person_key", "reason"]).to_pylist()
    dead = {row["person_key"] for row in unsupported if row["reason"] == _PAID_AFTER_DEATH}
    scores = [
        _score(
            "take-up",
            _persons(truth.get("take-up")),
            _persons(found.take_up.select(["person_key"]).to_pylist()),
        ),
        _score(_PAID_AFTER_DEATH, _persons(truth.get(_PAID_AFTER_DEATH)), dead),
        _score(
            "paid-without-grounds",
            _persons(truth.get("paid-without-grounds")),
            {row["person_key"] for row in unsupported if row["reason"] != _PAID_AFTER_DEATH},
        ),
        _score(
            "wrong-amount",
            _persons(truth.get("wrong-amount")),
            _persons(found.differences.select(["person_key"]).to_pylist()),
        ),
    ]
    told = found.contradictions.select(["person_key", "kind", "month"]).to_pylist()
    scores += [
        _score(kind, _months(truth.get(kind)), _months(row for row in told if row["kind"] == kind))
        for kind in CONTRADICTIONS
    ]
    scores += _intake(truth, found)
    twice = _persons(row for row in told if row["kind"] == REGISTERED_TWICE)
    scores.append(_score("duplicate-person", _persons(truth.get("duplicate-person")), twice, TO_BE_CHECKED))
    return scores


Rows = list[dict[str, Any]]


def _by_kind(planted: pa.Table) -> dict[str, Rows]:
    kinds: dict[str, Rows] = {}
    for row in planted.to_pylist():
        kinds.setdefault(row["kind"], []).append(row)
    return kinds


def _persons(rows: Iterable[Mapping[str, Any]] | None) -> set[int]:
    return {row["person_key"] for row in rows or ()}


def _months(rows: Iterable[Mapping[str, Any]] | None) -> set[tuple[int, date]]:
    return {(row["person_key"], row["month"]) for row in rows or ()}


def _score(kind: str, planted: set[Any], found: set[Any], note: str = "") -> Score:
    right = len(planted & found)
    return Score(
        kind=kind,
        planted=len(planted),
        found=len(found),
        precision=right / len(found) if found else None,
        recall=right / len(planted) if planted else None,
        note=note,
    )


def own_name(file: str) -> str:
    """Name of a delivered file or archive member without folders, archive and ``.gz``."""
    return PurePosixPath(file.rsplit("!", 1)[-1]).name.removesuffix(".gz")


def _intake(truth: dict[str, Rows], found: Found) -> list[Score]:
    """Broken lines, and what is wrong with deliveries as wholes."""
    deliveries = found.deliveries.select(["delivery", "file", "status", "totals_agree"]).to_pylist()
    name_of = {row["delivery"]: own_name(row["file"]) for row in deliveries}
    held = {row["delivery"] for row in deliveries if row["status"] == "held"}
    lines: dict[tuple[str, int], set[str]] = {}
    for row in found.quarantine.select(["delivery", "line", "codes"]).to_pylist():
        if row["delivery"] not in held:
            lines.setdefault((name_of[row["delivery"]], row["line"]), set()).update(row["codes"])
    broken = {(row["file"], row["line"]): row["code"] for row in truth.get("broken-line", [])}
    # A broken line counts as found only under its own code.
    coded = {place: broken[place] if broken.get(place) in codes else "" for place, codes in lines.items()}
    damaged = {file for file, _ in broken}
    disagreeing = {
        name_of[row["delivery"]]
        for row in deliveries
        if row["totals_agree"] is False and row["status"] != "duplicate"
    }
    return [
        _score("broken-line", set(broken.items()), set(coded.items())),
        _score("held-delivery", _files(truth, "held-delivery"), {name_of[one] for one in held}),
        _score(
            "duplicate-delivery",
            _files(truth, "duplicate-delivery"),
            {name_of[row["delivery"]] for row in deliveries if row["status"] == "duplicate"},
        ),
        _score(
            "wrong-total",
            _files(truth, "wrong-total"),
            disagreeing - damaged,
            DAMAGED_LEFT_OUT,
        ),
    ]


def _files(truth: dict[str, Rows], kind: str) -> set[str]:
    return {row["file"] for row in truth.get(kind, [])}


def with_person_keys(planted: pa.Table, key_of: Callable[[pa.Array], pa.Array]) -> pa.Table:
    """The planted truth with ``person_key``; ``key_of`` maps insured numbers to keys (int64, no nulls)."""
    numbers = planted["insured_number"].combine_chunks()
    known = numbers.drop_null()
    keys = iter(key_of(known).to_pylist())
    column = [next(keys) if valid else None for valid in numbers.is_valid().to_pylist()]
    return planted.append_column("person_key", pa.array(column, pa.int64()))
