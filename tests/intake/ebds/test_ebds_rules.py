"""The rules of the e-BDS, one by one: what is accepted, what is quarantined with which codes, what only warns."""

from __future__ import annotations

from datetime import date

import pytest
from ebds_build import (
    EMPLOYER,
    affilie,
    b02,
    b04,
    blank_b04,
    complementary,
    header,
    insured,
    known_totals,
    line,
    prepared,
    principal,
    totals,
    transfer,
)
from ebds_reading import read

from himaya.intake.formats.base import ACCEPTED, QUARANTINED, STRUCTURAL
from himaya.months import month_of

AMINA, BRAHIM, CHAFIK = insured(10000001), insured(12345678), insured(19000000)


def judged(detail: str) -> tuple[int, set[str]]:
    """Verdict and codes of one detail in an otherwise right file with right totals."""
    lines = principal([detail]) if detail[1:3] == "02" else principal([], [detail])
    result = read(lines, file="any")
    at = lines.index(detail)
    assert all(verdict == STRUCTURAL for place, verdict in enumerate(result.verdicts) if place != at)
    return result.verdicts[at], result.codes[at]


# A whole file


def test_a_sound_principal_declaration_is_accepted_and_reconciles():
    lines = principal([b02(AMINA), b02(BRAHIM, situation="SO")], [b04(0, cin="BE123456"), b04(CHAFIK)])
    result = read(lines)
    assert (
        result.verdicts
        == [STRUCTURAL] * 2 + [ACCEPTED] * 2 + [STRUCTURAL] + [ACCEPTED] * 2 + [STRUCTURAL] * 2
    )
    assert result.warnings_and_errors == set()
    found = result.findings
    assert (found.kind, found.employer, found.month) == (
        "ebds-principal",
        EMPLOYER,
        month_of(date(2024, 1, 1)),
    )
    assert (found.codes, found.totals_agree, found.hold, found.principal) == ((), True, False, True)
    assert found.totals["B06.wage"] == (1_500_000, 1_500_000)


def test_rows_of_a_known_employee():
    [row] = read(principal([b02(AMINA, children=3, to_pay=90_000, to_deduct=100, net=89_900, to_repay=30_000, days=20, wage=700_000, situation="SO")])).rows["declared_period"]  # fmt: skip
    assert row == {
        "person_key": (1 << 56) + AMINA, "month": (date(2024, 1, 1) - date(1970, 1, 1)).days, "employer": EMPLOYER, "line": 3,
        "record": "B02", "days": 20, "wage": 700_000, "capped_wage": 600_000, "situation": "SO", "children": 3,
        "allowance_to_pay": 90_000, "allowance_to_deduct": 100, "allowance_net": 89_900, "allowance_to_repay": 30_000,
    }  # fmt: skip


def test_rows_of_an_entrant_and_its_identity_in_the_vault():
    rows = read(principal([], [b04(CHAFIK, surname="EL FASSI", first_name="NADIA", cin="K12")])).rows
    [period], [identity] = rows["declared_period"], rows["identity"]
    assert (period["record"], period["children"], period["allowance_to_pay"], period["situation"]) == (
        "B04",
        None,
        None,
        "",
    )
    assert identity == {
        "person_key": (1 << 56) + CHAFIK, "line": 4, "insured_number": CHAFIK, "cin": "K12", "surname": "EL FASSI", "first_name": "NADIA",
    }  # fmt: skip


def test_a_prepared_list_gives_expected_employees():
    from ebds_build import a02

    result = read(
        prepared([a02(AMINA, children=2, to_pay=60_000, net=60_000)]), file=f"AFFEBDS_{EMPLOYER}_202401.txt"
    )
    [row] = result.rows["expected_employee"]
    assert (row["children"], row["allowance_to_pay"], row["allowance_to_deduct"], row["allowance_net"]) == (
        2,
        60_000,
        0,
        60_000,
    )
    assert (result.findings.kind, result.findings.totals_agree, result.findings.codes) == (
        "ebds-preetabli",
        True,
        (),
    )


