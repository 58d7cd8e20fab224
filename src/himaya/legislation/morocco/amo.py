"""Compulsory health insurance (AMO): which scheme a person belongs to, whether rights are open, what is refunded.

Laws 65-00 (employees, pensioners), 98-15 (self-employed), 27-22 (Tadamon) and 60-22 (Achamil). Spouses and children
are linked by ``insured`` to the person under whom they are registered, everybody by ``household`` to a score.
"""

from typing import Any

from himaya.law import (
    FLAG,
    MONTH,
    MONTHS,
    SCORE,
    SHARE,
    Cases,
    add_years,
    available,
    between,
    first,
    highest,
    last,
    lookup,
    month_of,
    only_where,
    otherwise,
    rolling_total,
    round_to_centime,
    rule,
    total,
    where,
)
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH

AMO = "loi 65-00; cnss.ma, AMO"
TADAMON = "loi 65-00, modifiée par 27-22; AMO Tadamon"
ACHAMIL = "loi 60-22; AMO Achamil"

AMO_SCHEME = Cases(
    "amo_scheme",
    members={
        "employee": {"en": "AMO of employees", "fr": "AMO des salariés", "ar": "التأمين الإجباري للأجراء"},
        "pensioner": {
            "en": "AMO of pensioners",
            "fr": "AMO des pensionnés",
            "ar": "التأمين الإجباري لأصحاب المعاشات",
        },
        "self_employed": {
            "en": "AMO of the self-employed",
            "fr": "AMO des travailleurs non salariés",
            "ar": "التأمين الإجباري للعمال غير الأجراء",
        },
        "dependant": {
            "en": "covered as spouse or child of an insured person",
            "fr": "ayant droit d'un assuré",
            "ar": "من ذوي حقوق مؤمن له",
        },
        "tadamon": {"en": "AMO Tadamon", "fr": "AMO Tadamon", "ar": "أمو تضامن"},
        "achamil": {"en": "AMO Achamil", "fr": "AMO Achamil", "ar": "أمو الشامل"},
        "none": {"en": "no scheme", "fr": "aucun régime", "ar": "لا نظام"},
    },
)


# Employees: rights follow the days declared


@rule(article=AMO, unit=MONTH)
def last_month_before(months: Any, law_date: Any) -> Any:
    """Last declared month before that of the date of law."""
    return last(between(months, months, before=month_of(law_date)))


@rule(article=AMO, unit=MONTHS)
def months_of_open_rights(days: Any, months: Any, last_month_before: Any, amo: Any) -> Any:
    """Months after the last declared one in which the six months before still hold 54 days."""
    # A declared month leaves the window after six months at the latest, so that six steps tell all.
    first = last_month_before + 1
    before = [between(days, months, since=first + k - amo.days_within, before=first) for k in range(6)]
    held = [where(total(window) >= amo.days, 1, 0) for window in before]
    return sum(held[1:], held[0])


@rule(article=AMO, unit=MONTH)
def last_opening(days: Any, months: Any, law_date: Any, amo: Any) -> Any:
    """Last month that reached the 54 days in six months; the first declared month if none did."""
    month = month_of(law_date)
    held = rolling_total(days, months, amo.days_within)
    # The six months before a month are the seven that end with it, without its own days.
    held_before = rolling_total(days, months, amo.days_within + 1) - days
    reached = (held >= amo.days) & (held_before < amo.days)
    first_declared = first(between(months, months, before=month))
    return highest(between(where(reached, months, first_declared), months, before=month))


@rule(article=AMO, unit=MONTH)
def rights_open_from(last_opening: Any, months: Any, amo_as_employee: Any, law_date: Any) -> Any:
    """First month of the rights as an employee: the one after the 54 days were reached. Only if they are open."""
    first_declared = first(between(months, months, before=month_of(law_date)))
    return only_where(last_opening + 1, amo_as_employee & (last_opening > first_declared))


