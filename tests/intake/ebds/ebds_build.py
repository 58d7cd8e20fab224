"""Writes e-BDS lines and files for tests, straight from the record layouts, apart from the code under test."""

from __future__ import annotations

EMPLOYER, PERIOD = 1234567, "202401"
RANKS = {"": 0, "SO": 1, "DE": 2, "IT": 3, "IL": 4, "AT": 5, "CS": 6, "MS": 7, "MP": 8}


def n(value: int | str, width: int) -> str:
    """A number as digits, or a text as it stands (for numbers that are none)."""
    return value.ljust(width) if isinstance(value, str) else f"{value:0{width}d}"


def line(*parts: str) -> str:
    return "".join(parts).ljust(260)


def transfer(letter: str = "B", identifier: int = 12345678901234, category: str | None = None) -> str:
    return line(
        f"{letter}00",
        n(identifier, 14),
        {"A": "A0", "B": "B0", "E": "E1"}[letter] if category is None else category,
    )


def header(
    letter: str = "B", employer: int | str = EMPLOYER, period: str = PERIOD, name: str = "ATLAS TEXTILE SARL"
) -> str:
    return line(
        f"{letter}01",
        n(employer, 7),
        period,
        name.ljust(40),
        "CONFECTION".ljust(40),
        "12 RUE DES ORANGERS".ljust(120),
        "CASABLANCA".ljust(20),
        "020000",
        "01",
        "20240125",
        "20240210",
    )


def person(surname: str, first_name: str) -> str:
    return surname.ljust(30) + first_name.ljust(30)


def a02(
    number: int | str,
    *,
    employer: int | str = EMPLOYER,
    period: str = PERIOD,
    surname: str = "ALAOUI",
    first_name: str = "FATIMA",
    children: int = 0,
    to_pay: int = 0,
    to_deduct: int = 0,
    net: int = 0,
) -> str:
    return line(
        "A02",
        n(employer, 7),
        period,
        n(number, 9),
        person(surname, first_name),
        n(children, 2),
        n(to_pay, 6),
        n(to_deduct, 6),
        n(net, 6),
    )


def b02(
    number: int | str,
    *,
    employer: int | str = EMPLOYER,
    period: str = PERIOD,
    surname: str = "ALAOUI",
    first_name: str = "FATIMA",
    children: int | str = 0,
    to_pay: int = 0,
    to_deduct: int = 0,
    net: int = 0,
    to_repay: int = 0,
    days: int | str = 26,
    wage: int | str = 450_000,
    capped: int | str | None = None,
    situation: str = "",
    control: int | None = None,
    letter: str = "B",
) -> str:
    capped = (min(wage, 600_000) if isinstance(wage, int) else 0) if capped is None else capped
    if control is None:
        control = sum(v for v in (number, to_repay, days, wage, capped) if isinstance(v, int)) + RANKS.get(
            situation, 0
        )
    return line(
        f"{letter}02",
        n(employer, 7),
        period,
        n(number, 9),
        person(surname, first_name),
        n(children, 2),
        n(to_pay, 6),
        n(to_deduct, 6),
        n(net, 6),
        n(to_repay, 6),
        n(days, 2),
        n(wage, 13),
        n(capped, 9),
        situation.ljust(2),
        n(control, 19),
    )


def b04(
    number: int | str,
    *,
    employer: int | str = EMPLOYER,
    period: str = PERIOD,
    surname: str = "BERRADA",
    first_name: str = "YOUSSEF",
    cin: str = "BE123456",
    days: int | str = 26,
    wage: int | str = 300_000,
    capped: int | str | None = None,
    control: int | None = None,
    letter: str = "B",
) -> str:
    capped = (min(wage, 600_000) if isinstance(wage, int) else 0) if capped is None else capped
    if control is None:
        control = sum(v for v in (number, days, wage, capped) if isinstance(v, int))
    return line(
        f"{letter}04",
        n(employer, 7),
        period,
        n(number, 9),
        person(surname, first_name),
        cin.ljust(8),
        n(days, 2),
        n(wage, 13),
        n(capped, 9),
        n(control, 19),
    )


