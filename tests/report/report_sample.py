"""A fund's report in miniature, with the law of Morocco for its explanations."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from himaya.language import Text
from himaya.law import explain
from himaya.legislation import morocco
from himaya.months import first_day
from himaya.report import (
    AgeGroup,
    Calibration,
    Case,
    Contribution,
    DeclaredMonth,
    DeliveryCount,
    Disagreement,
    Event,
    Histogram,
    Intake,
    ListRow,
    Pensions,
    PersonList,
    Population,
    Provenance,
    Reason,
    ReportData,
    Score,
    StatusCount,
    Unverified,
    YearCoverage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW_DATE = date(2026, 10, 1)
ATTACK = "<script>alert('x')</script>&\"'"
"""What a hostile name of a file, employer or person might hold."""

_KINDS = {
    "ebds-principal": Text("e-BDS, principal", "e-BDS, principal", "e-BDS الأصلي"),
    "ebds-complementary": Text("e-BDS, complementary", "e-BDS, complémentaire", "e-BDS التكميلي"),
    "career-extract": Text(
        "Historical career extract", "Extrait historique des carrières", "مستخرج المسارات المهنية"
    ),
    "insured-register": Text("Register of insured persons", "Registre des assurés", "سجل المؤمَّن لهم"),
    "pensions": Text("Pensions in payment", "Pensions en paiement", "المعاشات المؤداة"),
    "family-links": Text("Family links", "Liens familiaux", "الروابط العائلية"),
    "deaths": Text("Deaths", "Décès", "الوفيات"),
}


def intake() -> Intake:
    rows = (
        ("career-extract", "partial", 4, 6_843_120, 6_842_871, 245, 4),
        ("ebds-principal", "accepted", 13_890, 246_310, 162_970, 0, 83_340),
        ("ebds-principal", "partial", 41, 1_630, 1_329, 55, 246),
        ("ebds-principal", "held", 1, 19, 0, 13, 6),
        ("ebds-principal", "duplicate", 1, 0, 0, 0, 0),
        ("ebds-complementary", "accepted", 220, 2_310, 990, 0, 1_320),
        ("insured-register", "partial", 1, 100_007, 100_001, 5, 1),
        ("family-links", "accepted", 1, 143_221, 143_220, 0, 1),
        ("pensions", "accepted", 1, 9_412, 9_411, 0, 1),
        ("deaths", "accepted", 1, 2_377, 2_376, 0, 1),
    )
    deliveries = tuple(DeliveryCount(kind, _KINDS[kind], *rest) for kind, *rest in rows)
    return Intake(
        deliveries,
        {
            "control-sum": 81,
            "days-over-26": 64,
            "not-a-number": 58,
            "check-digit": 44,
            "unknown-situation": 31,
            "line-width": 9,
        },
        (
            Disagreement("DS_1234567_202609.txt", "T_Reel", 4_512_300_00, 4_511_300_00, "money"),
            Disagreement(f"DS_{ATTACK}.txt", "N_Nbr_Salaries", 12, 11),
        ),
        disagreeing=7,
    )


def population() -> Population:
    spread = (2, 9, 12, 13, 12, 11, 9, 7, 6, 5, 4, 3, 2, 1.4, 0.8, 0.3)
    ages = tuple(
        AgeGroup(
            18 if i == 0 else 15 + 5 * i,
            None if i == 15 else 19 + 5 * i,
            round(620 * w),
            round(610 * w * (0.6 + i / 40)),
        )
        for i, w in enumerate(spread)
    )
    months = tuple(round(9000 * 0.955**i + (1400 if i < 2 else 0)) for i in range(40))
    days = (*(round(1500 + 300 * (d % 5)) for d in range(26)), 412_000)
    coverage = tuple(
        YearCoverage(y, 8_000 + 900 * (y - 1980), (8_000 + 900 * (y - 1980)) * 9) for y in range(1980, 2027)
    )
    return Population(
        100_000,
        ages,
        Histogram(tuple(range(0, 12 * 41, 12)), months),
        Histogram(tuple(range(28)), days),
        coverage,
        (
            Calibration("living men by age, share", "30-34", 0.0621, 0.0622, 0.0016),
            Calibration("persons a household", "rural", 4.4, 4.41, 0.0023),
            Calibration("declared employees a firm", "last month", 12.9, 12.96, 0.005),
        ),
    )


def pensions() -> Pensions:
    counts = (0, 0, 420, 480, 1510, *(round(900 * 0.93**i) for i in range(12)), 260)
    branches = {
        Text("Family allowances", "Allocations familiales", "التعويضات العائلية"): (4_812_330_00, 0),
        Text("Short term", "Court terme", "المدى القصير"): (789_000_00, 391_000_00),
        Text("Long term", "Long terme", "المدى الطويل"): (5_120_410_00, 2_557_300_00),
        Text("Health insurance (AMO)", "Assurance maladie (AMO)", "التأمين الإجباري عن المرض"): (
            3_090_100_00,
            1_699_050_00,
        ),
        Text("Vocational training", "Formation professionnelle", "التكوين المهني"): (1_203_080_00, 0),
    }
    return Pensions(
        Histogram(tuple(range(0, 4500_00 + 1, 250_00)), counts),
        minimum=1_000_00,
        maximum=4_200_00,
        by_status=(
            StatusCount(
                "full_career",
                Text("entitled, full career", "droit ouvert, carrière complète", "حق مفتوح، مسار كامل"),
                7_420,
                16_912_000_00,
            ),
            StatusCount(
                "short_career",
                Text("entitled, short career", "droit ouvert, carrière courte", "حق مفتوح، مسار قصير"),
                1_233,
                912_400_00,
            ),
            StatusCount(
                "age",
                Text("pension age not reached", "âge de la pension non atteint", "لم تُبلغ سن المعاش"),
                83_510,
            ),
            StatusCount(
                "refund",
                Text("refund of contributions", "remboursement des cotisations", "استرجاع الاشتراكات"),
                7_837,
            ),
        ),
        entitled=8_653,
        unverified=1_233,
        paid=9_411,
        paid_amount=17_300_210_50,
        contributions_month=2026 * 12 + 8,
        contributions=tuple(Contribution(branch, *shares) for branch, shares in branches.items()),
        unverified_values=(
            Unverified(
                "pension_of_short_career",
                Text("Pension of a short career", "Pension d'une carrière courte", "معاش المسار القصير"),
                "law 02.24; decree 2.25.265",
                Text(
                    "The accrual between 1,320 and 3,239 days was not found.",
                    "La formule entre 1 320 et 3 239 jours n'a pas été trouvée.",
                    "لم تُعثر على صيغة الاحتساب بين 1320 و3239 يومًا.",
                ),
                1_233,
            ),
        ),
    )


def lists() -> tuple[PersonList, ...]:
    person = "1••••••47"
    grounds = Text("too few insured days", "jours d'assurance insuffisants", "أيام تأمين غير كافية")
    return (
        PersonList(
            "take-up",
            61,
            104_233_10,
            (
                Reason("full_career", 38, 81_033_10, Text("full career", "carrière complète", "مسار كامل")),
                Reason("short_career", 23, 23_200_00, Text("short career", "carrière courte", "مسار قصير")),
            ),
            (ListRow(person, "full_career", due=3_210_50), ListRow("1••••••12", "short_career", due=700_00)),
        ),
        PersonList(
            "unsupported",
            37,
            58_000_00,
            (Reason("paid-after-death", 21, 33_000_00), Reason("few-days", 16, 25_000_00, grounds)),
            (
                ListRow(person, "paid-after-death", paid=1_843_25, month=2026 * 12 + 8),
                ListRow(ATTACK, "few-days", paid=1_000_00),
            ),
        ),
        PersonList(
            "differences",
            25,
            -4_310_20,
            (Reason("amount-too-low", 25, -4_310_20),),
            (ListRow(person, "amount-too-low", due=2_100_00, paid=1_890_00),),
        ),
        PersonList(
            "contradictions",
            312,
            None,
            (
                Reason("overlapping-full-time", 201),
                Reason("days-over-26", 80),
                Reason("declared-after-death", 31),
            ),
            (
                ListRow(
                    person,
                    "days-over-26",
                    month=2026 * 12 + 7,
                    detail=Text("31 days", "31 jours", "31 يومًا"),
                    source="DS_1234567_202608.txt:12",
                ),
            ),
        ),
    )


@cache
def career(seed: int, first: int, last: int, wage: int) -> tuple[DeclaredMonth, ...]:
    """Months of one invented person: a few employers, gaps, part months, growing wages."""
    draw = random.Random(seed)
    employers = [
        "Atlas Textile SARL",
        "Conserveries du Souss",
        "Société marocaine de distribution et de transport",
        "Imprimerie Nour",
        ATTACK,
    ]
    months = []
    for month in range(first, last):
        employer = employers[(month - first) // 60 % len(employers)]
        if draw.random() < 0.08 or (month - first) % 130 > 118:
            continue
        days = 26 if draw.random() < 0.85 else draw.randint(4, 25)
        full = wage * (1.003 ** (month - first))
        months.append(DeclaredMonth(month, employer, days, round(full * days / 26)))
    return tuple(months)


def explanation(months: tuple[DeclaredMonth, ...], born: date, start: int | None) -> Mapping[str, Any]:
    """The law's own tree for these months, each piece of evidence replaced by its declared line."""
    by_month: dict[int, list[int]] = {}
    for each in months:
        days, wage = by_month.setdefault(each.month, [0, 0])
        by_month[each.month] = [min(days + each.days, 26), wage + each.wage]
    inputs = {
        "birth_date": born,
        "months": list(by_month),
        "days": [days for days, _ in by_month.values()],
        "wages": [wage for _, wage in by_month.values()],
        "work_ceased": True,
        "underground_miner": False,
        "awarded_from": start,
    }
    known = {name: value for name, value in inputs.items() if name in morocco.system.inputs}
    tree = explain(morocco.system, "monthly_amount", known, on=LAW_DATE).to_dict()
    return _bound(tree, months)