@rule(article=AMO, unit=MONTH)
def rights_open_until(last_month_before: Any, months_of_open_rights: Any) -> Any:
    """Last month of rights by days alone. Only if the 54 days were there when declarations ended."""
    return only_where(last_month_before + months_of_open_rights, months_of_open_rights > 0)


@rule(article=AMO, unit=MONTH)
def rights_kept_until(last_month_before: Any, months_of_open_rights: Any, amo: Any) -> Any:
    """Last month in which rights are kept after work ceased. Only if they were open."""
    return only_where(last_month_before + amo.kept, months_of_open_rights > 0)


@rule(article=AMO, unit=FLAG)
def amo_as_employee(
    rights_open_until: Any, rights_kept_until: Any, contributions_paid: Any, law_date: Any
) -> Any:
    """Whether rights as an employee are open, or kept for a time after work ceased."""
    month = month_of(law_date)
    by_days = otherwise(month <= rights_open_until, False)
    return contributions_paid & (by_days | otherwise(month <= rights_kept_until, False))


@rule(article=AMO, unit=MONTH)
def rights_closed_from(amo_as_employee: Any, rights_kept_until: Any) -> Any:
    """First month without rights as an employee, if they were open once and are closed on the date of law."""
    return only_where(rights_kept_until + 1, ~amo_as_employee)


# All schemes: which one a person belongs to is one thing, whether its rights are open another


@rule(article=TADAMON, unit=SCORE)
def own_score(social_score: Any, household: Any) -> Any:
    """Score of the household that a person belongs to."""
    return household.of(social_score)


@rule(article=f"{TADAMON}; {ACHAMIL}", unit=AMO_SCHEME)
def scheme_by_score(own_score: Any, amo: Any) -> Any:
    """Scheme of who has no other: Tadamon up to the threshold, Achamil above it. Unknown without a score."""
    above = where(amo.achamil_exists, AMO_SCHEME["achamil"], AMO_SCHEME["none"])
    by_score = where(own_score <= amo.tadamon_score, AMO_SCHEME["tadamon"], above)
    return where(available(amo.tadamon_score), by_score, AMO_SCHEME["none"])


@rule(article=f"{AMO}; loi 98-15", unit=AMO_SCHEME)
def scheme_by_work(last_month_before: Any, self_employed: Any, law_date: Any, amo: Any) -> Any:
    """Scheme that a person's work belongs to, even if its rights are closed; none without such work.

    An employee is who has a day declared in the six months in which the 54 are sought.
    """
    declared = otherwise(month_of(law_date) <= last_month_before + amo.days_within, False)
    employee = where(declared, amo.remains_employee, False)
    own_account = where(self_employed, AMO_SCHEME["self_employed"], AMO_SCHEME["none"])
    return where(employee, AMO_SCHEME["employee"], own_account)


@rule(article=f"{AMO}; loi 98-15; {ACHAMIL}", unit=AMO_SCHEME)
def open_scheme(
    amo_as_employee: Any,
    pension_paid: Any,
    self_employed: Any,
    scheme_by_score: Any,
    months_paid: Any,
    amo: Any,
) -> Any:
    """Scheme in which rights are open by own days, pension or contributions; none without such rights."""
    paid = months_paid >= amo.months_paid
    achamil = paid & otherwise(scheme_by_score == AMO_SCHEME["achamil"], False)
    by_score = where(achamil, AMO_SCHEME["achamil"], AMO_SCHEME["none"])
    by_contributions = where(self_employed & paid, AMO_SCHEME["self_employed"], by_score)
    pensioner = otherwise(pension_paid >= amo.least_pension, False)
    not_employed = where(pensioner, AMO_SCHEME["pensioner"], by_contributions)
    return where(amo_as_employee, AMO_SCHEME["employee"], not_employed)


