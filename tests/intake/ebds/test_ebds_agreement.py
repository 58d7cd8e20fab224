"""The compiled reader and the slow one agree on every line of every file, sound or damaged, however it is cut."""

from __future__ import annotations

import ebds_build as e
import ebds_oracle as oracle
from ebds_reading import CEILINGS, read
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from himaya.contract.identifiers import pack_cin

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-", min_size=0, max_size=12)
NUMBERS = st.one_of(
    st.integers(10_000_001, 19_999_999).map(e.insured),
    st.sampled_from([0, 100_000_000, 999_999_999, 123_456_789, 200_000_001]),
)
WAGES = st.one_of(st.integers(0, 2_000_000), st.just(9_999_999_999_999))
CINS = st.sampled_from(["BE123456", "A1", "", "AB 123", "A-1", " K9"])


@st.composite
def known(draw, letter="B"):
    situation = draw(st.sampled_from(["", "", "", *e.RANKS, "XX"]))
    unpaid = situation in {"CS", "MS", "AT", "MP"} and draw(st.booleans())
    wage = 0 if unpaid else draw(WAGES)
    return e.b02(
        draw(NUMBERS), surname=draw(LETTERS), first_name=draw(LETTERS), children=draw(st.integers(0, 99)), to_pay=draw(st.integers(0, 999_999)),
        to_repay=draw(st.integers(0, 999)), days=0 if unpaid else draw(st.integers(0, 28)), wage=wage,
        capped=draw(st.sampled_from([min(wage, 600_000), min(wage, 600_001), 999_999_999])) if not unpaid else 0, situation=situation, letter=letter,
    )  # fmt: skip


@st.composite
def entrant(draw, letter="B"):
    employer = draw(st.sampled_from([e.EMPLOYER, ""]))
    return e.b04(draw(NUMBERS), employer=employer, surname=draw(LETTERS), first_name=draw(LETTERS), cin=draw(CINS),
                 days=draw(st.integers(0, 27)), wage=draw(WAGES), letter=letter)  # fmt: skip


@st.composite
def expected(draw):
    return e.a02(
        draw(NUMBERS),
        surname=draw(LETTERS),
        children=draw(st.integers(0, 9)),
        to_pay=draw(st.integers(0, 999_999)),
        net=draw(st.integers(0, 999)),
    )


@st.composite
def files(draw):
    """A file of any kind; its details are in the order of numbers more often than not."""
    order = sorted if draw(st.booleans()) else list
    by_number = {"key": lambda line: line[16:25]} if order is sorted else {}
    kind = draw(st.sampled_from("ABE"))
    if kind == "A":
        return e.prepared(order(draw(st.lists(expected(), max_size=4)), **by_number))
    entrants = order(draw(st.lists(entrant(kind), max_size=4)), **by_number)
    if kind == "E":
        return e.complementary(entrants)
    return e.principal(order(draw(st.lists(known(), max_size=4)), **by_number), entrants)


def damage(lines: list[bytes], draw) -> list[bytes]:
    """One thing that goes wrong with files."""
    at = draw(st.integers(0, len(lines) - 1))
    line = lines[at]
    match draw(
        st.sampled_from(
            ["byte", "cut", "lengthen", "drop", "double", "swap", "blank", "field", "truncate", "type"]
        )
    ):
        case "byte" if line:
            place = draw(st.integers(0, len(line) - 1))
            lines[at] = (
                line[:place] + bytes([draw(st.sampled_from(b"0159 AZaz-.\0\x80\xff~"))]) + line[place + 1 :]
            )
        case "cut":
            lines[at] = line[: draw(st.integers(0, len(line)))]
        case "lengthen":
            lines[at] = line + draw(st.sampled_from([b" ", b"0", b"\r"]))
        case "drop" if len(lines) > 1:
            del lines[at]
        case "double":
            lines.insert(at, line)
        case "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        case "blank":
            lines.insert(at, draw(st.sampled_from([b"", b" " * 260, b"  "])))
        case "field" if len(line) == 260:
            start = draw(st.sampled_from([3, 10, 16, 25, 85, 93, 95, 105, 111, 113, 126, 135, 137, 156]))
            lines[at] = (
                line[:start]
                + draw(
                    st.sampled_from(
                        [b"1234574", b"202402", b"999", b"0000000000000", b"       ", b"SO", b"MP"]
                    )
                )
                + line[start:]
            )
            lines[at] = lines[at][:260]
        case "truncate":
            del lines[at + 1 :]
        case "type":
            lines[at] = (
                draw(
                    st.sampled_from([b"B00", b"B02", b"B04", b"E02", b"E04", b"A02", b"B07", b"b02", b"A06"])
                )
                + line[3:]
            )
        case _:
            pass
    return lines


def agree(lines: list[bytes], cuts: tuple[int, ...] = ()) -> None:
    slow = oracle.read(lines, list(CEILINGS))
    fast = read(lines, file="no pattern", cuts=cuts)
    assert fast.verdicts == slow.verdicts
    assert fast.codes == slow.codes
    expected = slow.findings()
    assert set(fast.findings.codes) == expected["codes"]
    for name in ("hold", "totals", "totals_agree", "employer", "month", "kind"):
        assert getattr(fast.findings, name) == expected[name], name
    assert [row | {"month": row["month"].year * 12 + row["month"].month - 1} for row in rows_of(fast)] == [
        conformed(row) for row in slow.rows
    ]
    assert [row | {"month": None} for row in fast.rows.get("identity", [])] == [
        identity(row) for row in slow.rows if row["record"][1:] == "04" and row["number"] != 999_999_999
    ]


def rows_of(fast) -> list[dict]:
    from datetime import date, timedelta

    rows = fast.rows.get("declared_period", []) + fast.rows.get("expected_employee", [])
    return [row | {"month": date(1970, 1, 1) + timedelta(row["month"])} for row in rows]


def key(row: dict) -> int:
    if row["number"] == 0:
        return 2 << 56 | pack_cin(row["cin"])
    return 3 << 56 | row["employer"] if row["number"] == 999_999_999 else 1 << 56 | row["number"]


def conformed(row: dict) -> dict:
    kept = ["children", "allowance_to_pay", "allowance_to_deduct", "allowance_net"]
    if row["record"] != "A02":
        kept += ["allowance_to_repay", "record", "days", "wage", "capped_wage", "situation"]
    return {
        "person_key": key(row),
        "month": row["month"],
        "employer": row["employer"],
        "line": row["line"],
    } | {name: row.get(name) for name in kept}


def identity(row: dict) -> dict:
    return {
        "person_key": key(row), "line": row["line"], "insured_number": row["number"] or None, "cin": row["cin_text"] or None,
        "surname": row["surname"] or None, "first_name": row["first_name"] or None, "month": None,
    }  # fmt: skip


SETTINGS = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SETTINGS
@given(files())
@example(e.principal([], []))
def test_as_written(lines):
    agree([line.encode() for line in lines])


@SETTINGS
@given(st.data())
def test_damaged_and_cut_anywhere(data):
    lines = [line.encode() for line in data.draw(files())]
    for _ in range(data.draw(st.integers(1, 4))):
        lines = damage(lines, data.draw)
    cuts = data.draw(st.lists(st.integers(0, len(lines)), max_size=3))
    agree(lines, tuple(cuts))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=300).map(lambda line: line.replace(b"\n", b"")), min_size=1, max_size=6))
def test_any_bytes(lines):
    agree(lines)
