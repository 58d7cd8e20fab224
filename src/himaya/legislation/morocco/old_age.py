"""Old-age pension of the general scheme: dahir 1-72-184 of 27 July 1972, law 02.24 and decree 2.25.265.

Read from top to bottom: who has the right, from when, and how much.
"""

from typing import Any

from himaya.law import (
    DATE,
    DAYS,
    FLAG,
    MONTH,
    MONTHS,
    SHARE,
    Cases,
    add_years,
    between,
    clip,
    count,
    last,
    lookup,
    maximum,
    mean_of_last,
    minimum,
    month_of,
    only_where,
    otherwise,
    rule,
    total,
    where,
)
from himaya.law.values import round_to_centime
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH

DAHIR = "dahir 1-72-184"
REFORM = "loi 02.24; décret 2.25.265"

REASON = Cases(
    "reason",
    members={
        "full_career": {
            "en": "entitled, with the insured days of a full right",
            "fr": "droit ouvert, avec les jours d'assurance du plein droit",
            "ar": "الحق مفتوح، بأيام التأمين المطلوبة للحق الكامل",
        },
        "short_career": {
            "en": "entitled under the reform for short careers",
            "fr": "droit ouvert par la réforme des carrières courtes",
            "ar": "الحق مفتوح بموجب إصلاح المسارات القصيرة",
        },
        "age_not_reached": {
            "en": "not entitled: the pension age is not reached",
            "fr": "pas de droit : l'âge de la pension n'est pas atteint",
            "ar": "لا حق: لم يتم بلوغ سن المعاش",
        },
        "work_not_ceased": {
            "en": "not entitled: work has not ceased",
            "fr": "pas de droit : l'activité n'a pas cessé",
            "ar": "لا حق: لم يتم التوقف عن العمل",
        },
        "refund_due": {
            "en": "no pension, but a refund of contributions",
            "fr": "pas de pension, mais remboursement des cotisations",
            "ar": "لا معاش، لكن تسترجع الاشتراكات",
        },
        "too_few_days": {
            "en": "not entitled: too few insured days",
            "fr": "pas de droit : jours d'assurance insuffisants",
            "ar": "لا حق: أيام التأمين غير كافية",
        },
    },
)


# The career that counts


@rule(article=DAHIR, unit=MONTH)
def career_end(awarded_from: Any, law_date: Any) -> Any:
    """First month that no longer counts: that of the award, or the month after the date of law."""
    return otherwise(awarded_from, month_of(law_date) + 1)


@rule(article=DAHIR, unit=DAYS)
def insured_days(days: Any, months: Any, career_end: Any) -> Any:
    """Days declared in the months that count, at most 26 a month."""
    return total(between(days, months, before=career_end))


@rule(article=DAHIR, unit=MONTHS)
def declared_months(months: Any, career_end: Any) -> Any:
    """Number of declared months that count."""
    return count(between(months, months, before=career_end))


@rule(article=DAHIR, unit=MONTH)
def last_insured_month(months: Any, career_end: Any) -> Any:
    """Last calendar month of insurance; none for a person without declared month."""
    return last(between(months, months, before=career_end))


# Who has the right


@rule(article=DAHIR, unit=DATE)
def pension_age_date(birth_date: Any, underground_miner: Any, old_age: Any) -> Any:
    """Day on which the pension age is reached: 60 years, or 55 for miners with five years underground."""
    return add_years(birth_date, where(underground_miner, old_age.miner_age, old_age.age))


@rule(article=DAHIR, unit=FLAG)
def age_reached(pension_age_date: Any, law_date: Any) -> Any:
    """Whether the pension age is reached on the date of law."""
    return pension_age_date <= law_date


@rule(article=REFORM, unit=MONTH)
def retirement_month(pension_age_date: Any, last_insured_month: Any) -> Any:
    """Month of retirement: the pension age is reached and the last insured month is over."""
    of_age = month_of(pension_age_date)
    return maximum(of_age, otherwise(last_insured_month, of_age))


@rule(article=DAHIR, unit=FLAG)
def full_career(insured_days: Any, old_age: Any) -> Any:
    """Whether the insured days open the full right: 3,240."""
    return insured_days >= old_age.full_career_days


@rule(article=REFORM, unit=FLAG)
def short_career(insured_days: Any, full_career: Any, retirement_month: Any, old_age: Any) -> Any:
    """Whether the reform covers the person: 1,320 to 3,239 days and retirement since 2023."""
    return ~full_career & (insured_days >= old_age.in_month(retirement_month).qualifying_days)


@rule(article=REFORM, unit=FLAG)
def refund_due(insured_days: Any, retirement_month: Any, old_age: Any) -> Any:
    """Whether contributions are refunded: some days, but fewer than 1,320, and retirement since 2023."""
    few = insured_days < old_age.in_month(retirement_month).refund_below_days
    return few & (insured_days > 0) & old_age.reform_in_payment


