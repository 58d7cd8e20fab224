"""Morocco: contributions and benefits of the CNSS general scheme, health insurance (AMO) and direct social aid.

``system`` is the law as :func:`himaya.law.evaluate` takes it; ``docs/law-morocco.md`` says what is covered. Sources
are the dahir 1-72-184 where it was read, else pages of cnss.ma, Cleiss and the press; what they leave open is marked
``verified: false``.
"""

from himaya.law import System
from himaya.legislation.branches import Branch
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

BRANCHES = {
    "old_age": Branch(said("Old age"), "monthly_amount", until="death_date"),
    "survivors": Branch(
        said("Survivors"), "survivors_pensions", event="death_date", asks=("spouse_remarried_on",)
    ),
    "invalidity": Branch(
        said("Invalidity"),
        "invalidity_pension",
        event="invalid_from",
        until="death_date",
        instead_of="old_age",
    ),
    "family_allowances": Branch(
        said("Family allowances"), "family_allowances", until="death_date", declared=True
    ),
    "sickness": Branch(said("Sickness"), "sickness_allowance", event="stopped_on", asks=("sick_until",)),
    "maternity": Branch(said("Maternity"), "maternity_allowance", event="stopped_on", asks=("delivered_on",)),
    "job_loss": Branch(said("Job loss"), "job_loss_total", event="lost_on"),
    "direct_aid": Branch(said("Direct social aid"), "household_aid", asks=("social_score",)),
    "employer_contributions": Branch(
        said("Employers' contributions"), "employer_contributions", revenue=True
    ),
    "employee_contributions": Branch(
        said("Employees' contributions"), "employee_contributions", revenue=True
    ),
    "non_salaried_contributions": Branch(
        said("Contributions of the self-employed"),
        "non_salaried_contributions",
        asks=("occupation",),
        until="death_date",
        revenue=True,
    ),
}
"""Branches that a reform is costed by."""

UNCOSTED = (
    *("refund", "pensions_before_age", "death_grant_paid", "birth_leave_refund", "pensioner_amo"),
    *("achamil_contribution", "care_refund", "additional_duty", "household_birth_grants"),
    "household_school_bonus",
)
"""Amounts that no branch costs: a reform that changes one is told so."""

__all__ = ["BRANCHES", "UNCOSTED", "person_of", "system"]
