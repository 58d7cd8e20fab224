"""From the law's results to entitlements and lists: pure functions of one bucket.

========================  =============================================================================
take_up                   living, entitled, not paid
unsupported_payment       paid after death, to a person the register does not know, without the right, or twice
difference                living, entitled and paid, but another amount
========================  =============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from himaya.law import Evaluation, Ragged, evaluate
from himaya.months import days_of_months, month_of, months_of_days
from himaya.rights.model import RunError
from himaya.sentence import said

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law import Cases, System
    from himaya.rights.people import People

TARGETS = (
    "entitled",
    "reason",
    "pension_start",
    "insured_days",
    "declared_months",
    "reference_wage",
    "replacement_rate",
    "monthly_amount",
    "refund",
)
"""What a run asks the law for."""

PAID_AFTER_DEATH, PERSON_UNKNOWN, PAID_TWICE = "paid-after-death", "person-unknown", "paid-twice"
EARLIER_CAREER_UNKNOWN = "earlier-career-unknown"
REFUND = "refund-due"
BY_CAREER = (REFUND, "too-few-days")
"""Reasons against a right that a longer career would remove."""
UNVERIFIED_SEPARATOR = ", "


def check_date(system: System, on: date, known: date) -> None:
    """Refuse a date about which the law says nothing; raises :class:`RunError`.

    Asked of somebody who has just reached 61 and never worked: whoever the law knows, it knows such a person.
    """
    nobody = Ragged(np.zeros(0, np.int64), np.zeros(2, np.int64))
    born = np.datetime64(on, "D").astype(np.int64) - 61 * 366
    inputs = {"birth_date": np.array([born]), "months": nobody, "days": nobody, "wages": nobody}
    answer = evaluate(system, ["entitled"], {**inputs, "work_ceased": np.ones(1, bool)}, on=on, known=known)
    if not answer["entitled"].available[0]:
        raise RunError(
            said("the law {of_country} says nothing about {on}", of_country=system.of_country, on=on),
            why=said(
                "no value is known then for {parameters}", parameters=[gap.parameter for gap in answer.gaps]
            ),
            mend="Choose a later --law-date, or add the values with their articles.",
        )


@dataclass(frozen=True, eq=False)
class Rights:
    """The law's answer for the people of one bucket, at the positions of :class:`~himaya.rights.people.People`."""

    people: People
    evaluation: Evaluation
    reasons: NDArray[np.str_]
    """Why there is a right or none, as a code: a case of the law's ``reason``, or ``person-unknown``."""
    articles: Mapping[str, str]
    """Article of each target's rule."""
    earlier_unknown: NDArray[np.bool_]
    """Persons whose earlier career the fund has not received: it cannot call their payment wrong."""

    @classmethod
    def of(
        cls,
        people: People,
        system: System,
        *,
        on: date,
        known: date,
        first: int | None,
        observed: int | None,
    ) -> Rights:
        """Apply the law to all people of a bucket.

        People whom the register does not know have no birth date: the law is evaluated for them with the others,
        so that arrays stay aligned, and its answer is not used.
        """
        evaluation = evaluate(system, TARGETS, people.inputs(observed), on=on, known=known)
        cases = cast("Cases", system.rule("reason", on).unit)
        codes = np.array([case.replace("_", "-") for case in cases.members])
        reasons = np.where(people.registered, codes[evaluation["reason"].values], PERSON_UNKNOWN)
        articles = {each.name: each.article for each in system.needed(TARGETS, on)}
        return cls(people, evaluation, reasons, articles, people.earlier_career_unknown(first))

    @property
    def entitled(self) -> NDArray[np.bool_]:
        """Persons with a right to a pension on the date of law; the dead have none any more."""
        entitled: NDArray[np.bool_] = self.evaluation["entitled"].values & self.people.registered
        return entitled

    def amount(self, name: str = "monthly_amount") -> NDArray[np.int64]:
        """Centimes, 0 where there is none."""
        return self.evaluation[name].rounded()

    def entitlements(self) -> pa.Table:
        """The ``entitlement`` rows (less publication and run): one for each person of the bucket."""
        people, registered = self.people, self.people.registered
        status = np.select(
            [~registered, ~people.alive, self.entitled, self.reasons == REFUND],
            ["not_evaluated", "deceased", "entitled", "refund"],
            "not_entitled",
        )
        start = self.evaluation["pension_start"]
        start_day = days_of_months(start.values.astype(np.int32))
        amount = self.evaluation["monthly_amount"]
        return pa.table(
            {
                "person_key": people.person_key,
                "status": pa.array(status, pa.string()),
                "reason": pa.array(self.reasons, pa.string()),
                "birth_date": _dates(people.birth_date, ~registered),
                "sex": people.sex,
                "alive": people.alive,
                "pension_start": _dates(start_day, ~(self.entitled & start.available)),
                "insured_days": self.evaluation["insured_days"].values.astype(np.int32),
                "declared_months": self.evaluation["declared_months"].values.astype(np.int32),
                "reference_wage": self._money("reference_wage"),
                "replacement_rate": self._share("replacement_rate"),
                "monthly_amount": self._money("monthly_amount", people.alive),
                "refund": self._money("refund"),
                "paid_amount": _or_null(people.paid_amount),
                "unverified": amount.unverified & self.entitled,
                "unverified_because": self.because(np.arange(len(people))),
            }
        )

    def because(self, at: NDArray[np.intp]) -> pa.Array:
        """What nobody has verified and sets the amount, for the persons at these positions; empty if nothing."""
        amount = self.evaluation["monthly_amount"]
        doubts = np.where(self.entitled, amount.doubts, 0)[at]
        words = {int(bits): "" for bits in np.unique(doubts)}
        for bits in words:
            names = [name for i, name in enumerate(amount.sources) if bits >> i & 1]
            words[bits] = UNVERIFIED_SEPARATOR.join(names)
        return pa.array([words[int(bits)] for bits in doubts], pa.string())

    def take_up(self) -> pa.Table:
        """Living, entitled, not paid; nobody where no pension file says who is paid."""
        people = self.people
        unpaid = ~people.paid & (people.paid_month is not None)
        at = np.flatnonzero(people.alive & self.entitled & unpaid & (self.amount() > 0))
        start = days_of_months(self.evaluation["pension_start"].values[at].astype(np.int32))
        return pa.table(
            {
                "person_key": people.person_key[at],
                "monthly_amount": self.amount()[at],
                "payable_from": pa.array(start).view(pa.date32()),
                "reason": pa.array(self.reasons[at], pa.string()),
                "article": self._article("entitled", at.size),
                "unverified": self.evaluation["monthly_amount"].unverified[at],
            }
        )

    def unsupported(self) -> pa.Table:
        """Paid after the month of death, to an unknown person, without the right, or twice in one month."""
        people = self.people
        paid_month = -1 if people.paid_month is None else month_of(people.paid_month)
        died = np.ma.getdata(people.death_date).astype(np.int32)
        death_month = months_of_days(died)
        dead = ~people.alive & (death_month < paid_month)
        unknown = ~people.registered
        without = people.alive & ~self.entitled
        twice = people.paid_again > 0
        at = np.flatnonzero(people.paid & (dead | unknown | without | twice))
        doubtful = self.earlier_unknown & np.isin(self.reasons, BY_CAREER)
        grounds = np.where(doubtful, EARLIER_CAREER_UNKNOWN, self.reasons)
        reason = np.select([dead, unknown, without], [PAID_AFTER_DEATH, PERSON_UNKNOWN, grounds], PAID_TWICE)[
            at
        ]
        paid = np.ma.getdata(people.paid_amount).astype(np.int64)
        wrong = people.paid_again + np.where(dead | unknown | without, paid, 0)
        effect = np.ma.getdata(people.effect_date).astype(np.int32)
        since = np.where(dead, days_of_months(death_month + 1), effect)[at].astype(np.int32)
        return pa.table(
            {
                "person_key": people.person_key[at],
                "paid_amount": wrong[at],
                "effect_date": pa.array(effect[at]).view(pa.date32()),
                "reason": pa.array(reason, pa.string()),
                "since": pa.array(since).view(pa.date32()),
                "article": self._article("entitled", at.size),
                "unverified": self.evaluation["entitled"].unverified[at],
            }
        )

    def differences(self) -> pa.Table:
        """Living, entitled and paid, but another amount than the law gives."""
        people = self.people
        due, paid = self.amount(), np.ma.getdata(people.paid_amount).astype(np.int64)
        at = np.flatnonzero(people.alive & self.entitled & people.paid & (paid != due))
        gap = paid[at] - due[at]
        reason = np.where(gap > 0, "paid-too-much", "paid-too-little")
        reason = np.where(self.earlier_unknown[at], EARLIER_CAREER_UNKNOWN, reason)
        return pa.table(
            {
                "person_key": people.person_key[at],
                "paid_amount": paid[at],
                "due_amount": due[at],
                "difference": gap,
                "reason": pa.array(reason, pa.string()),
                "article": self._article("monthly_amount", at.size),
                "unverified": self.evaluation["monthly_amount"].unverified[at],
            }
        )

    def _article(self, rule: str, size: int) -> pa.Array:
        return pa.repeat(self.articles[rule], size)

    def _money(self, name: str, whose: NDArray[np.bool_] | None = None) -> pa.Array:
        result = self.evaluation[name]
        known = result.available & self.people.registered
        return pa.array(result.rounded(), mask=~(known if whose is None else known & whose))

    def _share(self, name: str) -> pa.Array:
        result = self.evaluation[name]
        return pa.array(result.values.astype(np.float64), mask=~(result.available & self.people.registered))


def _dates(days: NDArray[np.int32], missing: NDArray[np.bool_]) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=missing).view(pa.date32())


def _or_null(values: np.ma.MaskedArray[Any, Any]) -> pa.Array:
    return pa.array(np.ma.getdata(values).astype(np.int64), mask=np.ma.getmaskarray(values))
