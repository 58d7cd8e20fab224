"""The e-BDS among the formats of intake: how it is recognised and opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from himaya.intake.formats.base import Recognition
from himaya.intake.formats.ebds.contract import layout_on, layouts
from himaya.intake.formats.ebds.marks import CODES
from himaya.intake.formats.ebds.names import read_name
from himaya.intake.formats.ebds.reader import EbdsReader
from himaya.months import month_of
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.intake.formats.base import Context, Delivered

_RECORD = re.compile(rb"[ \t]*(?:\xef\xbb\xbf)?[ABE]0[0-6](?:[ 0-9]|$)", re.IGNORECASE)
_LINES_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class EbdsFormat:
    """CNSS e-BDS: prepared lists, principal and complementary wage declarations."""

    kind: ClassVar[str] = "ebds"
    codes: ClassVar[tuple[str, ...]] = CODES
    tables: ClassVar[tuple[str, ...]] = ("declared_period", "expected_employee", "identity")
    splittable: ClassVar[bool] = False  # order, sums and totals run through the whole file

    @property
    def version(self) -> str:
        """Version of the newest layout."""
        return layouts()[-1].version

    @property
    def hold_share(self) -> float:
        """Share of quarantined data lines above which the whole delivery is held."""
        return layouts()[-1].hold_share

    @property
    def hold_lines(self) -> int:
        """Number of quarantined data lines that must also be passed for it to be held."""
        return layouts()[-1].hold_lines

    def recognise(self, delivered: Delivered) -> Recognition:
        """Look for a record type at the start of one of the first lines, damaged as they may be."""
        first = (
            line.rstrip(b"\r") for line in delivered.head.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]
        )
        if any(_RECORD.match(line) for line in first):
            return Recognition(fits=True, nearness=1.0)
        reason = said("none of its first lines starts with a record type such as B00")
        return Recognition(fits=False, nearness=0.5 if read_name(delivered.file) else 0.0, reason=reason)

    def open(self, delivered: Delivered, context: Context) -> EbdsReader:
        """Make a reader for one delivery."""
        received_on = delivered.received_on
        return EbdsReader(delivered.file, layout_on(received_on), context, month_of(received_on))
