"""Files on disk: what a task of a worker writes, in the folder of the day on which it is received."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.synthetic import dirt, ebds, registers
from himaya.synthetic.careers import careers
from himaya.synthetic.families import Links, links
from himaya.synthetic.faults import CELL, WAYS, Faults
from himaya.synthetic.names import DUPLICATE, REGISTER
from himaya.synthetic.numbers import affiliation_number
from himaya.synthetic.random import Stream, uniforms
from himaya.synthetic.survey import with_rows

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.synthetic.model import Ints
    from himaya.synthetic.population import Population

_FILE = int(Stream.FILE)

# Archives carry no clock: the same fund has the same bytes.
_NO_TIME = (2026, 1, 1, 0, 0, 0)
_B06_WAGES = slice(43, 58)
# One part of the extract in so many comes compressed.
_PACKED_PARTS = 16


@dataclass(frozen=True)
class Part:
    """The task of writing the registers' and the extract's lines of some persons."""

    population: Population
    number: int
    first: int
    last: int
    folder: Path
    """Where what came in on the day of the history is kept."""
    scratch: Path
    rows: Ints
    """Planted rows: person's index, month, employer's number, days, wage."""
    twins: dict[int, int]
    broken: tuple[int, ...]
    """Ways to break a line of the extract, each met once in this part."""


@dataclass(frozen=True)
class Group:
    """The task of writing the e-BDS files of some employers."""

    population: Population
    number: int
    incoming: Path
    employers: tuple[int, ...]
    faults: Faults


@dataclass(frozen=True)
class Written:
    """What a task left: files, bytes, lines, and the truth that only writing could tell."""

    files: int
    bytes: int
    lines: int
    truth: list[dict[str, Any]]


def write_part(part: Part) -> Written:
    """Write one file of the career extract, and its persons' lines of the registers to the scratch folder."""
    population = part.population
    people = population.people(part.first, part.last)
    owner, month, employer, days, wage = part.rows.T
    all_rows = with_rows(careers(population, people), owner - part.first, month, employer, days, wage)
    lines, count = registers.extract_lines(people, all_rows, population.calendar.window)
    data = registers.EXTRACT_HEADER + lines.tobytes()
    ways = dirt.DELIMITED["career-extract"]
    data, places = dirt.with_broken_copies(data, [ways[k] for k in part.broken])
    file = f"carrieres_{part.number:04}.csv"
    packed = part.number % _PACKED_PARTS == 1
    written = file_bytes(data, packed=packed)
    (part.folder / (file + (".gz" if packed else ""))).write_bytes(written)
    _write_register(part)
    return Written(1, len(written), count, broken_truth("career-extract", file, places))


def _write_register(part: Part) -> None:
    population = part.population
    people = population.people(part.first, part.last)
    twins = np.array(sorted(part.twins), np.int64)
    name_of = np.arange(part.first, part.last)
    where = np.full(len(people), REGISTER)
    for twin in twins.tolist():
        one = population.people(part.twins[twin], part.twins[twin] + 1)
        place = twin - part.first
        name_of[place], where[place] = part.twins[twin], DUPLICATE
        people.birth_month[place], people.birth_day[place] = one.birth_month[0], one.birth_day[0]
    # Who has no career was registered between 18 and 22; nobody before the age of 18.
    adult = people.birth_month + 18 * 12 + 1 + people.number % 48
    registered = np.minimum(adult, population.calendar.window - 1)
    text = registers.insured_lines(population, people, registered, name_of, where)
    (part.scratch / f"register_{part.number:04}").write_bytes(text)
    family = links(people, population.seed, population.calendar)
    kept = ~np.isin(family.owner, twins - part.first)
    family = Links(*(column[kept] for column in family))
    (part.scratch / f"family_{part.number:04}").write_bytes(registers.family_lines(people, family))


