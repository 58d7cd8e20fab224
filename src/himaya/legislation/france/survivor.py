"""The survivor's pension (pension de réversion): L. 353-1 to L. 353-6, R. 353-1 to D. 353-4; D. 355-1 before 2004."""

from typing import Any

from himaya.law import (
    DATE,
    FLAG,
    MONTH,
    NUMBER,
    QUARTERS,
    add_years,
    convert,
    first_day,
    lookup,
    maximum,
    minimum,
    month_of,
    only_where,
    otherwise,
    round_down,
    rule,
    where,
    year_of,
)
from himaya.legislation.france.ages import first_month_from
from himaya.legislation.france.inputs import EUR_A_MONTH, EUR_A_QUARTER, EUR_A_YEAR
from himaya.legislation.france.old_age import for_children
from himaya.legislation.france.revaluation import INCREASES, OF_2020, in_payment

PENSION = "CSS, art. L. 353-1 et D. 353-1"
SUPPLEMENT = "CSS, art. L. 353-6 et D. 353-4"
RESOURCES = "CSS, art. L. 353-1, R. 353-1 et D. 353-1-1"
OWN_PENSIONS = "CSS, art. L. 353-1 et D. 355-1 (jusqu'en juin 2004)"


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


@rule(article="CSS, art. L. 353-1 et R. 353-1 (jusqu'en juin 2004)", unit=FLAG)
def marriage_counts(
    married_on: Any, child_of_marriage: Any, spouse_died: Any, survivor_from: Any, survivor: Any
) -> Any:
    """Whether the marriage had lasted two years at the death, or there is a child of it: asked for until June 2004."""
    years = survivor.in_month(survivor_from).marriage_years
    lasted = child_of_marriage | (add_years(married_on, years) <= spouse_died)
    return where(years > 0, lasted, True)


def highest_pension(survivor_from: Any, salary: Any, old_age: Any) -> Any:
    """The highest pension of the scheme: half of the ceiling of the year."""
    ceiling = salary.in_year(year_of(first_day(survivor_from))).ceiling
    return convert(ceiling * old_age.in_month(survivor_from).highest_share, EUR_A_YEAR, EUR_A_MONTH)


@rule(article=PENSION, unit=EUR_A_MONTH)
def share_of_pension(
    deceased_pension: Any, survivor_from: Any, survivor: Any, salary: Any, old_age: Any
) -> Any:
    """54 % of the pension of the deceased, of which at most half of the ceiling of the year counts; 52 % until 1994."""
    counted = minimum(deceased_pension, highest_pension(survivor_from, salary, old_age))
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
    """2,080 times the hourly minimum wage of 1 January, by month; 1.6 times that for a couple.

    Until June 2004 the wage was that of the claim, here of the first month, and own resources alone counted.
    """
    terms = survivor.in_month(survivor_from)
    of_january = survivor.in_year(year_of(first_day(survivor_from))).income_ceiling
    alone = where(terms.difference_paid, of_january, terms.income_ceiling)
    of_year = where(couple, alone * terms.couple_factor, alone)
    return round_down(convert(of_year, EUR_A_YEAR, EUR_A_MONTH), old_age.cent)


@rule(article="CSS, art. L. 353-5 et R. 353-2", unit=EUR_A_MONTH)
def survivor_child_supplement(reversion_paid: Any, children: Any, survivor_from: Any, old_age: Any) -> Any:
    """10 % of what is paid for three children or more."""
    return for_children(reversion_paid, children, old_age.in_month(survivor_from), old_age.cent)


@rule(article=OWN_PENSIONS, unit=EUR_A_MONTH)
def limit_with_own_pensions(
    survivor_own_pensions: Any,
    deceased_pension: Any,
    survivor_from: Any,
    survivor: Any,
    salary: Any,
    old_age: Any,
) -> Any:
    """Until June 2004: what own pensions and the survivor's pension could not exceed together.

    52 % of the own pensions and of that of the deceased, at least 73 % of the highest pension.
    """
    terms = survivor.in_month(survivor_from)
    of_all = (survivor_own_pensions + deceased_pension) * terms.limit_share
    of_highest = highest_pension(survivor_from, salary, old_age) * terms.limit_of_highest
    return round_down(maximum(of_all, of_highest), old_age.cent)


@rule(article=OWN_PENSIONS, unit=EUR_A_MONTH)
def reversion_beside_own_pensions(
    reversion: Any,
    survivor_own_pensions: Any,
    limit_with_own_pensions: Any,
    survivor_resources: Any,
    resources_ceiling: Any,
) -> Any:
    """Until June 2004: what the limit leaves beside own pensions; nothing with resources beyond the ceiling."""
    left = maximum(minimum(reversion, limit_with_own_pensions - survivor_own_pensions), 0)
    return where(survivor_resources <= resources_ceiling, left, 0)


@rule(article=RESOURCES, unit=EUR_A_MONTH)
def reversion_paid(
    reversion: Any,
    reversion_beside_own_pensions: Any,
    survivor_resources: Any,
    resources_ceiling: Any,
    survivor_of_age: Any,
    marriage_counts: Any,
    survivor_from: Any,
    survivor: Any,
    old_age: Any,
) -> Any:
    """What of it fits under the ceiling with the resources of the survivor; until June 2004 beside own pensions.

    Only from the age, and until June 2004 after two years of marriage.
    """
    room = round_down(maximum(resources_ceiling - survivor_resources, 0), old_age.cent)
    difference = survivor.in_month(survivor_from).difference_paid
    paid = where(difference, minimum(reversion, room), reversion_beside_own_pensions)
    return only_where(paid, survivor_of_age & marriage_counts)


# Supplements, and the pension in payment


