"""The report of a fund: one HTML file in English, French or Arabic, drawn from plain data.

The caller fills :class:`~himaya.report.model.ReportData` and calls :func:`write`.
"""

from himaya.report.model import (
    AgeGroup,
    Calibration,
    Case,
    Contribution,
    DeclaredMonth,
    DeliveryCount,
    Disagreement,
    Event,
    Histogram,
    Intake,
    ListRow,
    Pensions,
    PersonList,
    Population,
    Provenance,
    Reason,
    ReportData,
    Score,
    StatusCount,
    Unverified,
    YearCoverage,
)
from himaya.report.render import render, write

__all__ = [
    "AgeGroup",
    "Calibration",
    "Case",
    "Contribution",
    "DeclaredMonth",
    "DeliveryCount",
    "Disagreement",
    "Event",
    "Histogram",
    "Intake",
    "ListRow",
    "Pensions",
    "PersonList",
    "Population",
    "Provenance",
    "Reason",
    "ReportData",
    "Score",
    "StatusCount",
    "Unverified",
    "YearCoverage",
    "render",
    "write",
]