@rule(article=f"{DAHIR}; {REFORM}", unit=REASON)
def reason(
    age_reached: Any, work_ceased: Any, full_career: Any, short_career: Any, refund_due: Any, old_age: Any
) -> Any:
    """Why there is a right or none: age first, then cessation of work, then insured days."""
    without_pension = where(refund_due, REASON["refund_due"], REASON["too_few_days"])
    short = where(short_career & old_age.reform_in_payment, REASON["short_career"], without_pension)
    by_days = where(full_career, REASON["full_career"], short)
    of_age = where(work_ceased, by_days, REASON["work_not_ceased"])
    return where(age_reached, of_age, REASON["age_not_reached"])


@rule(article=f"{DAHIR}; {REFORM}", unit=FLAG)
def entitled(age_reached: Any, work_ceased: Any, full_career: Any, short_career: Any, old_age: Any) -> Any:
    """Whether there is a right to a pension on the date of law."""
    return age_reached & work_ceased & (full_career | (short_career & old_age.reform_in_payment))


# From when


@rule(article=f"{DAHIR}; {REFORM}", unit=MONTH)
def pension_start(
    awarded_from: Any,
    claim_month: Any,
    retirement_month: Any,
    pension_age_date: Any,
    short_career: Any,
    law_date: Any,
    old_age: Any,
) -> Any:
    """First month of the pension: after retirement if claimed in time, else after the claim.

    In time is within six months of the pension age. Retirements between 2023 and the first payments of the
    reform have their pension from retirement. Who has not claimed is taken to claim on the date of law.
    """
    claim = otherwise(claim_month, month_of(law_date))
    in_time = claim - month_of(pension_age_date) <= old_age.claim_period
    backdated = short_career & old_age.in_month(retirement_month).backdated_to_retirement
    from_retirement = retirement_month + old_age.first_month_after_retirement
    from_claim = maximum(claim, retirement_month) + 1
    return otherwise(awarded_from, where(in_time | backdated, from_retirement, from_claim))


# How much


@rule(article=DAHIR, unit=MAD_A_MONTH)
def reference_wage(
    capped_wages: Any, months: Any, last_insured_month: Any, career_end: Any, pension_start: Any, old_age: Any
) -> Any:
    """1/96 of the capped wages of the 96 declared months before the last calendar month of insurance."""
    counted = between(capped_wages, months, before=otherwise(last_insured_month, career_end))
    return mean_of_last(counted, old_age.in_month(pension_start).reference_months)


@rule(article=DAHIR, unit=SHARE)
def replacement_rate(insured_days: Any, full_career: Any, pension_start: Any, old_age: Any) -> Any:
    """50 % and one point for each full 216 days beyond 3,240, at most 70 %. Only for a full career."""
    terms = old_age.in_month(pension_start)
    return only_where(rate_by_days(insured_days - terms.full_career_days, terms), full_career)


def rate_by_days(beyond: Any, terms: Any) -> Any:
    """The base rate and a point for each full number of days beyond those of the base rate, at most the highest."""
    points = beyond // terms.days_per_point * terms.rate_per_point
    return minimum(terms.base_rate + points, terms.highest_rate)


@rule(article=DAHIR, unit=MAD_A_MONTH)
def pension_by_formula(reference_wage: Any, replacement_rate: Any) -> Any:
    """Reference wage times replacement rate, before the minimum."""
    return round_to_centime(reference_wage * replacement_rate)


@rule(
    article=REFORM,
    unit=MAD_A_MONTH,
    verified=False,
    note="how pensions accrue from 1,320 to 3,239 days was not found; the press gives the minimum as amount",
)
def pension_of_short_career(insured_days: Any, short_career: Any, pension_start: Any, old_age: Any) -> Any:
    """Pension between 1,320 and 3,239 days: the minimum of the bracket of insured days."""
    return only_where(lookup(old_age.in_month(pension_start).minimum_by_days, insured_days), short_career)


@rule(article=f"{DAHIR}; {REFORM}", unit=MAD_A_MONTH)
def pension_at_award(
    full_career: Any, pension_by_formula: Any, pension_of_short_career: Any, pension_start: Any, old_age: Any
) -> Any:
    """Pension in its first month, at least the minimum."""
    minimum_then = old_age.in_month(pension_start).minimum_pension
    return where(full_career, maximum(pension_by_formula, minimum_then), pension_of_short_career)


# Increases of pensions in payment. Invalidity and survivors follow them by `with_increases`.


def flat_since(begun: Any, old_age: Any) -> Any:
    """Fixed increases granted since the month in which a pension began."""
    return maximum(old_age.flat_increases - old_age.in_month(begun).flat_increases, 0)


