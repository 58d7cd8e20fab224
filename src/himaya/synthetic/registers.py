"""The delimited files of a fund as bytes: registers, links, deaths, pensions, career extract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic.employers import employer
from himaya.synthetic.names import DUPLICATE, Names, chosen_names, cin, names, put_cin, spellings
from himaya.synthetic.random import Stream, uniforms
from himaya.synthetic.text import put_date, put_digits, put_money, put_number, put_period, put_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from himaya.synthetic.families import Links
    from himaya.synthetic.model import Bytes, Careers, Ints, People
    from himaya.synthetic.population import Population

_FACTS = int(Stream.EMPLOYER_FACTS)

INSURED_HEADER = (
    b"\xef\xbb\xbfNUM_ASSURE;CIN;NOM;PRENOM;NOM_AR;PRENOM_AR;DATE_NAISSANCE;SEXE;DATE_IMMATRICULATION\r\n"
)
EMPLOYER_HEADER = "NUM_AFFILIE;RAISON_SOCIALE;ACTIVITE;VILLE;DATE_AFFILIATION"
FAMILY_HEADER = b"NUM_ASSURE,LIEN,NUM_ASSURE_LIE,DATE_NAISSANCE,SEXE,DATE_DEBUT,DATE_FIN,HANDICAP\n"
DEATH_HEADER = b"NUM_ASSURE;DATE_DECES\r\n"
PENSION_HEADER = b"NUM_ASSURE;BRANCHE;DATE_EFFET;MONTANT_MENSUEL;MOIS_PAYE\r\n"
EXTRACT_HEADER = b"NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n"

_SEMICOLON, _COMMA, _POINT, _LF, _CR = 59, 44, 46, 10, 13


def insured_lines(
    population: Population, people: People, registered_month: Ints, name_of: Ints, where: Ints
) -> bytes:
    """Lines of the insured-persons register (UTF-8); each person bears the name of index ``name_of``."""
    out = np.empty(len(people) * 320, np.uint8)
    end = _insured_lines(
        out, names(), population.seed, people.first, people.number, people.sex, people.birth_month,
        people.birth_day, registered_month, name_of, where,
    )  # fmt: skip
    return out[:end].tobytes()


@kernel
def _insured_lines(
    out: Bytes,
    table: Names,
    seed: int,
    first: int,
    number: Ints,
    sex: Ints,
    birth_month: Ints,
    birth_day: Ints,
    registered_month: Ints,
    name_of: Ints,
    where: Ints,
) -> int:
    at = 0
    for i in range(len(number)):
        u, v = uniforms(seed, _FACTS, first + i, 7)
        surname, given = spellings(table.lists, table.starts, seed, name_of[i], sex[i], where[i])
        surname_arabic, given_arabic = chosen_names(table.lists, seed, name_of[i], sex[i])
        at = put_digits(out, at, number[i], 9)
        out[at] = _SEMICOLON
        at += 1
        # Some registrations lack the CIN, others the Arabic names; a second registration has no CIN.
        if u < 0.97 and where[i] != DUPLICATE:
            at = put_cin(out, at, table.cin_letters, cin(seed, first + i, len(table.cin_letters.lengths)))
        out[at] = _SEMICOLON
        at = put_text(out, at + 1, table.latin, surname)
        out[at] = _SEMICOLON
        at = put_text(out, at + 1, table.latin, given)
        out[at] = _SEMICOLON
        at += 1
        if v < 0.94:
            at = put_text(out, at, table.arabic, surname_arabic)
        out[at] = _SEMICOLON
        at += 1
        if v < 0.94:
            at = put_text(out, at, table.arabic, given_arabic)
        out[at] = _SEMICOLON
        at = put_date(out, at + 1, birth_month[i], birth_day[i])
        out[at] = _SEMICOLON
        out[at + 1] = 77 if sex[i] == 0 else 70
        out[at + 2] = _SEMICOLON
        at += 3
        if u < 0.98:
            at = put_date(out, at, registered_month[i], 1 + int(v * 28))
        out[at] = _CR
        out[at + 1] = _LF
        at += 2
    return at


def employer_file(population: Population, indexes: Iterable[int]) -> bytes:
    """The register of employers (cp1252)."""
    lines = [EMPLOYER_HEADER]
    for index in indexes:
        one = employer(population, index)
        year, month, day = one.affiliated
        lines.append(f"{one.number};{one.name};{one.activity};{one.city};{day:02}/{month:02}/{year}")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def family_lines(people: People, links: Links) -> bytes:
    """Lines of the family links (UTF-8, commas)."""
    out = np.empty(len(links.owner) * 72 + 1, np.uint8)
    end = _family_lines(out, people.number[links.owner], links)
    return out[:end].tobytes()


_SPOUSE_WORD = np.frombuffer(b"CONJOINT", np.uint8).copy()
_CHILD_WORD = np.frombuffer(b"ENFANT", np.uint8).copy()


@kernel
def _family_lines(out: Bytes, number: Ints, links: Links) -> int:
    at = 0
    for i in range(len(number)):
        at = put_digits(out, at, number[i], 9)
        out[at] = _COMMA
        at += 1
        word = _SPOUSE_WORD if links.relation[i] == 0 else _CHILD_WORD
        for k in range(len(word)):
            out[at + k] = word[k]
        at += len(word)
        out[at] = _COMMA
        out[at + 1] = _COMMA
        at = put_date(out, at + 2, links.birth_month[i], links.birth_day[i])
        out[at] = _COMMA
        out[at + 1] = 77 if links.sex[i] == 0 else 70
        out[at + 2] = _COMMA
        at = put_date(out, at + 3, links.from_month[i], links.from_day[i])
        out[at] = _COMMA
        out[at + 1] = _COMMA
        out[at + 2] = 79 if links.disabled[i] else 78  # O(ui) or N(on)
        out[at + 3] = _LF
        at += 4
    return at


def death_lines(number: Ints, month: Ints, day: Ints) -> bytes:
    """Lines of the register of deaths (ISO-8859-1)."""
    out = np.empty(len(number) * 24 + 1, np.uint8)
    end = _death_lines(out, number, month, day)
    return out[:end].tobytes()


@kernel
def _death_lines(out: Bytes, number: Ints, month: Ints, day: Ints) -> int:
    at = 0
    for i in range(len(number)):
        at = put_digits(out, at, number[i], 9)
        out[at] = _SEMICOLON
        at = put_date(out, at + 1, month[i], day[i])
        out[at] = _CR
        out[at + 1] = _LF
        at += 2
    return at


def pension_lines(number: Ints, start: Ints, amount: Ints, paid_month: int) -> bytes:
    """Lines of the pensions in payment (cp1252, decimal comma); ``start`` is the month of effect."""
    out = np.empty(len(number) * 64 + 1, np.uint8)
    end = _pension_lines(out, number, start, amount, paid_month)
    return out[:end].tobytes()


_BRANCH = np.frombuffer(b";VIEILLESSE;", np.uint8).copy()


@kernel
def _pension_lines(out: Bytes, number: Ints, start: Ints, amount: Ints, paid_month: int) -> int:
    at = 0
    for i in range(len(number)):
        at = put_digits(out, at, number[i], 9)
        for k in range(len(_BRANCH)):
            out[at + k] = _BRANCH[k]
        at = put_date(out, at + len(_BRANCH), start[i], 1)
        out[at] = _SEMICOLON
        at = put_money(out, at + 1, amount[i], _COMMA)
        out[at] = _SEMICOLON
        at = put_digits(out, at + 1, paid_month % 12 + 1, 2)
        out[at] = 47
        at = put_digits(out, at + 1, paid_month // 12, 4)
        out[at] = _CR
        out[at + 1] = _LF
        at += 2
    return at


def extract_lines(people: People, careers: Careers, before: int) -> tuple[Bytes, int]:
    """Lines of the career extract (ASCII) of months before ``before``; the buffer, the number of lines."""
    out = np.empty(len(careers) * 48 + 1, np.uint8)
    end, lines = _extract_lines(
        out,
        people.number,
        careers.offsets,
        careers.month,
        careers.employer,
        careers.days,
        careers.wage,
        before,
    )
    return out[:end], lines


@kernel
def _extract_lines(
    out: Bytes,
    number: Ints,
    offsets: Ints,
    month: NDArray[np.int32],
    employer: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int32],
    before: int,
) -> tuple[int, int]:
    at, lines = 0, 0
    for i in range(len(number)):
        for row in range(offsets[i], offsets[i + 1]):
            if month[row] >= before or days[row] == 0:
                continue
            at = put_digits(out, at, number[i], 9)
            out[at] = _SEMICOLON
            at = put_digits(out, at + 1, employer[row], 7)
            out[at] = _SEMICOLON
            at = put_period(out, at + 1, month[row])
            out[at] = _SEMICOLON
            at = put_number(out, at + 1, days[row])
            out[at] = _SEMICOLON
            at = put_money(out, at + 1, wage[row], _POINT)
            out[at] = _LF
            at += 1
            lines += 1
    return at, lines