def broken_truth(contract: str, file: str, places: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """Rows of the planted truth for broken lines of a file."""
    return [
        {"kind": "broken-line", "note": contract, "file": file, "line": line, "code": code}
        for line, code in places
    ]


def file_bytes(data: bytes, *, packed: bool) -> bytes:
    """The bytes of a file, compressed or as they are."""
    return gzip.compress(data, 1, mtime=0) if packed else data


def write_group(task: Group) -> Written:
    """Write the e-BDS files of a group of employers: loose, compressed, or in archives."""
    writer = _Writer(task)
    files = ebds.write_files(task.population, task.employers, task.faults.rows)
    lines = 0
    truth: list[dict[str, Any]] = []
    for place in range(len(files.kind)):
        data = files.out[files.starts[place] : files.starts[place + 1]].tobytes()
        index, month, kind = (
            task.employers[files.firm[place]],
            int(files.month[place]),
            int(files.kind[place]),
        )
        cell = index * CELL + month
        name = _file_name(
            task.population,
            index,
            month,
            kind,
            task.faults.renamed.get(cell) if kind == ebds.PRINCIPAL else None,
        )
        truth += _spoil(task, cell, kind, name, data_ := bytearray(data))
        lines += data_.count(b"\n")
        writer.write(index, month, kind, name, bytes(data_))
    writer.close()
    return Written(writer.files, writer.bytes, lines, truth)


def _spoil(task: Group, cell: int, kind: int, name: str, data: bytearray) -> list[dict[str, Any]]:
    """Apply the faults of one file to its bytes; returns what of them is planted truth."""
    wrong = task.faults
    employer = int(task.population.employers[cell // CELL])
    facts = {"employer": employer, "month": cell % CELL, "file": name}
    truth: list[dict[str, Any]] = []
    damage = wrong.damages.get(cell)
    if (
        damage is not None
        and kind == {65: ebds.PREPARED, 66: ebds.PRINCIPAL, 69: ebds.COMPLEMENTARY}[damage.record[0]]
    ):
        lines = bytes(data).split(b"\n")
        number = b"%09d" % damage.number
        line = next(k for k, text in enumerate(lines) if text[:3] == damage.record and text[16:25] == number)
        way = WAYS[damage.record][damage.way]
        ending = b"\r" if lines[line].endswith(b"\r") else b""
        lines[line] = way.make(lines[line].removesuffix(b"\r")) + ending
        data[:] = b"\n".join(lines)
        told = {"note": f"e-BDS {damage.record.decode()}", "insured_number": damage.number, "line": line + 1}
        truth.append({"kind": "broken-line", "code": way.code, **told, **facts})
    if kind == ebds.PRINCIPAL and cell in wrong.mistaken:
        start = data.rfind(b"B06") + _B06_WAGES.start
        data[start : start + 15] = b"%015d" % (int(data[start : start + 15]) + 100_00)
        truth.append({"kind": "wrong-total", "note": "B06", "code": "totals-mismatch", **facts})
    if kind == ebds.PRINCIPAL and cell in wrong.renamed:
        way_ = wrong.renamed[cell]
        truth.append({"kind": "held-delivery", "note": way_, "code": f"file-name-{way_}", **facts})
    if kind == ebds.PRINCIPAL and cell in wrong.repeated:
        truth.append({"kind": "duplicate-delivery", "note": "", **facts})
    return truth


def _file_name(population: Population, index: int, month: int, kind: int, wrong: str | None) -> str:
    number = int(population.employers[index])
    if wrong == "employer":
        # Of no employer, so that the name is no other file's.
        number = affiliation_number(population.seed, len(population.employers) + index)
    told = month + 1 if wrong == "period" else month
    year, in_year = told // 12, told % 12 + 1
    # Both ways to write the period are met.
    backwards = uniforms(population.seed, _FILE, index, 1)[0] < 0.3
    period = f"{in_year:02}{year}" if backwards else f"{year}{in_year:02}"
    prefix = {ebds.PREPARED: "AFFEBDS", ebds.PRINCIPAL: "DS", ebds.COMPLEMENTARY: "DSC1"}[kind]
    return f"{prefix}_{number:07}_{period}.txt"


class _Writer:
    """Puts files where they belong: first month in archives, second loose, third half and half."""

    def __init__(self, task: Group) -> None:
        self._task = task
        self._archives: dict[Path, zipfile.ZipFile] = {}
        self.files = 0
        self.bytes = 0

    def write(self, index: int, month: int, kind: int, name: str, data: bytes) -> None:
        """Write one file."""
        calendar, seed = self._task.population.calendar, self._task.population.seed
        u, v = uniforms(seed, _FILE, index, 2 + month)
        if kind == ebds.PREPARED:
            return self._archive(calendar.expected_on(month).isoformat(), f"AFFEBDS_{month}", name, data)
        if kind == ebds.COMPLEMENTARY:
            return self._loose(calendar.completed_on(month).isoformat(), name, data, packed=False)
        day = calendar.declared_on(month).isoformat()
        if month == calendar.window or (month == calendar.last_month and u < 0.5):
            self._archive(day, f"DS_{month}", name, data)
        else:
            self._loose(day, name, data, packed=v < 0.04)
        if index * CELL + month in self._task.faults.repeated:
            self._loose(calendar.completed_on(month).isoformat(), name, data, packed=False)
        return None

    def _loose(self, day: str, name: str, data: bytes, *, packed: bool) -> None:
        folder = self._task.incoming / day / f"bordereaux_{self._task.number:03}"
        folder.mkdir(parents=True, exist_ok=True)
        written = file_bytes(data, packed=packed)
        (folder / (name + (".gz" if packed else ""))).write_bytes(written)
        self.files += 1
        self.bytes += len(written)

    def _archive(self, day: str, kind: str, name: str, data: bytes) -> None:
        prefix, month = kind.split("_")
        period = f"{int(month) // 12}{int(month) % 12 + 1:02}"
        path = self._task.incoming / day / f"{prefix}_{period}_{self._task.number:03}.zip"
        if path not in self._archives:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._archives[path] = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        entry = zipfile.ZipInfo(name, _NO_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._archives[path].writestr(entry, data, compresslevel=1)
        self.files += 1

    def close(self) -> None:
        """Finish the archives."""
        for path, archive in self._archives.items():
            archive.close()
            self.bytes += path.stat().st_size
