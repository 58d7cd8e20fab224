"""The rate of the pension: 50 %, reduced (décote, R. 351-27) or raised (surcote, L. 351-1-2 and D. 351-1-4)."""

from typing import Any

from himaya.law import (
    FLAG,
    MONTHS,
    QUARTERS,
    SHARE,
    YEARS,
    add_years,
    between,
    ceil,
    clip,
    convert,
    first_day,
    lookup,
    maximum,
    minimum,
    quarter_of,
    rule,
    total,
    where,
    year_of,
)
from himaya.legislation.france.ages import first_month_from

REDUCTION = "CSS, art. L. 351-1 et R. 351-27"
BONUS = "CSS, art. L. 351-1-2 et D. 351-1-4"
PARENTS = "CSS, art. L. 351-1-2-1"

# Décote


@rule(article=REDUCTION, unit=QUARTERS)
def missing_by_duration(required_quarters: Any, all_quarters: Any) -> Any:
    """Quarters missing to the duration of the full rate."""
    return maximum(required_quarters - all_quarters, 0)


@rule(article=REDUCTION, unit=QUARTERS)
def missing_by_age(full_rate_date: Any, award_month: Any) -> Any:
    """Quarters from the effect to the age of the full rate; one begun counts whole."""
    months = first_month_from(full_rate_date) - award_month
    return maximum(ceil(convert(months, MONTHS, QUARTERS)), 0)


@rule(article=REDUCTION, unit=QUARTERS)
def missing_quarters(
    missing_by_duration: Any, missing_by_age: Any, unfit: Any, award_month: Any, rate: Any
) -> Any:
    """Quarters that reduce the rate: the fewer of the two, at most twenty; none for who is unfit for work."""
    missing = minimum(missing_by_duration, missing_by_age)
    return where(unfit, 0, minimum(missing, rate.in_month(award_month).most_missing))


@rule(article=REDUCTION, unit=FLAG)
def at_full_rate(missing_quarters: Any) -> Any:
    """Whether the pension has the full rate."""
    return missing_quarters == 0


@rule(article=REDUCTION, unit=SHARE)
def pension_rate(missing_quarters: Any, birth_date: Any, award_month: Any, rate: Any) -> Any:
    """50 %, reduced for each missing quarter by the coefficient of the cohort."""
    terms = rate.in_month(award_month)
    reduction = lookup(terms.reduction, birth_date) * (missing_quarters / rate.step)
    return terms.full_rate * (1 - reduction)


# Surcote


def contributed_after(by_year: Any, years: Any, day: Any, award_month: Any) -> Any:
    """Quarters contributed after the calendar quarter of a day.

    Within a year the pay does not say which quarters it validates: those that remain before the effect, if there are
    as many.
    """
    effect, year = first_day(award_month), year_of(day)
    until_effect = convert(year_of(effect) - year, YEARS, QUARTERS) + quarter_of(effect) - 1
    remaining = maximum(minimum(until_effect, 4) - quarter_of(day), 0)
    within = total(between(by_year, years, since=year, before=year + 1))
    return minimum(within, remaining) + total(between(by_year, years, since=year + 1))


@rule(article=BONUS, unit=QUARTERS)
def surcote_quarters(
    contributed_anywhere_by_year: Any,
    years: Any,
    legal_age_date: Any,
    all_quarters: Any,
    required_quarters: Any,
    award_month: Any,
    rate: Any,
) -> Any:
    """Quarters contributed since 2004 after the quarter of the legal age, and beyond the duration of the full rate."""
    of_age = contributed_after(contributed_anywhere_by_year, years, legal_age_date, award_month)
    since = total(between(contributed_anywhere_by_year, years, since=rate.surcote_from))
    return clip(minimum(minimum(of_age, since), all_quarters - required_quarters), lower=0)


@rule(article=BONUS, unit=QUARTERS)
def surcote_since_2007(
    contributed_anywhere_by_year: Any, years: Any, surcote_quarters: Any, rate: Any
) -> Any:
    """Those of them since 2007: the last ones."""
    since = between(contributed_anywhere_by_year, years, since=rate.second_scale_from)
    return minimum(surcote_quarters, total(since))


@rule(article=BONUS, unit=QUARTERS)
def surcote_since_2009(
    contributed_anywhere_by_year: Any, years: Any, surcote_quarters: Any, rate: Any
) -> Any:
    """Those of them since 2009."""
    since = between(contributed_anywhere_by_year, years, since=rate.one_rate_from)
    return minimum(surcote_quarters, total(since))


@rule(article=BONUS, unit=QUARTERS)
def surcote_late_before_2009(
    contributed_anywhere_by_year: Any,
    years: Any,
    birth_date: Any,
    surcote_since_2007: Any,
    surcote_since_2009: Any,
    award_month: Any,
    rate: Any,
) -> Any:
    """Those of 2007 and 2008 after the quarter of the 65th birthday."""
    birthday = add_years(birth_date, rate.late_age)
    late = contributed_after(contributed_anywhere_by_year, years, birthday, award_month)
    return maximum(minimum(surcote_since_2007, late) - surcote_since_2009, 0)


@rule(article=BONUS, unit=SHARE)
def surcote_rate(
    surcote_quarters: Any,
    surcote_since_2007: Any,
    surcote_since_2009: Any,
    surcote_late_before_2009: Any,
    award_month: Any,
    rate: Any,
) -> Any:
    """0.75 % a quarter before 2007; 1.25 % since 2009.

    In 2007 and 2008 0.75 % up to the fourth quarter of all, then 1 %, or 1.25 % after 65.
    """
    terms = rate.in_month(award_month)
    early = surcote_quarters - surcote_since_2007
    middle = surcote_since_2007 - surcote_since_2009 - surcote_late_before_2009
    low = minimum(middle, maximum(terms.quarters_at_first_rate - early, 0))
    late = surcote_since_2009 + surcote_late_before_2009
    summed = (early + low) * terms.first_rate + (middle - low) * terms.second_rate + late * terms.third_rate
    return summed / rate.step


@rule(article=PARENTS, unit=SHARE)
def parental_surcote_rate(
    contributed_anywhere_by_year: Any,
    years: Any,
    legal_age: Any,
    legal_age_date: Any,
    child_quarters: Any,
    all_quarters: Any,
    required_quarters: Any,
    surcote_quarters: Any,
    award_month: Any,
    rate: Any,
) -> Any:
    """1.25 % for each quarter contributed in the year before a legal age of 63 or more, beyond the duration, at most 4.

    Only with a quarter for children; pensions from September 2023.
    """
    terms = rate.in_month(award_month)
    year_before = add_years(legal_age_date, rate.parental_years)
    since = contributed_after(contributed_anywhere_by_year, years, year_before, award_month)
    own = minimum(since, all_quarters - required_quarters) - surcote_quarters
    right = (legal_age >= terms.parental_age) & (child_quarters > 0)
    return where(right, clip(own, lower=0, upper=terms.parental_most) / rate.step * terms.parental_rate, 0)
