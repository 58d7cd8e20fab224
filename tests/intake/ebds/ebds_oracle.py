"""A slow reading of the e-BDS, line by line with string slices: what the compiled reader must agree with."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field

ACCEPTED, QUARANTINED, STRUCTURAL = 0, 1, 2
WARNINGS = {
    "insured-number-check-digit", "employer-check-digit", "filler-not-blank", "text-not-left-aligned",
    "occasional-labour", "employer-blank",
}  # fmt: skip
RANKS = {"  ": 0, "SO": 1, "DE": 2, "IT": 3, "IL": 4, "AT": 5, "CS": 6, "MS": 7, "MP": 8}
UNPAID = {"CS", "MS", "AT", "MP"}

PERSON = [("employer", 7), ("period", 6), ("number", 9), (":name", 60)]
ALLOWANCES = [("children", 2), ("allowance_to_pay", 6), ("allowance_to_deduct", 6), ("allowance_net", 6)]
MONEY = [("days", 2), ("wage", 13), ("capped_wage", 9)]
TOTAL = [("employer", 7), ("period", 6), ("count", 6)]
TOTAL_ALLOWANCES = [
    ("children", 6),
    ("allowance_to_pay", 12),
    ("allowance_to_deduct", 12),
    ("allowance_net", 12),
]
TOTAL_MONEY = [("days", 6), ("wage", 15), ("capped_wage", 13), ("control", 19)]
HEADER = [
    ("employer", 7), ("period", 6), (":trade_name", 40), (":activity", 40), (":address", 120), (":city", 20),
    (":postal_code", 6), (":office", 2), ("/issued", 8), ("/due", 8),
]  # fmt: skip
LAYOUTS = {
    "00": [("transfer", 14), (":category", 2), ("!", 241)],
    "01": HEADER,
    "A02": [*PERSON, *ALLOWANCES, ("!", 155)],
    "A03": [*TOTAL, *TOTAL_ALLOWANCES, ("number", 15), ("!", 181)],
    "02": [
        *PERSON,
        *ALLOWANCES,
        ("allowance_to_repay", 6),
        *MONEY,
        (":situation", 2),
        ("control", 19),
        ("!", 104),
    ],
    "03": [*TOTAL, *TOTAL_ALLOWANCES, ("number", 15), ("allowance_to_repay", 12), *TOTAL_MONEY, ("!", 116)],
    "04": [*PERSON, (":cin", 8), *MONEY, ("control", 19), ("!", 124)],
    "05": [*TOTAL, ("number", 15), *TOTAL_MONEY, ("!", 170)],
    "06": [*TOTAL, ("number", 15), *TOTAL_MONEY, ("!", 170)],
}
"""Fields without a sign are digits; ``:`` a text, ``/`` a date, ``!`` the filler."""

BEFORE = {  # what may stand before each record; empty for the start of the file
    "00": [""],
    "01": ["", "00"],
    "02": ["01", "02"],
    "03": ["01", "02"],
    "04": ["03", "04"],
    "E04": ["01", "02", "03", "04"],
    "05": ["01", "02", "03", "04"],
    "06": ["01", "02", "03", "04", "05"],
}
KINDS = {"A": "ebds-preetabli", "B": "ebds-principal", "E": "ebds-complementaire"}


def month_of(period: int | None) -> int | None:
    if period is None:
        return None
    year, month = divmod(period, 100)
    return year * 12 + month - 1 if 1 <= month <= 12 and 1900 <= year <= 2099 else None


def is_day(text: str) -> bool:
    if not (text.isascii() and text.isdigit()):
        return False
    month = month_of(int(text[:6]))
    return month is not None and 1 <= int(text[6:]) <= monthrange(month // 12, month % 12 + 1)[1]


def employer_key(c: str) -> int:
    return (10 - (2 * (int(c[1]) + int(c[3]) + int(c[5])) + int(c[0]) + int(c[2]) + int(c[4])) % 10) % 10


def insured_key(c: str) -> int:
    odd = int(c[2]) + int(c[4]) + int(c[6])
    return (10 - (2 * (int(c[1]) + int(c[3]) + int(c[5]) + int(c[7])) + odd) % 10) % 10


@dataclass
class Reading:
    """The whole delivery as the oracle sees it."""

    ceilings: list[tuple[int, int]]
    verdicts: list[int] = field(default_factory=list)
    codes: list[set[str]] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    letter: str | None = None
    last: str = ""
    seen: set[str] = field(default_factory=set)
    employer: int | None = None
    month: int | None = None
    category: str | None = None
    previous: dict[str, int] = field(default_factory=dict)
    entrants: int = 0
    readable: dict[str, list[dict[str, int]]] = field(default_factory=lambda: {"02": [], "04": []})
    declared: dict[str, dict[str, int]] = field(default_factory=dict)

    def read(self, raw: bytes) -> None:
        text = raw.decode("latin-1")
        codes: set[str] = set()
        verdict = STRUCTURAL
        if text.strip(" "):
            if any(not " " <= c <= "~" for c in text):
                codes.add("not-ascii")
            if "\0" in text:
                codes.add("nul-byte")
            if any("a" <= c <= "z" for c in text):
                codes.add("not-upper-case")
            record = text[:3]
            if not self.known(record):
                codes.add("unknown-record")
                if len(text) != 260:
                    codes.add("line-width")
            else:
                verdict = self.record(text, record, codes)
        if codes - WARNINGS:
            verdict = QUARANTINED
        if verdict == ACCEPTED:
            self.row["line"] = len(self.verdicts) + 1
            self.rows.append(self.row)
        self.verdicts.append(verdict)
        self.codes.append(codes)

    def known(self, record: str) -> bool:
        return (
            len(record) == 3
            and record[0] in "ABE"
            and record[1] == "0"
            and record[2] in ("0123" if record[0] == "A" else "0123456")
        )

    def record(self, text: str, record: str, codes: set[str]) -> int:
        letter, digits = record[0], record[1:]
        self.letter = self.letter or letter
        in_place = letter == self.letter and self.last in BEFORE.get(record, BEFORE[digits])
        if in_place:
            self.last = digits
            self.seen.add(digits)
        else:
            codes.add("record-order")
        placeholder = self.placeholder(text, record)
        if digits == "04":
            self.entrants += 1
        if placeholder:
            return STRUCTURAL
        if len(text) != 260:
            codes.add("line-width")
        elif digits in ("02", "04"):
            self.detail(text, record, in_place, codes)
        else:
            self.frame(text, record, in_place, codes)
        return ACCEPTED if digits in ("02", "04") else STRUCTURAL

    def placeholder(self, text: str, record: str) -> bool:
        if record in ("E02", "E03") and not text[3:].strip(" "):
            return True
        if record in ("E02", "E03") or (record[1:] == "04" and self.entrants == 0):
            return len(text) == 260 and not text[3:16].strip(" 0123456789") and not text[16:].strip(" 0")
        return False

    def fields(self, text: str, record: str, codes: set[str]) -> dict[str, int | None]:
        values: dict[str, int | None] = {}
        at = 3
        for name, width in LAYOUTS.get(record, LAYOUTS.get(record[1:], [])):
            part = text[at : at + width]
            at += width
            if name == "!":
                if part.strip(" "):
                    codes.add("filler-not-blank")
            elif name.startswith(":"):
                if part.strip(" ") and part[0] == " ":
                    codes.add("text-not-left-aligned")
            elif name.startswith("/"):
                if part.strip(" 0") and not is_day(part):
                    codes.add("date-invalid")
            elif part.isascii() and part.isdigit():
                values[name] = int(part)
            else:
                values[name] = None
                codes.add(
                    "employer-blank"
                    if name == "employer" and record == "E04" and not part.strip(" ")
                    else "not-a-number"
                )
        assert at == 260
        return values

    def frame(self, text: str, record: str, in_place: bool, codes: set[str]) -> None:
        values = self.fields(text, record, codes)
        digits = record[1:]
        if digits == "00":
            category = text[17:19]
            if (record[0] == "B" and category != "B0") or (
                record[0] == "E" and not (category[0] == "E" and category[1] in "0123456789")
            ):
                codes.add("category-mismatch")
            elif in_place:
                self.category = category
        elif digits == "01":
            if values["employer"] is not None and int(text[9]) != employer_key(text[3:10]):
                codes.add("employer-check-digit")
            if values["employer"] == 0:
                codes.add("employer-check-digit")
            if values["period"] is not None and month_of(values["period"]) is None:
                codes.add("period-invalid")
            if in_place:
                self.employer, self.month = values["employer"], month_of(values["period"])
        else:
            self.belongs(values, codes)
            if in_place and "not-a-number" not in codes:
                self.declared[digits] = {k: v for k, v in values.items() if v is not None}

    def belongs(self, values: dict[str, int | None], codes: set[str]) -> None:
        if None not in (values["employer"], self.employer) and values["employer"] != self.employer:
            codes.add("employer-mismatch")
        if values["period"] is not None:
            month = month_of(values["period"])
            if month is None:
                codes.add("period-invalid")
            elif self.month not in (None, month):
                codes.add("period-mismatch")

    def detail(self, text: str, record: str, in_place: bool, codes: set[str]) -> None:
        values = self.fields(text, record, codes)
        digits = record[1:]
        if record == "E02":
            codes.add("entrants-only")
        if "employer-blank" in codes and self.employer is None:
            codes.add("not-a-number")
        if "not-a-number" not in codes and record[0] == self.letter:
            self.readable[digits].append({"count": 1} | {k: v or 0 for k, v in values.items()})
        self.belongs(values, codes)
        number = values["number"]
        cin = "".join(text[85:93].split(" ")) if digits == "04" else ""
        if number is not None:
            self.judge_number(f"{number:09d}", cin, codes)
            doubtful = codes & {"insured-number-check-digit", "insured-number-invalid"}
            if in_place and not doubtful:
                if number < self.previous.get(digits, -1):
                    codes.add("not-sorted")
                self.previous[digits] = number
        situation = text[135:137] if record in ("B02", "E02") else "  "
        if situation not in RANKS:
            codes.add("situation-unknown")
        self.judge_money(values, situation, codes)
        self.row = {k: v for k, v in values.items() if k != "control"} | {
            "record": record, "cin": cin, "situation": situation.strip(),
            "employer": self.employer if values["employer"] is None else values["employer"],
            "month": month_of(values["period"]),
            "surname": text[25:55].strip(" "), "first_name": text[55:85].strip(" "), "cin_text": text[85:93].strip(" "),
        }  # fmt: skip

    def judge_number(self, number: str, cin: str, codes: set[str]) -> None:
        if number == "000000000":
            if not cin or any(not ("A" <= c <= "Z" or "a" <= c <= "z" or "0" <= c <= "9") for c in cin):
                codes.add("cin-required")
        elif number == "999999999":
            codes.add("occasional-labour")
        elif number == "100000000":
            codes.add("insured-number-refused")
        elif number[0] != "1":
            codes.add("insured-number-invalid")
        elif int(number[8]) != insured_key(number):
            codes.add("insured-number-check-digit")

    def judge_money(self, values: dict[str, int | None], situation: str, codes: set[str]) -> None:
        days, wage, capped = (values.get(name) for name in ("days", "wage", "capped_wage"))
        if days is not None and days > 26:
            codes.add("declared-days-over-26")
        if wage is not None and capped is not None and capped > wage:
            codes.add("capped-over-real")
        month = month_of(values["period"])
        if capped is not None and month is not None:
            ceiling = next((c for start, c in reversed(self.ceilings) if start <= month), -1)
            if ceiling >= 0 and capped > ceiling:
                codes.add("capped-over-ceiling")
        if situation in UNPAID and (days or wage or capped):
            codes.add("absence-not-zero")
        if "control" in values and situation in RANKS:
            terms = [
                values["number"],
                days,
                wage,
                capped,
                values.get("allowance_to_repay", 0),
                values["control"],
            ]
            if None not in terms and sum(terms[:-1]) + RANKS[situation] != terms[-1]:  # type: ignore[arg-type]
                codes.add("control-sum")

    def totals(self) -> dict[str, tuple[int | None, int]]:
        wanted = {
            "A": {"03": ["02"]},
            "B": {"03": ["02"], "05": ["04"], "06": ["02", "04"]},
            "E": {"03": ["02"], "05": ["04"], "06": ["02", "04"]},
        }
        found: dict[str, tuple[int | None, int]] = {}
        for digits, details in wanted.get(self.letter, {}).items():
            record = f"{self.letter}{digits}"
            if record == "E03" and "03" not in self.declared:
                continue
            for name, _ in LAYOUTS.get(record, LAYOUTS[digits]):
                if name not in ("employer", "period", "!"):
                    total = sum(line.get(name, 0) for detail in details for line in self.readable[detail])
                    found[f"{record}.{name}"] = (
                        self.declared[digits][name] if digits in self.declared else None,
                        total,
                    )
        return found

    def findings(self) -> dict[str, object]:
        codes = set()
        if not {"00", "01"} <= self.seen:
            codes.add("header-missing")
        elif self.employer is None or self.month is None:
            codes.add("header-unusable")
        hold = bool(codes)
        if ("03" if (self.letter or "A") == "A" else "06") not in self.seen:
            codes.add("end-missing")
        totals = self.totals()
        if any(said is None for said, _ in totals.values()):
            codes.add("totals-missing")
        if any(said not in (None, found) for said, found in totals.values()):
            codes.add("totals-mismatch")
        told = any(said is not None for said, _ in totals.values())
        agree = True if told and not codes & {"end-missing", "totals-missing"} else None
        if "totals-mismatch" in codes:
            agree = False
        return {
            "codes": codes, "hold": hold, "totals": totals, "totals_agree": agree, "employer": self.employer,
            "month": self.month, "kind": KINDS.get(self.letter or ""),
        }  # fmt: skip


def read(lines: list[bytes], ceilings: list[tuple[int, int]]) -> Reading:
    reading = Reading(ceilings)
    for raw in lines:
        reading.read(raw)
    return reading