def digits(text: str, start: int, width: int) -> int:
    part = text[start : start + width]
    return int(part) if part.isascii() and part.isdigit() and len(part) == width else 0


SLICES = {
    "02": {"number": (16, 9), "children": (85, 2), "to_pay": (87, 6), "to_deduct": (93, 6), "net": (99, 6), "to_repay": (105, 6),
           "days": (111, 2), "wage": (113, 13), "capped": (126, 9), "control": (137, 19)},
    "04": {"number": (16, 9), "days": (93, 2), "wage": (95, 13), "capped": (108, 9), "control": (117, 19)},
}  # fmt: skip


def added(details: list[str], what: str) -> int:
    return sum(digits(text, *SLICES[text[1:3]][what]) for text in details if what in SLICES[text[1:3]])


def known_totals(
    details: list[str], letter: str = "B", employer: int = EMPLOYER, period: str = PERIOD
) -> str:
    a = lambda what: added(details, what)  # noqa: E731
    return line(
        f"{letter}03",
        n(employer, 7),
        period,
        n(len(details), 6),
        n(a("children"), 6),
        n(a("to_pay"), 12),
        n(a("to_deduct"), 12),
        n(a("net"), 12),
        n(a("number"), 15),
        *(
            ()
            if letter == "A"
            else (
                n(a("to_repay"), 12),
                n(a("days"), 6),
                n(a("wage"), 15),
                n(a("capped"), 13),
                n(a("control"), 19),
            )
        ),
    )


def totals(
    digit: int, details: list[str], letter: str = "B", employer: int = EMPLOYER, period: str = PERIOD
) -> str:
    a = lambda what: added(details, what)  # noqa: E731
    return line(
        f"{letter}0{digit}",
        n(employer, 7),
        period,
        n(len(details), 6),
        n(a("number"), 15),
        n(a("days"), 6),
        n(a("wage"), 15),
        n(a("capped"), 13),
        n(a("control"), 19),
    )


def blank_b04(employer: int | str = "", period: str = "") -> str:
    return line("B04", n(employer, 7), period.ljust(6))


def principal(
    known: list[str] | None = None,
    entrants: list[str] | None = None,
    *,
    employer: int = EMPLOYER,
    period: str = PERIOD,
) -> list[str]:
    """All lines of a principal declaration with right totals."""
    known, entrants = known or [], entrants or []
    same = {"employer": employer, "period": period}
    return [
        transfer(),
        header(**same),
        *known,
        known_totals(known, **same),
        *(entrants or [blank_b04(**same)]),
        totals(5, entrants, **same),
        totals(6, known + entrants, **same),
    ]


def complementary(
    entrants: list[str], *, employer: int = EMPLOYER, period: str = PERIOD, number: int = 1
) -> list[str]:
    same = {"letter": "E", "employer": employer, "period": period}
    return [
        transfer("E", category=f"E{number}"),
        header(**same),
        line("E02"),
        line("E03"),
        *entrants,
        totals(5, entrants, **same),
        totals(6, entrants, **same),
    ]


def prepared(expected: list[str], *, employer: int = EMPLOYER, period: str = PERIOD) -> list[str]:
    same = {"letter": "A", "employer": employer, "period": period}
    return [transfer("A"), header(**same), *expected, known_totals(expected, **same)]


def insured(number: int) -> int:
    """The nine-digit insured number that starts with the eight digits given, with its check digit."""
    c = [int(digit) for digit in f"{number:08d}"]
    return number * 10 + (10 - (2 * (c[1] + c[3] + c[5] + c[7]) + c[2] + c[4] + c[6]) % 10) % 10


def affilie(number: int) -> int:
    """The seven-digit employer's number that starts with the six digits given, with its check digit."""
    c = [int(digit) for digit in f"{number:06d}"]
    return number * 10 + (10 - (2 * (c[1] + c[3] + c[5]) + c[0] + c[2] + c[4]) % 10) % 10
