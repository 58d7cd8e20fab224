"""The truth of a synthetic fund as Parquet tables, in a folder that the chain never reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from himaya.months import days_of_months, first_day
from himaya.synthetic.calibration import calibration

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.synthetic.model import Ints
    from himaya.synthetic.plan import Plan
    from himaya.synthetic.population import Population
    from himaya.synthetic.survey import Survey

PLANTED = pa.schema(
    [
        ("kind", pa.string()),
        ("note", pa.string()),
        ("insured_number", pa.int64()),
        ("employer", pa.int32()),
        ("month", pa.date32()),
        ("expected_amount", pa.int64()),
        ("paid_amount", pa.int64()),
        ("file", pa.string()),
        ("line", pa.int32()),
        ("code", pa.string()),
    ]
)
"""One planted thing a row; what does not apply is null. ``file`` is the own name of a file or of an archive's
member, without ``.gz``; ``code`` what intake should say."""

STATUSES = ("full-career", "short-career", "too-young", "too-few-days", "working")


def write(folder: Path, population: Population, known: Survey, made: Plan) -> None:
    """Write ``planted``, ``persons`` and ``calibration``."""
    pq.write_table(planted_table(made), folder / "planted.parquet")
    pq.write_table(_persons(known), folder / "persons.parquet")
    pq.write_table(pa.Table.from_pylist(calibration(population, known)), folder / "calibration.parquet")


def planted_table(made: Plan) -> pa.Table:
    """All planted things, sorted by kind."""
    rows = []
    for row in sorted(made.truth, key=lambda row: row["kind"]):
        month = row.get("month")
        plain = {name: int(value) if isinstance(value, np.integer) else value for name, value in row.items()}
        rows.append({**plain, "month": None if month is None else first_day(int(month))})
    return pa.Table.from_pylist(rows, schema=PLANTED)


def read_planted(folder: Path) -> pa.Table:
    """The planted truth that :func:`write` wrote into ``folder``."""
    return pq.read_table(folder / "planted.parquet")


def _persons(known: Survey) -> pa.Table:
    people, says = known.people, known.pensions
    dead = people.death_month >= 0
    return pa.table(
        {
            "insured_number": people.number,
            "sex": pa.array(np.where(people.sex == 0, "M", "F")),
            "birth_date": _dates(people.birth_month, people.birth_day),
            "death_date": _dates(
                np.where(dead, people.death_month, people.birth_month), people.death_day, ~dead
            ),
            "status": pa.array(np.array(STATUSES)[says.status]),
            "insured_days": says.insured_days.astype(np.int32),
            "pension_start": _dates(says.start, np.ones_like(says.start)),
            "monthly_amount": pa.array(says.amount, mask=says.amount == 0),
        }
    )


def _dates(month: Ints, day: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    days = days_of_months(month.astype(np.int32)) + (day - 1).astype(np.int32)
    return pa.array(days, pa.int32(), mask=missing).cast(pa.date32())
