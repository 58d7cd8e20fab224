"""Reads one e-BDS delivery: judges its lines block by block, then reconciles its totals and its name."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from himaya.contract.identifiers import PersonNumbers
from himaya.intake.formats.base import Findings, Parsed
from himaya.intake.formats.ebds.kernels import scan
from himaya.intake.formats.ebds.layout import LETTERS, NUMERIC_SLOTS, RECORDS_PER_LETTER
from himaya.intake.formats.ebds.marks import NOT_ASCII, NUL_BYTE
from himaya.intake.formats.ebds.names import read_name
from himaya.intake.formats.ebds.rows import tables_of
from himaya.intake.formats.ebds.state import AT_START, ROW, STATE

if TYPE_CHECKING:
    from himaya.intake.formats.base import Block, Context
    from himaya.intake.formats.ebds.layout import Layout

Totals: TypeAlias = dict[str, tuple[int | None, int]]

LAST_RECORD = {"A": 3, "B": 6, "E": 6}
"""Digits of the record that ends a file."""

LAST_MONTH = 9999 * 12 + 11

OPTIONAL_TOTALS = "E03"
"""A complementary file has entrants only: E03 is empty and totals nothing."""


class EbdsReader:
    """Reads one delivery (a :class:`~himaya.intake.formats.base.Reader`).

    Parameters
    ----------
    file
        Own name of the file; one that follows no pattern contradicts nothing.
    layout
        Its record layout.
    context
        The fund's person keys and the contribution ceilings.
    latest_month
        Month number of receipt: a declaration of a later month is a mistake.
    """

    def __init__(self, file: str, layout: Layout, context: Context, latest_month: int = LAST_MONTH) -> None:
        self._latest_month = latest_month
        self._name = read_name(file)
        self._layout = layout
        self._numbers = PersonNumbers(context.keys)
        self._ceilings = np.array(context.ceilings, np.int64).reshape(-1, 2)
        self._marked = False
        self._state = AT_START.copy()
        self._sums = np.zeros((2, 2, NUMERIC_SLOTS), np.int64)
        self._declared = np.zeros((RECORDS_PER_LETTER, NUMERIC_SLOTS), np.uint64)

    def feed(self, block: Block) -> Parsed:
        """Judge the next lines."""
        block = self._without_mark(block)
        lines = len(block)
        buffer = block.buffer.view()
        buffer.flags.writeable = False  # one signature of the kernel for writable and read-only blocks
        verdicts, codes = np.empty(lines, np.uint8), np.empty(lines, np.uint64)
        rows = np.empty((len(ROW), lines), np.int64)
        kept = scan(
            buffer, block.starts, block.lengths, block.first_line, self._layout.tables, self._layout.limits,
            self._ceilings, self._state, self._sums, self._declared, verdicts, codes, rows,
        )  # fmt: skip
        for index in np.flatnonzero(codes & np.uint64(NOT_ASCII)).tolist():
            if b"\0" in block.line(index):
                codes[index] |= np.uint64(NUL_BYTE)
        return Parsed(verdicts, codes, tables_of(rows[:, :kept], buffer, self._layout, self._numbers))

    def _without_mark(self, block: Block) -> Block:
        """The block without the byte order mark that some programs write before UTF-8, and so before ASCII."""
        if block.first_line > 1 or not len(block) or not block.line(0).startswith(BOM_UTF8):
            return block
        self._marked = True
        starts, lengths = block.starts.copy(), block.lengths.copy()
        starts[0] += len(BOM_UTF8)
        lengths[0] -= len(BOM_UTF8)
        return replace(block, starts=starts, lengths=lengths)

    def finish(self) -> Findings:
        """Compare header, totals and name of the delivery that has been read."""
        state = dict(zip(STATE, self._state.tolist(), strict=True))
        letter = LETTERS[state["letter"]] if state["letter"] >= 0 else None
        header = _header_codes(state, self._latest_month)
        name = [] if header else self._name_codes(state)
        totals, ends = self._totals(state, letter) if letter else ({}, ["end-missing"])
        declared = any(said is not None for said, _ in totals.values())
        # A total that is not there disagrees with nothing: its code says that it is missing.
        agree = False if "totals-mismatch" in ends else True if declared and not ends else None
        marked = ["byte-order-mark"] if self._marked else []
        return Findings(
            codes=(*header, *name, *ends, *marked),
            totals=totals,
            totals_agree=agree,
            employer=state["employer"] if state["employer"] >= 0 else None,
            month=state["month"] if state["month"] >= 0 else None,
            hold=bool(header or name),
            kind=self._layout.kinds[state["letter"]].name if letter else None,
            principal=letter == "B",
            encoding="utf-8" if self._marked else "ascii",
            name_period_style=self._name.period_style if self._name else None,
        )

    def _name_codes(self, state: dict[str, int]) -> list[str]:
        """Codes for what the name of the file says against its header."""
        name = self._name
        if name is None:
            return []
        codes = []
        # L_Cat has one digit for the number of a complementary file, so only one digit can be compared.
        said = state["category"] % 256 - ord("0") if state["category"] >= 0 else name.number
        other = name.letter == "E" and name.number is not None and name.number <= 9 and name.number != said
        if LETTERS[state["letter"]] != name.letter or other:
            codes.append("file-name-kind")
        if state["employer"] != name.employer:
            codes.append("file-name-employer")
        if state["month"] != name.month:
            codes.append("file-name-period")
        return codes

    def _totals(self, state: dict[str, int], letter: str) -> tuple[Totals, list[str]]:
        """Totals by name as declared and found, and the codes of what they lack."""
        declared = self._declared.tolist()
        known, entrants = (
            [low + (high << 32) for low, high in zip(*section, strict=True)]
            for section in self._sums.tolist()
        )
        added = {(0,): known, (1,): entrants, (0, 1): [a + b for a, b in zip(known, entrants, strict=True)]}
        totals: Totals = {}
        for total in self._layout.totals[letter]:
            read = state["totals_read"] >> total.digits & 1
            if read or total.record != OPTIONAL_TOTALS:
                said = declared[total.digits][total.slot] if read else None
                totals[total.name] = (said, added[total.sections][total.slot])
        codes = []
        if not state["seen"] >> LAST_RECORD[letter] & 1:
            codes.append("end-missing")
        if any(said is None for said, _ in totals.values()):
            codes.append("totals-missing")
        if any(said is not None and said != found for said, found in totals.values()):
            codes.append("totals-mismatch")
        return totals, codes


def _header_codes(state: dict[str, int], latest_month: int) -> list[str]:
    """Codes for a header that is not there, that does not say whose and of which month the file is, or not yet."""
    if state["seen"] & 0b11 != 0b11:
        return ["header-missing"]
    if min(state["employer"], state["month"]) < 0:
        return ["header-unusable"]
    return ["period-in-future"] if state["month"] > latest_month else []
