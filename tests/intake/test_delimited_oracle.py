"""The compiled pass against a plain-Python reading of the same rules, on random bytes."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from intake_build import Read, column, contract

AGREED = contract(
    column("A", "integer", required=True, minimum=0),
    column("B", "date", formats=("dd/MM/yyyy",)),
    column("C", max_length=5),
)


def fields(line: str) -> tuple[list[str], set[str]]:
    """Fields of a line by the rules of quoting, and what is wrong with its quotes."""
    found, codes, rest = [], set(), line
    while True:
        rest = rest.lstrip(" ")
        if rest.startswith('"'):
            body, rest, closed = "", rest[1:], False
            while rest and not closed:
                if rest.startswith('""'):
                    body, rest = body + '"', rest[2:]
                elif rest[0] == '"':
                    rest, closed = rest[1:], True
                else:
                    body, rest = body + rest[0], rest[1:]
            if not closed:
                return [*found, body], codes | {"unclosed-quote"}
            after, separator, rest = rest.partition(";")
            if after.strip(" "):
                codes.add("stray-quote")
        else:
            body, separator, rest = rest.partition(";")
        found.append(body.strip(" "))
        if not separator:
            return found, codes


def judge(line: bytes) -> tuple[int, set[str], list | None]:
    """Verdict, codes and row of one data line."""
    codes = set()
    if b"\0" in line:
        codes.add("nul-byte")
    if any((byte < 32 and byte not in (0, 9)) or byte == 127 for byte in line):
        codes.add("control-character")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        codes.add("not-decodable")
        text = line.decode("latin-1")
    found, wrong = fields(text)
    codes |= wrong
    if not codes and not any(found):
        return 2, set(), None
    if "unclosed-quote" in codes:
        return 1, codes, None
    if len(found) != 3:
        return 1, codes | {"field-count"}, None
    a, b, c = found
    row = [None, None, c or None]
    if not a:
        codes.add("value-missing")
    elif not (
        a.lstrip("-")
        and a.count("-") <= 1
        and a.lstrip("-").isascii()
        and a.lstrip("-").isdigit()
        and a.find("-") <= 0
    ):
        codes.add("not-a-number")
    else:
        row[0] = int(a)
        if row[0] < 0 or len(a.lstrip("-")) > 15:
            codes.add("out-of-range")
    if b:
        try:
            row[1] = (datetime.strptime(b, "%d/%m/%Y") - datetime(1970, 1, 1)).days
        except ValueError:
            codes.add("date-invalid")
        if len(b) != 10 or not b.isascii() or " " in b:
            codes.add("date-invalid")
    if len(c) > 5:
        codes.add("text-too-long")
    return (1 if codes else 0), codes, None if codes else row


ALPHABET = st.sampled_from(
    [
        b";",
        b'"',
        b" ",
        b"1",
        b"20",
        b"x",
        b"-",
        b"29/02/2024",
        b"31/02/2020",
        "é".encode(),
        b"\xff",
        b"\0",
        b"\r",
        b"7",
        b"yy",
    ]
)
LINE = st.lists(ALPHABET, max_size=8).map(b"".join) | st.tuples(
    st.sampled_from([b"1", b"22", b"-3", b""]),
    st.sampled_from([b"", b"01/02/2003"]),
    st.sampled_from([b"", b'"a;b"', b"abc"]),
).map(b";".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=12))
def test_every_line_gets_the_verdict_and_the_codes_of_the_plain_reading(lines):
    data = b"A;B;C\n" + b"".join(line + b"\n" for line in lines)
    read = Read(AGREED, data)
    # A CR just before the line feed belongs to the line end.
    wanted = [judge(line[:-1] if line.endswith(b"\r") else line) for line in lines]
    undecodable = [("not-decodable" in codes) for _, codes, _ in wanted]
    for (verdict, codes, _), got, found, skip in zip(
        wanted, read.verdicts[1:], read.codes[1:], undecodable, strict=True
    ):
        assert got == verdict
        if not skip:  # where letters cannot be told, their number cannot be either
            assert found == codes
    rows = [row for _, _, row in wanted if row is not None]
    assert [[a, b, c] for a, b, c in zip(read.rows["a"], read.rows["b"], read.rows["c"], strict=True)] == rows
