"""Write the first version of the long French parameter series from CSV files.

    python tools/france_parameters.py FOLDER

``FOLDER`` holds ``cnav-parameters.csv`` and ``legal-references.csv``. For each group of parameters the file
``src/himaya/legislation/france/<group>.series.yaml`` is written, to be merged by hand: the YAML files beside the
rules have been kept by hand since (corrections, continuations, articles, short series), and nothing runs this again.

What it does to the series:

- two columns of years and months become one of months; values by birth cohort become one scale for each date of
  effect, from 1 April 1983, where the law of retirement at 60 begins;
- amounts before 2002 are francs, before 1960 old francs (a hundredth); they become euros at 6.55957, to the nearest
  cent, as the Cnav converts wages. The pay that validates a quarter stays as it was and is written as a quotient: up to
  four times it is compared, so that half a cent would become two;
- the ceiling on a survivor's resources is 2,080 times the hourly minimum wage of 1 January;
- a ceiling that changed within a year is taken at its mean of the months of that year;
- the coefficients of past wages are worked back from the last ones published (Cnav circular 2025/29, for pensions of
  2026): each increase multiplied them all and truncated them to three decimals, which can be undone. For the wages of
  2013 to 2025 the same chain, begun at 1, ends at the published figures to the last decimal. The products of the CSV
  lose up to 17 % on the way and are not used.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "himaya" / "legislation" / "france"
RATE = Decimal("6.55957")
CENT = Decimal("0.01")
BEGIN = date(1983, 4, 1)
EVERYBODY = date(1900, 1, 1)
NEW_FRANCS, EUROS = date(1960, 1, 1), date(2002, 1, 1)


@dataclass(frozen=True)
class Series:
    """One parameter to write."""

    group: str
    name: str
    unit: str
    series: str
    branch: str = ""
    by_birth: bool = False
    francs: str = ""
    article: str = "Cnav, barèmes"
    since: date = BEGIN
    scale: int = 1


WANTED = (
    Series("ages", "legal_age", "months", "legal_age", by_birth=True),
    Series("ages", "full_rate_age", "months", "full_rate_age", by_birth=True),
    Series("ages", "required_quarters", "quarters", "full_rate_quarters", by_birth=True),
    Series("old_age", "proration_quarters", "quarters", "proration_quarters", by_birth=True),
    Series("rate", "reduction", "percent", "decote_rate_per_quarter", by_birth=True, scale=100),
    Series("salary", "best_years", "years", "best_years", by_birth=True),
    Series(
        "salary",
        "ceiling",
        "EUR/year",
        "social_security_ceiling_annual",
        francs="mean",
        since=date(1948, 1, 1),
    ),
    Series(
        "insurance", "validating_wage", "EUR/year", "quarter_validating_wage", francs="exact", since=EVERYBODY
    ),
    Series(
        "minimum_pension",
        "simple",
        "EUR/month",
        "minimum_contributif",
        "minimum_contributif/mensuel",
        francs="nearest",
    ),
    Series(
        "minimum_pension",
        "increased",
        "EUR/month",
        "minimum_contributif",
        "minimum_contributif_majore/mensuel",
        francs="nearest",
    ),
    Series("minimum_pension", "ceiling", "EUR/month", "minimum_contributif_ceiling_monthly"),
    Series("survivor", "lowest_pension", "EUR/year", "survivor_pension_minimum", since=date(2004, 7, 1)),
    Series(
        "survivor",
        "income_ceiling",
        "EUR/year",
        "minimum_wage_hourly",
        francs="january",
        since=date(2004, 1, 1),
        scale=2080,
    ),
)

PUBLISHED = """
    170.736 119.205 100.755
    88.389 62.722 52.265 51.546 48.169 44.397 39.633 36.865 32.475 29.387
    27.287 23.726 20.453 18.255 16.442 15.381 14.534 13.759 12.683 10.995
    9.988 8.958 8.073 7.459 6.576 5.535 4.702 4.056 3.647 3.325
    2.924 2.58 2.304 2.173 2.06 1.974 1.93 1.858 1.816 1.751
    1.704 1.677 1.623 1.623 1.595 1.577 1.538 1.522 1.505 1.487
    1.48 1.449 1.418 1.395 1.374 1.348 1.324 1.302 1.29 1.279
    1.267 1.256 1.231 1.205 1.191 1.191 1.19 1.19 1.181 1.164
    1.153 1.149 1.137 1.085 1.031 1.009
"""
"""Coefficients of wages of 1947 to 2025 for pensions of 2026: Cnav circular 2025/29 of 22 December 2025."""
FIRST_WAGES, LAST_AWARDS = 1947, 2026
LATER_STEPS = {
    date(1983, 7, 1): Decimal("1.04"),
    date(1989, 1, 1): Decimal("1.013"),
    date(2022, 7, 1): Decimal("1.04"),
    date(2024, 1, 1): Decimal("1.053"),
    date(2025, 1, 1): Decimal("1.022"),
    date(2026, 1, 1): Decimal("1.009"),
}
"""Increases that the CSV has for pensions only, or not at all: Cnav circulars 2022/19, 2023/34, 2024/39, 2025/29."""

Row = tuple[str, date, Decimal]
"""Birth cohort as written, date of effect, value."""


def main(folder: Path) -> None:
    """Write one file a group."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in _read(folder / "cnav-parameters.csv"):
        since = date.fromisoformat(line["effective_from"])
        rows[line["series"], line["branch"]].append((line["born"], since, Decimal(line["value"])))
    texts: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for line in _read(folder / "legal-references.csv"):
        texts[line["series"]].append((date.fromisoformat(line["effective_from"]), line["legal_reference"]))
    files: dict[str, list[str]] = defaultdict(list)
    for each in WANTED:
        if each.by_birth and (each.series, "years") in rows:
            found = _months(rows[each.series, "years"], rows[each.series, "months"])
        else:
            found = rows[each.series, each.branch]
        values = _by_birth(each, found) if each.by_birth else _plain(each, found)
        files[each.group] += _entry(each, values, sorted(texts[each.series]))
    files["salary"] += _revaluation(rows["wage_revaluation_yearly", ""])
    for group, lines in files.items():
        (OUT / f"{group}.series.yaml").write_text("\n".join(lines) + "\n")


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _months(years: list[Row], months: list[Row]) -> list[Row]:
    """Ages in months, at each date on which years or months of a cohort change."""
    found = []
    for born in dict.fromkeys(row[0] for row in years):
        for since in sorted({row[1] for row in (*years, *months) if row[0] == born}):
            age = 12 * (_as_of(years, born, since) or Decimal(0)) + (
                _as_of(months, born, since) or Decimal(0)
            )
            found.append((born, since, age))
    return found


