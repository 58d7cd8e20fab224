"""Early pensions after a long career: L. 351-1-1, D. 351-1-1 to D. 351-1-3, for effects from November 2012.

Who began to work young and contributed for the whole duration may leave before the legal age, at the full rate.
"""

from typing import Any

from himaya.law import (
    AGE,
    FLAG,
    QUARTERS,
    add_months,
    between,
    lookup,
    maximum,
    minimum,
    month_of,
    quarter_of,
    rule,
    total,
    where,
    year_of,
)
from himaya.legislation.france.ages import first_month_from

LONG_CAREER = "CSS, art. L. 351-1-1 et D. 351-1-1"
START = "CSS, art. L. 351-1-1 et D. 351-1-3"


def terms_of(award_month: Any, long_careers: Any) -> Any:
    """The terms of the month of effect; of the first that is computed for an earlier one, which none of them opens."""
    return long_careers.in_month(maximum(award_month, month_of(long_careers.since)))


def begun(insured_by_year: Any, years: Any, birth_date: Any, age: Any, terms: Any) -> Any:
    """Whether five quarters, four for who is born from October, lie before the end of the year of that age."""
    before = total(between(insured_by_year, years, before=year_of(birth_date) + age + 1))
    born_late = quarter_of(birth_date) == 4
    return before >= where(born_late, terms.quarters_if_born_late, terms.quarters_at_start)


@rule(article=START, unit=FLAG)
def begun_before_16(
    insured_by_year: Any, years: Any, birth_date: Any, award_month: Any, long_careers: Any
) -> Any:
    """Whether work began before 16: enough quarters by the end of the year of that age."""
    terms = terms_of(award_month, long_careers)
    return begun(insured_by_year, years, birth_date, terms.very_young, terms)


@rule(article=START, unit=FLAG)
def begun_before_18(
    insured_by_year: Any, years: Any, birth_date: Any, award_month: Any, long_careers: Any
) -> Any:
    """Whether work began before 18; before 17 for pensions until August 2023."""
    terms = terms_of(award_month, long_careers)
    return begun(insured_by_year, years, birth_date, terms.young, terms)


@rule(article=START, unit=FLAG)
def begun_before_20(
    insured_by_year: Any, years: Any, birth_date: Any, award_month: Any, long_careers: Any
) -> Any:
    """Whether work began before 20."""
    terms = terms_of(award_month, long_careers)
    return begun(insured_by_year, years, birth_date, terms.usual, terms)


@rule(article=START, unit=FLAG)
def begun_before_21(
    insured_by_year: Any, years: Any, birth_date: Any, award_month: Any, long_careers: Any
) -> Any:
    """Whether work began before 21."""
    terms = terms_of(award_month, long_careers)
    return begun(insured_by_year, years, birth_date, terms.late, terms)


@rule(article="CSS, art. L. 351-1-1, D. 351-1-2 et D. 351-1-2-1", unit=QUARTERS)
def long_career_quarters(
    contributed_anywhere: Any,
    deemed_contributed_quarters: Any,
    child_quarters: Any,
    award_month: Any,
    long_careers: Any,
) -> Any:
    """Quarters contributed in all schemes, those that count as such, and since September 2026 two for children."""
    for_children = minimum(child_quarters, terms_of(award_month, long_careers).child_quarters_counted)
    return contributed_anywhere + deemed_contributed_quarters + for_children


@rule(article=LONG_CAREER, unit=AGE)
def long_career_age(
    begun_before_16: Any,
    begun_before_18: Any,
    begun_before_20: Any,
    begun_before_21: Any,
    long_career_quarters: Any,
    required_quarters: Any,
    legal_age: Any,
    birth_date: Any,
    award_month: Any,
    long_careers: Any,
) -> Any:
    """Age of the earliest pension that the beginning of work and the quarters allow; else the legal age."""
    terms = terms_of(award_month, long_careers)
    more = long_career_quarters - required_quarters
    ways = (
        (begun_before_16, terms.earliest_age, terms.earliest_more),
        (begun_before_16, terms.very_young_age, lookup(terms.very_young_more, birth_date)),
        (begun_before_18, terms.young_age, 0),
        (begun_before_20, terms.usual_age, 0),
        (begun_before_21, terms.late_age, 0),
    )
    earliest = legal_age
    for early, age, needed in ways:
        open_way = early & (more >= needed)
        earliest = minimum(earliest, where(open_way, lookup(age, birth_date), legal_age))
    return earliest


@rule(article=LONG_CAREER, unit=FLAG)
def long_career_open(long_career_age: Any, birth_date: Any, award_month: Any, long_careers: Any) -> Any:
    """Whether a long career allows the pension in its month of effect; none is computed before November 2012."""
    reached = award_month >= first_month_from(add_months(birth_date, long_career_age))
    return reached & (award_month >= month_of(long_careers.since))
