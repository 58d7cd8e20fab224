"""Direct social aid: law 58-23, decree 2.23.1067.

The household has the score of the social register; its members are persons, so that a case officer gives each child's
birth, school and situation as the register has them.
"""

from typing import Any

from himaya.law import (
    FLAG,
    NUMBER,
    add_years,
    available,
    lookup,
    maximum,
    month_of,
    only_where,
    rank,
    rule,
    total,
    where,
)
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH

AID = "loi 58-23; décret 2.23.1067"
BONUS = "loi 58-23; décret 2.24.706"


# Whether the household has a right, and its children


@rule(article=AID, unit=FLAG)
def aid_entitled(social_score: Any, direct_aid: Any) -> Any:
    """Whether the household's score is at most the threshold. Not known without a score."""
    threshold = direct_aid.highest_score
    return where(available(threshold), social_score <= threshold, False)


@rule(article=AID, unit=FLAG)
def aided_child(birth_date: Any, head_or_spouse: Any, law_date: Any, direct_aid: Any) -> Any:
    """Whether a member counts as a child of the household: born, under 21, neither its head nor the spouse."""
    under_age = add_years(birth_date, direct_aid.child_age) > law_date
    return ~head_or_spouse & under_age & (birth_date <= law_date)


@rule(article=AID, unit=NUMBER)
def child_place(birth_date: Any, aided_child: Any, household: Any) -> Any:
    """Place among the children of the household, the eldest first."""
    return household.back(rank(household.each(birth_date), among=household.each(aided_child)))


# The monthly aid


@rule(article=AID, unit=MAD_A_MONTH)
def child_aid(
    child_place: Any,
    aided_child: Any,
    birth_date: Any,
    at_school: Any,
    fatherless: Any,
    disabled: Any,
    law_date: Any,
    direct_aid: Any,
) -> Any:
    """Aid of a child: by its place, school and loss of the father, more if disabled; nothing from the seventh on."""
    learns = at_school | (add_years(birth_date, direct_aid.school_age) > law_date)
    pupil, other = lookup(direct_aid.aid, child_place), lookup(direct_aid.aid_out_of_school, child_place)
    aid = where(fatherless, lookup(direct_aid.aid_of_fatherless, child_place), where(learns, pupil, other))
    supplement = where(disabled, lookup(direct_aid.disabled_supplement, child_place), 0)
    return where(aided_child & available(child_place), aid + supplement, 0)


@rule(article=AID, unit=MAD_A_MONTH)
def household_aid(child_aid: Any, aid_entitled: Any, household: Any, direct_aid: Any) -> Any:
    """Aid of all children, at least the flat aid, which is due without children too. Only if there is a right."""
    return only_where(maximum(total(household.each(child_aid)), direct_aid.flat_aid), aid_entitled)


# Grants


@rule(article=AID, unit=MAD)
def birth_grant(birth_date: Any, head_or_spouse: Any, law_date: Any, household: Any, direct_aid: Any) -> Any:
    """Grant for a child born in the month of the date of law: of the first and of the second child."""
    child = ~head_or_spouse & (birth_date <= law_date)
    place = household.back(rank(household.each(birth_date), among=household.each(child)))
    born_now = child & (month_of(birth_date) == month_of(law_date))
    return where(born_now & available(place), lookup(direct_aid.birth_grant, place), 0)


@rule(article=AID, unit=MAD)
def household_birth_grants(birth_grant: Any, aid_entitled: Any, household: Any) -> Any:
    """Birth grants of the household in the month of the date of law. Only if there is a right."""
    return only_where(total(household.each(birth_grant)), aid_entitled)


@rule(article=BONUS, unit=MAD)
def school_bonus(
    child_place: Any,
    aided_child: Any,
    birth_date: Any,
    at_school: Any,
    state_school: Any,
    upper_secondary: Any,
    law_date: Any,
    direct_aid: Any,
) -> Any:
    """Bonus of a pupil of a state school from the age of six, once a year in September, up to six children."""
    pupil = at_school & state_school & (add_years(birth_date, direct_aid.school_age) <= law_date)
    lower, upper = direct_aid.school_bonus, direct_aid.upper_school_bonus
    bonus = where(upper_secondary, lookup(upper, child_place), lookup(lower, child_place))
    return where(aided_child & pupil & available(child_place), bonus, 0)


@rule(article=BONUS, unit=MAD)
def household_school_bonus(school_bonus: Any, aid_entitled: Any, household: Any) -> Any:
    """Bonuses of all pupils of the household. Only if there is a right."""
    return only_where(total(household.each(school_bonus)), aid_entitled)