def test_a_complementary_file_has_entrants_only():
    result = read(complementary([b04(AMINA, letter="E")], number=2), file=f"DSC2_{EMPLOYER}_202401.txt")
    assert [row["record"] for row in result.rows["declared_period"]] == ["E04"]
    assert (result.findings.kind, result.findings.principal, result.findings.totals_agree) == (
        "ebds-complementaire",
        False,
        True,
    )
    assert not any(name.startswith("E03") for name in result.findings.totals)


@pytest.mark.parametrize(
    "empty", ["E02", "E02   ", "E02".ljust(260), "", "E02" + "0" * 257, f"E02{EMPLOYER}202401".ljust(260)]
)
def test_the_known_employees_of_a_complementary_file_are_one_empty_line(empty):
    lines = complementary([b04(AMINA, letter="E")])
    lines[2], lines[3] = empty, empty.replace("E02", "E03")
    result = read(lines, file="any")
    assert result.verdicts == [2, 2, 2, 2, 0, 2, 2]
    assert result.findings.codes == ()


def test_e04_may_leave_the_employer_to_the_header():
    result = read(complementary([b04(AMINA, letter="E", employer="")]), file="any")
    assert result.rows["declared_period"][0]["employer"] == EMPLOYER
    assert result.codes[4] == {"employer-blank"}


@pytest.mark.parametrize(
    "blank",
    [blank_b04(), blank_b04(EMPLOYER, "202401"), "B04".ljust(260, "0"), line("B04", "0" * 13, "0" * 9)],
)
def test_one_blank_b04_says_that_there_are_no_entrants(blank):
    lines = principal([b02(AMINA)])
    lines[4] = blank
    result = read(lines)
    assert result.verdicts[4] == STRUCTURAL
    assert result.findings.totals_agree


def test_e04_without_any_employer_is_quarantined():
    lines = complementary([b04(AMINA, letter="E", employer="")])
    lines[1] = header("E", employer="12345X7")
    result = read(lines, file="any")
    assert (result.verdicts[4], result.codes[4]) == (QUARANTINED, {"employer-blank", "not-a-number"})


def test_blank_lines_are_structural_anywhere():
    lines = principal([b02(AMINA), b02(BRAHIM)])
    result = read([lines[0], "", *lines[1:3], " " * 260, *lines[3:], "", "  "], file="any")
    assert result.verdicts.count(STRUCTURAL) == len(result.verdicts) - 2
    assert result.findings.totals_agree


def test_crlf_or_lf_makes_no_difference():
    lines = principal([b02(AMINA)], [b04(0, cin="BE1")])
    assert read(lines, end=b"\r\n") == read(lines)


# The line


@pytest.mark.parametrize("width", [3, 4, 150, 259, 261, 400])
def test_a_line_has_260_characters(width):
    assert judged((b02(AMINA) + " " * 200)[:width]) == (QUARANTINED, {"line-width"})


def test_a_line_is_printable_ascii():
    for odd in (b"\xc9", b"\x00", b"\t", b"\x7f"):
        lines = [text.encode() for text in principal([b02(AMINA)])]
        lines[2] = lines[2][:25] + odd + lines[2][26:]
        nul = {"nul-byte"} if odd == b"\x00" else set()
        assert read(lines).codes[2] == {"not-ascii"} | nul


def test_a_line_is_in_upper_case():
    assert judged(b02(AMINA, surname="Alaoui")) == (QUARANTINED, {"not-upper-case"})


def test_a_line_begins_with_a_known_record_type():
    lines = principal([b02(AMINA)])
    for kind in ("B07", "C02", "A06", "b02", "B 2"):
        lines[2] = kind + lines[2][3:]
        result = read(lines)
        assert result.verdicts[2] == QUARANTINED
        assert "unknown-record" in result.codes[2]


