"""Small tables to test careers on, the hypothesis strategy that makes many of them, and the slow oracles."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from himaya.career import KINDS, RECORDS

DECLARED = pa.schema(
    [
        ("person_key", pa.int64()),
        ("month", pa.date32()),
        ("employer", pa.int32()),
        ("record", pa.string()),
        ("days", pa.int8()),
        ("wage", pa.int64()),
        ("delivery", pa.int32()),
        ("line", pa.int32()),
        ("known_from", pa.date32()),
    ]
)
DELIVERY = pa.schema(
    [
        ("delivery", pa.int32()),
        ("status", pa.string()),
        ("supersedes", pa.int32()),
        ("known_from", pa.date32()),
    ]
)
DEATH = pa.schema(
    [
        ("person_key", pa.int64()),
        ("death_date", pa.date32()),
        ("delivery", pa.int32()),
        ("line", pa.int32()),
        ("known_from", pa.date32()),
    ]
)
DAY_1 = date(2026, 1, 1)
DAYS = [DAY_1 + timedelta(days=i) for i in range(-1, 8)]
"""Every day on which something can become known in a random case, and one before."""


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def on(text: str) -> date:
    return date.fromisoformat(text)


def declared_row(
    when="2026-01",
    *,
    employer=1,
    days=26,
    wage=300_000,
    record="B02",
    delivery=1,
    line=1,
    known="2026-02-10",
    person=7,
):
    """One line of a declaration, as a row of ``declared_period``."""
    return {
        "person_key": person,
        "month": month(when),
        "employer": employer,
        "record": record,
        "days": days,
        "wage": wage,
        "delivery": delivery,
        "line": line,
        "known_from": on(known),
    }


def declared(*rows):
    return pa.Table.from_pylist(list(rows), DECLARED)


def delivery_row(number, *, supersedes=None, known="2026-02-10", status="accepted"):
    return {"delivery": number, "status": status, "supersedes": supersedes, "known_from": on(known)}


def deliveries(*rows):
    return pa.Table.from_pylist(list(rows), DELIVERY)


def deaths(*rows):
    """Deaths as (person, date, known) rows, in the order of their deliveries."""
    return pa.Table.from_pylist(
        [
            {
                "person_key": person,
                "death_date": on(died),
                "delivery": 900 + i,
                "line": i + 1,
                "known_from": on(known),
            }
            for i, (person, died, known) in enumerate(rows)
        ],
        DEATH,
    )


@st.composite
def funds(draw):
    """Give the declared rows and the deliveries of a small fund, in any order, full of corrections."""
    count = draw(st.integers(1, 6))
    received = draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    supersedes = [
        draw(st.none() | st.integers(1, number - 1)) if number > 1 else None for number in range(1, count + 1)
    ]
    statuses = draw(
        st.lists(st.sampled_from(["accepted", "accepted", "partial", "held"]), min_size=count, max_size=count)
    )
    sent = [
        {
            "delivery": i + 1,
            "status": statuses[i],
            "supersedes": supersedes[i],
            "known_from": DAY_1 + timedelta(days=received[i]),
        }
        for i in range(count)
    ]
    slots = draw(
        st.lists(
            st.tuples(
                st.integers(-2, 1),
                st.sampled_from(["2025-11", "2025-12", "2026-01"]),
                st.integers(1, 3),
                st.sampled_from(RECORDS),
                st.sampled_from([0, 1, 10, 13, 16, 25, 26]),
                st.integers(0, 1_000_000),
                st.integers(1, count),
            ),
            max_size=25,
        )
    )
    rows = []
    for line, (person, when, employer, record, days, wage, number) in enumerate(slots, start=1):
        rows.append(
            {
                "person_key": person,
                "month": month(when),
                "employer": employer,
                "record": record,
                "days": days,
                "wage": wage,
                "delivery": number,
                "line": line,
                "known_from": sent[number - 1]["known_from"],
            }
        )
    return pa.Table.from_pylist(rows, DECLARED), pa.Table.from_pylist(sent, DELIVERY)


@st.composite
def death_tables(draw):
    """Deaths of some of the persons of :func:`funds`, some corrected."""
    rows = draw(st.lists(st.tuples(st.integers(-2, 1), st.integers(0, 100), st.integers(0, 5)), max_size=4))
    return pa.Table.from_pylist(
        [
            {
                "person_key": person,
                "death_date": date(2025, 10, 15) + timedelta(days=died),
                "delivery": 50 + i,
                "line": i + 1,
                "known_from": DAY_1 + timedelta(days=known),
            }
            for i, (person, died, known) in enumerate(rows)
        ],
        DEATH,
    )


# The oracles: the same answers from dictionaries, straight from the definitions.


def age(row):
    return (row["known_from"], row["delivery"], row["line"])


def slot(row):
    return (row["person_key"], row["month"], row["employer"])


def standing_on(rows, sent, day):
    """Rows of ``declared_period`` that stand at the end of ``day``, by the definition of supersession."""
    last_word = {}
    for row in rows:
        if row["known_from"] <= day and (slot(row) not in last_word or age(row) > age(last_word[slot(row)])):
            last_word[slot(row)] = row
    withdrawn = {
        later["supersedes"]
        for later in sent
        if later["status"] in ("accepted", "partial") and later["known_from"] <= day
    }
    return [row for row in last_word.values() if row["delivery"] not in withdrawn]


def monthly_of(rows):
    """Sums by person and month: days (at most 26), wage, employers."""
    sums = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        cell = sums[row["person_key"], row["month"]]
        cell[0] += row["days"]
        cell[1] += row["wage"]
        cell[2] += 1
    return {key: (min(days, 26), wage, employers) for key, (days, wage, employers) in sums.items()}


def contradictions_of(rows, sent, death_rows, day):
    """Give all contradictions as (person, month, kind, (delivery, line) of both sides)."""
    found = []
    stands = standing_on(rows, sent, day)
    by_month = defaultdict(list)
    for row in stands:
        by_month[row["person_key"], row["month"]].append(row)
    for (person, when), group in by_month.items():
        most_first = sorted(group, key=lambda row: (-row["days"], row["employer"]))
        full = [row for row in most_first if row["days"] == 26]
        if len(full) > 1:
            found += [(person, when, "overlapping-full-time", place(row), place(full[0])) for row in full[1:]]
        elif sum(row["days"] for row in group) > 26:
            found.append((person, when, "days-over-26", place(most_first[0]), place(most_first[1])))
        dead = [row for row in death_rows if row["person_key"] == person and row["known_from"] <= day]
        if dead:
            death = max(dead, key=age)
            if when > death["death_date"]:
                found += [(person, when, "declared-after-death", place(row), place(death)) for row in group]
    for row in stands:
        others = [o for o in rows if slot(o) == slot(row) and o["known_from"] <= day and o is not row]
        found += [
            (*slot(row)[:2], "declared-twice", place(other), place(row))
            for other in others
            if other["delivery"] == row["delivery"]
        ]
        if row["record"][0] == "E" and all(other["record"][0] == "E" for other in others):
            found.append((*slot(row)[:2], "late-month", place(row), (None, None)))
    return sorted(found, key=lambda item: (item[0], item[1], KINDS.index(item[2]), str(item[3])))


def place(row):
    return (row["delivery"], row["line"])
