"""Every feature of a delimited dialect, one tiny file each: what it reads, and what it refuses."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from intake_build import Read, column, contract

from himaya.contract.model import RECEIVED_ON, Trailer

OK, BAD, STRUCTURAL = 0, 1, 2


def days(*parts: int) -> int:
    return (date(*parts) - date(1970, 1, 1)).days


class TestFields:
    def test_columns_are_found_by_header_in_any_order_and_others_are_ignored(self):
        read = Read(contract(column("A"), column("B")), b"X;B;A\n1;2;3\n")
        assert (read.rows["a"], read.rows["b"], read.rows["line"]) == (["3"], ["2"], [2])

    def test_headers_are_compared_without_case_accents_and_spaces(self):
        read = Read(contract(column("NUM_ASSURE")), "N°;Num Assuré\nx;7\n".encode())
        assert read.rows["num_assure"] == ["7"]

    def test_an_alias_names_a_column(self):
        assert Read(contract(column("A", aliases=("PREMIER",))), b"premier\nx\n").rows["a"] == ["x"]

    def test_a_missing_optional_column_is_null_or_its_default(self):
        agreed = contract(column("A"), column("B", optional=True), column("C", optional=True, default="z"))
        read = Read(agreed, b"A\nx\n")
        assert (read.rows["b"], read.rows["c"]) == ([None], ["z"])

    @pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
    def test_separators(self, separator):
        read = Read(
            contract(column("A"), column("B"), separator=separator), f"A{separator}B\n1{separator}2".encode()
        )
        assert (read.rows["a"], read.rows["b"]) == (["1"], ["2"])

    def test_too_few_and_too_many_fields(self):
        read = Read(contract(column("A"), column("B")), b"A;B\n1\n1;2;3\n1;2\n")
        assert read.codes[1:] == [{"field-count"}, {"field-count"}, set()]

    def test_spaces_around_a_value_fall(self):
        assert Read(contract(column("A"), column("B")), b"A;B\n  x y  ;  \n").rows == {
            "line": [2], "a": ["x y"], "b": [None],
        }  # fmt: skip

    def test_null_words_are_empty_whatever_their_case(self):
        read = Read(
            contract(column("A", null_words=frozenset({"NULL", "N/A"}))), b"A;B\nnull;1\nn/a;1\nNULLE;1\n"
        )
        assert read.rows["a"] == [None, None, "NULLE"]

    def test_a_required_value_may_not_be_empty(self):
        read = Read(contract(column("A", required=True), column("B")), b"A;B\n;1\n")
        assert (read.verdicts, read.codes[1]) == ([STRUCTURAL, BAD], {"value-missing"})

    def test_blank_lines_and_lines_of_separators_are_structural(self):
        read = Read(contract(column("A", required=True), column("B")), b"A;B\n\n  \n;;;\n1;2\n\n")
        assert read.verdicts == [2, 2, 2, 2, OK, 2]

    def test_all_codes_of_a_line_are_kept(self):
        agreed = contract(
            column("A", "integer", required=True),
            column("D", "date", formats=("yyyyMMdd",)),
            column("T", max_length=2),
        )
        assert Read(agreed, b"A;D;T\n;20201301;abc\n").codes[1] == {
            "value-missing",
            "date-invalid",
            "text-too-long",
        }


class TestQuotes:
    AGREED = contract(column("A"), column("B"))

    def test_a_quoted_field_may_hold_separators_and_doubled_quotes(self):
        assert Read(self.AGREED, b'A;B\n"x;""y""";2\n').rows["a"] == ['x;"y"']

    def test_an_unclosed_quote_costs_one_line_only(self):
        read = Read(self.AGREED, b'A;B\n"x;1\ny;2\nz;"3\nw;4\n')
        assert read.codes[1:] == [{"unclosed-quote"}, set(), {"unclosed-quote"}, set()]
        assert read.rows["a"] == ["y", "w"]

    def test_text_after_a_closing_quote(self):
        assert Read(self.AGREED, b'A;B\n"x"y;1\n"x" ;1\n').codes[1:] == [{"stray-quote"}, set()]

    def test_a_quote_inside_an_unquoted_field_is_a_letter(self):
        assert Read(self.AGREED, b'A;B\nL"OREAL;1\n').rows["a"] == ['L"OREAL']

    def test_without_a_quote_in_the_dialect_it_is_a_letter(self):
        assert Read(contract(column("A"), column("B"), quote=None), b'A;B\n"x;1\n').rows["a"] == ['"x']


