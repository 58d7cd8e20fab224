"""Months as integers (year x 12 + month - 1), dates as days since 1970-01-01: the two clocks of kernels.

At rest a month is the date of its first day; see ``docs/architecture.md``.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

EPOCH_MONTH = 1970 * 12


def month_of(day: date) -> int:
    """Month number of a date: ``month_of(date(2026, 11, 22)) == 2026 * 12 + 10``."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """First day of a month number."""
    return date(month // 12, month % 12 + 1, 1)


def months_of_days(days: NDArray[np.int32]) -> NDArray[np.int32]:
    """Month numbers of dates given as days since 1970-01-01 (Arrow ``date32``), shape kept."""
    return (days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32) + EPOCH_MONTH).astype(
        np.int32
    )


def days_of_months(months: NDArray[np.int32]) -> NDArray[np.int32]:
    """First days (days since 1970-01-01) of month numbers, shape kept."""
    return (months - EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
