"""Validated quarters: by pay, assimilated, in other schemes, for children. R. 351-1, R. 351-5, R. 351-9, L. 351-4."""

from typing import Any

from himaya.law import (
    DATE,
    QUARTERS,
    YEARS,
    available,
    clip,
    convert,
    first_day,
    minimum,
    otherwise,
    quarter_of,
    rule,
    total,
    where,
    year_of,
)

BY_PAY = "CSS, art. R. 351-9"
CLOSED = "CSS, art. R. 351-1, 1° et R. 351-5"
CHILDREN = "CSS, art. L. 351-4"


@rule(article=BY_PAY, unit=QUARTERS)
def pay_quarters(wages: Any, years: Any, insurance: Any) -> Any:
    """Quarters that the pay of each year validates: one for each time the amount of the year, at most four.

    A pay in francs was converted to the nearest cent: it reaches so many times the amount if its cent does.
    """
    times = (wages + insurance.cent / 2) // insurance.in_year(years).validating_wage
    return minimum(times * insurance.step, insurance.most_a_year)


@rule(article=f"{CLOSED}; CSS, art. R. 353-6", unit=DATE)
def account_closed_on(award_from: Any, died: Any, award_month: Any) -> Any:
    """Day before whose quarter the account ends: that of the effect, or the death of who had no pension yet."""
    effect = first_day(award_month)
    return where(available(award_from), effect, otherwise(died, effect))


@rule(article=CLOSED, unit=QUARTERS)
def open_quarters(years: Any, account_closed_on: Any, insurance: Any) -> Any:
    """Quarters of each year that can count: four, those over before the account is closed in its year, none later."""
    over = quarter_of(account_closed_on) - insurance.step
    until = convert(year_of(account_closed_on) - years, YEARS, QUARTERS) + over
    return clip(until, lower=0, upper=insurance.most_a_year)


@rule(article=BY_PAY, unit=QUARTERS)
def contributed_by_year(pay_quarters: Any, open_quarters: Any) -> Any:
    """Quarters contributed in the general scheme, by year."""
    return minimum(pay_quarters, open_quarters)


@rule(article=CLOSED, unit=QUARTERS)
def contributed_anywhere_by_year(
    contributed_by_year: Any, other_schemes_quarters: Any, open_quarters: Any
) -> Any:
    """Quarters contributed in all schemes, by year."""
    return minimum(contributed_by_year + other_schemes_quarters, open_quarters)


@rule(article=BY_PAY, unit=QUARTERS)
def contributed_quarters(contributed_by_year: Any) -> Any:
    """Quarters contributed in the general scheme."""
    return total(contributed_by_year)


@rule(article=CLOSED, unit=QUARTERS)
def contributed_anywhere(contributed_anywhere_by_year: Any) -> Any:
    """Quarters contributed in all schemes."""
    return total(contributed_anywhere_by_year)


@rule(article=CHILDREN, unit=QUARTERS)
def child_quarters(woman: Any, children: Any, award_month: Any, insurance: Any) -> Any:
    """Quarters added for children: eight each, to the mother.

    Since April 2010 the parents may share four of them otherwise: then give this quantity for each.
    """
    return where(woman, children * insurance.in_month(award_month).quarters_a_child, 0)


@rule(article=CLOSED, unit=QUARTERS)
def scheme_quarters(
    contributed_by_year: Any, assimilated_quarters: Any, open_quarters: Any, child_quarters: Any
) -> Any:
    """Quarters validated in the general scheme, at most four a year, and those for children."""
    return total(minimum(contributed_by_year + assimilated_quarters, open_quarters)) + child_quarters


@rule(article=CLOSED, unit=QUARTERS)
def insured_by_year(contributed_anywhere_by_year: Any, assimilated_quarters: Any, open_quarters: Any) -> Any:
    """Quarters validated in all schemes together, by year, at most four."""
    return minimum(contributed_anywhere_by_year + assimilated_quarters, open_quarters)


@rule(article=CLOSED, unit=QUARTERS)
def all_quarters(insured_by_year: Any, child_quarters: Any) -> Any:
    """Quarters validated in all schemes together, and those for children."""
    return total(insured_by_year) + child_quarters
