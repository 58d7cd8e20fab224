"""What became of deliveries: parts put together, statuses given, earlier principals superseded."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.intake.model import ACCEPTED, DUPLICATE, HELD, LOADED, PARTIAL, REFUSED, DeliveryReport
from himaya.sentence import Sentence, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.intake.formats.base import Findings
    from himaya.intake.load import Outcome
    from himaya.intake.receive import Received


def join(parts: Sequence[Outcome]) -> Outcome:
    """Give the outcome of a delivery from those of its parts, in order."""
    codes: dict[str, int] = {}
    totals: dict[str, tuple[int | None, int]] = {}
    for part in parts:
        for code, count in part.codes.items():
            codes[code] = codes.get(code, 0) + count
        for name, (declared, found) in part.findings.totals.items():
            before, sum_before = totals.get(name, (None, 0))
            totals[name] = (declared if before is None else before, sum_before + found)
    findings = replace(
        parts[0].findings,
        codes=tuple(dict.fromkeys(code for part in parts for code in part.findings.codes)),
        totals=totals,
        totals_agree=totals_agree(totals),
        hold=any(part.findings.hold for part in parts),
    )
    return replace(
        parts[0],
        accepted=sum(part.accepted for part in parts),
        quarantined=sum(part.quarantined for part in parts),
        structural=sum(part.structural for part in parts),
        codes=codes,
        findings=findings,
        message=next((part.message for part in parts if part.message), None),
    )


def totals_agree(totals: dict[str, tuple[int | None, int]]) -> bool | None:
    """Whether every declared total is met; None where none is declared."""
    declared = [(told, found) for told, found in totals.values() if told is not None]
    return all(told == found for told, found in declared) if declared else None


def refused(item: Received, number: int | None) -> DeliveryReport:
    """Report on a delivery of which nothing could be read."""
    code, message = item.problem or ("unreadable", said("it could not be read"))
    return DeliveryReport(
        file=item.file,
        kind=None,
        status=REFUSED,
        lines=item.lines,
        quarantined=item.lines,
        codes={code: 1},
        delivery=number,
        message=message,
    )


def superseded(
    report: DeliveryReport, findings: Findings, principals: dict[tuple[str, int, int], int]
) -> int | None:
    """Give the delivery that a loaded principal supersedes; it stands for its month from now on.

    Only a whole declaration takes the place of an earlier one: a file that is cut, whose totals disagree or of which
    lines are quarantined corrects the persons it names, and withdraws nobody.
    """
    if not findings.principal or report.status not in LOADED or report.delivery is None:
        return None
    if findings.employer is None or findings.month is None:
        return None
    key = (report.kind or "", findings.employer, findings.month)
    before = principals.get(key)
    if before is not None and (report.status != ACCEPTED or before >= report.delivery):
        return None
    principals[key] = report.delivery
    return before


def with_succession(
    report: DeliveryReport, findings: Findings, principals: dict[tuple[str, int, int], int]
) -> tuple[DeliveryReport, int | None]:
    """Say in the report which earlier principal it supersedes, or that it is too damaged to do so."""
    earlier = principals.get((report.kind or "", findings.employer or -1, findings.month or -1))
    before = superseded(report, findings, principals)
    if before is not None:
        return replace(
            report, message=said("it takes the place of delivery {delivery}", delivery=str(before))
        ), before
    if findings.principal and report.status == PARTIAL and (report.delivery or 0) > (earlier or math.inf):
        codes = dict(sorted({**report.codes, "incomplete-correction": 1}.items()))
        message = said(
            "it is not whole, so delivery {delivery} stands for whom it does not name", delivery=str(earlier)
        )
        return replace(report, codes=codes, message=message), None
    return report, None


def duplicate(item: Received, number: int, first: int) -> DeliveryReport:
    """Report on a delivery whose bytes came before."""
    return DeliveryReport(
        file=item.file,
        kind=item.kind,
        status=DUPLICATE,
        lines=item.lines,
        quarantined=item.lines,
        codes={"duplicate-delivery": 1},
        delivery=number,
        duplicate_of=first,
        message=said("the same bytes were received as delivery {delivery}", delivery=str(first)),
    )


def delivery_report(item: Received, outcome: Outcome) -> DeliveryReport:
    """Say what became of a delivery that was read."""
    findings = outcome.findings
    status = HELD if outcome.held else PARTIAL if outcome.quarantined or not is_whole(findings) else ACCEPTED
    return DeliveryReport(
        file=item.file,
        kind=findings.kind or item.kind,
        status=status,
        lines=item.lines,
        accepted=outcome.accepted,
        quarantined=outcome.quarantined,
        structural=outcome.structural,
        codes=delivery_codes(outcome),
        totals=findings.totals,
        totals_agree=findings.totals_agree,
        delivery=outcome.delivery,
        message=outcome.message or _why_held(outcome),
    )


def is_whole(findings: Findings) -> bool:
    """Whether a delivery that can be read is also complete: it has its end, and its totals agree."""
    return findings.totals_agree is not False and not {"end-missing", "totals-missing"} & set(findings.codes)


def delivery_codes(outcome: Outcome) -> dict[str, int]:
    """Count by code over the lines of a delivery, and once each what concerns it as a whole."""
    codes = dict(outcome.codes)
    for code in outcome.findings.codes:
        codes[code] = codes.get(code, 0) + 1
    if outcome.findings.totals_agree is False and "totals-mismatch" not in codes:
        codes["totals-mismatch"] = 1
    return dict(sorted(codes.items()))


def _why_held(outcome: Outcome) -> Sentence | None:
    if not outcome.held:
        return None
    if outcome.findings.hold:
        return said("it cannot be trusted as a whole: {codes}", codes=outcome.findings.codes)
    return said("too many of its lines are wrong")
