"""Formats: what the lines of a delivery mean. Each knows bytes and contracts, none knows storage."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from himaya.intake.formats.base import Format


@cache
def formats() -> dict[str, Format]:
    """All formats by kind: the e-BDS, and one for each contract of a delimited file."""
    from himaya.contract import file_contracts
    from himaya.intake.formats.delimited import DelimitedFormat
    from himaya.intake.formats.ebds import EbdsFormat

    known: dict[str, Format] = {EbdsFormat.kind: EbdsFormat()}
    known.update((kind, DelimitedFormat(contract)) for kind, contract in file_contracts().items())
    return known
