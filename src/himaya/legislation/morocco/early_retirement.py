"""Early retirement from 55: dahir 1-72-184, article 53 bis (law 17-02), decree 2-05-181.

The employer's premium rests on a scale, a mortality table and a cap that were not read: the right, the pension and what
the premium pays for are computed, the premium is not.
"""

from typing import Any

from himaya.law import DATE, DAYS, FLAG, MONTHS, add_years, maximum, month_of, only_where, rule
from himaya.legislation.morocco.declared import in_months_before
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH

ARTICLE = "dahir 1-72-184, art. 53 bis (loi 17-02)"
CONDITIONS = "cnss.ma, retraite anticipée"
PREMIUM = f"{ARTICLE}; décret 2-05-181"


@rule(article=ARTICLE, unit=DATE)
def early_age_date(birth_date: Any, early_retirement: Any) -> Any:
    """Day on which the age of early retirement is reached: 55 years."""
    return add_years(birth_date, early_retirement.age)


@rule(article=CONDITIONS, unit=DAYS)
def days_before_early_request(days: Any, months: Any, law_date: Any, early_retirement: Any) -> Any:
    """Insured days of the six months before the month of the date of law, when the request is made."""
    return in_months_before(law_date, early_retirement.days_within, days, months)


@rule(article=f"{ARTICLE}; {CONDITIONS}", unit=FLAG)
def early_retirement_open(
    early_age_date: Any,
    pension_age_date: Any,
    full_career: Any,
    days_before_early_request: Any,
    employer_agrees: Any,
    share_fisherman: Any,
    law_date: Any,
    early_retirement: Any,
) -> Any:
    """Whether early retirement may be asked for: 55 to 59, 3,240 days, 54 of them recent, and the employer agrees.

    A fisherman paid by shares needs no employer's agreement.
    """
    between_ages = (early_age_date <= law_date) & (law_date < pension_age_date)
    insured = full_career & (days_before_early_request >= early_retirement.days)
    return early_retirement.allowed & between_ages & insured & (employer_agrees | share_fisherman)


@rule(article=ARTICLE, unit=MAD_A_MONTH)
def early_pension(early_retirement_open: Any, pension_by_formula: Any, old_age: Any) -> Any:
    """Pension by the ordinary formula, at least the minimum. Only if early retirement is open."""
    return only_where(maximum(pension_by_formula, old_age.minimum_pension), early_retirement_open)


@rule(article=PREMIUM, unit=MONTHS)
def months_before_pension_age(pension_age_date: Any, early_retirement_open: Any, law_date: Any) -> Any:
    """Months from that of the request to that in which the pension age is reached. Only if it is open."""
    return only_where(month_of(pension_age_date) - month_of(law_date), early_retirement_open)


@rule(
    article=PREMIUM,
    unit=MAD,
    verified=False,
    note="not the premium: its scale, mortality table and cap were not read; 3.5 % interest by the press",
)
def pensions_before_age(early_pension: Any, months_before_pension_age: Any) -> Any:
    """Early pensions of these months: what the employer's premium pays for, before interest and deaths."""
    return early_pension * months_before_pension_age
