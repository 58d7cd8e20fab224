"""The old-age pension: L. 351-1, R. 351-6, R. 351-7, L. 351-12.

In the order of the law: the pension itself, the surcote, the minimum and its ceiling, the supplement for children.
Amounts are truncated to the cent part by part, as official examples print them.
"""

from typing import Any

from himaya.law import (
    QUARTERS,
    YEARS,
    available,
    ceil,
    convert,
    first_day,
    lookup,
    maximum,
    minimum,
    month_of,
    only_where,
    otherwise,
    quarter_of,
    round_down,
    rule,
    where,
    year_of,
)
from himaya.legislation.france.inputs import EUR_A_MONTH, EUR_A_YEAR

PENSION = "CSS, art. L. 351-1 et R. 351-6"


@rule(article="CSS, art. R. 351-6", unit=QUARTERS)
def proration_quarters(birth_date: Any, award_month: Any, old_age: Any) -> Any:
    """Quarters of a complete pension, by cohort."""
    return lookup(old_age.in_month(award_month).proration_quarters, birth_date)


@rule(article="CSS, art. R. 351-7", unit=QUARTERS)
def late_quarters(full_rate_date: Any, award_month: Any) -> Any:
    """Calendar quarters between the age of the full rate and the effect."""
    effect = first_day(award_month)
    years = convert(year_of(effect) - year_of(full_rate_date), YEARS, QUARTERS)
    return maximum(years + quarter_of(effect) - quarter_of(full_rate_date) - 1, 0)


@rule(article="CSS, art. R. 351-7", unit=QUARTERS)
def prorated_quarters(
    scheme_quarters: Any,
    all_quarters: Any,
    late_quarters: Any,
    proration_quarters: Any,
    award_month: Any,
    old_age: Any,
) -> Any:
    """Quarters that the pension counts: 2.5 % more for each late quarter, rounded up, where the duration is short."""
    factor = 1 + old_age.in_month(award_month).late_increase * (late_quarters / old_age.step)
    raised = ceil(scheme_quarters * factor)
    counted = where((late_quarters > 0) & (all_quarters < proration_quarters), raised, scheme_quarters)
    return minimum(counted, proration_quarters)


@rule(article="arrêté du 9 octobre 1986, art. 2", unit=EUR_A_MONTH)
def highest_pension(award_month: Any, salary: Any, old_age: Any) -> Any:
    """Half of the ceiling of the year of effect."""
    year = year_of(first_day(award_month))
    half = salary.in_year(year).ceiling * old_age.in_month(award_month).highest_share
    return round_down(convert(half, EUR_A_YEAR, EUR_A_MONTH), old_age.cent)


@rule(article=PENSION, unit=EUR_A_MONTH)
def basic_pension(
    reference_wage: Any,
    pension_rate: Any,
    prorated_quarters: Any,
    proration_quarters: Any,
    highest_pension: Any,
    old_age: Any,
) -> Any:
    """Reference wage times rate times quarters of a complete pension, by month, at most the highest pension."""
    quarters = prorated_quarters / proration_quarters
    return by_formula(reference_wage, pension_rate, quarters, highest_pension, old_age.cent)


def by_formula(reference_wage: Any, rate: Any, quarters: Any, highest: Any, cent: Any) -> Any:
    """Wage times rate times share of a complete career, by month, at most the highest pension."""
    pension = convert(reference_wage, EUR_A_YEAR, EUR_A_MONTH) * rate
    return minimum(round_down(pension * quarters, cent), highest)


@rule(article="CSS, art. L. 351-1-2, L. 351-1-2-1 et D. 351-1-4", unit=EUR_A_MONTH)
def surcote_amount(basic_pension: Any, surcote_rate: Any, parental_surcote_rate: Any, old_age: Any) -> Any:
    """What the surcotes add to the pension, also beyond the highest pension."""
    return round_down(basic_pension * (surcote_rate + parental_surcote_rate), old_age.cent)


@rule(article="CSS, art. L. 351-10", unit=EUR_A_MONTH)
def pension_before_children(basic_pension: Any, surcote_amount: Any, raise_paid: Any) -> Any:
    """Pension, surcote and what is paid to reach the minimum."""
    return basic_pension + surcote_amount + raise_paid


def for_children(pension: Any, children: Any, terms: Any, cent: Any) -> Any:
    """The share of a pension that is paid on top for three children or more."""
    return where(children >= terms.children_needed, round_down(pension * terms.child_supplement, cent), 0)


@rule(article="CSS, art. L. 351-12 et R. 342-2", unit=EUR_A_MONTH)
def child_supplement(pension_before_children: Any, children: Any, award_month: Any, old_age: Any) -> Any:
    """10 % more for three children or more."""
    return for_children(pension_before_children, children, old_age.in_month(award_month), old_age.cent)


@rule(article=PENSION, unit=EUR_A_MONTH)
def monthly_pension(pension_before_children: Any, child_supplement: Any, age_reached: Any) -> Any:
    """The gross pension of the first month. Only for who has reached the age."""
    return only_where(pension_before_children + child_supplement, age_reached)


@rule(article="CSS, art. R. 351-37 et L. 161-23-1", unit=EUR_A_MONTH)
def pension_due(revalued_pension: Any, age_reached: Any, award_month: Any, died: Any, law_date: Any) -> Any:
    """The pension due in the month asked for, with the increases since the award.

    None before the month of effect, none after that of the death.
    """
    month = month_of(law_date)
    alive = otherwise(month <= month_of(died), True)
    return only_where(revalued_pension, age_reached & (award_month <= month) & alive)


@rule(article="CSS, art. L. 353-1 et R. 353-6", unit=EUR_A_MONTH)
def reversible_pension(
    basic_pension: Any,
    award_from: Any,
    reference_wage: Any,
    prorated_quarters: Any,
    proration_quarters: Any,
    highest_pension: Any,
    award_month: Any,
    rate: Any,
    old_age: Any,
) -> Any:
    """What a survivor's pension is counted from: the pension at its award without surcote, minimum and supplement.

    Of who had no pension yet: at the full rate.
    """
    full_rate, quarters = rate.in_month(award_month).full_rate, prorated_quarters / proration_quarters
    at_full_rate = by_formula(reference_wage, full_rate, quarters, highest_pension, old_age.cent)
    return where(available(award_from), basic_pension, at_full_rate)
