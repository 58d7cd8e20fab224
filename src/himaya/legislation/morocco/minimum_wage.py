"""The legal minimum wages, by the hour (SMIG) and in farming by the day (SMAG)."""

from typing import Any

from himaya.law import rule, where
from himaya.legislation.morocco.inputs import MAD_A_MONTH

LABOUR_CODE = "Code du travail, art. 356 et 184"


@rule(article=LABOUR_CODE, unit=MAD_A_MONTH)
def monthly_minimum_wage(farm_worker: Any, minimum_wage: Any) -> Any:
    """Minimum wage of a month on the date of law: 191 hours at the SMIG, or in farming 26 days at the SMAG."""
    of_farming = minimum_wage.smag * minimum_wage.days
    return where(farm_worker, of_farming, minimum_wage.smig * minimum_wage.hours)
