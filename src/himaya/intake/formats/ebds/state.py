"""What the compiled pass remembers and hands on, and the places of both in its arrays."""

from __future__ import annotations

from typing import Final

import numpy as np

from himaya.intake.formats.ebds.layout import OF_RECORD, SLOTS, START

STATE: Final = (
    "letter", "last", "employer", "month", "category", "previous_known", "previous_entrant", "entrants",
    "ceiling_month", "ceiling", "seen", "totals_read",
)  # fmt: skip
"""What a delivery's reader remembers between lines; -1 is unknown. ``last`` has the digits of the last record
in its place, ``seen`` and ``totals_read`` have a bit for the digits of each record of which they tell."""

AT_START: Final = np.array([-1, START, -1, -1, -1, -1, -1, 0, -1, -1, 0, 0], np.int64)
"""The state before the first line."""

ROW: Final = (*SLOTS[: SLOTS.index("control")], "line", "at", "record", "cin", "situation")
"""What is handed on of each accepted detail line; ``period`` is a month number, ``at`` the first byte."""

LETTER, LAST, EMPLOYER, MONTH, CATEGORY, PREVIOUS, _, ENTRANTS, CEILING_MONTH, CEILING, SEEN, TOTALS_READ = (
    range(len(STATE))
)
(
    S_EMPLOYER, S_PERIOD, S_NUMBER, _, _, _, _, _, S_DAYS, S_WAGE, S_CAPPED, S_CONTROL, S_COUNT, _,
    _, S_CIN, S_SITUATION, S_CATEGORY,
) = range(len(SLOTS))  # fmt: skip
R_LINE, R_AT, R_RECORD, R_CIN, R_SITUATION = range(S_CONTROL, len(ROW))
FIRST, END, FOLLOWS, CONTROL, LOWEST_CATEGORY, HIGHEST_CATEGORY, PLACES = range(len(OF_RECORD))
