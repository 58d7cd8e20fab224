"""The law of Toyland: every feature of the engine once, with invented numbers."""

from datetime import date

from himaya.law import (
    DATE,
    DAYS,
    FLAG,
    MONTH,
    MONTHS,
    QUARTERS,
    SHARE,
    Cases,
    Input,
    add_years,
    available,
    between,
    ceil,
    clip,
    count,
    first,
    first_day,
    floor,
    highest,
    last,
    latest,
    lookup,
    maximum,
    mean_of_best_years,
    mean_of_last,
    minimum,
    money,
    month_of,
    only_where,
    otherwise,
    quarters,
    rolling_total,
    round_to_centime,
    rule,
    total,
    where,
    year_of,
)

TOY = money("TOY")
TOY_A_MONTH = money("TOY", per="month")
TOY_A_YEAR = money("TOY", per="year")
ANSWER = Cases(
    "answer",
    members={"yes": {"en": "yes", "fr": "oui", "ar": "نعم"}, "no": {"en": "no", "fr": "non", "ar": "لا"}},
)

INPUTS = (
    Input("born", DATE, labels={"en": "born", "fr": "né", "ar": "ولد"}),
    Input("worked_in", MONTH, axis="month", labels={"en": "months", "fr": "mois", "ar": "شهور"}),
    Input("days", DAYS, axis="month", labels={"en": "days", "fr": "jours", "ar": "أيام"}),
    Input("pay", TOY, axis="month", labels={"en": "pay", "fr": "paie", "ar": "أجر"}),
    Input("stopped", FLAG, default=True, labels={"en": "stopped", "fr": "arrêt", "ar": "توقف"}),
    Input("asked_in", MONTH, optional=True, labels={"en": "asked in", "fr": "demande", "ar": "طلب"}),
)


@rule(article="Toyland Act, s. 1", unit=DATE)
def of_age(born, pension):
    """The birthday that opens the right."""
    return add_years(born, pension.age)


@rule(article="Toyland Act, s. 2", unit=MONTH)
def start(of_age, asked_in):
    """Month after the birthday, or the month of the request if that is later."""
    return maximum(month_of(of_age) + 1, otherwise(asked_in, month_of(of_age)))


@rule(article="Toyland Act, s. 3", unit=TOY)
def capped(pay, worked_in, pension):
    """Pay up to the cap of its month."""
    return minimum(pay, pension.in_month(worked_in).cap)


@rule(article="Toyland Act, s. 4", unit=DAYS)
def insured_days(days, worked_in, start):
    """Days before the pension begins."""
    return total(between(days, worked_in, before=start))


@rule(article="Toyland Act, s. 5", unit=TOY_A_MONTH)
def recent_pay(capped, worked_in, start, pension):
    """Mean of the last months."""
    return mean_of_last(between(capped, worked_in, before=start), pension.months)


@rule(article="Toyland Act, s. 6", unit=TOY_A_YEAR)
def best_pay(capped, worked_in, born, pension):
    """Mean of the best years; how many depends on the year of birth."""
    return mean_of_best_years(capped, worked_in, lookup(pension.best_years, born))


@rule(article="Toyland Act, s. 7", unit=QUARTERS)
def validated(pay, worked_in, pension):
    """Quarters validated by pay."""
    return quarters(pay, worked_in, pension.in_month(worked_in).quarter)


@rule(article="Toyland Act, s. 8", unit=SHARE)
def rate(insured_days, pension, start):
    """A base and a step for each hundred days, at most the highest."""
    terms = pension.in_month(start)
    return clip(terms.base + (insured_days // terms.step_days) * terms.step, upper=terms.highest)


@rule(article="Toyland Act, s. 9", unit=TOY_A_MONTH)
def amount(recent_pay, rate, pension):
    """Recent pay times rate, at least the floor."""
    return maximum(round_to_centime(recent_pay * rate), pension.floor)


@rule(article="Toyland Act, s. 10", unit=TOY_A_MONTH, name="bonus", valid_to=date(2009, 12, 31))
def bonus_before_2010(amount):
    """A tenth of the pension, to the centime below."""
    return floor(amount / 10)


@rule(
    article="Toyland Act, s. 10",
    unit=TOY_A_MONTH,
    name="bonus",
    valid_from=date(2010, 1, 1),
    verified=False,
    note="heard in a café",
)
def bonus_since_2010(amount):
    """A ninth of the pension, to the centime above."""
    return ceil(amount / 9)


@rule(article="Toyland Act, s. 11", unit=ANSWER)
def right(of_age, stopped, insured_days, law_date):
    """Yes, if of age, stopped, and insured at all."""
    return where((of_age <= law_date) & stopped & (insured_days > 0), ANSWER["yes"], ANSWER["no"])


@rule(article="Toyland Act, s. 12", unit=TOY_A_MONTH)
def paid(right, amount, bonus):
    """Pension and bonus of those with a right."""
    return only_where(amount + bonus, right == ANSWER["yes"])


@rule(article="Toyland Act, s. 13", unit=MONTHS)
def waited(worked_in, start):
    """Months from the first to the last of the last three months of work, and how many there are."""
    recent = latest(between(worked_in, worked_in, before=start), 3)
    return otherwise(last(recent) - first(recent), 0) + count(recent)


@rule(article="Toyland Act, s. 14", unit=FLAG)
def odd(born, asked_in, start):
    """A useless rule that looks at calendars."""
    return ~available(asked_in) | (first_day(start) != born) & (year_of(born) >= 1950)


@rule(article="Toyland Act, s. 15", unit=TOY)
def weighted_pay(pay, days, rate, stopped):
    """Pay of long months times the person's rate, a third of that of short ones, nothing of days without any."""
    weighted = where(days >= 10, pay * rate, pay / 3)
    return total(where(stopped & ~(days == 0), round_to_centime(weighted), 0))


@rule(article="Toyland Act, s. 16", unit=QUARTERS)
def weighted_quarters(pay, worked_in, pension):
    """Quarters by two thirds of pay and half a threshold."""
    return quarters(pay * 2 / 3, worked_in, pension.in_month(worked_in).quarter / 2, most=3)


@rule(article="Toyland Act, s. 17", unit=TOY)
def late_pay(pay, worked_in, start, asked_in):
    """Pay of the months since the request, before the pension; unknown without a request."""
    return total(between(pay, worked_in, since=asked_in, before=start))


@rule(article="Toyland Act, s. 18", unit=DAYS)
def busiest(days, worked_in, start, pension):
    """Most days in seven months on end, before the pension."""
    recent = between(days, worked_in, before=start)
    return otherwise(highest(rolling_total(recent, worked_in, pension.months)), 0)
