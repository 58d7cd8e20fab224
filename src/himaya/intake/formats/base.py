"""What the pipeline and the formats say to each other: blocks of physical lines in, verdicts and rows out.

A *format* reads one kind of file. For each delivery it opens a *reader*, which is fed the physical lines of
the delivery in order, block by block, and finishes with what can only be known at the end (declared totals,
the employer and month of the whole). A reader never loses a line: each line gets exactly one verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from himaya.lake import KeySpace
    from himaya.sentence import Sentence

ACCEPTED, QUARANTINED, STRUCTURAL = 0, 1, 2
"""The verdicts on a physical line; structural lines are headers, totals and blank lines."""

HEAD_BYTES = 65_536
"""How many first bytes of a delivery are at hand before it is read."""

Column: TypeAlias = "NDArray[np.generic] | pa.Array"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive physical lines of one delivery, without their ends (LF or CRLF; a lone CR is content)."""

    buffer: NDArray[np.uint8]
    """The bytes; lines stand in it in order, with their ends between them."""
    starts: NDArray[np.int64]
    """Position of the first byte of each line in ``buffer``, shape (lines,)."""
    lengths: NDArray[np.int32]
    """Bytes of each line without its end, shape (lines,)."""
    first_line: int
    """Number of the first line in the delivery, from 1."""
    base_offset: int
    """Offset in the delivery of ``buffer[0]``."""

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, index: int) -> bytes:
        """Copy out the bytes of the line at ``index`` (0-based in this block)."""
        start = int(self.starts[index])
        return self.buffer[start : start + int(self.lengths[index])].tobytes()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader made of one block."""

    verdicts: NDArray[np.uint8]
    """One verdict a line, shape (lines,)."""
    codes: NDArray[np.uint64]
    """Bit i is set where the i-th of the format's ``codes`` applies to the line, shape (lines,). An accepted
    line may carry warnings."""
    rows: Mapping[str, Mapping[str, Column]]
    """Rows by table, columns by name, all of one length per table. Only accepted lines make rows. Each table
    has ``line`` (int32, 1-based physical line); ``delivery`` and ``known_from`` are added by the pipeline.
    Dates and months are given as they rest (days since 1970-01-01, int32, or an Arrow date32); a column that
    may be null is an Arrow array, one of few words may be a dictionary; a column left out is null."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known only when a delivery, or one part of it, has been read to its end."""

    codes: tuple[str, ...] = ()
    """Codes of the delivery as a whole (not of one line), each once."""
    totals: Mapping[str, tuple[int | None, int]] = field(default_factory=dict)
    """Name of a total to (declared, found); declared is None where the file did not say it."""
    totals_agree: bool | None = None
    """Whether all declared totals are met; None where none was declared."""
    employer: int | None = None
    month: int | None = None
    """Month number of the whole delivery (see :mod:`himaya.months`)."""
    hold: bool = False
    """The delivery cannot be trusted as a whole: every data line is to be kept back."""
    kind: str | None = None
    """The exact kind where a contract covers several (``ebds-principal``); None means the format's own
    kind."""
    principal: bool = False
    """A later principal delivery of the same kind, employer and month supersedes this one, and so does this
    one an earlier."""
    encoding: str | None = None
    """Encoding as read, where the format knows it."""
    name_period_style: str | None = None
    """How the file's name writes the period (``AAAAMM`` or ``MMAAAA``), where it has one."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a format is told about a delivery before its lines."""

    file: str
    """Own name of the file or archive member, without folders and without ``.gz``."""
    head: bytes
    """Its first bytes, at most :data:`HEAD_BYTES`."""
    received_on: date


@dataclass(frozen=True, slots=True)
class Context:
    """What the fund brings to reading; crosses to worker processes."""

    keys: KeySpace
    ceilings: tuple[tuple[int, int], ...]
    """Contribution ceiling in centimes from a month number on, ascending."""


class Reader(Protocol):
    """Reads one delivery, or one part of it where the format is splittable."""

    def feed(self, block: Block) -> Parsed:
        """Judge the next lines."""

    def finish(self) -> Findings:
        """Say what is known at the end; called once, after the last block."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """How well the first bytes of a delivery fit a format."""

    fits: bool
    nearness: float = 0.0
    """From 0 (nothing in common) to 1, to name the nearest kind when none fits."""
    reason: Sentence | None = None
    """What keeps it from fitting, for people: the missing columns."""


class Format(Protocol):
    """One kind of file. Formats are small and cross to worker processes by their kind."""

    @property
    def kind(self) -> str:
        """Id of its contract."""

    @property
    def version(self) -> str:
        """Version of its contract."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes its lines may carry, at most 63 (the last bit is the pipeline's); position is the bit."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables its rows go to."""

    @property
    def splittable(self) -> bool:
        """Whether parts of one delivery may be read apart, each by its own reader that knows the head."""

    @property
    def hold_share(self) -> float:
        """Share of quarantined data lines above which the whole delivery is held."""

    @property
    def hold_lines(self) -> int:
        """Number of quarantined data lines that must also be passed for it to be held."""

    def recognise(self, delivered: Delivered) -> Recognition:
        """Whether the delivery is of this kind, by its first bytes."""

    def open(self, delivered: Delivered, context: Context) -> Reader:
        """Make a reader for one delivery of this kind."""


def code_bits(codes: Iterable[str]) -> dict[str, int]:
    """Bit number of each code, for a format's kernels: ``{"line-width": 0, …}``."""
    bits = {code: bit for bit, code in enumerate(codes)}
    if len(bits) > 63:
        raise ValueError(f"{len(bits)} codes do not fit the 63 bits of a line")
    return bits
