"""What is sent again, cut, too early, oddly named or wrongly called must not cost anybody a month."""

from __future__ import annotations

import os

import pytest
from ebds_build import EMPLOYER, b02, complementary, insured, principal

from himaya.career import resolve
from himaya.intake.reading import quarantined

AMINA, BRAHIM, CHAFIK = insured(10000001), insured(12345678), insured(19000000)
NAME = f"DS_{EMPLOYER}_202401.txt"


def content(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode("ascii")


def standing(fund) -> dict[int, int]:
    """Wage that stands today, by person key, over all buckets."""
    found = {}
    snapshot = fund.lake.snapshot()
    for bucket in range(snapshot.lake.buckets):
        career = resolve(
            snapshot.read("declared_period", bucket=bucket), snapshot.read("delivery")
        ).to_pylist()
        found.update({row["person_key"]: row["wage"] for row in career if row["known_until"] is None})
    return found


WHOLE = principal([b02(AMINA), b02(BRAHIM), b02(CHAFIK)])


@pytest.mark.parametrize(
    ("again", "status"),
    [
        (WHOLE[:3], "partial"),  # cut after the first employee
        (principal([b02(AMINA, days=99), b02(BRAHIM, days=99), b02(CHAFIK, days=99)]), "partial"),
        ([*WHOLE[:-1], WHOLE[-1].replace("000003", "000004", 1)], "partial"),  # a total that does not agree
    ],
    ids=["cut", "every line wrong", "wrong total"],
)
def test_a_damaged_correction_withdraws_nobody(fund, again, status):
    fund.take({NAME: content(WHOLE)})
    before = standing(fund)
    assert len(before) == 3
    [delivery] = fund.take({f"again/{NAME}": content(again)}).values()
    assert delivery.status == status
    assert "incomplete-correction" in delivery.codes
    assert "stands" in delivery.message
    assert set(standing(fund)) == set(before)


def test_a_whole_correction_withdraws_whom_it_no_longer_names_and_says_so(fund):
    fund.take({NAME: content(WHOLE)})
    [delivery] = fund.take({f"again/{NAME}": content(principal([b02(AMINA), b02(BRAHIM)]))}).values()
    assert delivery.status == "accepted"
    assert "takes the place of delivery 1" in delivery.message
    assert len(standing(fund)) == 2


def test_a_cut_file_is_whole_neither_in_its_status_nor_in_its_codes(fund):
    [delivery] = fund.take({NAME: content(WHOLE[:4])}).values()
    assert delivery.status == "partial"
    assert {"end-missing", "totals-missing"} <= set(delivery.codes)
    assert delivery.accepted == 2


def test_a_month_that_has_not_begun_is_held(fund):
    lines = principal([b02(AMINA, period="209901")], period="209901")
    [delivery] = fund.take({f"DS_{EMPLOYER}_209901.txt": content(lines)}).values()
    assert (delivery.status, delivery.accepted) == ("held", 0)
    assert "period-in-future" in delivery.codes


def test_a_mistyped_number_does_not_cost_the_next_person_the_month(fund):
    """The check digit of the second number fails and it is too high: the third, in order, is accepted."""
    wrong = insured(19999999) ^ 1
    [delivery] = fund.take({NAME: content(principal([b02(AMINA), b02(wrong), b02(BRAHIM)]))}).values()
    assert delivery.quarantined == 0
    assert delivery.codes["insured-number-check-digit"] == 1


def test_a_complementary_file_declares_entrants_only(fund):
    lines = complementary([])
    lines[2] = b02(AMINA, letter="E")
    [delivery] = fund.take({f"DSC1_{EMPLOYER}_202401.txt": content(lines)}).values()
    assert delivery.codes["entrants-only"] == 1
    assert fund.rows("declared_period") == []


def test_a_name_that_is_no_utf_8_or_holds_a_newline_is_shown_and_kept_readable(fund):
    odd = os.fsdecode(b"D\xc9CLARATION.txt")
    taken = fund.take({odd: content(WHOLE), "two\nlines.txt": content(WHOLE[:4])})
    assert sorted(delivery.file for delivery in taken.values()) == [r"D\xc9CLARATION.txt", r"two\nlines.txt"]
    assert all(delivery.lost == 0 for delivery in taken.values())


def test_nothing_in_a_quarantined_line_reaches_the_terminal_as_a_command(fund):
    lines = [*WHOLE[:2], "\x1b[31mB02\x07", *WHOLE[2:]]
    fund.take({NAME: content(lines)})
    for masked in (True, False):
        text = "".join(row["content"] for row in quarantined(fund.lake.snapshot(), 1, masked=masked))
        assert text.isprintable()
        assert r"\x1b" in text


def test_what_was_held_as_a_wrong_kind_can_be_taken_in_as_the_right_one(fund):
    [wrong] = fund.take({NAME: content(WHOLE)}, kind="deaths").values()
    assert wrong.status == "held"
    [right] = fund.take({NAME: content(WHOLE)}).values()
    assert (right.status, right.accepted) == ("accepted", 3)
    [again] = fund.take({f"again/{NAME}": content(WHOLE)}).values()
    assert again.status == "duplicate"
