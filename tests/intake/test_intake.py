"""Intake from end to end on small files: statuses, codes, rows, registers, supersession, replay."""

from __future__ import annotations

import os
from datetime import date

import pytest
from intake_build import ANNA, BADR, DEATHS, EXTRACT, MILL, RECEIVED_ON, employers, extract, month, register

from himaya import intake
from himaya.errors import UsageError
from himaya.intake import formats as registry


def reconciles(delivery) -> bool:
    return (
        delivery.lines == delivery.accepted + delivery.quarantined + delivery.structural
        and delivery.lost == 0
    )


def test_a_good_file_is_accepted_and_published(fund):
    done = fund.take({"a.csv": extract(month(), month(period="202002"))}, received_on=RECEIVED_ON)["a.csv"]
    assert (done.status, done.kind, done.delivery, done.lines, done.accepted) == (
        "accepted",
        "career-extract",
        1,
        3,
        2,
    )
    rows = fund.rows("declared_period")
    assert [(row["delivery"], row["line"], row["known_from"]) for row in rows] == [
        (1, 2, RECEIVED_ON),
        (1, 3, RECEIVED_ON),
    ]
    assert {row["wage"] for row in rows} == {300050}
    assert list(fund.workspace.journal.iterdir()) == []


def test_nothing_is_visible_before_the_publication(fund):
    before = fund.lake.snapshot()
    fund.take({"a.csv": extract(month())})
    assert before.read("declared_period").num_rows == 0
    assert fund.lake.snapshot().read("declared_period").num_rows == 1


def test_wrong_lines_are_quarantined_with_their_bytes_and_all_their_codes(fund):
    done = fund.take({"a.csv": extract(month(), month(period="202013", days=27), month(), end="\r\n")})[
        "a.csv"
    ]
    assert (done.status, done.accepted, done.quarantined, reconciles(done)) == ("partial", 2, 1, True)
    kept = fund.rows("quarantine")[0]
    assert kept["raw"] == month(period="202013", days=27).encode()
    assert set(kept["codes"]) == {"date-invalid", "out-of-range"}
    data = extract(month(), month(period="202013", days=27), month(), end="\r\n")
    assert data[kept["offset"] :].startswith(kept["raw"])
    assert intake.raw_line(fund.workspace, 1, kept["line"]) == kept["raw"]


def test_quarantined_lines_are_masked_unless_asked_otherwise(fund):
    fund.take({"a.csv": extract(month(wage="x"))})
    snapshot = fund.lake.snapshot()
    assert intake.quarantined(snapshot, 1)[0]["content"] == "999999999;9999999;999999;99;x"
    assert str(ANNA) in intake.quarantined(snapshot, 1, masked=False)[0]["content"]