class TestEncodings:
    TEXT = "A;B\nFÈS;œ\n"

    @pytest.mark.parametrize(
        ("encoding", "mark"),
        [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16-le", b"\xff\xfe"),
         ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b"")],
    )  # fmt: skip
    def test_each_encoding_reads_the_same(self, encoding, mark):
        read = Read(
            contract(column("A"), column("B"), encodings=(encoding,)), mark + self.TEXT.encode(encoding)
        )
        assert (read.rows["a"], read.rows["b"], read.findings.encoding) == (["FÈS"], ["œ"], encoding)

    def test_latin_1(self):
        read = Read(contract(column("A"), encodings=("iso-8859-1",)), "A\nFÈS\n".encode("latin-1"))
        assert read.rows["a"] == ["FÈS"]

    def test_arabic_letters_count_as_one_each(self):
        agreed = contract(column("A", max_length=6))
        assert Read(agreed, "A\nالعلوي\n".encode()).verdicts == [2, OK]
        assert Read(agreed, "A\nالعلويي\n".encode()).codes[1] == {"text-too-long"}

    @pytest.mark.parametrize(
        ("encoding", "bad"),
        [("ascii", b"\xc8"), ("utf-8", b"\xc8"), ("utf-8", b"\xed\xa0\x80"), ("utf-8", b"\xc0\xaf"),
         ("utf-8", b"\xf4\x90\x80\x80"), ("utf-8", b"x\xe2\x82"), ("cp1252", b"\x81")],
    )  # fmt: skip
    def test_an_undecodable_line_is_quarantined_and_the_others_are_not(self, encoding, bad):
        read = Read(contract(column("A"), encodings=(encoding,)), b"A\nx\n" + bad + b"\ny\n")
        assert (read.verdicts, read.codes[2]) == ([2, OK, BAD, OK], {"not-decodable"})

    def test_half_a_utf_16_pair(self):
        data = b"\xff\xfe" + "A\nx\n".encode("utf-16-le") + b"\x00\xd8" + "\ny\n".encode("utf-16-le")
        read = Read(contract(column("A"), encodings=("utf-16-le",)), data)
        assert (read.verdicts, read.codes[2]) == ([2, OK, BAD, OK], {"not-decodable"})

    def test_an_encoding_that_is_not_accepted_makes_the_header_unusable(self):
        read = Read(contract(column("A"), encodings=("ascii",)), b"\xff\xfe" + "A\nx\n".encode("utf-16-le"))
        assert (read.verdicts, read.findings.hold) == ([BAD, BAD], True)

    def test_the_second_encoding_is_used_when_the_lines_that_tell_are_in_it(self):
        agreed = contract(column("A"), encodings=("utf-8", "cp1252"))
        assert Read(agreed, "A\nFÈS\nMEKNÈS\n".encode("cp1252")).findings.encoding == "cp1252"
        assert Read(agreed, "A\nFÈS\nMEKNÈS\n".encode()).findings.encoding == "utf-8"

    def test_nul_bytes_and_control_characters(self):
        read = Read(contract(column("A")), b"A\nx\0y\nx\x1by\nx\ry\nx\ty\n")
        assert read.codes[1:] == [{"nul-byte"}, {"control-character"}, {"control-character"}, set()]


class TestLineEnds:
    @pytest.mark.parametrize("data", [b"A\n1\n2\n", b"A\r\n1\r\n2\r\n", b"A\n1\r\n2", b"A\r\n1\n2\r\n"])
    def test_lf_crlf_mixed_and_none_at_the_end(self, data):
        assert Read(contract(column("A")), data).rows["a"] == ["1", "2"]


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0", 0),
            ("12", 1200),
            ("12.5", 1250),
            ("12.50", 1250),
            ("12.500", 1250),
            ("-3.1", -310),
            ("007", 700),
        ],
    )
    def test_amounts_become_centimes(self, text, value):
        assert Read(contract(column("A", "decimal")), f"A\n{text}\n".encode()).rows["a"] == [value]

    @pytest.mark.parametrize(
        ("text", "code"),
        [("1 000", "not-a-number"), ("1,5", "not-a-number"), ("12.345", "too-many-decimals"), ("1.", "not-a-number"),
         (".5", "not-a-number"), ("1e3", "not-a-number"), ("12O", "not-a-number"), ("--1", "not-a-number"),
         ("9999999999999999", "out-of-range")],
    )  # fmt: skip
    def test_what_is_no_amount(self, text, code):
        assert Read(contract(column("A", "decimal")), f"A\n{text}\n".encode()).codes[1] == {code}

    def test_decimal_comma(self):
        assert Read(contract(column("A", "decimal"), decimal=","), b"A\n1,5\n").rows["a"] == [150]
        assert Read(contract(column("A", "decimal"), decimal=","), b"A\n1.5\n").codes[1] == {"not-a-number"}

    def test_range(self):
        agreed = contract(column("A", "integer", minimum=0, maximum=26))
        assert Read(agreed, b"A\n-1\n0\n26\n27\n").verdicts == [2, BAD, OK, OK, BAD]


