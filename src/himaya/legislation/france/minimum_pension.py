"""The minimum contributif: L. 351-10, L. 351-10-1, D. 351-2-1, D. 351-2-2; ceiling L. 173-2, D. 173-21-4."""

from typing import Any

from himaya.law import FLAG, maximum, minimum, round_down, rule, where
from himaya.legislation.france.inputs import EUR_A_MONTH

MINIMUM = "CSS, art. L. 351-10 et D. 351-2-1"
INCREASE = "CSS, art. L. 351-10 et D. 351-2-2"
CEILING = "CSS, art. L. 173-2 et D. 173-21-4"


@rule(article=MINIMUM, unit=EUR_A_MONTH)
def minimum_simple(
    scheme_quarters: Any,
    all_quarters: Any,
    proration_quarters: Any,
    award_month: Any,
    minimum_pension: Any,
    old_age: Any,
) -> Any:
    """The simple minimum for the quarters in the scheme, of the full duration or of all quarters if they are more."""
    share = minimum(scheme_quarters / maximum(all_quarters, proration_quarters), 1)
    return round_down(minimum_pension.in_month(award_month).simple * share, old_age.cent)


@rule(article=INCREASE, unit=FLAG)
def increase_due(contributed_anywhere: Any, award_month: Any, minimum_pension: Any) -> Any:
    """Whether enough quarters are contributed for the increase: 120 since April 2009."""
    return contributed_anywhere >= minimum_pension.in_month(award_month).contributed_needed


@rule(article=INCREASE, unit=EUR_A_MONTH)
def full_increase(award_month: Any, minimum_pension: Any) -> Any:
    """What the increased minimum has more than the simple one; nothing before 2004."""
    terms = minimum_pension.in_month(award_month)
    return maximum(terms.increased - terms.simple, 0)


@rule(
    article=INCREASE,
    unit=EUR_A_MONTH,
    verified=False,
    note="no official example has more quarters than the duration; another reading divides by all quarters",
)
def increase_beyond_duration(
    full_increase: Any,
    contributed_anywhere: Any,
    scheme_quarters: Any,
    all_quarters: Any,
    proration_quarters: Any,
    old_age: Any,
) -> Any:
    """The increase for more quarters than the duration: by those contributed, at most all, and the scheme's share."""
    contributed = minimum(contributed_anywhere / proration_quarters, 1)
    return round_down(full_increase * contributed * minimum(scheme_quarters / all_quarters, 1), old_age.cent)


@rule(article=INCREASE, unit=EUR_A_MONTH)
def minimum_increase(
    increase_due: Any,
    full_increase: Any,
    contributed_quarters: Any,
    all_quarters: Any,
    proration_quarters: Any,
    increase_beyond_duration: Any,
    old_age: Any,
) -> Any:
    """The increase for the quarters contributed in the scheme, of the full duration."""
    within = round_down(full_increase * minimum(contributed_quarters / proration_quarters, 1), old_age.cent)
    due = where(all_quarters <= proration_quarters, within, increase_beyond_duration)
    return where(increase_due & (full_increase > 0), due, 0)


@rule(article=MINIMUM, unit=EUR_A_MONTH)
def raise_to_minimum(
    basic_pension: Any,
    surcote_amount: Any,
    at_full_rate: Any,
    minimum_simple: Any,
    minimum_increase: Any,
    award_month: Any,
    minimum_pension: Any,
) -> Any:
    """What a pension at the full rate lacks to the minimum: without its surcote since April 2009, with it before."""
    with_surcote = minimum_pension.in_month(award_month).with_surcote
    compared = where(with_surcote, basic_pension + surcote_amount, basic_pension)
    return where(at_full_rate, maximum(minimum_simple + minimum_increase - compared, 0), 0)


@rule(article=CEILING, unit=EUR_A_MONTH)
def raise_paid(
    raise_to_minimum: Any,
    basic_pension: Any,
    surcote_amount: Any,
    other_pensions: Any,
    award_month: Any,
    minimum_pension: Any,
) -> Any:
    """What is paid of it: all own pensions together may not go beyond the ceiling; since 2012."""
    ceiling = minimum_pension.in_month(award_month).ceiling
    room = maximum(ceiling - (basic_pension + surcote_amount + other_pensions), 0)
    return where((ceiling > 0) & (raise_to_minimum > 0), minimum(raise_to_minimum, room), raise_to_minimum)
