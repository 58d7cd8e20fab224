"""The survivor's pension (pension de réversion), from 1 July 2004: L. 353-1 to L. 353-6, R. 353-1 to D. 353-4."""

from typing import Any

from himaya.law import (
    DATE,
    FLAG,
    QUARTERS,
    add_years,
    convert,
    first_day,
    maximum,
    minimum,
    only_where,
    otherwise,
    round_down,
    rule,
    where,
    year_of,
)
from himaya.legislation.france.inputs import EUR_A_MONTH, EUR_A_YEAR
from himaya.legislation.france.old_age import for_children
from himaya.legislation.france.revaluation import INCREASES, in_payment

PENSION = "CSS, art. L. 353-1 et D. 353-1"
RESOURCES = "CSS, art. L. 353-1, R. 353-1 et D. 353-1-1"


# What comes from the deceased, through the link, where it is not given


@rule(article=PENSION, unit=DATE)
def spouse_died(died: Any, spouse: Any) -> Any:
    """Day of death of the spouse."""
    return spouse.of(died)


@rule(article=f"CSS, art. L. 353-1 et R. 353-6; {INCREASES}", unit=EUR_A_MONTH)
def deceased_pension(
    reversible_pension: Any,
    award_month: Any,
    increase_of_2020: Any,
    survivor_from: Any,
    spouse: Any,
    revaluation: Any,
) -> Any:
    """The pension of the deceased that can be reversed, with the increases until the survivor's pension begins."""
    begun, increase = spouse.of(award_month), spouse.of(increase_of_2020)
    return in_payment(spouse.of(reversible_pension), begun, survivor_from, increase, revaluation)


@rule(article=f"CSS, art. L. 353-1 et L. 351-1-2; {INCREASES}", unit=EUR_A_MONTH)
def deceased_surcote(
    surcote_amount: Any,
    award_month: Any,
    increase_of_2020: Any,
    survivor_from: Any,
    spouse: Any,
    revaluation: Any,
) -> Any:
    """The surcote of the deceased, with the increases until the survivor's pension begins; none that is not known."""
    begun, increase = spouse.of(award_month), spouse.of(increase_of_2020)
    surcote = in_payment(spouse.of(surcote_amount), begun, survivor_from, increase, revaluation)
    return otherwise(surcote, 0)


@rule(article=PENSION, unit=QUARTERS)
def deceased_quarters(scheme_quarters: Any, spouse: Any) -> Any:
    """Quarters of the deceased in the general scheme; none that are not known."""
    return otherwise(spouse.of(scheme_quarters), 0)


# The survivor's pension


@rule(article="CSS, art. L. 353-1 et D. 353-3", unit=FLAG)
def survivor_of_age(birth_date: Any, spouse_died: Any, survivor_from: Any, survivor: Any) -> Any:
    """Whether the survivor has the age: 55, or the lower age of the time for deaths before 2009."""
    terms = survivor.in_month(survivor_from)
    age = where(spouse_died < terms.age_for_deaths_from, terms.age_of_earlier_deaths, terms.age)
    return add_years(birth_date, age) <= first_day(survivor_from)


@rule(article=PENSION, unit=EUR_A_MONTH)
def share_of_pension(
    deceased_pension: Any, survivor_from: Any, survivor: Any, salary: Any, old_age: Any
) -> Any:
    """54 % of the pension of the deceased, of which at most half of the ceiling of the year counts."""
    ceiling = salary.in_year(year_of(first_day(survivor_from))).ceiling
    highest = convert(ceiling * old_age.in_month(survivor_from).highest_share, EUR_A_YEAR, EUR_A_MONTH)
    counted = minimum(deceased_pension, highest)
    return round_down(counted * survivor.in_month(survivor_from).share, old_age.cent)


@rule(article="CSS, art. L. 353-1 et D. 353-1", unit=EUR_A_MONTH)
def lowest_share(deceased_quarters: Any, survivor_from: Any, survivor: Any, old_age: Any) -> Any:
    """The lowest survivor's pension, for 60 quarters of the deceased, in proportion for fewer."""
    terms = survivor.in_month(survivor_from)
    quarters = minimum(deceased_quarters / terms.quarters_of_lowest, 1)
    return round_down(convert(terms.lowest_pension, EUR_A_YEAR, EUR_A_MONTH) * quarters, old_age.cent)


@rule(article="CSS, art. L. 353-1 et L. 351-1-2", unit=EUR_A_MONTH)
def reversion(
    share_of_pension: Any,
    lowest_share: Any,
    deceased_surcote: Any,
    survivor_from: Any,
    survivor: Any,
    old_age: Any,
) -> Any:
    """Share of the pension, at least the lowest, and the same share of the surcote of the deceased."""
    surcote = round_down(deceased_surcote * survivor.in_month(survivor_from).share, old_age.cent)
    return maximum(share_of_pension, lowest_share) + surcote


@rule(article=RESOURCES, unit=EUR_A_MONTH)
def survivor_resources(
    survivor_earnings: Any,
    survivor_income: Any,
    birth_date: Any,
    survivor_from: Any,
    survivor: Any,
) -> Any:
    """Earnings from work, less 30 % from the age of 55, and other income."""
    terms = survivor.in_month(survivor_from)
    of_age = add_years(birth_date, terms.allowance_age) <= first_day(survivor_from)
    return survivor_earnings * (1 - where(of_age, terms.allowance, 0)) + survivor_income


@rule(article=RESOURCES, unit=EUR_A_MONTH)
def resources_ceiling(couple: Any, survivor_from: Any, survivor: Any, old_age: Any) -> Any:
    """2,080 times the hourly minimum wage of 1 January, by month; 1.6 times that for a couple."""
    alone = survivor.in_year(year_of(first_day(survivor_from))).income_ceiling
    of_year = where(couple, alone * survivor.couple_factor, alone)
    return round_down(convert(of_year, EUR_A_YEAR, EUR_A_MONTH), old_age.cent)


@rule(article="CSS, art. L. 353-5 et R. 353-2", unit=EUR_A_MONTH)
def survivor_child_supplement(reversion_paid: Any, children: Any, survivor_from: Any, old_age: Any) -> Any:
    """10 % of what is paid for three children or more."""
    return for_children(reversion_paid, children, old_age.in_month(survivor_from), old_age.cent)


@rule(article=RESOURCES, unit=EUR_A_MONTH)
def reversion_paid(
    reversion: Any, survivor_resources: Any, resources_ceiling: Any, survivor_of_age: Any, old_age: Any
) -> Any:
    """What of it fits under the ceiling with the resources of the survivor. Only from the age."""
    room = round_down(maximum(resources_ceiling - survivor_resources, 0), old_age.cent)
    return only_where(minimum(reversion, room), survivor_of_age)


@rule(article=PENSION, unit=EUR_A_MONTH)
def survivor_pension(reversion_paid: Any, survivor_child_supplement: Any) -> Any:
    """The gross survivor's pension of the first month."""
    return reversion_paid + survivor_child_supplement
