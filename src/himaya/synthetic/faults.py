"""What goes wrong on the way to the fund: forgotten lines, broken lines, wrong totals and names, copies.

Everything is chosen among people who are young and have no other part, so that a lost line changes no right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic import dirt, ebds
from himaya.synthetic.names import DECLARATION, cin, names, spellings
from himaya.synthetic.plan import Plan, lots, young
from himaya.synthetic.random import Stream, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.synthetic.model import Ints
    from himaya.synthetic.population import Population
    from himaya.synthetic.survey import Survey

_NEWCOMER = int(Stream.NEWCOMER)
_LATE_SHARE = 0.003
_UNCAPPED = 5_990_00
CELL = 100_000
"""A cell is an employer and a month: ``employer x 100,000 + month``."""

WAYS: dict[bytes, tuple[dirt.Broken, ...]] = {
    b"B02": dirt.KNOWN,
    b"B04": dirt.ENTRANT,
    b"A02": dirt.EXPECTED,
    b"E04": dirt.COMPLEMENT,
}


class Damage(NamedTuple):
    """One line to break, and the way to break it."""

    record: bytes
    number: int
    way: int
    """Place in :data:`WAYS` of the record."""


@dataclass
class Faults:
    """What goes wrong, by cell."""

    rows: Ints
    """All rows of the e-BDS files, sorted."""
    damages: dict[int, Damage] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)
    """Principals whose name contradicts their header: in the ``employer`` or the ``period``."""
    mistaken: set[int] = field(default_factory=set)
    """Principals that declare a wrong total."""
    repeated: set[int] = field(default_factory=set)
    """Principals that are delivered twice."""


def faults(population: Population, known: Survey, made: Plan, planted: Ints) -> Faults:
    """Choose all faults; the forgotten lines are noted in the plan.

    ``planted`` are the rows that the plan adds to the e-BDS window.
    """
    newcomers = _newcomers(population, np.unique(known.rows[:, : ebds.MONTH + 1], axis=0))
    rows = np.concatenate([known.rows, planted, newcomers])
    person = np.concatenate([known.owner, np.full(len(planted) + len(newcomers), -1)])
    order = np.lexsort([rows[:, ebds.NUMBER], rows[:, ebds.MONTH], rows[:, ebds.EMPLOYER]])
    found, person = Faults(rows[order]), person[order]
    rows = found.rows
    taken = np.fromiter(made.taken, np.int64, len(made.taken))
    free = (person >= 0) & young(population, known)[person] & ~np.isin(person, taken)
    cell = rows[:, ebds.EMPLOYER] * CELL + rows[:, ebds.MONTH]
    cells, inverse, company = np.unique(cell, return_inverse=True, return_counts=True)
    in_window = rows[:, ebds.MONTH] >= population.calendar.window
    present = (rows[:, ebds.DAYS] > 0) & (rows[:, ebds.SITUATION] == 0)
    # A file that loses a line keeps others.
    choice = _Choice(population, cell, person, free & in_window & present & (company[inverse] >= 3))
    is_known = _is_known(rows)
    _forget(population, made, found, choice, is_known)
    _break(population, found, choice, is_known)
    harmless = np.ones(len(cells), np.bool_)
    np.logical_and.at(harmless, inverse, free)
    harmless &= ~np.isin(cells, np.fromiter(choice.used, np.int64, len(choice.used)))
    _misdeliver(population, found, cells[harmless & (company >= 2) & (company <= 8)])
    return found


class _Choice:
    """Rows not yet chosen, and how to choose some: no person twice, no cell twice."""

    def __init__(self, population: Population, cell: Ints, person: Ints, eligible: NDArray[np.bool_]) -> None:
        self.seed = population.seed
        self.cell, self.person, self.eligible = cell, person, eligible
        self.used: set[int] = set()
        self._people: set[int] = set()

    def take(self, more: NDArray[np.bool_], wanted: int, kind: int) -> list[int]:
        """Rows chosen among the eligible ones of which ``more`` holds too, in an order of the seed's."""
        rows = np.flatnonzero(self.eligible & more)
        chosen: list[int] = []
        # A lot for each person and month: no month is drawn before the others.
        drawn = lots(self.seed, self.person[rows] * 16 + self.cell[rows] % 16, kind)
        for row in rows[np.argsort(drawn, kind="stable")].tolist():
            if len(chosen) == wanted:
                break
            cell, person = int(self.cell[row]), int(self.person[row])
            if cell not in self.used and person not in self._people:
                chosen.append(row)
                self.used.add(cell)
                self._people.add(person)
        return chosen


