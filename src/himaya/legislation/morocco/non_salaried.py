"""Contributions of the self-employed: laws 98-15 (AMO) and 99-15 (pension), on a flat income by occupation.

Whoever pays the single professional contribution, or is an auto-entrepreneur, pays an additional duty by the tax.
"""

from typing import Any

from himaya.law import NUMBER, floor, lookup, only_where, round_to_centime, rule, where
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH, OCCUPATION

AMO = "loi 98-15"
PENSION = "loi 99-15"
FLAT_INCOME = "loi 98-15; décret 2.18.622"


@rule(article=FLAT_INCOME, unit=NUMBER)
def income_multiple(occupation: Any, non_salaried: Any) -> Any:
    """What the monthly minimum wage is multiplied by, by occupation."""
    first, *others = OCCUPATION.members
    found = getattr(non_salaried, first)
    for name in others:
        found = where(occupation == OCCUPATION[name], getattr(non_salaried, name), found)
    return found


@rule(article=FLAT_INCOME, unit=MAD_A_MONTH)
def flat_income(income_multiple: Any, minimum_wage: Any) -> Any:
    """Monthly minimum wage (191 hours at the SMIG) times the multiple, to the centime below."""
    return floor(minimum_wage.smig * minimum_wage.hours * income_multiple)


@rule(article=AMO, unit=MAD_A_MONTH)
def non_salaried_amo(flat_income: Any, self_employed: Any, non_salaried: Any) -> Any:
    """Health insurance (AMO): its rate times the flat income. Only of the self-employed."""
    return only_where(round_to_centime(flat_income * non_salaried.amo_rate), self_employed)


@rule(article=PENSION, unit=MAD_A_MONTH)
def non_salaried_pension(flat_income: Any, self_employed: Any, non_salaried: Any) -> Any:
    """Pension: its rate times the flat income. Only of the self-employed."""
    return only_where(round_to_centime(flat_income * non_salaried.pension_rate), self_employed)


@rule(article=f"{AMO}; {PENSION}", unit=MAD_A_MONTH)
def non_salaried_contributions(non_salaried_amo: Any, non_salaried_pension: Any) -> Any:
    """What the self-employed owe a month for health insurance and pension."""
    return non_salaried_amo + non_salaried_pension


@rule(article="CGI, art. 73", unit=MAD)
def additional_duty(annual_tax: Any, non_salaried: Any) -> Any:
    """Additional duty of a quarter for the AMO, by the tax of the year: single contribution, auto-entrepreneur."""
    return lookup(non_salaried.quarterly_duty, annual_tax)
