"""What a command shows: one JSON document on stdout, or text for people; talk and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rich.console import Console as Terminal
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from himaya import language
from himaya.errors import HimayaError

FAILED, INCOMPLETE, INTERRUPTED = 1, 3, 130
"""Exit codes, besides 0 (done) and those that errors carry: an error; done, but a delivery was held or refused;
interrupted."""
PIPE_WIDTH = 200


def _terminal() -> Terminal:
    """Standard output: as wide as the terminal; wide enough for a table where it is a file or a pipe."""
    terminal = Terminal(highlight=False)
    return terminal if terminal.is_terminal else Terminal(highlight=False, width=PIPE_WIDTH)


@dataclass
class Console:
    """How this command speaks: language, JSON or text."""

    lang: language.Language
    as_json: bool
    out: Terminal = field(default_factory=_terminal)
    err: Terminal = field(default_factory=lambda: Terminal(stderr=True, highlight=False))

    def text(self, key: str, **values: Any) -> str:
        """A sentence of the catalogue in the language of this command, ready for a terminal."""
        return language.for_terminal(language.text(f"cli.{key}", self.lang, **values), self.lang)

    def say(self, key: str, **values: Any) -> None:
        """Talk: to stderr, so that stdout holds the result alone."""
        self.err.print(self.text(key, **values), markup=False, soft_wrap=True)

    def emit(self, document: Mapping[str, Any], show: Callable[[], None]) -> None:
        """The command's result: the JSON document, or what ``show`` prints of it."""
        if self.as_json:
            json.dump(document, sys.stdout, ensure_ascii=False, default=_plain)
            sys.stdout.write("\n")
        else:
            show()

    def print(self, line: str = "") -> None:
        """One line of the result, as text."""
        self.out.print(language.for_terminal(line, self.lang), markup=False, soft_wrap=True)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        numbers: Sequence[int] = (),
        named: bool = False,
    ) -> None:
        """A table of the result; ``columns`` are catalogue keys (names if ``named``), ``numbers`` are aligned right."""
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        order = list(range(len(columns)))
        if language.direction(self.lang) == "rtl":
            order.reverse()
        for index in order:
            table.add_column(
                language.for_terminal(columns[index], self.lang)
                if named
                else self.text(f"column.{columns[index]}"),
                justify="right" if index in numbers or language.direction(self.lang) == "rtl" else "left",
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(language.for_terminal(row[index], self.lang) for index in order))
        self.out.print(table, markup=False)

    def failed(self, error: HimayaError) -> None:
        """Show an error: as JSON document with ``--json``, as sentences on stderr otherwise."""
        said = language.tell_error(error, self.lang)
        if self.as_json:
            document = {"error": {**error.as_dict(), **said}}
            json.dump(document, sys.stdout, ensure_ascii=False)
            sys.stdout.write("\n")
            return
        self.err.print(
            self._headed("error", said.pop("what")), style="bold red", markup=False, soft_wrap=True
        )
        for key, words in said.items():
            self.err.print(self._headed(key, words, "  "), markup=False, soft_wrap=True)
        self.err.print(
            f"  {self.text('see_help', code=error.code)}", style="dim", markup=False, soft_wrap=True
        )

    def _headed(self, key: str, words: str, margin: str = "") -> str:
        line = f"{margin}{language.text(f'cli.{key}', self.lang)} {words}"
        return language.for_terminal(line, self.lang)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Progress bars on a terminal, silence elsewhere.

        Yields a function of (stage, done, total); each stage gets a bar when it is first heard of.
        """
        bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )
        tasks: dict[str, TaskID] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(self.text(f"stage.{stage}"), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        with bars:
            yield advance


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into JSON")
