"""The codes an e-BDS line may carry, and their bits.

``codes.yaml`` beside this file explains them; its entries of kind ``error`` quarantine the line, the others
only count.
"""

from __future__ import annotations

from typing import Final

CODES: Final = (
    "line-width",
    "not-ascii",
    "not-upper-case",
    "unknown-record",
    "record-order",
    "not-a-number",
    "period-invalid",
    "date-invalid",
    "category-mismatch",
    "employer-mismatch",
    "period-mismatch",
    "insured-number-refused",
    "insured-number-invalid",
    "cin-required",
    "not-sorted",
    "declared-days-over-26",
    "capped-over-real",
    "capped-over-ceiling",
    "absence-not-zero",
    "situation-unknown",
    "control-sum",
    "entrants-only",
    "insured-number-check-digit",
    "employer-check-digit",
    "filler-not-blank",
    "text-not-left-aligned",
    "occasional-labour",
    "employer-blank",
    "nul-byte",
)
"""Position is the bit; from ``insured-number-check-digit`` to ``employer-blank``, the line is accepted all the same.

``nul-byte`` always comes with ``not-ascii``: it tells what the character is, as the other formats do.
"""

# Plain integers, so that the kernels compile them in.
LINE_WIDTH: Final = 1 << 0
NOT_ASCII: Final = 1 << 1
NOT_UPPER_CASE: Final = 1 << 2
UNKNOWN_RECORD: Final = 1 << 3
RECORD_ORDER: Final = 1 << 4
NOT_A_NUMBER: Final = 1 << 5
PERIOD_INVALID: Final = 1 << 6
DATE_INVALID: Final = 1 << 7
CATEGORY_MISMATCH: Final = 1 << 8
EMPLOYER_MISMATCH: Final = 1 << 9
PERIOD_MISMATCH: Final = 1 << 10
INSURED_NUMBER_REFUSED: Final = 1 << 11
INSURED_NUMBER_INVALID: Final = 1 << 12
CIN_REQUIRED: Final = 1 << 13
NOT_SORTED: Final = 1 << 14
DECLARED_DAYS_OVER_26: Final = 1 << 15
CAPPED_OVER_REAL: Final = 1 << 16
CAPPED_OVER_CEILING: Final = 1 << 17
ABSENCE_NOT_ZERO: Final = 1 << 18
SITUATION_UNKNOWN: Final = 1 << 19
CONTROL_SUM: Final = 1 << 20
ENTRANTS_ONLY: Final = 1 << 21
INSURED_NUMBER_CHECK_DIGIT: Final = 1 << 22
EMPLOYER_CHECK_DIGIT: Final = 1 << 23
FILLER_NOT_BLANK: Final = 1 << 24
TEXT_NOT_LEFT_ALIGNED: Final = 1 << 25
OCCASIONAL_LABOUR: Final = 1 << 26
EMPLOYER_BLANK: Final = 1 << 27
NUL_BYTE: Final = 1 << 28

ERRORS: Final = (INSURED_NUMBER_CHECK_DIGIT - 1) | NUL_BYTE
"""The bits that quarantine a line."""
