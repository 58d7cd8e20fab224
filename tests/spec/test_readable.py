"""Cases can be read: text and person agree, reasons are sentences, whole careers reach the amount with nothing given."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from himaya import legislation
from himaya.law.cases import read_cases

FOLDER = Path(__file__).parent
CASES = {case.place: case for country in legislation.countries() for case in read_cases(FOLDER / country)}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAY = rf"(?:(\d{{4}})-(\d\d)-(\d\d)|(?:(\d{{1,2}}) )?(?:({'|'.join(MONTHS)}) )?(\d{{4}}))(?!\d)"
WHOLE = rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}"
BORN = re.compile(rf"\b[Bb]orn(?: on| in)? {DAY}(?:(?:,| and| or) {WHOLE})*")


def births(written):
    """All dates of birth in a written person or household."""
    if isinstance(written, dict):
        for key, value in written.items():
            if key == "born":
                yield date.fromisoformat(str(value))
            elif key.endswith("birth_dates"):
                yield from (date.fromisoformat(str(each)) for each in value)
            else:
                yield from births(value)
    elif isinstance(written, list):
        for each in written:
            yield from births(each)


def named(text):
    """Dates of birth in a text, as (year, month or None, day or None)."""
    for found in BORN.finditer(text):
        for each in re.finditer(DAY, found.group(0)):
            year, month, day, in_words_day, in_words_month, in_words_year = each.groups()
            if year:
                yield int(year), int(month), int(day)
            else:
                number = MONTHS.index(in_words_month) + 1 if in_words_month else None
                yield int(in_words_year), number, int(in_words_day) if in_words_day else None


def agrees(born, year, month, day):
    return born.year == year and month in {None, born.month} and day in {None, born.day}


def test_dates_of_birth_in_the_text_are_those_of_the_person():
    wrong = [
        (case.place, stated)
        for case in CASES.values()
        for stated in named(f"{case.name}. {case.because}")
        if not any(agrees(born, *stated) for born in births(case.person))
    ]
    assert wrong == []


def test_a_reason_says_more_than_its_numbers():
    bare = [case.place for case in CASES.values() if len(re.findall(r"[^\W\d_]{2,}", case.because)) < 3]
    assert bare == []


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("born in June 1964, he", [(1964, 6, None)]),
        ("born 1961-11-08", [(1961, 11, 8)]),
        ("Born 1940; born on 1 October 1949, 1 July 1953", [(1940, None, None), (1949, 10, 1), (1953, 7, 1)]),
        ("born 1964, November 2026", [(1964, None, None)]),
        ("who is born from October 1964", []),
        ("born 10 June 1966, 63 years", [(1966, 6, 10)]),
    ],
)
def test_what_is_taken_for_a_date_of_birth(text, stated):
    assert list(named(text)) == stated


FINAL = {
    "france": {"monthly_pension", "pension_due", "survivor_pension_due"},
    "morocco": {"monthly_amount", "survivors_pensions", "refund"},
}


@pytest.mark.parametrize(("country", "least"), [("france", 15), ("morocco", 10)])
def test_whole_careers_reach_the_amount_with_nothing_given(country, least):
    found = [
        case
        for case in CASES.values()
        if case.name.startswith("careers: ")
        and f"/{country}/" in case.place
        and FINAL[country] & case.expect.keys()
        and "given" not in str(case.person)
    ]
    assert len(found) >= least