def _bound(node: dict[str, Any], months: tuple[DeclaredMonth, ...]) -> dict[str, Any]:
    lines = [
        {
            "file": f"DS_1234567_{first_day(m.month):%Y%m}.txt",
            "line": 3 + i % 40,
            "month": first_day(m.month).isoformat()[:7],
            "employer": m.employer,
            "days": m.days,
            "wage": m.wage,
        }
        for i, m in enumerate(months)
    ]
    evidence = [lines[i] for i in node["evidence"] if i < len(lines)]
    return {**node, "evidence": evidence, "children": [_bound(child, months) for child in node["children"]]}


@cache
def cases() -> tuple[Case, ...]:
    full = career(1, 1985 * 12, 2018 * 12 + 6, 2_300_00)
    short = career(2, 1999 * 12, 2009 * 12, 1_900_00)
    sixty = Text("60th birthday", "60 ans", "بلوغ سن 60")
    return (
        Case(
            "1••••••47",
            Text(
                "Paid, and revalued in 2020",
                "Pension payée, revalorisée en 2020",
                "معاش مؤدى أعيد تقييمه سنة 2020",
            ),
            Text(
                "A full career whose pension began before 2020.",
                "Une carrière complète dont la pension a commencé avant 2020.",
                "مسار كامل بدأ معاشه قبل سنة 2020.",
            ),
            full,
            (
                Event(date(2018, 6, 15), sixty),
                Event(date(2018, 7, 1), Text("pension begins", "début de la pension", "بداية المعاش")),
            ),
            explanation(full, date(1958, 6, 15), 2018 * 12 + 6),
        ),
        Case(
            "1••••••12",
            Text(
                "Entitled by the reform and not paid",
                "Droit ouvert par la réforme, non payé",
                "حق فتحه الإصلاح ولم يؤدَّ",
            ),
            Text(
                "Between 1,320 and 3,239 insured days.",
                "Entre 1 320 et 3 239 jours d'assurance.",
                "بين 1320 و3239 يوم تأمين.",
            ),
            short,
            (Event(date(2023, 3, 2), sixty),),
            explanation(short, date(1963, 3, 2), None),
        ),
        Case(
            ATTACK,
            Text("Paid after death", "Payé après le décès", "معاش مؤدى بعد الوفاة"),
            Text("No month is declared.", "Aucun mois n'est déclaré.", "لا شهر مصرح به."),
            (),
            (Event(date(2026, 2, 11), Text("death", "décès", "الوفاة")),),
            {},
        ),
    )


