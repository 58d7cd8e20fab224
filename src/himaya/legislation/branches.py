"""What a branch of social protection pays or takes in, as the cost of a reform is counted by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from himaya.sentence import Sentence


@dataclass(frozen=True)
class Branch:
    """A branch, and the rule whose amounts it pays.

    The unit of the rule says how: money a month is paid by the month, money is paid once, and of a rule along months
    each month's is owed; a rule of households pays households.

    Parameters
    ----------
    called
        What it is called.
    target
        The rule.
    event
        An input: the day (or month) of what is insured against. Who has none is not paid by this branch; what is paid
        once is of the year of this day.
    asks
        Inputs and results that must be known too, although the law can do without: who has none is not paid.
    until
        An input: the day on which a person's right ends, by death.
    declared
        Whether it asks for the pay of the month itself, so that months that are still to come have no amount.
    instead_of
        Another branch, which does not pay whom this one pays.
    revenue
        Whether this is owed to the institution, not paid by it.
    """

    called: Sentence
    target: str
    event: str | None = None
    asks: tuple[str, ...] = ()
    until: str | None = None
    declared: bool = False
    instead_of: str | None = None
    revenue: bool = False