class TestDuplicates:
    def test_the_same_bytes_in_one_call(self, fund):
        done = fund.take({"a.csv": extract(month()), "b.csv": extract(month())})
        assert (done["a.csv"].status, done["b.csv"].status, done["b.csv"].duplicate_of) == (
            "accepted",
            "duplicate",
            1,
        )
        assert len(fund.rows("declared_period")) == 1

    def test_the_same_bytes_later_under_another_name(self, fund):
        fund.take({"a.csv": extract(month())})
        assert fund.take({"b.csv": extract(month())})["b.csv"].duplicate_of == 1

    def test_a_refused_file_may_be_sent_again(self, fund):
        assert fund.take({"a.csv": b"A;B\n1;2\n"})["a.csv"].status == "refused"
        assert fund.take({"a.csv": b"A;B\n1;2\n"})["a.csv"].status == "refused"

    def test_a_held_file_is_released_rather_than_sent_again(self, fund):
        data = extract(*[month(wage="x")] * 30)
        assert fund.take({"a.csv": data})["a.csv"].status == "held"
        assert fund.take({"b.csv": data})["b.csv"].duplicate_of == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "code", "lines"),
        [
            (b"", "empty-file", 0),
            (b"\0\1\2\n\3\n\n4", "unknown-kind", 4),
            (b"A;B\n1;2\n", "unknown-kind", 2),
            (EXTRACT.encode() + b"\r" + month().encode() + b"\r", "cr-line-ends", 1),
            (b"A;B\r1;2\r", "cr-line-ends", 1),
            (extract(month()).decode().encode("utf-16"), "utf-16", 2),
        ],
    )
    def test_what_cannot_be_read_is_refused_and_kept(self, fund, data, code, lines):
        done = fund.take({"a.csv": data})["a.csv"]
        assert (done.status, list(done.codes), done.lines, reconciles(done)) == (
            "refused",
            [code],
            lines,
            True,
        )

    def test_the_nearest_kind_and_its_missing_columns_are_named(self, fund):
        done = fund.take({"a.csv": b"NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIR\n"})["a.csv"]
        assert "career-extract" in done.message
        assert "SALAIRE" in done.message

    def test_a_missing_file_costs_only_itself(self, fund):
        good = fund.write("a.csv", extract(month()))
        report = intake.receive_and_load(fund.workspace, fund.lake, [fund.incoming / "no.csv", good])
        assert [(d.status, d.delivery) for d in report.deliveries] == [("refused", None), ("accepted", 1)]
        assert report.deliveries[0].codes == {"missing-file": 1}

    def test_a_link_in_a_folder_and_a_pipe_are_not_read_and_cost_only_themselves(self, fund):
        (fund.incoming / "link.csv").symlink_to("/etc/passwd")
        os.mkfifo(fund.incoming / "pipe.csv")
        fund.write("a.csv", extract(month()))
        found = {d.file: (d.status, *d.codes) for d in fund.take_all().deliveries}
        assert found == {
            "a.csv": ("accepted",),
            "link.csv": ("refused", "unreadable"),
            "pipe.csv": ("refused", "unreadable"),
        }

    def test_an_unreadable_file_costs_only_itself(self, fund, monkeypatch):
        # The tests may run as root, whom permissions do not stop: a read that fails stands for it.
        from pathlib import Path

        fund.write("a.csv", extract(month()))
        fund.write("b.csv", b"secret")
        opened = Path.open

        def refuse(path, *args, **options):
            if path.name == "b.csv":
                raise PermissionError(13, "Permission denied")
            return opened(path, *args, **options)

        monkeypatch.setattr(Path, "open", refuse)
        found = {d.file: d for d in fund.take_all().deliveries}
        assert (found["a.csv"].status, found["b.csv"].codes) == ("accepted", {"unreadable": 1})

    def test_an_unknown_kind_on_the_command_line(self, fund):
        with pytest.raises(UsageError, match="deaths"):
            fund.take({"a.csv": b"x"}, kind="death")

    def test_a_forced_kind_whose_header_does_not_fit_is_held(self, fund):
        done = fund.take({"a.csv": b"A;B\n1;2\n"}, kind="deaths")["a.csv"]
        assert (done.status, done.quarantined, done.codes["header-unusable"]) == ("held", 2, 3)


class TestHeld:
    BAD = extract(*[month()] * 70, *[month(wage="x")] * 21)

    def test_too_many_wrong_lines_hold_everything(self, fund):
        done = fund.take({"a.csv": self.BAD})["a.csv"]
        assert (done.status, done.accepted, done.quarantined) == ("held", 0, 91)
        assert (done.codes["delivery-held"], done.codes["not-a-number"]) == (91, 21)
        assert fund.rows("declared_period") == []

    def test_below_either_threshold_it_is_not_held(self, fund):
        done = fund.take(
            {
                "few.csv": extract(month(), *[month(wage="x")] * 20),
                "share.csv": extract(*[month(period="202002")] * 84, *[month(wage="x")] * 21),
            }
        )
        assert {d.status for d in done.values()} == {"partial"}

    def test_an_officer_releases_it_and_no_line_is_loaded_twice(self, fund):
        fund.take({"a.csv": self.BAD}, received_on=date(2026, 1, 5))
        assert intake.replay(fund.workspace, fund.lake, [1]).deliveries[0].status == "held"
        for _ in range(2):
            done = intake.replay(
                fund.workspace, fund.lake, [1], release=True, replayed_on=date(2026, 1, 9)
            ).deliveries[0]
            assert (done.status, done.accepted, done.quarantined, reconciles(done)) == (
                "partial",
                70,
                21,
                True,
            )
        rows = fund.rows("declared_period")
        assert (len(rows), {row["known_from"] for row in rows}) == (70, {date(2026, 1, 9)})
        assert len(intake.quarantined(fund.lake.snapshot(), 1)) == 21
        standing = intake.deliveries(fund.lake.snapshot()).to_pylist()
        assert [(row["delivery"], row["status"], row["accepted"]) for row in standing] == [(1, "partial", 70)]


