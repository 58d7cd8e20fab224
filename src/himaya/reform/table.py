"""People from a table: a row a person, a column an input of the law, as :func:`himaya.law.calculate` takes them.

A column named as a link of the law (``household``) holds what its members have in common, a number or a word; what the
law asks of a household (its score) is given in the row of each member, the same in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import UsageError
from himaya.law import PERSON, Members
from himaya.law.columns import inputs_of
from himaya.reform.payment import People
from himaya.sentence import said

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from himaya.law import Link, System

BATCH = 65_536
"""Persons evaluated at once: what stays in the processor's caches is evaluated fastest, and memory stays flat."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows, and the number of each, from 0."""

    rows: pa.Table
    numbers: NDArray[np.int64]


def batches(file: Path, system: System) -> Iterator[Batch]:
    """The rows of a Parquet file, some at a time; those of one household together, wherever they stand."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        reader = pq.ParquetFile(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(
            "this is no Parquet file", where=str(file), mend="Write the persons as Parquet."
        ) from error
    together = next((link.name for link in _links(system) if link.name in reader.schema_arrow.names), None)
    if together is not None:
        yield from _by_group(pq.read_table(file), together)
        return
    first = 0
    for batch in reader.iter_batches(BATCH):
        rows = pa.table(batch)
        yield Batch(rows, np.arange(first, first + rows.num_rows))
        first += rows.num_rows


def _by_group(rows: pa.Table, column: str) -> Iterator[Batch]:
    group = rows[column].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    order = np.argsort(group, kind="stable")
    ends = np.flatnonzero(np.diff(group[order], append=-2)) + 1
    first = 0
    while first < order.size:
        last = int(ends[np.searchsorted(ends, min(first + BATCH, order.size))])
        yield Batch(rows.take(order[first:last]), order[first:last])
        first = last


def people_of(system: System, batch: Batch) -> People:
    """The persons of some rows."""
    rows = batch.rows
    if "birth_date" not in rows.column_names:
        raise UsageError("the table has no column 'birth_date'", mend="Name the columns as the law's inputs.")
    size = rows.num_rows
    inputs = inputs_of(system, rows, batch.numbers)
    for link in _links(system):
        if link.name in rows.column_names:
            _linked(system, link, rows[link.name], inputs)
    return People(
        inputs,
        batch.numbers,
        np.ones(size, np.bool_),
        np.asarray(np.ma.getdata(inputs["birth_date"]), np.int64),
        _words(rows, "sex", size),
        _words(rows, "region", size),
    )


def _links(system: System) -> list[Link]:
    """Links to what is no person, which the rows of its members can tell."""
    return [link for link in system.links.values() if link.groups != PERSON]


def _linked(system: System, link: Link, column: pa.ChunkedArray, inputs: dict[str, Any]) -> None:
    """Put a link among the inputs, and what is given of its groups once for each of them."""
    group = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64)
    members = np.flatnonzero(group >= 0)
    groups = group[members]
    inputs[link.name] = Members(members, groups)
    first = members[np.unique(groups, return_index=True)[1]]
    for name, values in inputs.items():
        if name != link.name and system.shapes[name].entity == link.groups:
            given, told = (np.ma.filled(each, -1) for each in (values, values[first]))
            unlike = given[members] != told[groups]
            if unlike.any():
                which = column[int(members[unlike.argmax()])].as_py()
                raise UsageError(
                    said(
                        "the members of {link} {which} do not have the same {input}",
                        link=link.name,
                        which=str(which),
                        input=name,
                    ),
                    mend="Give it alike in the row of each member.",
                )
            inputs[name] = values[first]


def _words(rows: pa.Table, name: str, size: int) -> np.ndarray[Any, Any]:
    if name not in rows.column_names:
        return np.full(size, "", dtype="U1")
    return np.array([word or "" for word in rows[name].to_pylist()], np.str_)