def reversion_of(month: Any, paid: Any, begun: Any, increase: Any, survivor: Any, revaluation: Any) -> Any:
    """A survivor's pension as it is paid in a month: that of before 1995 had the share of 1995 by a raise."""
    raised = month_of(survivor.share_raised_on)
    before = in_payment(paid, begun, minimum(month, raised - 1), increase, revaluation)
    with_share = round_down(before * (1 + survivor.share_raise), revaluation.cent)
    after = in_payment(with_share, raised - 1, month, increase, revaluation)
    later = in_payment(paid, begun, month, increase, revaluation)
    return where((begun < raised) & (raised <= month), after, later)


@rule(article=OF_2020, unit=EUR_A_MONTH)
def survivor_pensions_before_2020(
    reversion_paid: Any,
    children: Any,
    survivor_pensions: Any,
    survivor_from: Any,
    survivor: Any,
    old_age: Any,
    revaluation: Any,
) -> Any:
    """All pensions of the survivor in December 2019 together, before the increase of 2020 that depends on them."""
    december = month_of(revaluation.tiered_on) - 1
    reversion = reversion_of(december, reversion_paid, survivor_from, 1, survivor, revaluation)
    supplement = for_children(reversion, children, old_age.in_month(survivor_from), revaluation.cent)
    return reversion + supplement + survivor_pensions


@rule(article=OF_2020, unit=NUMBER)
def survivor_increase_of_2020(survivor_pensions_before_2020: Any, revaluation: Any) -> Any:
    """What the survivor's pension was multiplied by in January 2020: less for higher totals."""
    return lookup(revaluation.at(revaluation.tiered_on).by_total, survivor_pensions_before_2020)


@rule(article=SUPPLEMENT, unit=MONTH)
def supplement_month(full_rate_date: Any, survivor_from: Any, survivor: Any) -> Any:
    """First month of the supplement: from the age of the full rate, with the survivor's pension, from 2010."""
    of_age = maximum(survivor_from, first_month_from(full_rate_date))
    return maximum(of_age, month_of(survivor.supplement_from))


@rule(article=SUPPLEMENT, unit=EUR_A_MONTH)
def survivor_supplement(
    reversion_paid: Any,
    children: Any,
    survivor_pensions: Any,
    survivor_increase_of_2020: Any,
    supplement_month: Any,
    survivor_from: Any,
    survivor: Any,
    old_age: Any,
    revaluation: Any,
) -> Any:
    """11.1 % of what is paid then, as far as all pensions with it stay under the ceiling by quarter."""
    increase = survivor_increase_of_2020
    reversion = reversion_of(supplement_month, reversion_paid, survivor_from, increase, survivor, revaluation)
    supplement = for_children(reversion, children, old_age.in_month(survivor_from), old_age.cent)
    terms = survivor.in_month(supplement_month)
    whole = round_down(reversion * terms.supplement_share, old_age.cent)
    ceiling = convert(terms.supplement_ceiling, EUR_A_QUARTER, EUR_A_MONTH)
    room = maximum(ceiling - (reversion + supplement + survivor_pensions), 0)
    return minimum(whole, round_down(room, old_age.cent))


@rule(article="CSS, art. L. 353-5, R. 353-9, R. 353-11 et D. 353-2", unit=EUR_A_MONTH)
def dependent_children_supplement(
    dependent_children: Any,
    own_basic_pension: Any,
    reversion: Any,
    reversion_paid: Any,
    birth_date: Any,
    full_rate_date: Any,
    survivor_from: Any,
    survivor: Any,
    old_age: Any,
) -> Any:
    """A flat amount for each dependent child of a survivor without own basic pension, under age when it begins.

    Reduced by resources as the survivor's pension is.
    """
    terms = survivor.in_month(survivor_from)
    until = where(
        terms.no_children_from_full_rate, full_rate_date, add_years(birth_date, terms.no_children_age)
    )
    young = first_day(survivor_from) < until
    right = young & ~own_basic_pension & (dependent_children > 0) & (reversion > 0)
    each = round_down(terms.dependent_child * (reversion_paid / reversion), old_age.cent)
    return where(right, each * dependent_children, 0)


@rule(article=PENSION, unit=EUR_A_MONTH)
def survivor_pension(
    reversion_paid: Any,
    survivor_child_supplement: Any,
    survivor_supplement: Any,
    supplement_month: Any,
    dependent_children_supplement: Any,
    survivor_from: Any,
) -> Any:
    """The gross survivor's pension of the first month, with its supplements."""
    supplement = where(supplement_month <= survivor_from, survivor_supplement, 0)
    return reversion_paid + survivor_child_supplement + supplement + dependent_children_supplement


@rule(article=f"{PENSION}; {INCREASES}", unit=EUR_A_MONTH)
def survivor_pension_due(
    reversion_paid: Any,
    children: Any,
    survivor_supplement: Any,
    supplement_month: Any,
    dependent_children_supplement: Any,
    survivor_increase_of_2020: Any,
    survivor_from: Any,
    law_date: Any,
    survivor: Any,
    old_age: Any,
    revaluation: Any,
) -> Any:
    """The survivor's pension due in the month asked for, with the increases since its beginning; none before."""
    month, increase = month_of(law_date), survivor_increase_of_2020
    reversion = reversion_of(month, reversion_paid, survivor_from, increase, survivor, revaluation)
    for_three = for_children(reversion, children, old_age.in_month(survivor_from), revaluation.cent)
    later = in_payment(survivor_supplement, supplement_month, month, increase, revaluation)
    supplement = where(supplement_month <= month, later, 0)
    dependants = in_payment(dependent_children_supplement, survivor_from, month, increase, revaluation)
    return only_where(reversion + for_three + supplement + dependants, survivor_from <= month)
