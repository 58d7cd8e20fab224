"""How each result reads on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from himaya import language

if TYPE_CHECKING:
    from himaya.cli.console import Console
    from himaya.codes import Code
    from himaya.demo import DemoResult
    from himaya.fund import Found
    from himaya.intake import DeliveryReport, IntakeReport
    from himaya.letters import Batch, Written

FEW, MOST = 30, 50
"""Up to so many deliveries are all shown; of more, so many at most of those that were not simply accepted."""
COUNTS = ("lines", "accepted", "quarantined", "structural")


def created(console: Console, document: Mapping[str, Any]) -> None:
    """The fund was made: where, and what to do next."""
    console.print(console.text("init.created", folder=document["fund"]))
    console.print(console.text("init.next", folder=document["fund"]))


def intake(console: Console, report: IntakeReport) -> None:
    """What came in, delivery by delivery (of many only those with something to say), and whether it reconciles."""
    # A command that was interrupted and is repeated names what was just finished: it counts once.
    named = {each.delivery for each in report.deliveries}
    earlier = [each for each in report.resumed if each.delivery not in named]
    if report.resumed:
        console.print(console.text("intake.resumed", count=len(report.resumed)))
    every = [*earlier, *report.deliveries]
    shown = every if len(every) <= FEW else [each for each in every if each.status != "accepted"]
    if shown:
        console.table(
            ["delivery", "file", "status", "lines", "accepted", "quarantined", "structural", "codes"],
            [_delivery_row(console, each) for each in shown[:MOST]],
            numbers=(0, 3, 4, 5, 6),
        )
        console.print()
    if len(shown) > MOST:
        console.print(console.text("intake.more", count=len(shown) - MOST))
    counts = {name: sum(getattr(each, name) for each in every) for name in (*COUNTS, "lost")}
    console.print(console.text("intake.reconciled", count=len(every), **counts))
    for status in ("duplicate", "held", "refused"):
        if count := sum(each.status == status for each in every):
            console.print(console.text(f"intake.{status}", count=count))
    if report.publication.number:
        key = "intake.published" if report.published else "intake.unchanged"
        console.print(console.text(key, number=report.publication.number))


def _delivery_row(console: Console, delivery: DeliveryReport) -> Sequence[str]:
    lang = console.lang
    codes = ", ".join(f"{name} {language.number(count, lang)}" for name, count in delivery.codes.items())
    message = language.tell(delivery.message, lang) if delivery.message else ""
    return [
        "" if delivery.delivery is None else str(delivery.delivery),
        delivery.file,
        console.text(f"delivery_status.{delivery.status}"),
        *(language.number(getattr(delivery, name), lang) for name in COUNTS),
        "; ".join(part for part in (codes, message) if part),
    ]


def letter(console: Console, written: Written) -> None:
    """Where the letter is, and what the fund has still to fill in."""
    console.print(console.text("letter.written", file=str(written.path)))
    _gaps(console, written.gaps)


def letters(console: Console, batch: Batch) -> None:
    """How many letters were written, where they are, and what the fund has still to fill in."""
    console.print(console.text("letters.written", count=batch.written))
    if batch.kept:
        console.print(console.text("letters.kept", count=batch.kept))
    if batch.without:
        console.print(console.text("letters.without", count=batch.without))
    console.print(console.text("letters.folder", folder=batch.folder))
    _gaps(console, batch.gaps)


def _gaps(console: Console, names: Sequence[str]) -> None:
    if names:
        console.print(console.text("letters.gaps", names=", ".join(names)))


def quarantine(console: Console, document: Mapping[str, Any]) -> None:
    """The quarantined lines of a delivery, masked unless asked otherwise; why, where it was not loaded."""
    console.print(
        console.text(
            "quarantine.delivery",
            number=str(document["delivery"]),
            file=document["file"],
            status=console.text(f"delivery_status.{document['status']}"),
        )
    )
    for name, count in document["codes"].items():
        console.print(f"  {language.number(count, console.lang)} {name}: {_title(console, name) or ''}")
    if not document["rows"]:
        if document["status"] in {"duplicate", "refused"}:
            console.print(console.text("quarantine.whole", count=document["quarantined"]))
        return
    console.table(
        ["line", "codes", "content"],
        [
            [language.number(r["line"], console.lang), ", ".join(r["codes"]), r["content"]]
            for r in document["rows"]
        ],
        numbers=(0,),
    )
    console.print(console.text("quarantine.shown", count=len(document["rows"]), total=document["total"]))


def status(console: Console, document: Mapping[str, Any]) -> None:
    """What the fund holds: tables, deliveries, the latest publication and run."""
    lang = console.lang
    console.print(console.text("status.fund", name=document["name"], folder=document["fund"]))
    for name in document["unfinished"]:
        console.print(console.text("status.unfinished", batch=name))
    if document["publication"] is None:
        if not document["unfinished"]:
            console.print(console.text("status.empty"))
        return
    console.print(
        console.text(
            "status.publication",
            number=document["publication"],
            at=language.moment(document["published_at"], lang),
            run=document["run"] or "-",
        )
    )
    _what_if(console, document["what_if"])
    _warn(console, document["warnings"])
    console.print()
    console.table(
        ["kind", "status", "deliveries", "lines", "accepted", "quarantined", "structural"],
        [
            [
                row["kind"],
                console.text(f"delivery_status.{row['status']}"),
                *(
                    language.number(row[n], lang)
                    for n in ("deliveries", "lines", "accepted", "quarantined", "structural")
                ),
            ]
            for row in document["deliveries"]
        ],
        numbers=range(2, 7),
    )
    console.print()
    console.table(
        ["table", "rows"],
        [[name, language.number(rows, lang)] for name, rows in document["tables"].items()],
        numbers=(1,),
    )
    if document["held"]:
        console.print()
        console.print(console.text("status.held", count=len(document["held"])))
        for each in document["held"][:FEW]:
            codes = ", ".join(json.loads(each["codes"]))
            console.print(f"  {each['delivery']}  {each['file']}  {codes}")


def run(console: Console, document: Mapping[str, Any]) -> None:
    """What a run found, and where it can be followed."""
    lang = console.lang
    console.print(
        console.text(
            "run.done" if document["fresh"] else "run.same",
            run=document["run"],
            publication=document["publication"],
            published_as=document["published_as"],
            law_date=document["law_date"],
            known_date=document["known_date"],
        )
    )
    _what_if(console, document["what_if"])
    _warn(console, document["warnings"])
    console.table(
        ["table", "rows"],
        [[name, language.number(rows, lang)] for name, rows in document["rows"].items()],
        numbers=(1,),
    )
    console.print(console.text("run.next"))


def rows(console: Console, found: Found, limit: int | None) -> None:
    """A list of the last run."""
    _warn(console, found.warnings)
    shown = found.rows(limit)
    # Every row shares publication and run: one line says them.
    own = [name for name in found.columns if name not in {"publication", "run"}]
    columns = [name for name in own if any(row[name] not in (None, "") for row in shown)]
    console.table(
        columns,
        [[_cell(console, found, name, row[name]) for name in columns] for row in shown],
        numbers=[at for at, name in enumerate(columns) if found.is_number(name)],
    )
    console.print(console.text("list.shown", count=len(shown), total=len(found)))
    console.print(
        console.text(
            "list.cited", publication=found.publication, published_as=found.published_as, run=found.run
        )
    )
    _what_if(console, found.what_if)
    if len(shown) < len(found):
        console.print(console.text("list.more"))


def _cell(console: Console, found: Found, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return console.text("yes" if value else "no")
    if found.is_money(name):
        return language.money(value, console.lang, found.currency)
    if name == "detail":
        from himaya.rights.wording import detail

        return detail(value, console.lang)
    if name in {"reason", "kind"} and (title := _title(console, value)):
        return title
    return str(value)


def _what_if(console: Console, name: str | None) -> None:
    """Say that a reform was tried: nobody must take its amounts for the law's."""
    if name:
        console.print(language.text("rights.what_if", console.lang, name=name))


