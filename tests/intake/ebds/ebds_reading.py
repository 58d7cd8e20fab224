"""Reads lines with the compiled reader and shows what it made of them in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa

from himaya.intake.formats.base import Block, Context, Delivered, Findings
from himaya.intake.formats.ebds import EbdsFormat
from himaya.months import month_of

CEILINGS = ((month_of(date(1993, 2, 1)), 500_000), (month_of(date(2002, 4, 1)), 600_000))
"""Contribution ceilings as the legislation dates them, in centimes."""


class PlainKeys:
    """Person keys that can be read: the namespace in the high byte, the number as it is."""

    def encrypt(self, namespace, numbers):
        return (namespace << 56) | numbers

    def decrypt(self, keys):
        return keys >> 56, keys & ((1 << 56) - 1)


@dataclass(frozen=True)
class Read:
    verdicts: list[int]
    codes: list[set[str]]
    rows: dict[str, list[dict]]
    findings: Findings

    @property
    def warnings_and_errors(self) -> set[str]:
        return set().union(*self.codes)


def block(lines: list[bytes], first_line: int = 1, end: bytes = b"\n") -> Block:
    lengths = np.array([len(line) for line in lines], np.int32)
    starts = np.zeros(len(lines), np.int64)
    starts[1:] = np.cumsum(lengths[:-1] + len(end))
    data = np.frombuffer(end.join(lines) + end, np.uint8)
    return Block(data, starts, lengths, first_line, 0)


def read(
    lines,
    file: str = "DS_1234567_202401.txt",
    cuts: tuple[int, ...] = (),
    ceilings=CEILINGS,
    end: bytes = b"\n",
) -> Read:
    """Read ``lines`` (text or bytes), cut into blocks at ``cuts``."""
    raw = [line.encode("ascii") if isinstance(line, str) else line for line in lines]
    format_ = EbdsFormat()
    reader = format_.open(Delivered(file, b"", date(2026, 11, 22)), Context(PlainKeys(), ceilings))
    verdicts, codes, rows = [], [], {}
    edges = [0, *sorted(cuts), len(raw)]
    for start, stop in pairwise(edges):
        parsed = reader.feed(block(raw[start:stop], start + 1, end))
        verdicts += parsed.verdicts.tolist()
        codes += [
            {name for bit, name in enumerate(format_.codes) if value >> bit & 1}
            for value in parsed.codes.tolist()
        ]
        for table, columns in parsed.rows.items():
            rows.setdefault(table, []).extend(pa.table(dict(columns)).to_pylist())
    return Read(verdicts, codes, rows, reader.finish())
