"""e-BDS files through the whole of intake: received, recognised, loaded, and what a fund then knows of them."""

from __future__ import annotations

from ebds_build import EMPLOYER, a02, affilie, b02, b04, complementary, insured, prepared, principal

AMINA, BRAHIM, CHAFIK = insured(10000001), insured(12345678), insured(19000000)


def content(lines: list[str], end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode("ascii")


def test_a_month_of_one_employer(fund):
    taken = fund.take(
        {
            f"AFFEBDS_{EMPLOYER}_202401.txt": content(prepared([a02(AMINA)])),
            f"DS_{EMPLOYER}_202401.txt": content(
                principal([b02(AMINA), b02(BRAHIM, days=27)], [b04(0, cin="BE1")])
            ),
            f"DSC1_{EMPLOYER}_012024.txt": content(complementary([b04(CHAFIK, letter="E")]), "\r\n"),
        }
    )
    prepared_list, declaration, complement = taken.values()
    assert (prepared_list.status, declaration.status, complement.status) == (
        "accepted",
        "partial",
        "accepted",
    )
    assert (declaration.lines, declaration.accepted, declaration.quarantined, declaration.structural) == (
        8,
        2,
        1,
        5,
    )
    assert declaration.codes["declared-days-over-26"] == 1
    assert declaration.totals_agree
    assert {delivery.lost for delivery in taken.values()} == {0}
    assert sorted(row["record"] for row in fund.rows("declared_period")) == ["B02", "B04", "E04"]
    assert len(fund.rows("expected_employee")) == 1
    assert sorted(row["cin"] for row in fund.rows("identity")) == ["BE1", "BE123456"]
    known = {row["kind"]: row for row in fund.rows("delivery")}
    assert {row["employer"] for row in known.values()} == {EMPLOYER}
    assert known["ebds-complementaire"]["name_period_style"] == "MMAAAA"
    assert known["ebds-principal"]["name_period_style"] == "AAAAMM"


def test_a_later_principal_declaration_supersedes_the_earlier(fund):
    first = content(principal([b02(AMINA)]))
    second = content(principal([b02(AMINA, wage=500_000)]))
    fund.take({f"DS_{EMPLOYER}_202401.txt": first})
    fund.take({f"again/DS_{EMPLOYER}_202401.txt": second})
    earlier, later = sorted(fund.rows("delivery"), key=lambda row: row["delivery"])
    assert (earlier["supersedes"], later["supersedes"]) == (None, earlier["delivery"])


def test_a_file_that_contradicts_its_name_is_held_and_loads_nothing(fund):
    lines = principal([b02(AMINA), b02(BRAHIM)])
    [delivery] = fund.take({f"DS_{affilie(765432)}_202401.txt": content(lines)}).values()
    assert delivery.status == "held"
    assert (delivery.accepted, delivery.quarantined + delivery.structural) == (0, delivery.lines)
    assert fund.rows("declared_period") == []


def test_the_same_bytes_twice_are_refused(fund):
    data = content(principal([b02(AMINA)]))
    taken = fund.take({f"DS_{EMPLOYER}_202401.txt": data, "copy.txt": data})
    assert sorted(delivery.status for delivery in taken.values()) == ["accepted", "duplicate"]


def test_a_file_cut_off_in_a_line_keeps_what_arrived(fund):
    data = content(principal([b02(AMINA), b02(BRAHIM)]))[: 3 * 261 + 100]
    [delivery] = fund.take({f"DS_{EMPLOYER}_202401.txt": data}).values()
    assert (delivery.status, delivery.accepted, delivery.quarantined, delivery.lost) == ("partial", 1, 1, 0)
    assert {"line-width", "end-missing", "totals-missing"} <= set(delivery.codes)
    assert not delivery.totals_agree


def test_a_byte_order_mark_is_no_content_and_is_recorded(fund):
    lines = content(principal([b02(AMINA), b02(BRAHIM)]))
    [delivery] = fund.take({f"DS_{EMPLOYER}_202401.txt": b"\xef\xbb\xbf" + lines}).values()
    assert (delivery.status, delivery.accepted, delivery.codes) == ("accepted", 2, {"byte-order-mark": 1})
    assert [row["encoding"] for row in fund.rows("delivery")] == ["utf-8"]


def test_utf_16_is_called_by_its_name(fund):
    data = content(principal([b02(AMINA)])).decode().encode("utf-16")
    [delivery] = fund.take({f"DS_{EMPLOYER}_202401.txt": data}).values()
    assert (delivery.status, *delivery.codes) == ("refused", "utf-16")
    assert "ASCII" in delivery.message


def test_totals_that_are_missing_disagree_with_nothing(fund):
    """B06, the grand total, is cut off: that is said, and nothing is said of a disagreement."""
    data = content(principal([b02(AMINA)])[:-1])
    [delivery] = fund.take({f"DS_{EMPLOYER}_202401.txt": data}).values()
    assert (delivery.status, delivery.totals_agree) == ("partial", None)
    assert {"end-missing", "totals-missing"} == set(delivery.codes)


def test_a_file_of_which_no_line_is_right_is_held(fund):
    """A program has stripped the spaces at the end of each line."""
    data = b"".join(
        line.rstrip() + b"\n" for line in content(principal([b02(AMINA), b02(BRAHIM)])).splitlines()
    )
    [delivery] = fund.take({f"DS_{EMPLOYER}_202401.txt": data}).values()
    assert (delivery.status, delivery.accepted, delivery.lost) == ("held", 0, 0)
    assert delivery.codes["line-width"] > 2
