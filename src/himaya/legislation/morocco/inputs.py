"""What the law asks about a person, and about a household.

Every input is asked for only where a target rests on it: an old-age pension needs nothing of children or households.
"""

from himaya.law import DATE, DAYS, FLAG, MONTH, MONTHS, SCORE, Cases, Input, Link, money

MAD = money("MAD")
MAD_A_DAY = money("MAD", per="day")
MAD_A_MONTH = money("MAD", per="month")

OCCUPATION = Cases(
    "occupation",
    members={
        "general_practitioner": {"en": "general practitioner", "fr": "médecin généraliste", "ar": "طبيب عام"},
        "specialist": {"en": "medical specialist", "fr": "médecin spécialiste", "ar": "طبيب اختصاصي"},
        "pharmacist": {"en": "pharmacist", "fr": "pharmacien", "ar": "صيدلي"},
        "biologist": {"en": "medical biologist", "fr": "biologiste", "ar": "إحيائي"},
        "notary": {"en": "notary", "fr": "notaire", "ar": "موثق"},
        "adoul": {"en": "adoul", "fr": "adoul", "ar": "عدل"},
        "court_copyist": {
            "en": "copyist at a court of first instance",
            "fr": "copiste auprès d'un tribunal de première instance",
            "ar": "ناسخ لدى محكمة ابتدائية",
        },
        "copyist": {"en": "other copyist", "fr": "autre copiste", "ar": "ناسخ آخر"},
        "translator": {"en": "sworn translator", "fr": "traducteur assermenté", "ar": "ترجمان محلف"},
        "new_carer": {
            "en": "midwife or physiotherapist for under five years",
            "fr": "sage-femme ou kinésithérapeute depuis moins de cinq ans",
            "ar": "قابلة أو مروض طبي منذ أقل من خمس سنوات",
        },
        "carer": {
            "en": "midwife or physiotherapist for five years or more",
            "fr": "sage-femme ou kinésithérapeute depuis cinq ans ou plus",
            "ar": "قابلة أو مروض طبي منذ خمس سنوات فأكثر",
        },
        "trader_simplified": {
            "en": "trader or craftsman under the simplified regime",
            "fr": "commerçant ou artisan au résultat net simplifié",
            "ar": "تاجر أو صانع خاضع لنظام النتيجة الصافية المبسطة",
        },
        "trader": {
            "en": "trader or craftsman with accounts, profit up to 100,000",
            "fr": "commerçant ou artisan tenant une comptabilité, bénéfice jusqu'à 100 000",
            "ar": "تاجر أو صانع يمسك محاسبة، بأرباح إلى 100000",
        },
        "large_trader": {
            "en": "trader or craftsman with accounts, profit above 100,000",
            "fr": "commerçant ou artisan tenant une comptabilité, bénéfice au-delà de 100 000",
            "ar": "تاجر أو صانع يمسك محاسبة، بأرباح تفوق 100000",
        },
        "boat_owner": {
            "en": "owner of a small fishing boat",
            "fr": "propriétaire de barque de pêche artisanale",
            "ar": "مالك قارب للصيد التقليدي",
        },
    },
)
"""Occupations of the self-employed whose flat income is known."""

CAREER = (
    Input("birth_date", DATE),
    Input("months", MONTH, axis="month"),
    Input("days", DAYS, axis="month", at_least=0, at_most=26),
    Input("wages", MAD, axis="month", at_least=0),
    Input("work_ceased", FLAG),
    Input("underground_miner", FLAG, default=False),
    Input("claim_month", MONTH, optional=True),
    Input("awarded_from", MONTH, optional=True),
    Input("employer_agrees", FLAG, default=False),
    Input("share_fisherman", FLAG, default=False),
    Input("farm_worker", FLAG, default=False),
)
"""One element of ``months``, ``days`` and ``wages`` for each month declared, over all employers: days at most
26 a month, wages in centimes and not yet capped. ``underground_miner``: five years of work underground.
``awarded_from``: first month of a pension in payment. ``claim_month``: month in which the claim came.
``employer_agrees``: to early retirement, and pays its premium. ``farm_worker``: paid by the SMAG."""