def _warn(console: Console, names: Sequence[str]) -> None:
    """Say what the fund had not received, and what that means for the lists."""
    from himaya.codes import catalogue

    for name in names:
        known = catalogue()[name]
        console.print(f"{console.text('warning')} {known.title[console.lang]}. {known.why[console.lang]}")


def _title(console: Console, name: str) -> str | None:
    from himaya import codes

    known = codes.catalogue().get(name)
    return language.typeset(known.title[console.lang], console.lang) if known else None


def explanation(console: Console, lines: Iterable[str], files: Mapping[str, str]) -> None:
    """One person, from amount to declared lines; or where the page and the picture are that say so."""
    for kind, file in files.items():
        console.print(console.text(f"explain.{kind}", file=file))
    if not files:
        for line in lines:
            console.print(line)


def codes(console: Console, every: Sequence[Code]) -> None:
    """All codes with their titles."""
    console.table(
        ["code", "title"],
        [[one.name, language.typeset(one.title[console.lang], console.lang)] for one in every],
    )


def code(console: Console, one: Code) -> None:
    """One code: what it means, why, what to do."""
    console.print(f"{one.name} ({console.text(f'code_kind.{one.kind}')})")
    title, why, mend = (
        language.typeset(words[console.lang], console.lang) for words in (one.title, one.why, one.mend)
    )
    console.print(title)
    console.print()
    console.print(why)
    console.print(f"{language.text('cli.mend', console.lang)} {mend}")


def demo(console: Console, result: DemoResult) -> None:
    """The scorecard: found against planted; times; where to look next."""
    lang = console.lang
    console.print(console.text("demo.title", persons=result.persons, folder=str(result.folder)))
    console.print()
    totals = result.deliveries
    console.print(
        console.text(
            "intake.reconciled",
            count=totals["files"],
            lines=totals["lines"],
            accepted=totals["accepted"],
            quarantined=totals["quarantined"],
            structural=totals["structural"],
            lost=totals["lost"],
        )
    )
    console.print()
    console.table(
        ["kind", "planted", "found", "precision", "recall", "note"],
        [
            [
                console.text(f"planted.{row['kind']}"),
                language.number(row["planted"], lang),
                language.number(row["found"], lang),
                "-" if row["precision"] is None else language.percent(row["precision"], lang),
                "-" if row["recall"] is None else language.percent(row["recall"], lang),
                console.text(f"planted_note.{row['note']}") if row["note"] else "",
            ]
            for row in result.scorecard
        ],
        numbers=(1, 2, 3, 4),
    )
    console.print()
    console.table(
        ["stage", "seconds"],
        [
            [console.text(f"stage.{name}"), language.seconds(value, lang)]
            for name, value in result.seconds.items()
        ],
        numbers=(1,),
    )
    console.print()
    console.print(console.text("demo.report", file=str(result.report)))
    console.print(console.text("demo.next"))
    for command in result.suggestions:
        console.print(f"  {command}")
