"""The reference wage (salaire annuel moyen): R. 351-29, R. 351-29-1, R. 173-3-2, R. 351-11, L. 161-23-1."""

from typing import Any

from himaya.law import (
    FLAG,
    YEARS,
    between,
    first_day,
    lookup,
    mean_of_best,
    minimum,
    only_where,
    round_nearest,
    rule,
    where,
    year_of,
)
from himaya.legislation.france.inputs import EUR_A_YEAR


@rule(article="CSS, art. R. 351-11 et L. 161-23-1", unit=EUR_A_YEAR)
def revalued_wages(wages: Any, years: Any, award_month: Any, salary: Any) -> Any:
    """Pay of each year up to the ceiling of the year, at its value when the pension takes effect, to the euro."""
    capped = minimum(wages, salary.in_year(years).ceiling)
    return round_nearest(capped * lookup(salary.in_month(award_month).revaluation, years), salary.euro)


@rule(article="CSS, art. R. 351-29", unit=FLAG)
def year_counts(wages: Any, pay_quarters: Any, award_month: Any, salary: Any) -> Any:
    """Whether a year counts for the mean: pay, which since 2004 must validate a quarter."""
    return (wages > 0) & (pay_quarters >= salary.in_month(award_month).quarters_needed)


@rule(article="CSS, art. R. 173-3-2", unit=YEARS)
def years_for_children(children: Any, child_quarters: Any, award_month: Any, salary: Any) -> Any:
    """Years less in the mean since September 2026 for who has quarters for children: one for a child, two for more."""
    fewer = lookup(salary.in_month(award_month).years_for_children, children)
    return where(child_quarters > 0, fewer, 0)


@rule(article="CSS, art. R. 351-29 et R. 351-29-1", unit=EUR_A_YEAR)
def reference_wage(
    revalued_wages: Any,
    years: Any,
    year_counts: Any,
    birth_date: Any,
    award_month: Any,
    years_for_children: Any,
    salary: Any,
) -> Any:
    """Mean of the best years before that of the effect, as many as the cohort asks for, or of all if fewer."""
    terms = salary.in_month(award_month)
    past = between(revalued_wages, years, since=terms.first_year, before=year_of(first_day(award_month)))
    best = lookup(terms.best_years, birth_date) - years_for_children
    mean = mean_of_best(past, best, among=year_counts)
    return only_where(mean, terms.by_whole_years)
