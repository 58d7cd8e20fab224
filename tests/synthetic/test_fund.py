"""A whole fund on disk: the same bytes from any number of workers, files in their layouts, an exact truth."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from himaya.lake.executor import open_executor
from himaya.synthetic import dirt
from himaya.synthetic.fund import write_fund
from himaya.synthetic.model import SyntheticError
from himaya.synthetic.truth import read_planted

if TYPE_CHECKING:
    from pathlib import Path


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Own name of each file and archive member, and its bytes."""
    found: dict[str, bytes] = {}
    for path in sorted((folder / "incoming").rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {name: archive.read(name) for name in archive.namelist()}
        elif path.suffix == ".gz":
            found[path.stem] = gzip.decompress(path.read_bytes())
        elif path.is_file():
            found[path.name] = path.read_bytes()
    return found


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_writes_the_same_bytes(fund, tmp_path, workers):
    folder, manifest = fund
    with open_executor(workers=workers) as executor:
        again = write_fund(tmp_path, manifest.persons, manifest.seed, executor=executor)
    assert digest(tmp_path) == digest(folder)
    assert again.as_dict() | {"folder": "", "seconds": 0} == manifest.as_dict() | {"folder": "", "seconds": 0}


def test_a_folder_that_holds_a_fund_is_refused(fund):
    with pytest.raises(SyntheticError, match="already holds a fund"):
        write_fund(fund[0], 200)


def test_every_kind_is_planted(fund):
    kinds = set(fund[1].planted)
    assert kinds == {
        "take-up", "paid-after-death", "paid-without-grounds", "wrong-amount", "late-month", "overlapping-full-time",
        "days-over-26", "declared-after-death", "duplicate-person", "broken-line", "duplicate-delivery", "wrong-total",
        "held-delivery",
    }  # fmt: skip
    codes = set(read_planted(fund[0] / "truth")["code"].to_pylist())
    ways = [
        *dirt.KNOWN,
        *dirt.ENTRANT,
        *dirt.EXPECTED,
        *dirt.COMPLEMENT,
        *(w for ws in dirt.DELIMITED.values() for w in ws),
    ]
    assert {way.code for way in ways} <= codes


def test_e_bds_files_hold_together(fund):
    """Every sound file read again from the layout's text alone: widths, order, control sums, totals."""
    folder, _ = fund
    planted = read_planted(folder / "truth")
    harmed = set(planted.filter(pc.is_valid(planted["file"]))["file"].to_pylist())
    files = {
        name: data for name, data in contents(folder).items() if name.endswith(".txt") and name not in harmed
    }
    known, expected = {}, {}
    assert len(files) > 300
    for name, data in files.items():
        lines = data.decode("ascii").replace("\r\n", "\n").splitlines()
        assert {len(line) for line in lines} == {260}
        if name.startswith("AFFEBDS"):
            expected[lines[1][3:16]] = [line[16:25] for line in lines if line.startswith("A02")]
            continue
        details = [line for line in lines if line[1:3] in ("02", "04") and line[16:25].strip()]
        numbers = [(line[1:3], line[16:25]) for line in details]
        assert numbers == sorted(numbers)
        for line in details:
            if line[1:3] == "02":
                rank = ["  ", "SO", "DE", "IT", "IL", "AT", "CS", "MS", "MP"].index(line[135:137])
                parts = (line[16:25], line[105:111], line[111:113], line[113:126], line[126:135])
                assert int(line[137:156]) == sum(map(int, parts)) + rank
            else:
                parts = (line[16:25], line[93:95], line[95:108], line[108:117])
                assert int(line[117:136]) == sum(map(int, parts))
        total = lines[-1]
        assert total[1:3] == "06"
        assert int(total[16:22]) == len(details)
        assert int(total[22:37]) == sum(int(line[16:25]) for line in details)
        if lines[0][0] == "B":
            known[lines[1][3:16]] = {line[16:25] for line in details if line[1:3] == "02"}
    # Whoever the fund expects is answered for, unless the principal forgot the line.
    late = pc.or_(pc.equal(planted["kind"], "late-month"), pc.equal(planted["note"], "e-BDS E04"))
    forgotten = {f"{number:09}" for number in planted.filter(late)["insured_number"].to_pylist()}
    both = known.keys() & expected.keys()
    assert len(both) > 150
    assert all(
        set(expected[key]) - known[key] <= forgotten and known[key] <= set(expected[key]) for key in both
    )


def test_broken_lines_stand_where_the_truth_says(fund):
    folder, _ = fund
    files = contents(folder)
    planted = read_planted(folder / "truth")
    rows = planted.filter(pc.equal(planted["kind"], "broken-line")).to_pylist()
    assert len(rows) >= 40
    for row in rows:
        line = files[row["file"]].split(b"\n")[row["line"] - 1]
        if row["insured_number"] is not None and row["code"] != "cin-required":
            assert b"%09d" % row["insured_number"] in line
        if row["code"] == "line-width":
            assert len(line.rstrip(b"\r")) == 248
        if row["code"] == "not-ascii":
            assert not line.isascii()


def test_copies_are_delivered_twice(fund):
    folder, manifest = fund
    names = [
        path.name.removesuffix(".gz") for path in (folder / "incoming").rglob("DS_*") if path.suffix != ".zip"
    ]
    repeated = {name for name in names if names.count(name) == 2}
    planted = read_planted(folder / "truth")
    assert repeated == set(
        planted.filter(pc.equal(planted["kind"], "duplicate-delivery"))["file"].to_pylist()
    )
    assert len(repeated) == manifest.planted["duplicate-delivery"]


def test_pensions_are_paid_to_all_who_are_due_but_the_planted(fund):
    folder, manifest = fund
    lines = contents(folder)["pensions.csv"].decode("cp1252").splitlines()[1:]
    broken = len(dirt.DELIMITED["pensions-in-payment"])
    assert len(lines) == manifest.pensions + broken
    persons = pq.read_table(folder / "truth" / "persons.parquet").to_pylist()
    due = {
        p["insured_number"]: p["monthly_amount"]
        for p in persons
        if p["monthly_amount"] and not p["death_date"]
    }
    planted = read_planted(folder / "truth").to_pylist()
    unpaid = {row["insured_number"] for row in planted if row["kind"] == "take-up"}
    wrong = {row["insured_number"]: row["paid_amount"] for row in planted if row["paid_amount"] is not None}
    paid: dict[int, int] = {}
    for line in lines:
        number, _, _, amount, _ = line.split(";")
        if amount.replace(",", "").isdigit() and len(amount.split(",")[1]) == 2:
            paid.setdefault(int(number), int(amount.replace(",", "")))
    assert paid == {n: a for n, a in due.items() if n not in unpaid} | wrong
