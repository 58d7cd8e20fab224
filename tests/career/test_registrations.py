"""What the register of insured persons says of one person twice, or of two persons once."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from himaya.career import find_registrations
from himaya.contract import table_specs
from himaya.lake import Lake, bucket_of

if TYPE_CHECKING:
    from pathlib import Path

BUCKETS = 4
AMINA = {"sex": "F", "birth_date": date(1980, 5, 2), "surname_arabic": "العلوي", "first_name_arabic": "أمينة"}
RECEIVED = date(2026, 1, 10)


@pytest.fixture
def registered(tmp_path: Path):
    """A fund with these registrations: ``registered((person, facts), …)``; lines count up, delivery is 1."""
    lines = count(2)

    def fund(*told: tuple[int, dict[str, Any]]) -> Any:
        lake = Lake(tmp_path, {name: table_specs()[name] for name in ("insured_person", "identity")}, BUCKETS)
        lake.create()
        rows = [
            {"person_key": person, "delivery": 1, "line": next(lines), "known_from": RECEIVED, **facts}
            for person, facts in told
        ]
        for name, spec in lake.specs.items():
            data = pa.Table.from_pylist(
                [{**dict.fromkeys(spec.schema.names), **row} for row in rows], spec.schema
            )
            buckets = bucket_of(data["person_key"].to_numpy(), BUCKETS)
            staged = [
                lake.table(name).stage(data.filter(pa.array(buckets == bucket)), bucket=bucket, label="rows")
                for bucket in range(BUCKETS)
            ]
            lake.table(name).append(staged, transaction="rows")
        lake.publish("register")
        return lake.snapshot()

    return fund


def found(source: Any, known_on: date | None = None) -> list[tuple[str, int, int, int]]:
    rows = find_registrations(source, known_on).to_pylist()
    return [(row["kind"], row["person_key"], row["line"], row["other_line"]) for row in rows]


def test_one_number_for_two_persons(registered):
    fund = registered((11, AMINA), (11, AMINA | {"birth_date": date(1991, 1, 1)}), (12, AMINA | {"sex": "M"}))
    assert found(fund) == [("number-of-two-persons", 11, 3, 2)]


def test_a_line_that_stands_twice_contradicts_nothing(registered):
    assert found(registered((11, AMINA), (11, AMINA))) == []


def test_a_later_register_corrects_and_does_not_contradict(registered):
    later = AMINA | {"birth_date": date(1981, 5, 2), "delivery": 2, "known_from": date(2026, 2, 10)}
    assert found(registered((11, AMINA), (11, later))) == []


def test_one_card_under_two_numbers_is_told_of_both(registered):
    fund = registered(
        (11, AMINA | {"cin": "BE1"}), (12, AMINA | {"cin": "BE1"}), (13, AMINA | {"cin": "BE3"})
    )
    assert found(fund) == [("card-of-two-numbers", 11, 2, 3), ("card-of-two-numbers", 12, 3, 2)]


def test_a_card_that_was_corrected_is_nobody_elses(registered):
    corrected = AMINA | {"cin": "BE2", "delivery": 2, "known_from": date(2026, 2, 10)}
    fund = registered((11, AMINA | {"cin": "BE1"}), (12, AMINA | {"cin": "BE1"}), (12, corrected))
    assert found(fund) == []
    assert len(found(fund, RECEIVED)) == 2


def test_names_and_birth_date_tell_a_second_registration_without_a_card(registered):
    fund = registered((11, AMINA | {"cin": "BE1"}), (12, AMINA), (13, AMINA | {"first_name_arabic": "سناء"}))
    assert found(fund) == [("perhaps-registered-twice", 11, 2, 3), ("perhaps-registered-twice", 12, 3, 2)]


def test_two_cards_tell_two_persons_of_one_name_apart(registered):
    assert found(registered((11, AMINA | {"cin": "BE1"}), (12, AMINA | {"cin": "BE2"}))) == []


def test_without_arabic_names_nothing_is_supposed(registered):
    nameless = AMINA | {"surname_arabic": None}
    assert found(registered((11, nameless), (12, nameless))) == []


def test_what_is_found_names_neither_card_nor_person(registered):
    fund = registered((11, AMINA | {"cin": "BE1"}), (12, AMINA | {"cin": "BE1"}))
    assert "BE1" not in str(find_registrations(fund).to_pylist())
