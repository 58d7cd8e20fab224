"""A pension in payment: the increases since its award, L. 161-23-1; that of 2020, loi 2019-1446, art. 81.

The parts of a pension are increased one by one, each increase to the cent below.
"""

from typing import Any

from himaya.law import NUMBER, compound, lookup, maximum, minimum, month_of, round_down, rule, where
from himaya.legislation.france.inputs import EUR_A_MONTH
from himaya.legislation.france.old_age import for_children

INCREASES = "CSS, art. L. 161-23-1"
OF_2020 = "Loi 2019-1446 du 24/12/2019, art. 81"


def in_payment(amount: Any, begun: Any, month: Any, increase_of_2020: Any, revaluation: Any) -> Any:
    """An amount of the month ``begun`` as it is paid in another."""
    history, cent = revaluation.history.coefficient, revaluation.cent
    tiered = month_of(revaluation.tiered_on)
    before = compound(amount, history, after=begun, until=minimum(month, tiered), step=cent)
    raised = round_down(before * increase_of_2020, cent)
    then = where((begun < tiered) & (tiered <= month), raised, before)
    return compound(then, history, after=maximum(begun, tiered), until=month, step=cent)


@rule(article=OF_2020, unit=EUR_A_MONTH)
def pensions_before_2020(
    basic_pension: Any,
    surcote_amount: Any,
    raise_paid: Any,
    children: Any,
    other_pensions: Any,
    award_month: Any,
    old_age: Any,
    revaluation: Any,
) -> Any:
    """All pensions of December 2019 together, before the increase of 2020 that depends on them."""
    terms = {
        "after": award_month,
        "until": month_of(revaluation.tiered_on),
        "step": revaluation.cent,
    }
    history = revaluation.history.coefficient
    parts = [compound(each, history, **terms) for each in (basic_pension, surcote_amount, raise_paid)]
    pension = parts[0] + parts[1] + parts[2]
    supplement = for_children(pension, children, old_age.in_month(award_month), revaluation.cent)
    return pension + supplement + other_pensions


@rule(article=OF_2020, unit=NUMBER)
def increase_of_2020(pensions_before_2020: Any, revaluation: Any) -> Any:
    """What pensions were multiplied by in January 2020: less for higher totals."""
    return lookup(revaluation.at(revaluation.tiered_on).by_total, pensions_before_2020)


@rule(article=INCREASES, unit=EUR_A_MONTH)
def revalued_basic_pension(
    basic_pension: Any, award_month: Any, law_date: Any, increase_of_2020: Any, revaluation: Any
) -> Any:
    """The pension before surcote and minimum, with the increases since the award."""
    return in_payment(basic_pension, award_month, month_of(law_date), increase_of_2020, revaluation)


@rule(article=INCREASES, unit=EUR_A_MONTH)
def revalued_surcote(
    surcote_amount: Any, award_month: Any, law_date: Any, increase_of_2020: Any, revaluation: Any
) -> Any:
    """The surcote, with the increases since the award."""
    return in_payment(surcote_amount, award_month, month_of(law_date), increase_of_2020, revaluation)


@rule(article=f"{INCREASES} et L. 351-10", unit=EUR_A_MONTH)
def revalued_raise(
    raise_paid: Any, award_month: Any, law_date: Any, increase_of_2020: Any, revaluation: Any
) -> Any:
    """What was paid to reach the minimum, with the increases since the award: those of pensions, not of the minimum."""
    return in_payment(raise_paid, award_month, month_of(law_date), increase_of_2020, revaluation)


@rule(article="CSS, art. L. 351-12 et R. 342-2", unit=EUR_A_MONTH)
def revalued_child_supplement(
    revalued_basic_pension: Any,
    revalued_surcote: Any,
    revalued_raise: Any,
    children: Any,
    award_month: Any,
    old_age: Any,
    revaluation: Any,
) -> Any:
    """10 % more of the amounts in payment for three children or more."""
    pension = revalued_basic_pension + revalued_surcote + revalued_raise
    return for_children(pension, children, old_age.in_month(award_month), revaluation.cent)


@rule(article=INCREASES, unit=EUR_A_MONTH)
def revalued_pension(
    revalued_basic_pension: Any,
    revalued_surcote: Any,
    revalued_raise: Any,
    revalued_child_supplement: Any,
    revalued_exceptional_increase: Any,
) -> Any:
    """The gross pension of the month asked for: its parts with the increases since the award, and that of 2023."""
    pension = revalued_basic_pension + revalued_surcote + revalued_raise
    return pension + revalued_child_supplement + revalued_exceptional_increase