def test_all_codes_of_a_line_are_kept():
    detail = b02(123, days=30, wage=500_000, capped=700_000, situation="XX", control=0, period="202402")
    assert judged(detail)[1] == {
        "insured-number-invalid", "declared-days-over-26", "capped-over-real", "capped-over-ceiling", "situation-unknown", "period-mismatch",
    }  # fmt: skip


# Order


def test_details_out_of_their_part_are_quarantined_alone():
    known, entrant = b02(AMINA), b04(BRAHIM)
    lines = principal([known, b02(BRAHIM)], [entrant])
    lines.insert(3, lines.pop(5))  # the entrant among the known employees
    result = read(lines)
    assert result.codes[3] == {"record-order"}
    assert result.verdicts[2] == result.verdicts[4] == ACCEPTED
    assert result.findings.totals_agree, "the sender counted it, wherever it stands"


def test_a_second_header_is_out_of_order():
    lines = principal([b02(AMINA)])
    result = read([*lines, *lines], file="any")
    assert result.verdicts[len(lines) :] == [QUARANTINED] * len(lines)
    assert all("record-order" in codes for codes in result.codes[len(lines) :])


def test_records_of_another_kind_of_file_are_out_of_order():
    lines = principal([b02(AMINA)])
    lines.insert(4, b04(BRAHIM, letter="E"))
    result = read(lines)
    assert "record-order" in result.codes[4]
    assert result.findings.totals_agree


def test_details_are_sorted_by_number():
    result = read(principal([b02(BRAHIM), b02(AMINA), b02(AMINA), b02(CHAFIK)]))
    assert [codes == {"not-sorted"} for codes in result.codes[2:6]] == [False, True, False, False]


def test_entrants_are_sorted_apart_from_known_employees():
    assert read(principal([b02(CHAFIK)], [b04(AMINA)])).warnings_and_errors == set()


# Fields


@pytest.mark.parametrize(
    "detail",
    [
        b02("10000A009", control=0),
        b02(AMINA, days=" 5"),
        b02(AMINA, wage="0000004500.00"),
        b02(AMINA, children="  "),
        b02(AMINA, employer="123456X"),
        b04(AMINA, capped=""),
    ],
)
def test_numbers_are_digits(detail):
    verdict, codes = judged(detail)
    assert verdict == QUARANTINED
    assert "not-a-number" in codes


def test_what_cannot_be_read_is_not_judged_further():
    assert judged(b02("XXXXXXXXX", days="??", wage="?", capped=0, control=5)) == (
        QUARANTINED,
        {"not-a-number"},
    )


@pytest.mark.parametrize("period", ["202413", "202400", "000012", "189912", "210001"])
def test_a_period_is_a_month(period):
    assert judged(b02(AMINA, period=period)) == (QUARANTINED, {"period-invalid"})


def test_a_line_is_of_the_header_s_employer_and_month():
    assert judged(b02(AMINA, employer=affilie(765432))) == (QUARANTINED, {"employer-mismatch"})
    assert judged(b02(AMINA, period="202312")) == (QUARANTINED, {"period-mismatch"})


def test_totals_are_of_the_header_s_employer_and_month_too():
    lines = principal([b02(AMINA)])
    lines[3] = known_totals([lines[2]], employer=affilie(765432), period="202312")
    result = read(lines)
    assert (result.verdicts[3], result.codes[3]) == (QUARANTINED, {"employer-mismatch", "period-mismatch"})


def test_text_with_leading_spaces_and_a_used_filler_only_warn():
    assert judged(b02(AMINA, surname="  ALAOUI")) == (ACCEPTED, {"text-not-left-aligned"})
    assert judged(b02(AMINA)[:-1] + "X") == (ACCEPTED, {"filler-not-blank"})


# Numbers of persons and employers