def scorecard() -> tuple[Score, ...]:
    return (
        Score(
            "take-up",
            61,
            61,
            1.0,
            1.0,
            label=Text("Entitled and not paid", "Droit ouvert, non payé", "مستحق لا يتقاضى"),
        ),
        Score("paid-after-death", 21, 21, 1.0, 1.0),
        Score("days-over-26", 80, 79, 1.0, 0.9875),
        Score(
            "duplicate-person",
            40,
            42,
            0.9048,
            0.95,
            label=Text("Duplicate persons", "Personnes en double", "أشخاص مكررون"),
        ),
    )


def sample() -> ReportData:
    return ReportData(
        Provenance(
            fund="Démo",
            publication=12,
            published_as=13,
            run="a41be07c93d1",
            law_date=LAW_DATE,
            known_date=date(2026, 10, 20),
            made_at=datetime(2026, 10, 21, 9, 5, tzinfo=UTC),
            code_version="0.1.0",
            law_version="5e0b77c1",
            country=Text("Morocco", "Maroc", "المغرب"),
            tables={"career": 3, "declared_period": 9, "delivery": 9},
            synthetic=True,
        ),
        intake(),
        population(),
        pensions(),
        lists(),
        cases(),
        scorecard(),
        {"generate": 13.1, "intake": 12.4, "run": 7.75, "scorecard": 0.6, "unheard-of": 0.1},
    )
