"""Households, spouses and children of Toyland: every way to cross a link, and the axes of years and children."""

from himaya.law import (
    DATE,
    FLAG,
    MONTH,
    MONTHS,
    NUMBER,
    QUARTERS,
    SCORE,
    YEAR,
    YEARS,
    Input,
    Link,
    Unit,
    add_months,
    add_years,
    available,
    between,
    compound,
    convert,
    count,
    highest,
    lookup,
    lowest,
    mean_of_best,
    minimum,
    money,
    month_of,
    otherwise,
    quarter_of,
    rank,
    round_down,
    round_nearest,
    round_up,
    rule,
    total,
    where,
    year_of,
)

HOURS_A_MONTH = Unit("hours/month", (("hour", 1), ("month", -1)))
TOY = money("TOY")
TOY_A_MONTH = money("TOY", per="month")
TOY_A_YEAR = money("TOY", per="year")


def named(name):
    return {"en": name, "fr": name, "ar": name}


INPUTS = (
    Input("born", DATE, labels=named("born")),
    Input("income", TOY_A_MONTH, optional=True, labels=named("income")),
    Input("rent", TOY_A_MONTH, default=0, entity="household", labels=named("rent")),
    Input("years", YEAR, axis="year", labels=named("years")),
    Input("earned", TOY_A_YEAR, axis="year", labels=named("earned")),
    Input("children", DATE, axis="child", labels=named("children")),
    Input("ill", FLAG, axis="child", labels=named("ill")),
    Input("at_home", FLAG, axis="child", default=True, labels=named("at home")),
    Input("score", SCORE, optional=True, entity="household", labels=named("score")),
    Input("hours", HOURS_A_MONTH, default=160, labels=named("hours")),
)
LINKS = (
    Link("household", groups="household", labels=named("household")),
    Link("spouse", labels=named("spouse")),
    Link("parent", labels=named("parent")),
    Link("guardian", labels=named("guardian"), optional=True),
)


@rule(article="Family Act, s. 1", unit=TOY_A_MONTH, labels=named("income of the household"))
def household_income(income, household):
    """What all members earn; those who say nothing earn nothing."""
    return total(household.each(otherwise(income, 0)))


@rule(article="Family Act, s. 2", unit=TOY_A_MONTH, labels=named("income a head"))
def income_a_head(household_income, born, rent, household):
    """A member's part of what is left after the rent."""
    return household.of((household_income - rent) / count(household.each(born)))


@rule(article="Family Act, s. 3", unit=TOY_A_MONTH, labels=named("income of a couple"))
def couple_income(income, spouse):
    """Own income and the spouse's."""
    return otherwise(income, 0) + otherwise(spouse.of(income), 0)


@rule(article="Family Act, s. 4", unit=TOY_A_MONTH, labels=named("spouse's share"))
def widows_share(couple_income, spouse):
    """Half of what the spouse's couple has."""
    return spouse.of(couple_income) / 2


@rule(article="Family Act, s. 5", unit=NUMBER, labels=named("place among siblings"))
def place(born, minor, parent):
    """Place of a child among the minor children of the same parent, the eldest first."""
    return parent.back(rank(parent.each(born), among=parent.each(minor)))


@rule(article="Family Act, s. 6", unit=FLAG, labels=named("minor"))
def minor(born, law_date, family):
    """Whether a person is under age."""
    return add_years(born, family.age) > law_date


@rule(article="Family Act, s. 7", unit=TOY_A_MONTH, labels=named("allowance"))
def allowance(place, minor, family):
    """Allowance of a child, by its place."""
    return where(minor & available(place), lookup(family.by_place, otherwise(place, 1)), 0)


@rule(article="Family Act, s. 8", unit=TOY_A_MONTH, labels=named("allowances of a parent"))
def allowances(allowance, parent):
    """Allowances of all children of a parent."""
    return total(parent.each(allowance))


@rule(article="Family Act, s. 9", unit=NUMBER, labels=named("household at age"))
def household_at_age(born, household, family):
    """How many were in the household when each of them came of age, as of that day."""
    return count(household.on(add_years(born, family.age)).each(born))


