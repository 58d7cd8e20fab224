"""The exceptional increase of low pensions of September 2023: loi 2023-270, art. 18, V; décret 2023-754, art. 3.

For pensions that began before: those that begin later have a higher minimum instead.
"""

from typing import Any

from himaya.law import FLAG, maximum, minimum, month_of, round_down, rule, where
from himaya.legislation.france.inputs import EUR_A_MONTH
from himaya.legislation.france.old_age import for_children
from himaya.legislation.france.revaluation import INCREASES, in_payment

INCREASE = "Loi 2023-270 du 14/04/2023, art. 18, V; décret 2023-754 du 10/08/2023, art. 3"


@rule(article=INCREASE, unit=FLAG)
def exceptional_increase_open(
    award_month: Any, at_full_rate: Any, contributed_anywhere: Any, low_pensions: Any
) -> Any:
    """Whether the pension can have the increase: begun before, at the full rate, 120 quarters contributed anywhere."""
    enough = contributed_anywhere >= low_pensions.contributed_needed
    return (award_month < month_of(low_pensions.since)) & at_full_rate & enough


@rule(article=INCREASE, unit=EUR_A_MONTH)
def pension_of_september_2023(
    basic_pension: Any,
    raise_paid: Any,
    children: Any,
    award_month: Any,
    increase_of_2020: Any,
    old_age: Any,
    revaluation: Any,
    low_pensions: Any,
) -> Any:
    """What is compared with the ceiling: the pension of September 2023 with minimum and children, without surcote."""
    month = month_of(low_pensions.since)
    basic = in_payment(basic_pension, award_month, month, increase_of_2020, revaluation)
    pension = basic + in_payment(raise_paid, award_month, month, increase_of_2020, revaluation)
    terms = old_age.in_month(award_month)
    return pension + for_children(pension, children, terms, revaluation.cent)


@rule(article=INCREASE, unit=EUR_A_MONTH)
def pensions_of_september_2023(
    pension_of_september_2023: Any,
    surcote_amount: Any,
    children: Any,
    other_pensions: Any,
    award_month: Any,
    increase_of_2020: Any,
    old_age: Any,
    revaluation: Any,
    low_pensions: Any,
) -> Any:
    """All own pensions of September 2023 together, the surcote included."""
    month = month_of(low_pensions.since)
    surcote = in_payment(surcote_amount, award_month, month, increase_of_2020, revaluation)
    supplement = for_children(surcote, children, old_age.in_month(award_month), revaluation.cent)
    return pension_of_september_2023 + surcote + supplement + other_pensions


@rule(article=INCREASE, unit=EUR_A_MONTH)
def theoretical_increase(contributed_quarters: Any, proration_quarters: Any, low_pensions: Any) -> Any:
    """100 euros a month, in proportion to the quarters contributed in the scheme."""
    share = minimum(contributed_quarters / proration_quarters, 1)
    return round_down(low_pensions.increase * share, low_pensions.cent)


@rule(article=INCREASE, unit=EUR_A_MONTH)
def increased_pension_ceiling(scheme_quarters: Any, proration_quarters: Any, low_pensions: Any) -> Any:
    """What pension and increase may reach together: 847.57 euros, in proportion to the quarters in the scheme."""
    share = minimum(scheme_quarters / proration_quarters, 1)
    return round_down(low_pensions.ceiling * share, low_pensions.cent)


@rule(article=f"{INCREASE}; CSS, art. L. 173-2", unit=EUR_A_MONTH)
def exceptional_increase(
    exceptional_increase_open: Any,
    theoretical_increase: Any,
    increased_pension_ceiling: Any,
    pension_of_september_2023: Any,
    pensions_of_september_2023: Any,
    low_pensions: Any,
    minimum_pension: Any,
) -> Any:
    """The increase of September 2023: what fits under its own ceiling and under that on all pensions."""
    own_room = increased_pension_ceiling - pension_of_september_2023
    room = minimum_pension.at(low_pensions.since).ceiling - pensions_of_september_2023
    increase = maximum(minimum(theoretical_increase, minimum(own_room, room)), 0)
    return where(exceptional_increase_open & (theoretical_increase > 0), increase, 0)


@rule(article=f"{INCREASES}; circulaire Cnav 2023-21 du 02/11/2023", unit=EUR_A_MONTH)
def revalued_exceptional_increase(
    exceptional_increase: Any, law_date: Any, increase_of_2020: Any, revaluation: Any, low_pensions: Any
) -> Any:
    """The exceptional increase, with the increases of pensions since."""
    since = month_of(low_pensions.since)
    return in_payment(exceptional_increase, since, month_of(law_date), increase_of_2020, revaluation)