CHILDREN = (
    Input("child_birth_dates", DATE, axis="child"),
    Input("child_apprentice", FLAG, axis="child", default=False),
    Input("child_student", FLAG, axis="child", default=False),
    Input("child_disabled", FLAG, axis="child", default=False),
    Input("family_claim_month", MONTH, optional=True),
)
"""One element for each living child of the insured person."""

DEATH = (
    Input("death_date", DATE),
    Input("fatal_accident", FLAG, default=False),
    Input("spouse_remarried_on", DATE, axis="spouse", optional=True),
    Input("spouse_dependent", FLAG, axis="spouse", default=True),
    Input("orphan_birth_dates", DATE, axis="orphan"),
    Input("orphan_of_both", FLAG, axis="orphan", default=False),
    Input("orphan_apprentice", FLAG, axis="orphan", default=False),
    Input("orphan_student", FLAG, axis="orphan", default=False),
    Input("orphan_disabled", FLAG, axis="orphan", default=False),
    Input("grant_to_family", FLAG, default=True),
    Input("grant_claimed_on", DATE, optional=True),
)
"""Of the deceased: one element for each surviving spouse, none in it who has not remarried, and for each orphan.
``fatal_accident``: caused by a third party. ``grant_to_family``: to the family, not to another who paid the funeral."""

WORK_STOPPED = (
    Input("invalid_from", DATE),
    Input("needs_third_person", FLAG, default=False),
    Input("accident", FLAG, default=False),
    Input("stopped_on", DATE),
    Input("sick_until", DATE),
    Input("sick_days_before", DAYS, default=0, at_least=0),
    Input("sickness_notified_on", DATE, optional=True),
    Input("sickness_claimed_on", DATE, optional=True),
    Input("delivered_on", DATE, optional=True),
    Input("lives_in_morocco", FLAG, default=True),
    Input("lost_on", DATE),
    Input("loss_involuntary", FLAG),
    Input("job_seeker", FLAG),
    Input("fit_for_work", FLAG, default=True),
    Input("job_loss_claimed_on", DATE, optional=True),
)
"""``accident``: the sickness or invalidity comes from one, not of work. ``stopped_on``: first day without work, by
sickness or maternity. ``sick_until``: last day. ``sick_days_before``: days already paid in the 24 months before.
``lost_on``: day on which the job was lost. ``job_seeker``: registered with the ANAPEC."""

HEALTH = (
    Input("contributions_paid", FLAG, default=True),
    Input("pension_paid", MAD_A_MONTH, optional=True, at_least=0),
    Input("self_employed", FLAG, default=False),
    Input("months_paid", MONTHS, default=0, at_least=0),
    Input("occupation", OCCUPATION, optional=True),
    Input("annual_tax", MAD, at_least=0),
    Input("dependent_spouse", FLAG, default=False),
    Input("in_higher_education", FLAG, default=False),
    Input("married", FLAG, default=False),
    Input("covered_to_30", FLAG, default=False),
    Input("tariff", MAD, at_least=0),
    Input("long_illness", FLAG, default=False),
)
"""``contributions_paid``: the employer has not only declared. ``self_employed``: under law 98-15. ``months_paid``:
of AMO contributions as self-employed or under Achamil, up to date. ``annual_tax``: the year's, of who pays the single
professional contribution or is an auto-entrepreneur. ``dependent_spouse``: of the insured person linked by ``insured``;
else a child. ``covered_to_30``: a child who meets the conditions of law 54-23. ``tariff``: the national reference
tariff of the care received."""

HOUSEHOLD = (
    Input("social_score", SCORE, optional=True, entity="household"),
    Input("head_or_spouse", FLAG, default=False),
    Input("at_school", FLAG, default=False),
    Input("upper_secondary", FLAG, default=False),
    Input("state_school", FLAG, default=True),
    Input("disabled", FLAG, default=False),
    Input("fatherless", FLAG, default=False),
)
"""``social_score``: of the household in the unified social register. The rest of each member, who is a person:
``head_or_spouse`` is never a child of the household, whatever the age."""

INPUTS = (*CAREER, *CHILDREN, *DEATH, *WORK_STOPPED, *HEALTH, *HOUSEHOLD)

LINKS = (Link("household", groups="household"), Link("insured"))
"""``household``: a person to the household it is registered in. ``insured``: a spouse or child to the insured person
under whom it is registered with the AMO."""
