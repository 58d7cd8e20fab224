"""Contract-described delimited files among the formats of intake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from himaya.intake.formats.base import Recognition
from himaya.intake.formats.delimited.header import Header, header_keys, read_header
from himaya.intake.formats.delimited.kernels import CODES
from himaya.intake.formats.delimited.reader import DelimitedReader
from himaya.intake.lines import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.contract.model import FileContract
    from himaya.intake.formats.base import Context, Delivered


@dataclass(frozen=True, slots=True)
class DelimitedFormat:
    """One kind of delimited file, driven by its contract."""

    contract: FileContract
    keys: Mapping[str, str] = field(init=False, repr=False)
    """Columns by the headers that mean them."""
    codes: ClassVar[tuple[str, ...]] = CODES

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", header_keys(self.contract))

    @property
    def kind(self) -> str:
        """Id of the contract."""
        return self.contract.kind

    @property
    def version(self) -> str:
        """Version of the contract."""
        return self.contract.version

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the contract's columns feed."""
        return self.contract.tables

    @property
    def splittable(self) -> bool:
        """Lines stand alone, unless a trailer must not be missing at the end."""
        trailer = self.contract.dialect.trailer
        return trailer is None or not trailer.required

    @property
    def hold_share(self) -> float:
        """Share of quarantined data lines above which the whole delivery is held."""
        return self.contract.hold_share

    @property
    def hold_lines(self) -> int:
        """Number of quarantined data lines that must also be passed for it to be held."""
        return self.contract.hold_lines

    def recognise(self, delivered: Delivered) -> Recognition:
        """Whether the header has the columns of the contract."""
        first = delivered.head.lstrip().split(b"\n", 1)[0]
        if len(self.contract.columns) > 1 and self.contract.dialect.separator.encode() not in first:
            return Recognition(fits=False)
        header = self._header(delivered)
        return Recognition(header.problem is None, header.nearness, header.problem)

    def open(self, delivered: Delivered, context: Context) -> DelimitedReader:
        """Make a reader for one delivery or one part of it."""
        return DelimitedReader(self.contract, self._header(delivered), delivered.received_on, context)

    def _header(self, delivered: Delivered) -> Header:
        return read_header(delivered.head, self.contract, self.keys, unit_of(delivered.head))
