"""Family allowances: dahir 1-72-184, articles 40 to 42, decree 2.08.358 as amended by 2.23.715.

Everything is asked for one month, that of the date of law: arrears are the sum over the months claimed.
"""

from typing import Any

from himaya.law import (
    DAYS,
    FLAG,
    MONTH,
    NUMBER,
    Cases,
    add_years,
    between,
    lookup,
    mean_of_last,
    month_of,
    only_where,
    otherwise,
    rank,
    rule,
    total,
    where,
)
from himaya.legislation.morocco.declared import in_months_before
from himaya.legislation.morocco.inputs import MAD_A_MONTH

ALLOWANCES = "dahir 1-72-184, art. 40 à 42; décret 2.08.358"
CONDITIONS = "cnss.ma, allocations familiales"

FAMILY_REASON = Cases(
    "family_reason",
    members={
        "entitled": {"en": "allowances due", "fr": "allocations dues", "ar": "التعويضات مستحقة"},
        "too_few_days": {
            "en": "not due: too few insured days in the six months before",
            "fr": "pas de droit : jours d'assurance insuffisants dans les six mois précédents",
            "ar": "لا حق: أيام التأمين غير كافية في الشهور الستة السابقة",
        },
        "pay_too_low": {
            "en": "not due: the pay of the month is below the lowest",
            "fr": "pas de droit : salaire du mois inférieur au minimum",
            "ar": "لا حق: أجر الشهر دون الحد الأدنى",
        },
        "no_child": {
            "en": "not due: no child under the age",
            "fr": "pas de droit : aucun enfant à charge dans la limite d'âge",
            "ar": "لا حق: لا طفل في حدود السن",
        },
        "claimed_too_late": {
            "en": "not due: claimed more than six months later",
            "fr": "pas de droit : demande présentée plus de six mois après",
            "ar": "لا حق: قدم الطلب بعد أكثر من ستة أشهر",
        },
    },
)


# The children that count


def of_age_to_count(born: Any, apprentice: Any, student: Any, disabled: Any, day: Any, ages: Any) -> Any:
    """Whether children born on these days are under the age that their situation sets."""
    young = add_years(born, ages.child_age) > day
    in_training = apprentice & (add_years(born, ages.apprentice_age) > day)
    studying = student & (add_years(born, ages.student_age) > day)
    return (born <= day) & (young | in_training | studying | disabled)


@rule(article=ALLOWANCES, unit=FLAG)
def child_counts(
    child_birth_dates: Any,
    child_apprentice: Any,
    child_student: Any,
    child_disabled: Any,
    law_date: Any,
    family: Any,
) -> Any:
    """Whether each child is born and under 12, an apprentice under 18, a student under 21, or disabled."""
    return of_age_to_count(
        child_birth_dates, child_apprentice, child_student, child_disabled, law_date, family
    )


@rule(article=ALLOWANCES, unit=NUMBER)
def child_rank(child_birth_dates: Any, child_counts: Any) -> Any:
    """Place of each child among those that count, the eldest first."""
    return rank(child_birth_dates, among=child_counts)


@rule(article=ALLOWANCES, unit=MAD_A_MONTH)
def child_allowance(child_rank: Any, child_counts: Any, family: Any) -> Any:
    """Allowance of each child by its place: nothing from the seventh on, and for those that do not count."""
    return where(child_counts, lookup(family.allowance, child_rank), 0)


# Who has the right


@rule(article=CONDITIONS, unit=DAYS)
def recent_insured_days(days: Any, months: Any, law_date: Any, family: Any) -> Any:
    """Insured days of the six civil months before the month of the date of law."""
    return in_months_before(law_date, family.days_within, days, months)


@rule(article=CONDITIONS, unit=MAD_A_MONTH)
def pay_of_the_month(wages: Any, months: Any, law_date: Any, family: Any) -> Any:
    """Pay of the month of the date of law."""
    month = month_of(law_date)
    return mean_of_last(between(wages, months, since=month, before=month + 1), family.months_of_pay)


@rule(article=CONDITIONS, unit=MAD_A_MONTH)
def lowest_family_pay(monthly_minimum_wage: Any, family: Any) -> Any:
    """Pay that opens the allowances: 60 % of the minimum wage since July 2008, an amount before."""
    by_share = monthly_minimum_wage * family.lowest_pay_share
    return where(family.lowest_pay_share > 0, by_share, family.lowest_pay)


@rule(article=CONDITIONS, unit=MONTH)
def first_month_still_paid(family_claim_month: Any, law_date: Any, family: Any) -> Any:
    """First month that the claim still reaches: six months back. Who has not claimed is taken to claim now."""
    return otherwise(family_claim_month, month_of(law_date)) - family.claim_period


@rule(article=f"{ALLOWANCES}; {CONDITIONS}", unit=FAMILY_REASON)
def family_reason(
    child_counts: Any,
    recent_insured_days: Any,
    pay_of_the_month: Any,
    lowest_family_pay: Any,
    first_month_still_paid: Any,
    law_date: Any,
    family: Any,
) -> Any:
    """Why allowances are due or not: children first, then insured days, then pay, then the claim."""
    late = month_of(law_date) < first_month_still_paid
    claimed = where(late, FAMILY_REASON["claimed_too_late"], FAMILY_REASON["entitled"])
    paid = where(pay_of_the_month >= lowest_family_pay, claimed, FAMILY_REASON["pay_too_low"])
    insured = where(recent_insured_days >= family.days, paid, FAMILY_REASON["too_few_days"])
    return where(total(where(child_counts, 1, 0)) > 0, insured, FAMILY_REASON["no_child"])


@rule(article=f"{ALLOWANCES}; {CONDITIONS}", unit=MAD_A_MONTH)
def family_allowances(child_allowance: Any, family_reason: Any) -> Any:
    """Allowances of all children for the month of the date of law. Only if they are due."""
    return only_where(total(child_allowance), family_reason == FAMILY_REASON["entitled"])
