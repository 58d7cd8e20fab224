"""What the name of an e-BDS file says; the sources write its period both ways, so both are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from himaya.intake.formats.ebds.bytes import month_number

_PATTERN = re.compile(r"(AFFEBDS|DSC(\d+)|DS)_(\d{7})_(\d{6})(?:\.\w+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class FileName:
    """The parts of a name such as ``DS_1234567_202401.txt``."""

    letter: str
    """``A``, ``B`` or ``E``."""
    number: int | None
    """Which complementary file of the month it is (``DSC<n>``)."""
    employer: int
    month: int | None
    """Month number; None where the six digits are no period in either writing."""
    period_style: str | None
    """``AAAAMM`` or ``MMAAAA``; a plausible year keeps the two apart."""


def read_name(file: str) -> FileName | None:
    """Read a file name; None where it follows no pattern of the e-BDS."""
    match = _PATTERN.fullmatch(file)
    if match is None:
        return None
    prefix, number, employer, period = match.groups()
    month, style = month_number(int(period)), "AAAAMM"
    if month < 0:
        month, style = month_number(int(period[2:] + period[:2])), "MMAAAA"
    return FileName(
        letter={"AFFEBDS": "A", "DS": "B"}.get(prefix.upper(), "E"),
        number=int(number) if number else None,
        employer=int(employer),
        month=int(month) if month >= 0 else None,
        period_style=style if month >= 0 else None,
    )
