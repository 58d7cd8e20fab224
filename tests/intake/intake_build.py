"""Small files for tests of intake, written from the contracts' headers, apart from the code under test."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import numpy as np

from himaya.contract.model import Dialect, FileColumn, FileContract, Target, Trailer
from himaya.intake.formats.base import Context, Delivered
from himaya.intake.formats.delimited import DelimitedFormat
from himaya.intake.lines import split, unit_of
from himaya.language import Text

EXTRACT = "NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE"
REGISTER = "NUM_ASSURE;CIN;NOM;PRENOM;NOM_AR;PRENOM_AR;DATE_NAISSANCE;SEXE;DATE_IMMATRICULATION"
EMPLOYERS = "NUM_AFFILIE;RAISON_SOCIALE;ACTIVITE;VILLE;DATE_AFFILIATION"
DEATHS = "NUM_ASSURE;DATE_DECES"
RECEIVED_ON = date(2026, 7, 5)


def insured(number: int) -> int:
    """The insured number that begins with the eight digits of ``number``, check digit added by the formula."""
    digits = [int(c) for c in f"{number:08d}"]
    total = 2 * sum(digits[i] for i in (1, 3, 5, 7)) + sum(digits[i] for i in (2, 4, 6))
    return number * 10 + (10 - total % 10) % 10


def employer(number: int) -> int:
    """The affilié number that begins with the six digits of ``number``."""
    digits = [int(c) for c in f"{number:06d}"]
    total = 2 * sum(digits[1::2]) + sum(digits[0::2])
    return number * 10 + (10 - total % 10) % 10


ANNA, BADR = insured(12345678), insured(12345679)
MILL = employer(123456)


def extract(*lines: str, end: str = "\n") -> bytes:
    return (end.join([EXTRACT, *lines]) + end).encode("ascii")


def month(
    person: int = ANNA, firm: int = MILL, period: str = "202001", days: object = 26, wage: object = "3000.50"
) -> str:
    return f"{person};{firm};{period};{days};{wage}"


def register(*people: int) -> bytes:
    lines = [f"{person};BE1;ALAOUI;ANNA;العلوي;آنا;01/02/1960;F;" for person in people]
    return "\ufeff".encode() + ("\n".join([REGISTER, *lines]) + "\n").encode()


def employers(*firms: int) -> bytes:
    return ("\n".join([EMPLOYERS, *(f"{firm};SOCIÉTÉ;;FÈS;01/01/1990" for firm in firms)]) + "\n").encode(
        "cp1252"
    )


def _ebds():
    """The builder of e-BDS files, which stands with the tests of that format."""
    path = Path(__file__).parent / "ebds" / "ebds_build.py"
    spec = importlib.util.spec_from_file_location("ebds_build_of_intake", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ebds = _ebds()


def declaration(lines: list[str], end: str = "\n") -> bytes:
    """Lines of an e-BDS as bytes."""
    return (end.join(lines) + end).encode("ascii")


class PlainKeys:
    """A key space that hides nothing, so that tests can read the keys."""

    def encrypt(self, namespace, numbers):
        return numbers * 10 + namespace

    def decrypt(self, keys):
        return keys % 10, keys // 10


def column(name: str, kind: str = "text", *, target: str | None = None, **given) -> FileColumn:
    """A column of a toy contract."""
    values = {
        "aliases": (), "required": False, "optional": False, "classification": "internal",
        "label": Text(name, name, name), "meaning": None, "unit": None, "scale": 2 if kind == "decimal" else 0,
        "formats": (), "minimum": None, "maximum": None, "max_length": None, "values": None, "default": None,
        "null_words": frozenset(), "identifier": None, "check_digit": None,
    }  # fmt: skip
    values.update(given)
    return FileColumn(name=name, type=kind, feeds=(Target("toy", target or name.lower()),), **values)


def contract(
    *columns: FileColumn,
    separator: str = ";",
    encodings: tuple[str, ...] = ("utf-8",),
    quote: str | None = '"',
    decimal: str = ".",
    trailer: Trailer | None = None,
) -> FileContract:
    """A toy contract."""
    return FileContract(
        kind="toy", version="1.0.0", label=Text("Toy", "Jouet", "لعبة"), meaning=Text("Toy", "Jouet", "لعبة"),
        dialect=Dialect(separator, encodings, quote, decimal, trailer),
        columns={each.name: each for each in columns}, constants={}, hold_share=0.2, hold_lines=20,
        valid_from=None, valid_until=None,
    )  # fmt: skip


class Read:
    """What a delimited reader made of some bytes."""

    def __init__(self, agreed: FileContract, data: bytes, received_on: date = RECEIVED_ON) -> None:
        from himaya.intake.formats.delimited.kernels import CODES

        reader = DelimitedFormat(agreed).open(
            Delivered("toy.csv", data[:65536], received_on), Context(PlainKeys(), ())
        )
        parsed = reader.feed(split(np.frombuffer(data, np.uint8), unit_of(data[:4]), 1, 0))
        self.findings = reader.finish()
        self.verdicts = parsed.verdicts.tolist()
        self.codes = [
            {code for bit, code in enumerate(CODES) if int(mask) >> bit & 1} for mask in parsed.codes
        ]
        rows = parsed.rows["toy"] if parsed.rows else {}
        self.rows = {name: [_plain(value) for value in values.tolist()] for name, values in rows.items()}


def _plain(value):
    return (value - date(1970, 1, 1)).days if isinstance(value, date) else value