@rule(article="Family Act, s. 10", unit=TOY_A_YEAR, labels=named("best years"))
def best(earned, years, born, family):
    """Mean of the best years up to the year of age 60 that reach the threshold, revalued, to the dirham below."""
    counted = between(earned * lookup(family.revaluation, years), years, before=year_of(add_years(born, 60)))
    reached = earned >= family.in_year(years).threshold
    return round_down(mean_of_best(counted, lookup(family.best_years, born), among=reached), family.step)


@rule(article="Family Act, s. 11", unit=TOY_A_MONTH, labels=named("a month of the best years"))
def best_by_month(best):
    """A twelfth of it."""
    return convert(best, TOY_A_YEAR, TOY_A_MONTH)


@rule(article="Family Act, s. 12", unit=QUARTERS, labels=named("quarters to wait"))
def quarters_to_wait(born, law_date, family):
    """Quarters until the age, begun ones counted whole."""
    months = month_of(add_months(born, family.age_in_months)) - month_of(law_date)
    return round_up(convert(months, MONTHS, QUARTERS), 1)


@rule(article="Family Act, s. 13", unit=TOY_A_MONTH, labels=named("allowance by children given"))
def allowance_of_given(children, ill, law_date, family):
    """Allowance for minor or ill children given with the person, by their rank."""
    counts = (add_years(children, family.age) > law_date) | ill
    return total(where(counts, lookup(family.by_place, rank(children, among=counts)), 0))


@rule(article="Family Act, s. 14", unit=TOY_A_YEAR, labels=named("spread"))
def spread(earned, family):
    """Between the best and the worst year, to the nearest step."""
    return round_nearest(otherwise(highest(earned) - lowest(earned), 0), family.step)


@rule(article="Family Act, s. 15", unit=YEARS, labels=named("years of work"))
def years_of_work(years):
    """How many."""
    return count(years)


@rule(article="Family Act, s. 16", unit=TOY_A_YEAR, labels=named("cohort cap"))
def capped_by_cohort(earned, years, born, family):
    """Earnings up to a cap that depends on the year and on the cohort."""
    return total(minimum(earned, lookup(family.in_year(years).cohort_cap, born)))


@rule(article="Family Act, s. 17", unit=MONTH, labels=named("month of birth"))
def born_in(born):
    """Month of birth."""
    return month_of(born)


@rule(article="Family Act, s. 18", unit=QUARTERS, labels=named("quarter of birth"))
def born_in_quarter(born):
    """Quarter of birth."""
    return quarter_of(born)


@rule(article="Family Act, s. 19", unit=TOY_A_MONTH, labels=named("supplement of the needy"))
def supplement(score, household, family):
    """By the household's score, for each of its members."""
    return otherwise(household.of(lookup(family.by_score, score)), 0)


@rule(article="Family Act, s. 20", unit=NUMBER, labels=named("children at home"))
def at_home_now(at_home):
    """How many of the children given live at home: all of whom nothing else is said."""
    return total(where(at_home, 1, 0))


@rule(article="Family Act, s. 21", unit=TOY_A_MONTH, labels=named("lowest pay"))
def lowest_pay(hours, family):
    """Pay of a month's hours."""
    return hours * family.pay_of_an_hour


@rule(article="Family Act, s. 22", unit=TOY_A_MONTH, labels=named("means"))
def means(income, best_by_month, guardian):
    """Own income, and a month of the best years of the guardian where there is one."""
    return otherwise(income, 0) + otherwise(guardian.of(best_by_month), 0)


@rule(article="Family Act, s. 23", unit=TOY_A_MONTH, labels=named("increased income"))
def increased(income, born, law_date, family):
    """Income with the increases since the month of the 21st birthday, each to the centime below."""
    since = month_of(add_years(born, 21))
    return compound(
        income, family.history.increase, after=since, until=month_of(law_date) + 14, step=family.centime
    )


@rule(article="Family Act, s. 24", unit=TOY_A_MONTH, labels=named("income with bonuses"))
def with_bonuses(best_by_month, born_in, law_date, family):
    """A month of the best years with the bonuses since birth, each to the step below."""
    history = family.history.bonus
    return compound(best_by_month, history, after=born_in, until=month_of(law_date), step=family.coarse)


@rule(article="Family Act, s. 25", unit=TOY_A_MONTH, labels=named("step of the guardian's time"))
def guardians_step(born, guardian, family):
    """What the coarse step was when the guardian was born."""
    return family.at(guardian.of(born)).coarse
