"""Registrations that can hardly all be right: one number for two persons, two numbers for one.

========================  ==================================================================================
number-of-two-persons     one delivery registers a number twice, with another birth date, sex or identity card
card-of-two-numbers       one identity card stands under two insured numbers
perhaps-registered-twice  two numbers bear the same birth date, sex and Arabic names; not each has its own card
========================  ==================================================================================

What stands counts: of several registrations of a number the one known last, so that a correction contradicts
nothing. Names and cards are compared in the vault; what is found names keys and lines, and neither of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from himaya.career.contradictions import SCHEMA

if TYPE_CHECKING:
    from datetime import date

    from himaya.lake import Snapshot

REGISTRATION_KINDS = ("number-of-two-persons", "card-of-two-numbers", "perhaps-registered-twice")
"""Kinds of contradiction between registrations; their explanations stand in ``codes.yaml``."""

_FOUND = """
    WITH told AS (
        SELECT person_key, birth_date, sex, cin, surname_arabic, first_name_arabic, delivery, line,
            register.known_from AS known_from
        FROM {insured_person} AS register JOIN {identity} AS identity USING (person_key, delivery, line)
        WHERE $1::DATE IS NULL OR register.known_from <= $1::DATE
    ), standing AS (
        SELECT * FROM told
        QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY known_from DESC, delivery DESC, line DESC) = 1
    ), found AS (
        SELECT 0 AS kind, standing.person_key, standing.delivery, standing.line,
            told.delivery AS other_delivery, max(told.line) AS other_line
        FROM standing JOIN told ON told.person_key = standing.person_key AND told.delivery = standing.delivery
            AND told.line <> standing.line
        WHERE told.birth_date <> standing.birth_date OR told.sex <> standing.sex OR told.cin <> standing.cin
        GROUP BY ALL
        UNION ALL
        SELECT 1, person_key, delivery, line,
            coalesce(lag(delivery) OVER cards, lead(delivery) OVER cards),
            coalesce(lag(line) OVER cards, lead(line) OVER cards)
        FROM standing WHERE cin IS NOT NULL
        WINDOW cards AS (PARTITION BY cin ORDER BY person_key)
        QUALIFY count(*) OVER (PARTITION BY cin) > 1
        UNION ALL
        SELECT 2, person_key, delivery, line,
            coalesce(lag(delivery) OVER names, lead(delivery) OVER names),
            coalesce(lag(line) OVER names, lead(line) OVER names)
        FROM standing WHERE surname_arabic IS NOT NULL AND first_name_arabic IS NOT NULL
        WINDOW bearers AS (PARTITION BY birth_date, sex, surname_arabic, first_name_arabic),
            names AS (PARTITION BY birth_date, sex, surname_arabic, first_name_arabic ORDER BY person_key)
        QUALIFY count(*) OVER bearers > 1 AND count(cin) OVER bearers < count(*) OVER bearers
    )
    SELECT * FROM found ORDER BY person_key, kind
"""


def find_registrations(source: Snapshot, known_on: date | None = None) -> pa.Table:
    """Contradictions among the registrations of a whole fund, as they were known at the end of ``known_on``.

    Returns
    -------
    pa.Table
        :data:`~himaya.career.contradictions.SCHEMA`, sorted by person and kind, a row for each number that is
        concerned; month, employers and detail stay empty, the ``other`` line is the registration it meets.
    """
    tables = {name: source.sql(name) for name in ("insured_person", "identity")}
    with duckdb.connect() as connection:
        rows = connection.sql(_FOUND.format(**tables), params=[known_on]).to_arrow_table()
    kinds = pa.array(REGISTRATION_KINDS).take(rows["kind"].combine_chunks())
    columns = {
        **{name: rows[name] for name in rows.column_names if name != "kind"},
        "kind": kinds,
        "detail": pa.repeat("", rows.num_rows),
    }
    return pa.table(
        [
            columns[field.name].cast(field.type)
            if field.name in columns
            else pa.nulls(rows.num_rows, field.type)
            for field in SCHEMA
        ],
        schema=SCHEMA,
    )