class TestReplay:
    def test_after_the_contract_is_mended(self, fund, monkeypatch):
        import dataclasses

        fund.take({"a.csv": extract(month(), month(days=30), month(days=40))})
        known = registry.formats()
        agreed = known["career-extract"].contract
        days = dataclasses.replace(agreed.columns["JOURS"], maximum=31)
        mended = dataclasses.replace(agreed, version="1.0.1", columns={**agreed.columns, "JOURS": days})
        monkeypatch.setitem(
            known, "career-extract", dataclasses.replace(known["career-extract"], contract=mended)
        )
        done = intake.replay(fund.workspace, fund.lake).deliveries[0]
        assert (done.status, done.accepted, done.quarantined) == ("partial", 2, 1)
        assert sorted((row["line"], row["days"]) for row in fund.rows("declared_period")) == [
            (2, 26),
            (3, 30),
        ]
        assert [row["line"] for row in fund.rows("replay")] == [3]
        assert intake.replay(fund.workspace, fund.lake).deliveries[0].accepted == 2

    def test_a_delivery_without_quarantine_is_an_error(self, fund):
        fund.take({"a.csv": extract(month())})
        with pytest.raises(intake.UnknownDeliveryError):
            intake.replay(fund.workspace, fund.lake, [1])

    def test_with_nothing_in_quarantine_nothing_happens(self, fund):
        before = fund.take_all().publication.number
        report = intake.replay(fund.workspace, fund.lake)
        assert (report.deliveries, report.publication.number) == ((), before)


class TestRegisters:
    def test_without_registers_nobody_is_unknown(self, fund):
        assert fund.take({"a.csv": extract(month())})["a.csv"].codes == {}

    def test_strangers_warn_and_are_loaded(self, fund):
        fund.take({"r.csv": register(ANNA), "e.csv": employers(MILL)})
        done = fund.take({"a.csv": extract(month(), month(BADR), month(BADR, 1))})["a.csv"]
        assert (done.status, done.accepted) == ("accepted", 3)
        assert done.codes == {"employer-check-digit": 1, "unknown-employer": 1, "unknown-person": 2}

    def test_a_register_of_the_same_batch_is_read_first(self, fund):
        done = fund.take({"a.csv": extract(month(), month(BADR)), "z.csv": register(ANNA)})
        assert done["a.csv"].codes == {"unknown-person": 1}

    def test_names_go_to_the_vault_and_the_register_has_none(self, fund):
        fund.take({"r.csv": register(ANNA)})
        assert fund.rows("identity")[0]["surname_arabic"] == "العلوي"
        assert set(fund.rows("insured_person")[0]) == {
            "person_key", "birth_date", "sex", "registered_on", "delivery", "line", "known_from",
        }  # fmt: skip


def test_declared_totals_are_compared(fund):
    done = fund.take(
        {
            "right.csv": extract(month(), "TOTAL;1;26;3000.50"),
            "wrong.csv": extract(month(), "TOTAL;2;26;3000.50"),
        }
    )
    assert (done["right.csv"].totals_agree, done["wrong.csv"].totals_agree) == (True, False)
    assert done["wrong.csv"].codes["totals-mismatch"] == 1


def test_a_large_file_read_in_parts_gives_the_same_as_in_one(fund, monkeypatch):
    from himaya.intake import portions, raw, receive

    lines = [
        month(period=f"{2000 + i % 20}{1 + i % 12:02d}", days="x" if i % 50 == 0 else i % 27)
        for i in range(4000)
    ]
    total = f"TOTAL;4000;{sum(i % 27 for i in range(4000) if i % 50)};{4000 * 3000.5:.2f}"
    data = extract(*lines, total)
    whole = fund.take({"a.csv": data})["a.csv"]
    rows = {(row["line"], row["days"]) for row in fund.rows("declared_period")}
    for module, name, value in (
        (raw, "FRAME_BYTES", 5000), (receive, "SMALL_BYTES", 1000),
        (portions, "LARGE_BYTES", 10_000), (portions, "TASK_BYTES", (20_000, 20_000)),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    parts = fund.take({"b.csv": data + b"\n"})["b.csv"]
    assert (parts.accepted, parts.quarantined, parts.structural) == (whole.accepted, whole.quarantined, 3)
    assert (parts.totals_agree, parts.totals, parts.codes) == (True, whole.totals, whole.codes)
    assert {
        (row["line"], row["days"]) for row in fund.rows("declared_period") if row["delivery"] == 2
    } == rows
    assert intake.raw_line(fund.workspace, 2, 3001).decode() == lines[2999]
    held = fund.take({"c.csv": data.replace(b";26;", b";zz;").replace(b";1", b";y")})["c.csv"]
    assert (held.status, held.accepted, held.quarantined, held.structural) == ("held", 0, 4000, 2)
    assert len([row for row in fund.rows("quarantine") if row["delivery"] == 3]) == 4000


def test_status_adds_up(fund):
    fund.take({"a.csv": extract(month(), month(wage="x")), "b.csv": b"A\n", "c.csv": DEATHS.encode() + b"\n"})
    document = intake.status(fund.lake.snapshot())
    totals = document["totals"]
    assert totals["lines"] == totals["accepted"] + totals["quarantined"] + totals["structural"] == 5
    assert [(row["kind"], row["status"]) for row in document["deliveries"]] == [
        ("career-extract", "partial"), ("deaths", "accepted"), ("unknown", "refused"),
    ]  # fmt: skip