def percent_since(amount: Any, begun: Any, old_age: Any) -> Any:
    """Increase by a percentage of an amount in payment since a month."""
    rate = minimum(old_age.percent_increases, old_age.in_month(begun).percent_of_those_begun)
    return round_to_centime(amount * rate)


def proportional_since(amount: Any, begun: Any, old_age: Any) -> Any:
    """Proportional increase, within its bounds, of an amount in payment since a month."""
    rate = old_age.proportional_increases - old_age.in_month(begun).proportional_increases
    increase = clip(amount * rate, lower=old_age.lowest_increase, upper=old_age.highest_increase)
    return where(rate > 0, round_to_centime(increase), 0)


def with_increases(award: Any, begun: Any, old_age: Any) -> Any:
    """A pension of at least the minimum, with the increases since the month in which it began."""
    raised = award + flat_since(begun, old_age)
    raised = raised + percent_since(raised, begun, old_age)
    before_2020 = maximum(raised, old_age.at(old_age.proportional_increase_on).minimum_pension)
    increase = proportional_since(before_2020, begun, old_age)
    return maximum(where(increase > 0, before_2020 + increase, raised), old_age.minimum_pension)


@rule(article="cnss.ma, revalorisation de juillet 2001", unit=MAD_A_MONTH)
def flat_increase(pension_start: Any, old_age: Any) -> Any:
    """Fixed increases granted since the pension began: 100 a month in July 2001."""
    return flat_since(pension_start, old_age)


@rule(article="cnss.ma, revalorisation de 2006", unit=MAD_A_MONTH)
def percent_increase(pension_at_award: Any, flat_increase: Any, pension_start: Any, old_age: Any) -> Any:
    """Increase by a percentage of pensions that began before 2006: 4 %."""
    return percent_since(pension_at_award + flat_increase, pension_start, old_age)


@rule(article="cnss.ma, revalorisations", unit=MAD_A_MONTH)
def other_increases(pension_start: Any, law_date: Any, old_age: Any) -> Any:
    """The increases of 1978 and 1993, of which none is computed: not verified where one may have been granted since."""
    over = old_age.in_month(pension_start).increases_not_computed_over
    may_have = (old_age.increases_not_computed > over) & (pension_start < month_of(law_date))
    return where(may_have, old_age.other_increases, 0)


@rule(article="cnss.ma, revalorisation de janvier 2020", unit=MAD_A_MONTH)
def amount_before_2020(
    pension_at_award: Any,
    flat_increase: Any,
    percent_increase: Any,
    other_increases: Any,
    full_career: Any,
    old_age: Any,
) -> Any:
    """What the increase of 2020 is computed on: the award and the increases before, at least the minimum then."""
    before = pension_at_award + flat_increase + percent_increase + other_increases
    minimum_then = old_age.at(old_age.proportional_increase_on).minimum_pension
    return where(full_career, maximum(before, minimum_then), before)


@rule(article="cnss.ma, revalorisation de janvier 2020", unit=MAD_A_MONTH)
def proportional_increase(amount_before_2020: Any, pension_start: Any, old_age: Any) -> Any:
    """Increase of pensions that began before 2020: 5 %, at least 100 and at most 210 a month."""
    return proportional_since(amount_before_2020, pension_start, old_age)


@rule(article=f"{DAHIR}; {REFORM}", unit=MAD_A_MONTH)
def revalued_pension(
    full_career: Any,
    pension_at_award: Any,
    flat_increase: Any,
    percent_increase: Any,
    other_increases: Any,
    amount_before_2020: Any,
    proportional_increase: Any,
    old_age: Any,
) -> Any:
    """The award and the increases since, at least the minimum of today.

    The minimum of a short career is its award already.
    """
    increased = pension_at_award + flat_increase + percent_increase + other_increases
    revalued = where(proportional_increase > 0, amount_before_2020 + proportional_increase, increased)
    return where(full_career, maximum(revalued, old_age.minimum_pension), revalued)


@rule(article=f"{DAHIR}; {REFORM}", unit=MAD_A_MONTH)
def monthly_amount(entitled: Any, revalued_pension: Any) -> Any:
    """Pension on the date of law, with the increases since the award. Only if entitled."""
    return only_where(revalued_pension, entitled)


@rule(
    article=REFORM,
    unit=MAD,
    verified=False,
    note="the source says both shares, not of which branch nor what interest: long term and none assumed",
)
def refund(reason: Any, long_term_both: Any, months: Any, career_end: Any) -> Any:
    """Employer's and employee's long-term contributions of the career. Only if a refund is due."""
    return only_where(
        total(between(long_term_both, months, before=career_end)), reason == REASON["refund_due"]
    )
