"""Job-loss allowance: law 03-14 (dahir 1-14-143), payable since December 2014."""

from typing import Any

from himaya.law import (
    DATE,
    DAYS,
    FLAG,
    add_months,
    minimum,
    only_where,
    otherwise,
    round_to_centime,
    rule,
)
from himaya.legislation.morocco.declared import in_months_before
from himaya.legislation.morocco.inputs import MAD, MAD_A_MONTH

JOB_LOSS = "loi 03-14 (dahir 1-14-143)"


@rule(article=JOB_LOSS, unit=DAYS)
def days_before_job_loss(days: Any, months: Any, lost_on: Any, job_loss: Any) -> Any:
    """Insured days of the 36 civil months before the month of the loss."""
    return in_months_before(lost_on, job_loss.days_within, days, months)


@rule(article=JOB_LOSS, unit=DAYS)
def days_of_year_before_job_loss(days: Any, months: Any, lost_on: Any, job_loss: Any) -> Any:
    """Insured days of the twelve civil months before the month of the loss."""
    return in_months_before(lost_on, job_loss.recent_days_within, days, months)


@rule(article=JOB_LOSS, unit=FLAG)
def job_loss_entitled(
    days_before_job_loss: Any,
    days_of_year_before_job_loss: Any,
    loss_involuntary: Any,
    job_seeker: Any,
    fit_for_work: Any,
    job_loss_claimed_on: Any,
    lost_on: Any,
    job_loss: Any,
) -> Any:
    """Whether there is a right: 780 days in 36 months of which 260 in the last 12, claimed within 60 days.

    The loss is involuntary, the person fit and registered as seeking work. A claim that is not given is in time.
    """
    insured = (days_before_job_loss >= job_loss.days) & (days_of_year_before_job_loss >= job_loss.recent_days)
    in_time = otherwise(job_loss_claimed_on, lost_on) - lost_on <= job_loss.claim_period
    person = loss_involuntary & job_seeker & fit_for_work
    return job_loss.at(lost_on).allowed & insured & in_time & person


@rule(
    article=JOB_LOSS,
    unit=MAD_A_MONTH,
    verified=False,
    note="that months without pay count among the 36, and that pay is capped, was not read",
)
def mean_wage_before_job_loss(capped_wages: Any, months: Any, lost_on: Any, job_loss: Any) -> Any:
    """1/36 of the capped wages of the 36 months before the month of the loss."""
    return in_months_before(lost_on, job_loss.days_within, capped_wages, months) / job_loss.days_within


@rule(article=JOB_LOSS, unit=MAD_A_MONTH)
def job_loss_allowance(
    job_loss_entitled: Any, mean_wage_before_job_loss: Any, monthly_minimum_wage: Any, job_loss: Any
) -> Any:
    """70 % of the mean wage, at most the minimum wage on the date of law. Only if there is a right."""
    by_wage = round_to_centime(mean_wage_before_job_loss * job_loss.rate)
    return only_where(minimum(by_wage, monthly_minimum_wage), job_loss_entitled)


@rule(article=JOB_LOSS, unit=MAD)
def job_loss_total(job_loss_allowance: Any, job_loss: Any) -> Any:
    """The allowance of all months for which it is paid: six."""
    return job_loss_allowance * job_loss.duration


@rule(article=JOB_LOSS, unit=DATE)
def job_loss_paid_until(lost_on: Any, job_loss_entitled: Any, job_loss: Any) -> Any:
    """Last day of the allowance: six months from the day after the loss."""
    return only_where(add_months(lost_on, job_loss.duration), job_loss_entitled)
