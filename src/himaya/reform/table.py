"""People from a table: a row a person, a column an input of the law, as :func:`himaya.law.calculate` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import UsageError
from himaya.law.columns import inputs_of
from himaya.reform.population import People

if TYPE_CHECKING:
    import pyarrow as pa

    from himaya.law import System

BATCH = 65_536
"""Persons evaluated at once: what stays in the processor's caches is evaluated fastest, and memory stays flat."""


def batches(file: Path) -> Iterator[pa.Table]:
    """The rows of a Parquet file, some at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        reader = pq.ParquetFile(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(
            "this is no Parquet file", where=str(file), mend="Write the persons as Parquet."
        ) from error
    for batch in reader.iter_batches(BATCH):
        yield pa.table(batch)


def people_of(system: System, rows: pa.Table, first: int) -> People:
    """The persons of some rows; ``first`` is the number of the first row."""
    if "birth_date" not in rows.column_names:
        raise UsageError("the table has no column 'birth_date'", mend="Name the columns as the law's inputs.")
    size = rows.num_rows
    numbers = np.arange(first, first + size, dtype=np.int64)
    inputs = inputs_of(system, rows, numbers)
    return People(
        inputs,
        numbers,
        np.ones(size, np.bool_),
        np.asarray(np.ma.getdata(inputs["birth_date"]), np.int64),
        _words(rows, "sex", size),
        _words(rows, "region", size),
    )


def _words(rows: pa.Table, name: str, size: int) -> np.ndarray[Any, Any]:
    if name not in rows.column_names:
        return np.full(size, "", dtype="U1")
    return np.array([word or "" for word in rows[name].to_pylist()], np.str_)
