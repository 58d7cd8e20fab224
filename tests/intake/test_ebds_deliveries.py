"""e-BDS files through intake: supersession, names that contradict, totals, entrants, occasional labour."""

from __future__ import annotations

import json
from datetime import date

from intake_build import ANNA, BADR, MILL, declaration, ebds, register

from himaya import intake

SAME = {"employer": MILL, "period": "202401"}
NAME = f"DS_{MILL}_202401.txt"


def principal(*people: int, wage: int = 450_000) -> bytes:
    return declaration(ebds.principal([ebds.b02(person, wage=wage, **SAME) for person in people], **SAME))


def delivered(fund) -> dict[int, dict]:
    return {row["delivery"]: row for row in intake.deliveries(fund.lake.snapshot()).to_pylist()}


def test_a_principal_is_accepted_with_its_employer_month_and_totals(fund):
    done = fund.take({NAME: principal(ANNA, BADR)})[NAME]
    assert (done.status, done.lines, done.accepted, done.structural, done.totals_agree) == (
        "accepted",
        8,
        2,
        6,
        True,
    )
    row = delivered(fund)[1]
    assert (row["employer"], row["month"], row["line_end"], row["kind"]) == (
        MILL,
        date(2024, 1, 1),
        "LF",
        "ebds-principal",
    )
    assert json.loads(row["totals"]) == {name: list(pair) for name, pair in done.totals.items()}


def test_a_later_principal_supersedes_the_earlier_in_the_fund_and_in_the_batch(fund):
    fund.take({NAME: principal(ANNA)})
    fund.take({NAME: principal(ANNA, BADR), f"again-{NAME}": principal(BADR)})
    assert [delivered(fund)[number]["supersedes"] for number in (1, 2, 3)].count(None) == 1
    assert {row["supersedes"] for row in delivered(fund).values()} == {None, 1, 2}


def test_a_complementary_file_supersedes_nothing(fund):
    fund.take({NAME: principal(ANNA)})
    lines = ebds.complementary([ebds.b04(BADR, letter="E", **SAME)], **SAME)
    fund.take({f"DSC1_{MILL}_202401.txt": declaration(lines)})
    assert delivered(fund)[2]["supersedes"] is None


def test_a_name_that_contradicts_the_content_holds_the_delivery_until_released(fund):
    fund.take({NAME: principal(ANNA)})
    wrong = f"DS_{MILL}_202402.txt"
    done = fund.take({wrong: principal(ANNA, BADR)})[wrong]
    assert (done.status, done.accepted, done.quarantined, done.codes["delivery-held"]) == ("held", 0, 2, 2)
    assert "file-name-period" in done.codes
    assert len(fund.rows("declared_period")) == 1
    assert delivered(fund)[2]["supersedes"] is None
    freed = intake.replay(fund.workspace, fund.lake, [2], release=True).deliveries[0]
    assert (freed.status, freed.accepted) == ("accepted", 2)
    assert delivered(fund)[2]["supersedes"] == 1
    assert len(fund.rows("declared_period")) == 3


def test_a_held_principal_that_was_overtaken_is_not_released(fund):
    wrong = f"DS_{MILL}_202402.txt"
    fund.take({wrong: principal(ANNA, wage=1)})
    fund.take({NAME: principal(ANNA)})
    kept = intake.replay(fund.workspace, fund.lake, [1], release=True).deliveries[0]
    assert (kept.status, kept.message) == ("held", "delivery 2 stands for the same employer and month since")
    assert len(fund.rows("declared_period")) == 1


def test_a_truncated_file_keeps_what_is_right_and_says_what_is_missing(fund):
    whole = principal(ANNA, BADR)
    done = fund.take({NAME: whole[: whole.index(b"B03")]})[NAME]
    assert (done.accepted, done.lost) == (2, 0)
    assert {"end-missing", "totals-missing"} & set(done.codes)


def test_wrong_totals_are_found(fund):
    lines = ebds.principal([ebds.b02(ANNA, **SAME)], **SAME)
    lines[3] = ebds.known_totals([ebds.b02(ANNA, wage=1, **SAME)], **SAME)
    done = fund.take({NAME: declaration(lines)})[NAME]
    assert (done.totals_agree, done.codes["totals-mismatch"]) == (False, 1)


def test_entrants_without_a_number_and_occasional_labour_are_not_strangers(fund):
    fund.take({"r.csv": register(ANNA)})
    known = [ebds.b02(ANNA, **SAME), ebds.b02(999999999, **SAME)]
    entrants = [ebds.b04(0, cin="BE123456", **SAME)]
    done = fund.take({NAME: declaration(ebds.principal(known, entrants, **SAME))})[NAME]
    assert done.accepted == 3
    assert "unknown-person" not in done.codes
