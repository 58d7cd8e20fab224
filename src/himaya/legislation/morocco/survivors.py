"""Survivors' pensions: the shares of spouses and orphans in the pension of the deceased, dahir 1-72-184.

The person is the deceased; spouses and orphans are given along the axes ``spouse`` and ``orphan``.
"""

from typing import Any

from himaya.law import (
    FLAG,
    NUMBER,
    SHARE,
    available,
    between,
    floor,
    lookup,
    maximum,
    mean_of_last,
    month_of,
    otherwise,
    round_to_centime,
    rule,
    total,
    where,
)
from himaya.legislation.morocco.family import of_age_to_count
from himaya.legislation.morocco.inputs import MAD_A_MONTH
from himaya.legislation.morocco.old_age import REFORM, rate_by_days, with_increases

SURVIVORS = "dahir 1-72-184, pension de survivants; cnss.ma"


# Whether there is a right


@rule(article=f"{SURVIVORS}; {REFORM}", unit=FLAG)
def survivors_entitled(
    awarded_from: Any, insured_days: Any, fatal_accident: Any, death_date: Any, law_date: Any, survivors: Any
) -> Any:
    """Whether survivors have a right: of a pensioner, of who had the days at death, or after an accident."""
    enough = insured_days >= survivors.in_month(month_of(death_date)).qualifying_days
    return (death_date <= law_date) & (available(awarded_from) | enough | fatal_accident)


# The pension that is shared


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def reference_wage_at_death(
    capped_wages: Any, months: Any, last_insured_month: Any, death_date: Any, old_age: Any
) -> Any:
    """1/96 of the capped wages of the 96 declared months before the last calendar month of insurance."""
    died_in = month_of(death_date)
    counted = between(capped_wages, months, before=otherwise(last_insured_month, died_in))
    return mean_of_last(counted, old_age.in_month(died_in).reference_months)


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def pension_of_full_career_at_death(
    reference_wage_at_death: Any, insured_days: Any, death_date: Any, old_age: Any
) -> Any:
    """Old-age pension that 3,240 days would have given on the day of death, at least the minimum then."""
    terms = old_age.in_month(month_of(death_date))
    rate = rate_by_days(insured_days - terms.full_career_days, terms)
    return maximum(round_to_centime(reference_wage_at_death * rate), terms.minimum_pension)


@rule(
    article=REFORM,
    unit=MAD_A_MONTH,
    verified=False,
    note="how pensions accrue from 1,320 to 3,239 days was not found; the press gives the minimum as amount",
)
def pension_of_short_career_at_death(insured_days: Any, death_date: Any, old_age: Any) -> Any:
    """Pension between 1,320 and 3,239 days at death: the minimum of the bracket of insured days."""
    return lookup(old_age.in_month(month_of(death_date)).minimum_by_days, insured_days)


@rule(
    article=SURVIVORS,
    unit=MAD_A_MONTH,
    verified=False,
    note="an accident dispenses with the days; that the rate is then the lowest one was not read",
)
def pension_after_fatal_accident(reference_wage_at_death: Any, death_date: Any, old_age: Any) -> Any:
    """Pension of who died by an accident with too few days: the lowest rate, at least the minimum then."""
    terms = old_age.in_month(month_of(death_date))
    return maximum(round_to_centime(reference_wage_at_death * terms.base_rate), terms.minimum_pension)


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def pension_at_death(
    full_career: Any,
    fatal_accident: Any,
    pension_of_full_career_at_death: Any,
    pension_of_short_career_at_death: Any,
    pension_after_fatal_accident: Any,
) -> Any:
    """Pension that the days until death would have given to who had none."""
    short = where(fatal_accident, pension_after_fatal_accident, pension_of_short_career_at_death)
    return where(full_career, pension_of_full_career_at_death, short)


@rule(article=f"{SURVIVORS}; cnss.ma, revalorisations", unit=MAD_A_MONTH)
def pension_of_deceased(
    survivors_entitled: Any,
    awarded_from: Any,
    revalued_pension: Any,
    pension_at_death: Any,
    death_date: Any,
    survivors: Any,
    old_age: Any,
) -> Any:
    """Pension in payment, or the one that the days until death would have given, as if it were paid on.

    The increases since the death are in it: survivors have their shares of them. 0 without a right.
    """
    pensioner, died_in = available(awarded_from), month_of(death_date)
    increased = where(pensioner, revalued_pension, with_increases(pension_at_death, died_in, old_age))
    since_2020 = where(pensioner, revalued_pension, pension_at_death)
    whole = where(survivors.in_month(died_in).increased_since, increased, since_2020)
    return where(survivors_entitled, whole, 0)


# How it is shared


@rule(article=SURVIVORS, unit=FLAG)
def spouse_counts(spouse_remarried_on: Any, spouse_dependent: Any, law_date: Any, survivors: Any) -> Any:
    """Whether each surviving spouse was dependent on the deceased and has not remarried."""
    remarried = available(spouse_remarried_on) & survivors.remarriage_ends_right
    return spouse_dependent & where(remarried, spouse_remarried_on > law_date, True)


@rule(article=SURVIVORS, unit=FLAG)
def orphan_counts(
    orphan_birth_dates: Any,
    orphan_apprentice: Any,
    orphan_student: Any,
    orphan_disabled: Any,
    law_date: Any,
    survivors: Any,
    family: Any,
) -> Any:
    """Whether each orphan is under 16, an apprentice under 18, a student under 21, or disabled.

    Sources disagree whether 12 or 16 is the age: who is under 12 counts by all of them.
    """
    situation = orphan_birth_dates, orphan_apprentice, orphan_student, orphan_disabled
    by_all = of_age_to_count(*situation, law_date, family)
    return by_all | of_age_to_count(*situation, law_date, survivors)


@rule(article=SURVIVORS, unit=SHARE)
def spouses_share(spouse_counts: Any, survivors: Any) -> Any:
    """Share of all spouses together: 50 % if there is one that counts."""
    return where(total(where(spouse_counts, 1, 0)) > 0, survivors.spouses_share, 0)


@rule(article=SURVIVORS, unit=SHARE)
def orphan_share(orphan_counts: Any, orphan_of_both: Any, survivors: Any) -> Any:
    """Share of each orphan: 25 %, or 50 % of an orphan of both parents."""
    share = where(orphan_of_both, survivors.full_orphan_share, survivors.half_orphan_share)
    return where(orphan_counts, share, 0)


@rule(article=SURVIVORS, unit=NUMBER)
def survivors_reduction(spouses_share: Any, orphan_share: Any) -> Any:
    """What each share is multiplied by, so that all together do not exceed the pension."""
    shares = spouses_share + total(orphan_share)
    return where(shares > 1, 1 / shares, 1)


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def spouse_pension(
    pension_of_deceased: Any, spouses_share: Any, survivors_reduction: Any, spouse_counts: Any
) -> Any:
    """Pension of each spouse: an equal part of the spouses' share, to the centime below."""
    together = pension_of_deceased * spouses_share * survivors_reduction
    return where(spouse_counts, floor(together / total(where(spouse_counts, 1, 0))), 0)


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def orphan_pension(pension_of_deceased: Any, orphan_share: Any, survivors_reduction: Any) -> Any:
    """Pension of each orphan: its share, reduced like all, to the centime below."""
    return floor(pension_of_deceased * orphan_share * survivors_reduction)


@rule(article=SURVIVORS, unit=MAD_A_MONTH)
def survivors_pensions(spouse_pension: Any, orphan_pension: Any) -> Any:
    """Pensions of all survivors together."""
    return total(spouse_pension) + total(orphan_pension)
