"""Reforms: what a change of the law costs, and who gains and loses (static microsimulation).

A reform is an overlay file (:mod:`himaya.law.overlay`). Baseline and reform are evaluated in one pass over the
population; nobody works, claims or dies differently because of it, which is what "static" means.
"""

from himaya.reform.model import Example, Group, Impact, Inequality, Poverty, ReformError, Uncosted, YearCost
from himaya.reform.run import SAMPLED, YEARS, of_fund, of_sample, of_table, shipped

__all__ = [
    "SAMPLED",
    "YEARS",
    "Example",
    "Group",
    "Impact",
    "Inequality",
    "Poverty",
    "ReformError",
    "Uncosted",
    "YearCost",
    "of_fund",
    "of_sample",
    "of_table",
    "shipped",
]