def test_check_digits_only_warn():
    assert judged(b02(AMINA + 1 if AMINA % 10 < 9 else AMINA - 1)) == (
        ACCEPTED,
        {"insured-number-check-digit"},
    )
    lines = principal([b02(AMINA, employer=EMPLOYER + 1)], employer=EMPLOYER + 1)
    result = read(lines, file="any")
    assert (result.verdicts[1], result.codes[1]) == (STRUCTURAL, {"employer-check-digit"})
    assert result.verdicts[2] == ACCEPTED


def test_some_numbers_are_never_anybody_s():
    assert judged(b02(100_000_000)) == (QUARANTINED, {"insured-number-refused"})
    assert judged(b02(234_567_890)) == (QUARANTINED, {"insured-number-invalid"})


def test_without_a_number_the_identity_card_is_required():
    assert judged(b04(0, cin="BE123456")) == (ACCEPTED, set())
    for unusable in ("", "BE-12345", "?"):
        assert judged(b04(0, cin=unusable)) == (QUARANTINED, {"cin-required"})
    assert judged(b02(0)) == (QUARANTINED, {"cin-required"}), "a known employee has no field for it"


def test_an_entrant_without_number_is_known_by_the_card():
    rows = read(principal([], [b04(0, cin="A1"), b04(0, cin="A1"), b04(0, cin="A2")])).rows
    keys = [row["person_key"] for row in rows["declared_period"]]
    assert keys[0] == keys[1] != keys[2]
    assert all(key >> 56 == 2 for key in keys)
    assert [row["insured_number"] for row in rows["identity"]] == [None] * 3


def test_occasional_labour_stands_for_the_employer_and_is_nobody():
    result = read(principal([b02(999_999_999)], [b04(999_999_999)]))
    assert result.codes[2] == result.codes[4] == {"occasional-labour"}
    assert {row["person_key"] for row in result.rows["declared_period"]} == {(3 << 56) + EMPLOYER}
    assert "identity" not in result.rows


# Days, wages, situation, control sum


def test_a_month_has_at_most_26_days():
    assert judged(b02(AMINA, days=26))[0] == ACCEPTED
    assert judged(b02(AMINA, days=27)) == (QUARANTINED, {"declared-days-over-26"})


def test_the_capped_wage_is_not_above_the_full_wage():
    assert judged(b04(AMINA, wage=400_000, capped=400_001)) == (QUARANTINED, {"capped-over-real"})


def test_the_capped_wage_is_not_above_the_ceiling_of_its_month():
    def at(period, capped):
        return read(
            principal([b02(AMINA, period=period, wage=900_000, capped=capped)], period=period), file="any"
        ).codes[2]

    assert at("200204", 600_000) == at("200203", 500_000) == set()
    assert at("200204", 600_001) == at("200203", 500_001) == {"capped-over-ceiling"}
    assert at("199301", 900_000) == set(), "before the first known ceiling there is no check"


def test_a_ceiling_that_is_not_known_checks_nothing():
    lines = principal([b02(AMINA, wage=900_000, capped=900_000)])
    assert read(lines, ceilings=((0, 100), (month_of(date(2020, 1, 1)), -1))).codes[2] == set()
    assert read(lines, ceilings=()).codes[2] == set()


@pytest.mark.parametrize("situation", ["CS", "MS", "AT", "MP"])
def test_an_absence_without_pay_has_neither_days_nor_wages(situation):
    assert judged(b02(AMINA, situation=situation, days=0, wage=0)) == (ACCEPTED, set())
    assert judged(b02(AMINA, situation=situation, days=1, wage=0)) == (QUARANTINED, {"absence-not-zero"})
    assert judged(b02(AMINA, situation=situation, days=0, wage=1, capped=0)) == (
        QUARANTINED,
        {"absence-not-zero"},
    )


