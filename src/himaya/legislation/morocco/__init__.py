"""Morocco: contributions and benefits of the CNSS general scheme, health insurance (AMO) and direct social aid.

``system`` is the law as :func:`himaya.law.evaluate` takes it; ``docs/law-morocco.md`` says what is covered. Sources
are the dahir 1-72-184 where it was read, else pages of cnss.ma, Cleiss and the press; what they leave open is marked
``verified: false``.
"""

from himaya.law import System
from himaya.legislation.morocco import (
    amo,
    contributions,
    death_grant,
    declared,
    direct_aid,
    early_retirement,
    family,
    inputs,
    invalidity,
    job_loss,
    maternity,
    minimum_wage,
    non_salaried,
    old_age,
    sickness,
    survivors,
)
from himaya.legislation.morocco.written import person_of
from himaya.sentence import said

system = System(
    "morocco",
    modules=(
        *(
            inputs,
            declared,
            contributions,
            minimum_wage,
            old_age,
            early_retirement,
            survivors,
            invalidity,
            death_grant,
        ),
        *(family, sickness, maternity, job_loss, amo, non_salaried, direct_aid),
    ),
    inputs=inputs.INPUTS,
    links=inputs.LINKS,
    of_country=said("of Morocco"),
)

BRANCHES = {"old_age": "monthly_amount"}
"""Branches that pay by the month, and the amount of each."""

__all__ = ["BRANCHES", "person_of", "system"]