class TestDates:
    @pytest.mark.parametrize(
        ("form", "text"),
        [("dd/MM/yyyy", "29/02/2024"), ("yyyy-MM-dd", "2024-02-29"), ("yyyyMMdd", "20240229")],
    )
    def test_dates(self, form, text):
        agreed = contract(column("A", "date", formats=(form,)))
        assert Read(agreed, f"A\n{text}\n".encode()).rows["a"] == [days(2024, 2, 29)]

    @pytest.mark.parametrize(
        ("form", "text"), [("MM/yyyy", "02/2024"), ("yyyy-MM", "2024-02"), ("yyyyMM", "202402")]
    )
    def test_months_are_their_first_day(self, form, text):
        agreed = contract(column("A", "month", formats=(form,)))
        assert Read(agreed, f"A\n{text}\n".encode()).rows["a"] == [days(2024, 2, 1)]

    @pytest.mark.parametrize(
        "text",
        ["30/02/2024", "29/02/2023", "00/01/2024", "1/2/2024", "01/13/2024", "2024-01-01", "aa/bb/cccc"],
    )
    def test_what_is_no_date(self, text):
        agreed = contract(column("A", "date", formats=("dd/MM/yyyy",)))
        assert Read(agreed, f"A\n{text}\n".encode()).codes[1] == {"date-invalid"}

    def test_every_day_of_four_centuries(self):
        agreed = contract(column("A", "date", formats=("yyyyMMdd",)))
        calendar = np.arange(np.datetime64("1800-01-01"), np.datetime64("2200-01-01"))
        text = "A\n" + "\n".join(str(day).replace("-", "") for day in calendar.tolist())
        assert Read(agreed, text.encode(), date(2300, 1, 1)).rows["a"] == calendar.astype(int).tolist()

    def test_a_date_after_the_day_of_receipt(self):
        agreed = contract(column("A", "date", formats=("yyyyMMdd",), maximum=RECEIVED_ON))
        read = Read(agreed, b"A\n20200101\n20200102\n", received_on=date(2020, 1, 1))
        assert read.codes[1:] == [set(), {"date-in-future"}]


class TestWords:
    def test_words_become_values_without_case_and_accents(self):
        agreed = contract(column("A", values={"m": "M", "h": "M", "feminin": "F"}))
        read = Read(agreed, "A\nH\nm\nFéminin\n\nx\n".encode())
        assert (read.rows["a"], read.codes[5]) == (["M", "M", "F"], {"value-not-allowed"})

    def test_booleans(self):
        agreed = contract(column("A", "boolean", values={"o": True, "n": False}, default=False), column("B"))
        assert Read(agreed, b"A;B\nO;1\nN;1\n;1\n").rows["a"] == [True, False, False]


class TestIdentifiers:
    def test_insured_numbers(self):
        agreed = contract(column("A", "integer", identifier="insured-number", check_digit="warn"))
        read = Read(agreed, b"A\n123456785\n123456789\n12345678\n223456789\n100000000\n")
        assert read.verdicts == [2, OK, OK, BAD, BAD, BAD]
        assert read.codes[1:] == [set(), {"insured-number-check-digit"}] + [{"insured-number-invalid"}] * 3

    def test_a_check_digit_may_be_a_reason_to_refuse(self):
        agreed = contract(column("A", "integer", identifier="insured-number", check_digit="refuse"))
        assert Read(agreed, b"A\n123456785\n123456789\n").verdicts == [2, OK, BAD]

    def test_identity_cards(self):
        read = Read(contract(column("A", identifier="cin")), b"A\nBE 1234\nBE-1234\n")
        assert (read.rows["a"], read.codes[2]) == (["BE 1234"], {"cin-invalid"})


class TestTrailer:
    AGREED = contract(
        column("N", "integer", maximum=26),
        column("W", "decimal"),
        trailer=Trailer("TOTAL", False, ("lines", "N", "W")),
    )

    def test_totals_that_agree(self):
        read = Read(self.AGREED, b"N;W\n1;2.50\n2;3\nTotal;2;3;5.50\n")
        assert (read.verdicts, read.findings.totals_agree) == ([2, OK, OK, 2], True)

    def test_a_readable_value_of_a_quarantined_line_counts(self):
        read = Read(self.AGREED, b"N;W\n1;2.50\n27;3\nTOTAL;2;28;5.50\n")
        assert (read.verdicts, read.findings.totals_agree) == ([2, OK, BAD, 2], True)

    def test_totals_that_do_not_agree(self):
        findings = Read(self.AGREED, b"N;W\n1;2.50\nTOTAL;2;1;2.50\n").findings
        assert (findings.totals_agree, findings.totals["lines"]) == (False, (2, 1))

    def test_no_totals(self):
        assert Read(self.AGREED, b"N;W\n1;2.50\n").findings.totals_agree is None

    def test_totals_that_must_be_there(self):
        agreed = contract(column("N", "integer"), trailer=Trailer("TOTAL", True, ("lines",)))
        assert Read(agreed, b"N\n1\n").findings.codes == ("totals-missing",)


def test_a_header_that_lacks_a_column_holds_everything():
    read = Read(contract(column("A"), column("B")), b"A;C\n1;2\n")
    assert (read.verdicts, read.codes[0], read.findings.hold) == ([BAD, BAD], {"header-unusable"}, True)