def _as_of(rows: list[Row], born: str, on: date) -> Decimal | None:
    held = [(since, value) for cohort, since, value in rows if cohort == born and since <= on]
    return max(held)[1] if held else None


def _by_birth(each: Series, rows: list[Row]) -> dict[date, str]:
    """A scale by date of birth for each date of effect; a cohort like the one before it is not repeated."""
    found: dict[date, str] = {}
    for on in sorted({max(since, each.since) for _, since, _ in rows}):
        scale: dict[date, Decimal] = {}
        for born in sorted({row[0] for row in rows}, key=_first_birth):
            value = _as_of(rows, born, on)
            if value is not None and value * each.scale not in list(scale.values())[-1:]:
                scale[_first_birth(born)] = value * each.scale
        text = "{" + ", ".join(f"{birth}: {value.normalize():f}" for birth, value in scale.items()) + "}"
        if text not in list(found.values())[-1:]:
            found[on] = text
    return found


def _first_birth(born: str) -> date:
    return date.fromisoformat(born.removeprefix("after ")) if born.startswith("after") else EVERYBODY


def _plain(each: Series, rows: list[Row]) -> dict[date, str]:
    if each.francs == "exact":
        return {since: _quotient(since, value) for _, since, value in rows}
    amounts = {since: _euros(each, since, value) for _, since, value in rows}
    if each.francs == "mean":
        amounts = _yearly_means(amounts)
    if each.francs == "january":
        years = range(each.since.year, LAST_AWARDS + 1)
        amounts = {
            date(y, 1, 1): each.scale * amounts[max(s for s in amounts if s <= date(y, 1, 1))] for y in years
        }
    before = [since for since in amounts if since <= each.since]
    first = {each.since: amounts[max(before)]} if before else {}
    later = {since: value for since, value in amounts.items() if since > each.since}
    return {since: f"{_cent(value):f}" for since, value in {**first, **later}.items()}


def _euros(each: Series, since: date, value: Decimal) -> Decimal:
    return value / _francs_to_the_euro(since) if each.francs and since < EUROS else value


def _quotient(since: date, value: Decimal) -> str:
    amount = f"{value.normalize():f}"
    return f"{amount} / {_francs_to_the_euro(since).normalize():f}" if since < EUROS else amount


def _francs_to_the_euro(since: date) -> Decimal:
    return (100 if since < NEW_FRANCS else 1) * RATE


def _cent(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _yearly_means(amounts: dict[date, Decimal]) -> dict[date, Decimal]:
    years = sorted({since.year for since in amounts})
    found = {}
    for year in range(years[0] + 1, years[-1] + 1):
        months = [date(year, month, 1) for month in range(1, 13)]
        found[date(year, 1, 1)] = sum(amounts[max(s for s in amounts if s <= m)] for m in months) / Decimal(
            12
        )
    return found


def _entry(each: Series, values: dict[date, str], texts: list[tuple[date, str]]) -> list[str]:
    lines = [f"{each.name}:", f"  unit: {each.unit}", *(["  by: date"] if each.by_birth else []), "  values:"]
    for since, value in values.items():
        past = [text for from_, text in texts if from_ <= since]
        article = past[-1].strip().rstrip(".") if past else each.article
        lines.append(f'    - {{from: {since}, value: {value}, article: "{article}"}}')
    return lines


def _revaluation(rows: list[Row]) -> list[str]:
    """The scales by year of the wages, one for each date from which pensions are awarded with it."""
    numbers = [Decimal(number) for number in PUBLISHED.split()]
    scale = {FIRST_WAGES + place: number for place, number in enumerate(numbers)}
    factors = LATER_STEPS | {since: factor for _, since, factor in rows}
    januaries = {date(year, 1, 1) for year in range(BEGIN.year, LAST_AWARDS + 1)}
    lines: list[str] = []
    for award in sorted(januaries | {since for since in factors if since >= BEGIN}, reverse=True):
        shown = {wages: each for wages, each in scale.items() if wages < award.year}
        text = "{" + ", ".join(f"{wages}: {each.normalize():f}" for wages, each in shown.items()) + "}"
        lines = [f"    - from: {max(award, BEGIN)}", f"      value: {text}", *lines]
        factor = factors.get(award, Decimal(1))
        for wages, each in shown.items() if award.month == 1 else scale.items():
            scale[wages] = (each / factor).quantize(Decimal("0.001"), ROUND_CEILING)
    return ["revaluation:", "  unit: number", "  by: year", "  values:", *lines]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of cnav-parameters.csv and legal-references.csv")
    main(parser.parse_args().folder)
