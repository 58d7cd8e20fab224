"""What a report says, gathered from a publication: relational work in DuckDB, the law for contributions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya import intake, rights
from himaya.contract import file_contracts
from himaya.contract.identifiers import PersonNumbers
from himaya.language import LANGUAGES, Text, money, text
from himaya.law import Ragged, evaluate
from himaya.law.phrases import doubted, phrase
from himaya.months import first_day, month_of
from himaya.report.model import (
    AgeGroup,
    Calibration,
    Case,
    Contribution,
    DeclaredMonth,
    DeliveryCount,
    DeliveryStatus,
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
from himaya.rights.store import legal_system
from himaya.rights.wording import detail as written

if TYPE_CHECKING:
    from himaya.lake import Snapshot, Workspace
    from himaya.law import System
    from himaya.law.system import Doubt

ListName = Literal["take-up", "unsupported", "differences", "contradictions"]
FIRST_ROWS = 10
"""Rows of each list that a report shows."""
AGE_STEP, LAST_AGE = 5, 90
MONTHS_STEP, AMOUNT_STEP = 24, 25_000

_KINDS = {
    "ebds-preetabli": Text("e-BDS, preprinted", "e-BDS, préétabli", "e-BDS المعد سلفا"),
    "ebds-principal": Text("e-BDS, principal", "e-BDS, principal", "e-BDS الأصلي"),
    "ebds-complementaire": Text("e-BDS, complementary", "e-BDS, complémentaire", "e-BDS التكميلي"),
    "ebds": Text("e-BDS, not read", "e-BDS, non lu", "e-BDS غير مقروء"),
    "unknown": Text("Unknown kind", "Nature inconnue", "نوع غير معروف"),
}
_STATUSES = {
    "entitled": Text("Entitled", "Droit ouvert", "الحق مفتوح"),
    "not_entitled": Text("Not entitled", "Pas de droit", "لا حق"),
    "refund": Text("Refund due", "Remboursement dû", "يستحق الاسترجاع"),
    "deceased": Text("Deceased", "Décédé", "متوفى"),
    "not_evaluated": Text("Not in the register", "Absent du registre", "غير وارد في السجل"),
}
_BRANCHES = {
    "family": Text("Family benefits", "Prestations familiales", "التعويضات العائلية"),
    "short_term": Text("Short-term benefits", "Prestations à court terme", "التعويضات قصيرة الأمد"),
    "job_loss": Text("Job loss", "Perte d'emploi", "فقدان الشغل"),
    "long_term": Text("Long-term benefits", "Prestations à long terme", "التعويضات طويلة الأمد"),
    "amo": Text("Health insurance (AMO)", "Assurance maladie (AMO)", "التأمين الإجباري عن المرض"),
    "training": Text("Vocational training", "Formation professionnelle", "التكوين المهني"),
}
_TITLES = {
    "take-up": Text("A right not taken up", "Un droit non réclamé", "حق غير مطالب به"),
    "unsupported": Text("A payment without grounds", "Un paiement sans droit", "أداء بدون سند"),
    "differences": Text("A wrong amount", "Un montant erroné", "مبلغ خاطئ"),
    "": Text("A pension paid as due", "Une pension payée comme due", "معاش يؤدى كما يجب"),
}
LOADED = ("accepted", "partial")
_MONEY = re.compile("wage|allowance|amount")
"""Totals of money, by their names in contracts."""
_PENSION_START = Text("Pension starts", "Début de la pension", "بداية المعاش")


def report_data(
    snapshot: Snapshot,
    workspace: Workspace,
    *,
    scorecard: Sequence[Score] = (),
    calibration: Sequence[Calibration] = (),
    stages: Mapping[str, float] | None = None,
    synthetic: bool = False,
) -> ReportData:
    """Gather the report of the latest run.

    Parameters
    ----------
    snapshot
        A publication that holds a run's tables.
    workspace
        The fund's folder: manifests, and the key that turns person keys into (masked) numbers.
    scorecard, calibration, stages, synthetic
        What only a demonstration knows.

    Raises
    ------
    RunError
        If there has been no run.
    """
    source = _Source(snapshot, workspace)
    return ReportData(
        provenance=source.provenance(synthetic=synthetic),
        intake=source.intake(),
        population=source.population(tuple(calibration)),
        pensions=source.pensions(),
        lists=tuple(source.person_list(word, table) for word, table in rights.LISTS.items()),
        cases=tuple(source.cases()),
        scorecard=tuple(scorecard),
        stages=stages or {},
    )


@dataclass(frozen=True)
class _Source:
    snapshot: Snapshot
    workspace: Workspace

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect()

    @cached_property
    def run(self) -> dict[str, Any]:
        """Manifest of the run whose tables the publication holds."""
        found = self.ask("SELECT any_value(run) FROM {entitlement}")[0][0]
        if found is None:
            raise rights.RunError("there has been no run yet", mend="Run: himaya run.")
        manifest: dict[str, Any] = json.loads(
            Path(self.workspace.runs / f"{found}.json").read_text(encoding="utf-8")
        )
        return manifest

    @cached_property
    def system(self) -> System:
        return legal_system(self.run["country"], self.run["overlay"])

    @cached_property
    def law_date(self) -> date:
        return date.fromisoformat(self.run["law_date"])

    @cached_property
    def numbers(self) -> PersonNumbers:
        return PersonNumbers(self.workspace.keys)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; ``{table}`` stands for a table, ``{standing}`` for the rows that the run knew."""
        names = {name: self.snapshot.sql(name) for name in self.snapshot.lake.specs if f"{{{name}}}" in query}
        if "{standing}" in query:
            known = f"DATE '{self.run['known_date']}'"
            names["standing"] = f"known_from <= {known} AND coalesce(known_until > {known}, true)"
        rows: list[tuple[Any, ...]] = self.connection.execute(query.format(**names), list(values)).fetchall()
        return rows

    def provenance(self, *, synthetic: bool) -> Provenance:
        run = self.run
        return Provenance(
            fund=self.workspace.name,
            publication=run["publication"],
            published_as=run["outputs"]["publication"],
            run=run["run"],
            law_date=self.law_date,
            known_date=date.fromisoformat(run["known_date"]),
            made_at=datetime.now(UTC),
            code_version=run["code_version"],
            law_version=run["law_version"],
            country=Text(*(text(f"law.country.{run['country']}", lang) for lang in LANGUAGES)),
            tables=run["tables"],
            overlay=run["what_if"],
            synthetic=synthetic,
            warnings=tuple(run.get("warnings", ())),
        )

    def intake(self) -> Intake:
        deliveries = intake.deliveries(self.snapshot)
        counts: dict[tuple[str, DeliveryStatus], list[int]] = {}
        codes: Counter[str] = Counter()
        columns = ["kind", "status", "lines", "accepted", "quarantined", "structural", "codes"]
        for kind, status, *sums, told in zip(
            *(deliveries[name].to_pylist() for name in columns), strict=True
        ):
            row = counts.setdefault((kind, status), [0] * 5)
            row[:] = [a + b for a, b in zip(row, (1, *sums), strict=True)]
            codes.update(json.loads(told))
        disagree = pc.and_(
            pc.invert(deliveries["totals_agree"]), pc.is_in(deliveries["status"], pa.array(LOADED))
        )
        disagreeing = deliveries.filter(disagree).sort_by("delivery").select(["file", "totals"]).to_pylist()
        return Intake(
            tuple(
                DeliveryCount(kind, _kind(kind), status, *row)
                for (kind, status), row in sorted(counts.items())
            ),
            dict(codes.most_common()),
            tuple(_disagreements(disagreeing))[:FIRST_ROWS],
            len(disagreeing),
        )

    def population(self, calibration: tuple[Calibration, ...]) -> Population:
        birthday_to_come = "(strftime(birth_date, '%m%d') > strftime(?::DATE, '%m%d'))::INT"
        age = f"least(date_diff('year', birth_date, ?::DATE) - {birthday_to_come}, ?)"
        groups = self.ask(
            f"SELECT ({age}) // {AGE_STEP} * {AGE_STEP} AS age, "
            "count(*) FILTER (sex = 'M'), count(*) FILTER (sex = 'F') "
            "FROM {entitlement} WHERE alive AND birth_date IS NOT NULL GROUP BY 1 ORDER BY 1",
            self.law_date,
            self.law_date,
            LAST_AGE,
        )
        ages = tuple(
            AgeGroup(age, None if age >= LAST_AGE else age + AGE_STEP - 1, men, women)
            for age, men, women in groups
        )
        months = self.ask(
            f"SELECT declared_months // {MONTHS_STEP}, count(*) "
            "FROM {entitlement} WHERE declared_months > 0 GROUP BY 1"
        )
        days = self.ask("SELECT days, count(*) FROM {career} WHERE {standing} GROUP BY 1")
        coverage = self.ask(
            "SELECT year(month), count(DISTINCT person_key), count(*) FROM {career} "
            "WHERE {standing} GROUP BY 1 ORDER BY 1"
        )
        return Population(
            persons=self.ask("SELECT count(*) FROM {entitlement} WHERE birth_date IS NOT NULL")[0][0],
            ages=ages,
            declared_months=_histogram(months, MONTHS_STEP),
            declared_days=_histogram(days, 1),
            coverage=tuple(YearCoverage(*row) for row in coverage),
            calibration=calibration,
        )

    def pensions(self) -> Pensions:
        alive = "FROM {entitlement} WHERE status = 'entitled'"
        amounts = self.ask(f"SELECT monthly_amount // {AMOUNT_STEP}, count(*) {alive} GROUP BY 1")
        lowest, highest, entitled, unverified = self.ask(
            f"SELECT min(monthly_amount), max(monthly_amount), count(*), count(*) FILTER (unverified) {alive}"
        )[0]
        statuses = self.ask(
            "SELECT status, count(*), coalesce(sum(monthly_amount) FILTER (status = 'entitled'), 0)::BIGINT "
            "FROM {entitlement} GROUP BY 1 ORDER BY 2 DESC"
        )
        paid, paid_amount = self.ask(
            "SELECT count(paid_amount), coalesce(sum(paid_amount), 0)::BIGINT FROM {entitlement}"
        )[0]
        month = self.run["observed_month"]
        return Pensions(
            amounts=_histogram(amounts, AMOUNT_STEP),
            minimum=lowest,
            maximum=highest,
            by_status=tuple(
                StatusCount(s, _STATUSES.get(s, Text.same(s)), n, amount) for s, n, amount in statuses
            ),
            entitled=entitled,
            unverified=unverified,
            paid=paid,
            paid_amount=paid_amount,
            contributions_month=month,
            contributions=self.contributions(month) if month is not None else (),
            unverified_values=tuple(self.unverified()),
        )

    def contributions(self, month: int) -> tuple[Contribution, ...]:
        """What the law asks from employers and employees for one month, by branch."""
        query = "SELECT sum(wage)::BIGINT FROM {career} WHERE {standing} AND month = ? GROUP BY person_key"
        wages = np.array([wage for (wage,) in self.ask(query, first_day(month))], np.int64)
        offsets = np.arange(wages.size + 1)
        inputs = {
            "wages": Ragged(wages, offsets),
            "months": Ragged(np.full(wages.size, month, np.int64), offsets),
        }
        rules = [f"{branch}_{side}" for branch in _BRANCHES for side in ("employer", "employee")]
        targets = [name for name in rules if name in self.system.versions]
        found = evaluate(self.system, targets, inputs, on=first_day(month))
        owed = {name: int(found[name].rounded().sum()) for name in targets}
        return tuple(
            Contribution(label, owed.get(f"{branch}_employer", 0), owed.get(f"{branch}_employee", 0))
            for branch, label in _BRANCHES.items()
        )

    def unverified(self) -> Iterable[Unverified]:
        """Values and rules that nobody has checked against the law, and how many amounts rest on each."""
        persons: dict[str, int] = {}
        for names, count in self.ask(
            "SELECT unverified_because, count(*) FROM {entitlement} WHERE unverified AND status = 'entitled' GROUP BY 1"
        ):
            for name in names.split(", "):
                persons[name] = persons.get(name, 0) + count
        doubts = self.system.unverified
        for name, count in sorted(persons.items(), key=lambda pair: -pair[1]):
            label, article = self._described(name)
            yield Unverified(name, label, article, _why_doubtful(doubts.get(name, ())), count)

    def _described(self, name: str) -> tuple[Text, str]:
        group, _, own = name.partition(".")
        if own:
            parameter = self.system.groups[group].parameters[own]
            doubtful = [value.article for value in parameter.values if not value.verified]
            return Text.of(parameter.labels), "; ".join(doubtful)
        return Text.of(self.system.labels[name]), self.system.versions[name][-1].article

    def person_list(self, word: str, table: str) -> PersonList:
        """Count, sums, reasons and first rows of one list."""
        amount = {
            "take_up": "monthly_amount",
            "unsupported_payment": "paid_amount",
            "difference": "abs(difference)",
        }.get(table)
        reason = "kind" if table == "contradiction" else "reason"
        summed = f"sum({amount})::BIGINT" if amount else "NULL"
        reasons = self.ask(f"SELECT {reason}, count(*), {summed} FROM {{{table}}} GROUP BY 1 ORDER BY 2 DESC")
        order = f"{amount} DESC, person_key" if amount else "person_key, month"
        cursor = self.connection.execute(
            f"SELECT * FROM {self.snapshot.sql(table)} ORDER BY {order} LIMIT {FIRST_ROWS}"
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        files = self._files({row["delivery"] for row in rows if row.get("delivery") is not None})
        return PersonList(
            name=cast("ListName", word),
            count=self.snapshot.count(table),
            amount=sum(r[2] for r in reasons) if amount else None,
            reasons=tuple(Reason(code, count, total) for code, count, total in reasons),
            rows=tuple(self._row(row, files) for row in rows),
        )

    def _row(self, row: Mapping[str, Any], files: Mapping[int, str]) -> ListRow:
        month = row.get("month")
        detail = row.get("detail")
        return ListRow(
            person=self.masked(row["person_key"]),
            reason=row.get("reason") or row["kind"],
            due=row.get("monthly_amount", row.get("due_amount")),
            paid=row.get("paid_amount"),
            month=month_of(month) if month else None,
            detail=Text.of({lang: written(detail, lang) for lang in LANGUAGES}) if detail else None,
            source=f"{files[row['delivery']]}:{row['line']}" if row.get("delivery") is not None else None,
        )

    def _files(self, deliveries: set[int]) -> dict[int, str]:
        if not deliveries:
            return {}
        return dict(
            self.ask(
                "SELECT delivery, any_value(file) FROM {delivery} WHERE delivery IN ? GROUP BY 1",
                sorted(deliveries),
            )
        )

    def masked(self, key: int) -> str:
        """Number of a person with all but the last three digits hidden."""
        return _mask(self.numbers.show(np.array([key], np.int64))[0])

    def cases(self) -> Iterable[Case]:
        """Three persons: a right not taken up, a payment that is wrong, and one that is right."""
        chosen = [
            ("take-up", "SELECT person_key FROM {take_up} ORDER BY monthly_amount DESC, person_key LIMIT 1"),
            (
                "differences",
                "SELECT person_key FROM {difference} ORDER BY abs(difference) DESC, person_key LIMIT 1",
            ),
            (
                "",
                "SELECT person_key FROM {entitlement} WHERE status = 'entitled' AND paid_amount = monthly_amount "
                "ORDER BY unverified, abs(monthly_amount - 250000), person_key LIMIT 1",
            ),
        ]
        for word, query in chosen:
            for (key,) in self.ask(query):
                found = rights.explain(self.snapshot, self.workspace.runs, self.workspace.keys, f"key:{key}")
                yield self._case(word, found)

    def _case(self, word: str, found: rights.Explanation) -> Case:
        tree = found.tree() or {}
        start = _value_of(tree, "pension_start")
        events = [Event(date.fromisoformat(f"{start}-01"), _PENSION_START)] if start else []
        return Case(
            person=_mask(found.person),
            title=_TITLES[word],
            why=_why(found),
            career=tuple(
                DeclaredMonth(month_of(line.month), f"{line.employer:07d}", line.days, line.wage)
                for line in found.career
            ),
            events=tuple(events),
            explanation=tree,
        )


def _mask(person: str) -> str:
    return "•" * max(len(person) - 3, 0) + person[-3:]


def _kind(kind: str) -> Text:
    if kind in _KINDS:
        return _KINDS[kind]
    contract = file_contracts().get(kind)
    return contract.label if contract else Text.same(kind)


def _disagreements(deliveries: Sequence[Mapping[str, str]]) -> Iterable[Disagreement]:
    for delivery in deliveries:
        for name, (declared, found) in json.loads(delivery["totals"]).items():
            if declared is not None and declared != found:
                unit: Literal["money", "count"] = "money" if _MONEY.search(name) else "count"
                yield Disagreement(delivery["file"], name, declared, found, unit)


def _histogram(rows: Sequence[tuple[int, int]], step: int) -> Histogram:
    """Counts by position of the step, made whole."""
    counts = dict(rows)
    size = max(counts, default=0) + 1
    return Histogram(
        tuple(step * at for at in range(size + 1)), tuple(counts.get(at, 0) for at in range(size))
    )


def _why_doubtful(doubts: Iterable[Doubt]) -> Text:
    return Text(
        **{
            lang: phrase("semicolon", lang).join(doubted(each.since, each.note, lang) for each in doubts)
            for lang in LANGUAGES
        }
    )


def _value_of(node: Mapping[str, Any], name: str) -> Any:
    if node.get("name") == name and not node.get("repeated"):
        return node["value"]
    return next(
        (found for child in node.get("children", ()) if (found := _value_of(child, name)) is not None), None
    )


def _why(found: rights.Explanation) -> Text:
    words = {}
    for lang in LANGUAGES:
        parts = [text(f"rights.status_{found.status}", lang)]
        if found.monthly_amount is not None:
            parts.append(text("rights.due", lang, amount=money(found.monthly_amount, lang)))
        if found.paid_amount is not None:
            parts.append(text("rights.paid", lang, amount=money(found.paid_amount, lang)))
        words[lang] = " ".join(parts)
    return Text.of(words)
