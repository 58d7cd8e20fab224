"""What a table is, said by contracts and understood by the lake without knowing their domain."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from himaya.errors import nearest, system_words
from himaya.lake.errors import LakeError
from himaya.sentence import said

BUCKET = "bucket"
"""The partition column (int32). It stands in the table's log, not in its files."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SQL = {
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.binary(): "BLOB",
    pa.string(): "VARCHAR",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ",
}


def sql_type(kind: pa.DataType) -> str | None:
    """DuckDB's name of a column type; None for a type that Delta would give back as another one."""
    if pa.types.is_list(kind):
        item = sql_type(kind.value_type)
        return item and f"{item}[]"
    return _SQL.get(kind)


@dataclass(frozen=True)
class TableSpec:
    """What a table is.

    Parameters
    ----------
    name
        Also the name of its folder.
    schema
        Columns at rest, without the bucket.
    sort_by
        Rows of a file are sorted by these columns, nulls last.
    bucketed
        Whether rows are split by ``person_key``.
    folder
        Part of the workspace: ``lake``, or ``vault`` for direct identifiers.
    description
        One sentence for whoever opens the table with another tool.

    Raises
    ------
    LakeError
        If a name, a type or a sort column is none that the lake can hold.
    """

    name: str
    schema: pa.Schema
    sort_by: tuple[str, ...]
    bucketed: bool
    folder: str = "lake"
    description: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise LakeError(
                said("'{name}' is no name of a table", name=self.name), mend="Use a-z, 0-9 and underscores."
            )
        names = self.schema.names
        for field in self.schema:
            if sql_type(field.type) is None or field.name == BUCKET or names.count(field.name) > 1:
                raise LakeError(
                    said(
                        "column '{column}' ({type}) cannot be held", column=field.name, type=str(field.type)
                    ),
                    where=said("table {name}", name=self.name),
                    why="its name is taken" if sql_type(field.type) else "Delta has no such type",
                )
        self.fields(self.sort_by)

    def fields(self, columns: tuple[str, ...]) -> pa.Schema:
        """Return some columns in the order asked for; raise :class:`LakeError` for an unknown one."""
        for column in columns:
            if column not in self.schema.names:
                raise LakeError(
                    said("there is no column '{column}'", column=column),
                    where=said("table {name}", name=self.name),
                    mend=nearest(column, self.schema.names)
                    or said("It has {known}.", known=self.schema.names),
                )
        return pa.schema([self.schema.field(column) for column in columns])

    def conform(self, data: pa.Table) -> pa.Table:
        """Rows with exactly the columns of the schema, in its types; a column left out is null.

        A dictionary of values of the type stays one: at rest nobody sees the difference.

        Raises
        ------
        LakeError
            If a column is unknown, a value does not fit its type, or a null stands where none may.
        """
        self.fields(tuple(data.column_names))
        columns = []
        for field in self.schema:
            if field.name in data.column_names:
                column = data[field.name]
            else:
                column = pa.chunked_array([pa.nulls(data.num_rows, field.type)])
            try:
                columns.append(column if _values(column.type) == field.type else column.cast(field.type))
            except pa.ArrowInvalid as error:
                raise LakeError(
                    said("values of '{column}' do not fit {type}", column=field.name, type=str(field.type)),
                    where=said("table {name}", name=self.name),
                    why=system_words(error),
                ) from error
            if column.null_count and not field.nullable:
                raise LakeError(
                    said(
                        "{count} nulls in '{column}', which knows none",
                        count=column.null_count,
                        column=field.name,
                    ),
                    where=said("table {name}", name=self.name),
                )
        return pa.table(columns, names=self.schema.names)


def _values(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