@rule(article=AMO, unit=FLAG)
def in_covered_family(
    dependent_spouse: Any,
    birth_date: Any,
    in_higher_education: Any,
    married: Any,
    disabled: Any,
    covered_to_30: Any,
    law_date: Any,
    amo: Any,
) -> Any:
    """Whether an insured person's scheme covers this one too: as spouse, child up to 21, student up to 26, disabled.

    Since January 2026 a child may be covered up to 30 under conditions that were not read: whoever knows that they
    are met says so (``covered_to_30``), and who is of that age and not covered is marked.
    """
    child = add_years(birth_date, amo.child_age) >= law_date
    student = in_higher_education & ~married & (add_years(birth_date, amo.student_age) >= law_date)
    known = dependent_spouse | child | student | disabled
    young = add_years(birth_date, amo.extended_age) >= law_date
    return where(known, True, where(young, where(amo.extended_cover, covered_to_30, False), False))


@rule(article=AMO, unit=FLAG)
def amo_as_dependant(in_covered_family: Any, open_scheme: Any, insured: Any) -> Any:
    """Whether rights are open under an insured person: those of its family fall with its own."""
    return in_covered_family & otherwise(insured.of(open_scheme) != AMO_SCHEME["none"], False)


@rule(article=f"{AMO}; loi 98-15; {TADAMON}; {ACHAMIL}", unit=AMO_SCHEME)
def amo_scheme(
    open_scheme: Any,
    amo_as_dependant: Any,
    scheme_by_work: Any,
    in_covered_family: Any,
    scheme_by_score: Any,
    insured: Any,
) -> Any:
    """The scheme that a person belongs to: where rights are open, else by own work, by family, by the score."""
    insured_works = otherwise(insured.of(scheme_by_work) != AMO_SCHEME["none"], False)
    no_work = where(in_covered_family & insured_works, AMO_SCHEME["dependant"], scheme_by_score)
    closed = where(scheme_by_work != AMO_SCHEME["none"], scheme_by_work, no_work)
    not_own = where(amo_as_dependant, AMO_SCHEME["dependant"], closed)
    return where(open_scheme != AMO_SCHEME["none"], open_scheme, not_own)


@rule(article=f"{AMO}; loi 98-15; {TADAMON}; {ACHAMIL}", unit=FLAG)
def amo_open(amo_scheme: Any, open_scheme: Any, amo_as_dependant: Any) -> Any:
    """Whether rights to care are open: one's own, under an insured person, by Tadamon. Unknown if the scheme is."""
    own = open_scheme != AMO_SCHEME["none"]
    return own | amo_as_dependant | (amo_scheme == AMO_SCHEME["tadamon"])


@rule(article=AMO, unit=MAD_A_MONTH)
def pensioner_amo(pension_paid: Any, amo: Any) -> Any:
    """Contribution of a pensioner: its rate times the pension. Only of a pension that insures."""
    return only_where(round_to_centime(pension_paid * amo.pensioner_rate), pension_paid >= amo.least_pension)


@rule(article=ACHAMIL, unit=MAD_A_MONTH)
def achamil_contribution(own_score: Any, amo_scheme: Any, amo: Any) -> Any:
    """Contribution a month by the household's score. Only of who belongs to Achamil."""
    by_score = lookup(amo.achamil_contribution, own_score)
    return only_where(by_score, amo_scheme == AMO_SCHEME["achamil"])


# What is refunded


@rule(article="loi 65-00; décret 2-05-733", unit=SHARE)
def refund_rate(long_illness: Any, amo: Any) -> Any:
    """Share of the national reference tariff: 70 %, more for the long illnesses of the list."""
    return where(long_illness, amo.long_illness_rate, amo.rate)


@rule(article="loi 65-00; décret 2-05-733", unit=MAD)
def care_refund(tariff: Any, refund_rate: Any, amo_open: Any) -> Any:
    """Tariff times rate. Only if rights are open."""
    return only_where(round_to_centime(tariff * refund_rate), amo_open)
