"""Contributions to the CNSS, month by month, by branch and by who owes them.

Short term and long term are owed on pay up to the ceiling; family, AMO and training on the whole of it.
"""

from typing import Any

from himaya.law import round_to_centime, rule, total
from himaya.law.values import minimum
from himaya.legislation.morocco.inputs import MAD

RATES = "cnss.ma, taux de cotisation"


@rule(article="cnss.ma, plafond des cotisations", unit=MAD)
def capped_wages(wages: Any, months: Any, contributions: Any) -> Any:
    """Pay of each month up to the ceiling of that month."""
    return minimum(wages, contributions.in_month(months).ceiling)


@rule(article=RATES, unit=MAD)
def family_employer(wages: Any, months: Any, contributions: Any) -> Any:
    """Family benefits: the employer's rate times the whole pay."""
    return round_to_centime(wages * contributions.in_month(months).family_employer)


@rule(article=RATES, unit=MAD)
def short_term_employer(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Short-term benefits: the employer's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).short_term_employer)


@rule(article=RATES, unit=MAD)
def short_term_employee(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Short-term benefits: the employee's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).short_term_employee)


@rule(article=RATES, unit=MAD)
def job_loss_employer(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Job-loss allowance: the employer's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).job_loss_employer)


@rule(article=RATES, unit=MAD)
def job_loss_employee(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Job-loss allowance: the employee's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).job_loss_employee)


@rule(article=RATES, unit=MAD)
def long_term_employer(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Long-term benefits (pensions): the employer's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).long_term_employer)


@rule(article=RATES, unit=MAD)
def long_term_employee(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Long-term benefits (pensions): the employee's rate times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).long_term_employee)


@rule(article=RATES, unit=MAD)
def long_term_both(capped_wages: Any, months: Any, contributions: Any) -> Any:
    """Long-term benefits (pensions): the rate of both together times the capped pay."""
    return round_to_centime(capped_wages * contributions.in_month(months).long_term_both)


@rule(article=RATES, unit=MAD)
def amo_employer(wages: Any, months: Any, contributions: Any) -> Any:
    """Health insurance (AMO): the employer's rate, solidarity included, times the whole pay."""
    return round_to_centime(wages * contributions.in_month(months).amo_employer)


@rule(article=RATES, unit=MAD)
def amo_employee(wages: Any, months: Any, contributions: Any) -> Any:
    """Health insurance (AMO): the employee's rate times the whole pay."""
    return round_to_centime(wages * contributions.in_month(months).amo_employee)


@rule(article=RATES, unit=MAD)
def training_employer(wages: Any, months: Any, contributions: Any) -> Any:
    """Vocational training: the employer's rate times the whole pay."""
    return round_to_centime(wages * contributions.in_month(months).training_employer)


@rule(article=RATES, unit=MAD)
def employer_contributions(
    family_employer: Any,
    short_term_employer: Any,
    job_loss_employer: Any,
    long_term_employer: Any,
    amo_employer: Any,
    training_employer: Any,
) -> Any:
    """What the employer owes each month, over all branches."""
    on_capped_pay = short_term_employer + job_loss_employer + long_term_employer
    return on_capped_pay + family_employer + amo_employer + training_employer


@rule(article=RATES, unit=MAD)
def employee_contributions(
    short_term_employee: Any, job_loss_employee: Any, long_term_employee: Any, amo_employee: Any
) -> Any:
    """What is kept back from the employee's pay each month, over all branches."""
    return short_term_employee + job_loss_employee + long_term_employee + amo_employee


@rule(article=RATES, unit=MAD)
def total_contributions(employer_contributions: Any, employee_contributions: Any) -> Any:
    """What both owe over the whole career."""
    return total(employer_contributions + employee_contributions)