@pytest.mark.parametrize("situation", ["", "SO", "DE", "IT", "IL"])
def test_other_situations_may_have_pay(situation):
    assert judged(b02(AMINA, situation=situation)) == (ACCEPTED, set())


def test_a_situation_that_is_not_in_the_contract():
    assert judged(b02(AMINA, situation="ZZ", control=0)) == (QUARANTINED, {"situation-unknown"})


def test_control_sum_of_a_known_employee():
    """Number + allowances to repay + days + full wage + capped wage + rank of the situation (DE = 2)."""
    parts = {"to_repay": 700, "days": 13, "wage": 650_000, "capped": 600_000, "situation": "DE"}
    right = AMINA + 700 + 13 + 650_000 + 600_000 + 2
    assert judged(b02(AMINA, control=right, **parts)) == (ACCEPTED, set())
    assert judged(b02(AMINA, control=right + 1, **parts)) == (QUARANTINED, {"control-sum"})


def test_control_sum_of_an_entrant():
    right = AMINA + 26 + 300_000 + 300_000
    assert judged(b04(AMINA, control=right)) == (ACCEPTED, set())
    assert judged(b04(AMINA, control=10**19 - 1)) == (QUARANTINED, {"control-sum"})


# Headers


@pytest.mark.parametrize("missing", [0, 1])
def test_without_its_headers_a_delivery_is_held(missing):
    lines = principal([b02(AMINA)])
    del lines[missing]
    assert read(lines).findings.codes[0] == "header-missing"
    assert read(lines).findings.hold


@pytest.mark.parametrize(
    "wrong", [{"employer": "12345X7"}, {"employer": "       "}, {"period": "202499"}, {"period": "JAN 24"}]
)
def test_a_header_that_names_no_employer_or_month_holds_the_delivery(wrong):
    lines = principal([b02(AMINA)])
    lines[1] = header(**wrong)
    result = read(lines)
    assert result.verdicts[1] == QUARANTINED
    assert (result.findings.codes, result.findings.hold) == (("header-unusable",), True)


def test_a_flawed_header_that_still_names_both_is_used():
    lines = principal([b02(AMINA)])
    lines[1] = header(name="Atlas")[:-8] + "20240231"
    result = read(lines)
    assert (result.verdicts[1], result.codes[1]) == (QUARANTINED, {"not-upper-case", "date-invalid"})
    assert (result.verdicts[2], result.findings.hold) == (ACCEPTED, False)


@pytest.mark.parametrize("dates", [" " * 16, "0" * 16, "2024022920240301"])
def test_dates_of_the_header_may_be_left_out(dates):
    lines = principal([b02(AMINA)])
    lines[1] = lines[1][:-16] + dates
    assert read(lines).codes[1] == set()


@pytest.mark.parametrize(("letter", "category"), [("B", "E1"), ("B", "  "), ("E", "B0"), ("E", "EX")])
def test_the_category_is_that_of_the_file(letter, category):
    lines = principal([b02(AMINA)]) if letter == "B" else complementary([b04(AMINA, letter="E")])
    lines[0] = transfer(letter, category=category)
    result = read(lines, file="any")
    assert (result.verdicts[0], result.codes[0], result.findings.hold) == (
        QUARANTINED,
        {"category-mismatch"},
        False,
    )


# Totals and end


@pytest.mark.parametrize("at", [3, 5, 6])
def test_a_total_that_is_not_the_sum_is_recorded(at):
    lines = principal([b02(AMINA)], [b04(BRAHIM)])
    lines[at] = lines[at][:21] + "7" + lines[at][22:]
    result = read(lines)
    assert (result.findings.codes, result.findings.totals_agree, result.findings.hold) == (
        ("totals-mismatch",),
        False,
        False,
    )
    assert result.findings.totals[f"{lines[at][:3]}.count"] == (7, 2 if at == 6 else 1)
    assert result.verdicts == [2, 2, 0, 2, 0, 2, 2]