def _is_known(rows: Ints) -> NDArray[np.bool_]:
    """Whether the fund expects each row: its person was there the month before, no departure was told."""
    employer, month, number = rows[:, ebds.EMPLOYER], rows[:, ebds.MONTH], rows[:, ebds.NUMBER]
    if not len(rows):
        return np.empty(0, np.bool_)
    since, span = month.min(), np.ptp(month) + 2
    # Employer, month and number in one integer: a number has nine digits, less than 30 bits.
    place = ((employer * span + month - since) << 30) + number
    staying = (rows[:, ebds.SITUATION] != ebds.SO) & (rows[:, ebds.SITUATION] != ebds.DE)
    expected = np.sort(place[staying] + (1 << 30))
    return np.asarray(np.searchsorted(expected, place, "right") > np.searchsorted(expected, place, "left"))


def _forget(
    population: Population, made: Plan, found: Faults, choice: _Choice, known: NDArray[np.bool_]
) -> None:
    """Let principals forget lines that a complementary will bring."""
    wanted = max(5, round(_LATE_SHARE * int((choice.eligible & known).sum()) / 3))
    for row in choice.take(known, wanted, 40):
        found.rows[row, ebds.LATE] = 1
        made.add(
            "late-month", "", int(choice.person[row]),
            insured_number=int(found.rows[row, ebds.NUMBER]),
            employer=int(population.employers[found.rows[row, ebds.EMPLOYER]]),
            month=int(found.rows[row, ebds.MONTH]),
        )  # fmt: skip


def _break(population: Population, found: Faults, choice: _Choice, known: NDArray[np.bool_]) -> None:
    """Choose a line for each way to break one, several times in a large fund."""
    rows = found.rows
    first_entrant = ~known
    # The first entrant of a cell: a number that becomes 000000000 must stay in its place.
    seen = np.flatnonzero(~known)
    cells = choice.cell[seen]
    first_entrant[seen[1:][cells[1:] == cells[:-1]]] = False
    suits = {
        b"B02": known & (rows[:, ebds.WAGE] < _UNCAPPED),
        b"B04": first_entrant,
        b"A02": known,
        b"E04": known,
    }
    for kind, (record, ways) in enumerate(WAYS.items()):
        for way in range(len(ways)):
            for row in choice.take(suits[record], max(1, population.persons // 50_000), 50 + 20 * kind + way):
                rows[row, ebds.LATE] = record == b"E04"
                found.damages[int(choice.cell[row])] = Damage(record, int(rows[row, ebds.NUMBER]), way)


def _misdeliver(population: Population, found: Faults, cells: Ints) -> None:
    """Choose the principals with a wrong name, a wrong total, or a second delivery."""
    wanted = max(2, population.persons // 50_000)
    last = population.calendar.last_month
    order = cells[np.argsort(lots(population.seed, cells, 60), kind="stable")]
    recent = order[order % CELL == last].tolist()
    found.renamed = {cell: ("employer", "period")[k % 2] for k, cell in enumerate(recent[: 2 * wanted])}
    found.mistaken = set(recent[2 * wanted : 5 * wanted])
    # Copies are of a month whose principals are files of their own.
    found.repeated = set(order[order % CELL == last - 1].tolist()[: 2 * wanted])


def _newcomers(population: Population, cells: Ints) -> Ints:
    """Rows that only a declaration knows: somebody without a number yet, the occasional labour of a month."""
    cells = cells[cells[:, 1] >= population.calendar.window]
    table = names()
    out = np.zeros((2 * len(cells), ebds.COLUMNS), np.int64)
    count = _write_newcomers(
        out,
        cells,
        population.seed,
        population.persons,
        table.lists,
        table.starts,
        len(table.cin_letters.lengths),
    )
    return out[:count]


@kernel
def _write_newcomers(
    out: Ints, cells: Ints, seed: int, persons: int, lists: Ints, starts: Ints, letters: int
) -> int:
    count = 0
    for k in range(len(cells)):
        employer, month = cells[k, 0], cells[k, 1]
        u, v = uniforms(seed, _NEWCOMER, employer, month)
        a, b = uniforms(seed, _NEWCOMER, employer, -1 - month)
        for number in (ebds.NO_NUMBER, ebds.OCCASIONAL):
            if u >= 0.03 if number == ebds.NO_NUMBER else v >= 0.012:
                continue
            row = out[count]
            row[ebds.EMPLOYER], row[ebds.MONTH], row[ebds.NUMBER] = employer, month, number
            row[ebds.DAYS] = 1 + int(a * 25)
            row[ebds.WAGE] = row[ebds.DAYS] * (120_00 + int(b * 60_00))
            # Nobody is expected back under a number that is none.
            row[ebds.SITUATION] = ebds.SO
            # Beyond the register's persons, so that name and CIN are nobody else's.
            person = persons + employer * 8 + month % 8
            surname, given = spellings(lists, starts, seed, person, int(a * 2), DECLARATION)
            row[ebds.SURNAME], row[ebds.GIVEN], row[ebds.CIN] = surname, given, cin(seed, person, letters)
            count += 1
    return count
