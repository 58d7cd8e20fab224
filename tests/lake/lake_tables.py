"""Tables of an invented library, for the tests of the lake."""

from __future__ import annotations

import pyarrow as pa

from himaya.lake import Lake, TableSpec

SPECS = {
    spec.name: spec
    for spec in (
        TableSpec(
            "visit",
            pa.schema(
                [
                    pa.field("person_key", pa.int64(), nullable=False),
                    ("day", pa.date32()),
                    ("fee", pa.int32()),
                    ("note", pa.string()),
                ]
            ),
            ("person_key", "day"),
            bucketed=True,
            description="Visits to a library.",
        ),
        TableSpec(
            "shelf",
            pa.schema([("shelf", pa.int32()), ("codes", pa.list_(pa.string()))]),
            ("shelf",),
            bucketed=False,
        ),
        TableSpec(
            "reader", pa.schema([("person_key", pa.int64())]), ("person_key",), bucketed=True, folder="vault"
        ),
    )
}
BUCKETS = 4


def visits(*rows: tuple) -> pa.Table:
    """Rows (person, day, fee, note); what is left out is null."""
    names = SPECS["visit"].schema.names
    return pa.Table.from_pylist([dict(zip(names, row, strict=False)) for row in rows], SPECS["visit"].schema)


def shelves(*numbers: int) -> pa.Table:
    return pa.table({"shelf": pa.array(numbers, pa.int32())})


def put_shelves(lake: Lake, transaction: str, *numbers: int) -> int:
    table = lake.table("shelf")
    return table.append(
        [table.stage(shelves(*numbers), bucket=None, label=transaction)], transaction=transaction
    )


def shelf_numbers(lake: Lake) -> list[int]:
    return sorted(lake.table("shelf").read()["shelf"].to_pylist())