def test_totals_count_what_was_sent_and_not_what_was_accepted():
    lines = principal([b02(AMINA), b02(BRAHIM, days=31)])
    assert read(lines).verdicts[3] == QUARANTINED
    assert read(lines).findings.totals_agree


def test_sums_beyond_64_bits_are_exact():
    lines = [b02(AMINA, control=10**19 - 1)] * 3
    assert read(principal(lines[:1] * 1)).findings.totals["B03.control"] == (10**19 - 1, 10**19 - 1)
    file = principal([b02(AMINA)])
    file[2:3] = lines
    assert read(file).findings.totals["B03.control"][1] == 3 * (10**19 - 1)


def test_a_total_that_is_missing_or_unreadable_is_recorded():
    lines = principal([b02(AMINA)])
    unreadable = [*lines[:3], lines[3][:-200], *lines[4:]]
    for file in (unreadable, lines[:3] + lines[4:]):
        result = read(file)
        assert "totals-missing" in result.findings.codes
        assert result.findings.totals["B03.wage"] == (None, 450_000)
        assert result.findings.totals_agree is None


@pytest.mark.parametrize("kept", range(2, 6))
def test_a_file_that_was_cut_off_says_so(kept):
    lines = principal([b02(AMINA)])
    result = read(lines[:kept])
    assert result.findings.codes == ("end-missing", "totals-missing")
    assert result.findings.totals_agree is None  # what is not there disagrees with nothing
    assert not result.findings.hold


def test_an_empty_delivery_is_held():
    assert read([]).findings.hold
    assert read([""]).findings.codes[0] == "header-missing"


# Names of files


@pytest.mark.parametrize(
    ("file", "style"),
    [
        (f"DS_{EMPLOYER}_202401.txt", "AAAAMM"),
        (f"DS_{EMPLOYER}_012024.txt", "MMAAAA"),
        (f"ds_{EMPLOYER}_202401.TXT", "AAAAMM"),
        ("declaration de janvier.txt", None),
        (f"DS_{EMPLOYER}.txt", None),
    ],
)
def test_both_writings_of_the_period_in_a_file_name_are_read(file, style):
    found = read(principal([b02(AMINA)]), file=file).findings
    assert (found.name_period_style, found.codes, found.hold) == (style, (), False)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (f"DS_{affilie(765432)}_202401.txt", "file-name-employer"),
        (f"DS_{EMPLOYER}_202402.txt", "file-name-period"),
        (f"DS_{EMPLOYER}_999999.txt", "file-name-period"),
        (f"DSC1_{EMPLOYER}_202401.txt", "file-name-kind"),
        (f"AFFEBDS_{EMPLOYER}_202401.txt", "file-name-kind"),
    ],
)
def test_a_name_that_contradicts_the_content_holds_the_delivery(file, code):
    found = read(principal([b02(AMINA)]), file=file).findings
    assert (found.codes, found.hold) == ((code,), True)


def test_a_name_that_gives_another_number_of_complementary_file_holds_it():
    lines = complementary([b04(AMINA, letter="E")], number=2)
    assert read(lines, file=f"DSC1_{EMPLOYER}_202401.txt").findings.codes == ("file-name-kind",)
    assert read(lines, file=f"DSC2_{EMPLOYER}_202401.txt").findings.codes == ()


def test_a_complementary_file_beyond_the_ninth_has_no_number_to_compare():
    lines = complementary([b04(AMINA, letter="E")], number=0)
    assert read(lines, file=f"DSC10_{EMPLOYER}_202401.txt").findings.codes == ()


def test_totals_are_b03_and_b05_together():
    known, entrants = [b02(AMINA, wage=100)], [b04(BRAHIM, wage=23)]
    assert totals(6, known + entrants)[3:] != totals(5, entrants)[3:]
    assert read(principal(known, entrants)).findings.totals["B06.wage"] == (123, 123)
