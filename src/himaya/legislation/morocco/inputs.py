"""What the law asks about a person."""

from himaya.law import DATE, DAYS, FLAG, MONTH, Input, money

MAD = money("MAD")
MAD_A_MONTH = money("MAD", per="month")

INPUTS = (
    Input("birth_date", DATE),
    Input("months", MONTH, axis="month"),
    Input("days", DAYS, axis="month"),
    Input("wages", MAD, axis="month"),
    Input("work_ceased", FLAG),
    Input("underground_miner", FLAG, default=False),
    Input("claim_month", MONTH, optional=True),
    Input("awarded_from", MONTH, optional=True),
)
"""One element of ``months``, ``days`` and ``wages`` for each month declared, over all employers: days at most
26 a month, wages in centimes and not yet capped. ``underground_miner``: five years of work underground.
``awarded_from``: first month of a pension in payment. ``claim_month``: month in which the claim came."""
