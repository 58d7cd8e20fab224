"""Ten thousand damaged files: not one line is lost, whatever the damage, by a count that knows nothing of reading."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from intake_build import ANNA, BADR, DEATHS, MILL, RECEIVED_ON, ebds, employers, extract, month, register

from himaya import intake
from himaya.lake import open_executor

FILES, BATCHES = 10_000, 4


def seeds(chance: random.Random) -> list[tuple[str, bytes]]:
    """One good file of each kind, with numbers of its own."""
    build, firm, year = ebds, chance.randrange(10**6, 10**7), chance.randrange(1970, 2026)
    same = {"employer": firm, "period": f"{year}05"}
    known = [build.b02(number, **same, wage=chance.randrange(10**6)) for number in (ANNA, BADR)]
    end = chance.choice(["\n", "\r\n"])
    return [
        (f"DS_{firm}_{year}05.txt", (end.join(build.principal(known, **same)) + end).encode()),
        ("list.txt", (end.join(build.prepared([build.a02(ANNA, **same)], **same)) + end).encode()),
        (
            "career.csv",
            extract(
                *[month(period=f"{year}{m:02d}", wage=chance.randrange(9999)) for m in range(1, 6)], end=end
            ),
        ),
        ("register.csv", register(*chance.sample(range(100000001, 199999999), 3))),
        (
            "register16.csv",
            register(*chance.sample(range(100000001, 199999999), 2)).decode().encode("utf-16-le"),
        ),
        ("employers.csv", employers(firm, MILL)),
        ("deaths.csv", f"{DEATHS}\n{ANNA};01/01/{year}\n{BADR};31/12/{year}".encode()),
    ]


PIECES = (
    b"\n",
    b"\r",
    b"\r\n",
    b'"',
    b";",
    b"\0",
    b"\xff",
    b" ",
    b"\xef\xbb\xbf",
    b"9",
    b"Z",
    "é".encode(),
    b"\x1a",
    b"",
)


def damage(data: bytes, chance: random.Random) -> bytes:
    """One to three random wounds: cut off, taken out, put in, written over, doubled, line ends changed."""
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(data) + 1)
        until = min(len(data), at + chance.randrange(1, 40))
        piece, end = chance.choice(PIECES), chance.choice([b"\r\n", b"\r", b"\n\n"])
        wounds = [
            data[:at],
            data[:at] + data[until:],
            data[:at] + piece + data[at:],
            data[:at] + piece + data[at + 1 :],
            data[:until] + data[at:],
            data.replace(b"\n", end),
        ]
        data = chance.choice(wounds)
    return data


def count_lines(data: bytes) -> int:
    """Line feeds, and one more where something follows the last; in UTF-16 the line feed has two bytes.

    A text is UTF-16 by its mark, or by two ASCII characters with NULs beside them.
    """
    low, high = data[0:4:2], data[1:4:2]
    little = data[:2] == b"\xff\xfe" or (high == b"\0\0" and low.isascii() and 0 not in low)
    big = data[:2] == b"\xfe\xff" or (low == b"\0\0" and high.isascii() and 0 not in high)
    if not (little or big):
        return data.count(b"\n") + (data[-1:] not in {b"", b"\n"})
    feed = b"\n\0" if little else b"\0\n"
    units = [data[i : i + 2] for i in range(0, len(data), 2)]
    return units.count(feed) + (units[-1] != feed)


@pytest.mark.slow
def test_not_one_line_is_lost(fund):
    chance = random.Random(2)
    statuses: Counter[str] = Counter()
    with open_executor("local", workers=2) as executor:
        for batch in range(BATCHES):
            folder = fund.incoming / str(batch)
            folder.mkdir()
            sent = {}
            while len(sent) < FILES // BATCHES:
                for name, data in seeds(chance):
                    label = f"{len(sent):05d}-{name}" if chance.random() < 0.7 or name in sent else name
                    sent[label] = damage(data, chance)
                    (folder / label).write_bytes(sent[label])
            report = intake.receive_and_load(
                fund.workspace, fund.lake, [folder], received_on=RECEIVED_ON, executor=executor
            )
            assert {delivery.file for delivery in report.deliveries} == set(sent)
            for delivery in report.deliveries:
                statuses[delivery.status] += 1
                assert delivery.lines == count_lines(sent[delivery.file]), delivery
                assert delivery.lost == 0
                assert "reader-failed" not in delivery.codes, delivery.message
            check_quarantine(fund, report.deliveries, sent)
    assert set(statuses) == {"accepted", "partial", "held", "duplicate", "refused"}
    assert sum(statuses.values()) >= FILES


def check_quarantine(fund, deliveries, sent) -> None:
    """The quarantine holds the lines that the reports count, byte for byte, and none of them was loaded."""
    snapshot = fund.lake.snapshot()
    names = {delivery.delivery: delivery.file for delivery in deliveries}
    kept: dict[int, set[int]] = {number: set() for number in names}
    for row in snapshot.read("quarantine").to_pylist():
        if row["delivery"] in names:
            kept[row["delivery"]].add(row["line"])
            data = sent[names[row["delivery"]]]
            assert data[row["offset"] : row["offset"] + len(row["raw"])] == row["raw"]
            assert row["codes"]
    for delivery in deliveries:
        if delivery.status in {"accepted", "partial", "held"}:
            assert len(kept[delivery.delivery]) == delivery.quarantined
    loaded: dict[int, set[int]] = {number: set() for number in names}
    for table in ("declared_period", "expected_employee", "insured_person", "employer", "death"):
        rows = snapshot.read(table, columns=["delivery", "line"])
        for number, line in zip(rows["delivery"].to_pylist(), rows["line"].to_pylist(), strict=True):
            if number in names:
                assert line not in loaded[number]
                loaded[number].add(line)
    for delivery in deliveries:
        if delivery.status in {"accepted", "partial", "held"}:
            assert len(loaded[delivery.delivery]) == delivery.accepted
            assert not loaded[delivery.delivery] & kept[delivery.delivery]


@pytest.mark.parametrize(
    ("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"\n\nb", 3), ("a\n".encode("utf-16-le"), 1)]
)
def test_the_independent_count_itself(data, lines):
    assert count_lines(data) == lines
