"""The demonstration measures itself: found against planted, and nothing lost."""

import json

import pytest

from himaya import demo, language
from himaya.errors import UsageError

LOOKED_FOR = [
    "take-up",
    "paid-after-death",
    "paid-without-grounds",
    "wrong-amount",
    "overlapping-full-time",
    "days-over-26",
    "declared-after-death",
    "late-month",
    "broken-line",
    "held-delivery",
    "duplicate-delivery",
    "wrong-total",
]


@pytest.mark.parametrize("kind", LOOKED_FOR)
def test_everything_planted_is_found_and_nothing_else(demonstration, kind):
    score = next(row for row in demonstration.scorecard if row["kind"] == kind)
    assert score["planted"] > 0
    assert (score["precision"], score["recall"]) == (1.0, 1.0)


def test_persons_entered_twice_are_found_as_far_as_their_names_tell(demonstration):
    score = next(row for row in demonstration.scorecard if row["kind"] == "duplicate-person")
    assert score["planted"] > 0
    assert score["precision"] > 0.8
    assert score["recall"] > 0.8
    assert score["note"] == "to-be-checked"


def test_every_kind_and_note_of_the_scorecard_is_said_in_each_language(demonstration):
    for row in demonstration.scorecard:
        assert language.has_text(f"cli.planted.{row['kind']}")
        assert not row["note"] or language.has_text(f"cli.planted_note.{row['note']}")


def test_every_line_is_accounted_for(demonstration):
    told = demonstration.deliveries
    assert told["lines"] == told["accepted"] + told["quarantined"] + told["structural"] > 100_000
    assert told["lost"] == 0


def test_the_document_holds_what_it_promises(demonstration):
    document = json.loads(json.dumps(demonstration.as_dict()))
    assert {"persons", "seconds", "deliveries", "lists", "scorecard", "publication", "run"} <= set(document)
    assert {"lines", "accepted", "quarantined", "structural", "lost"} <= set(document["deliveries"])
    assert set(document["lists"]) == {"take-up", "unsupported", "differences", "contradictions"}
    assert set(document["scorecard"][0]) >= {"kind", "planted", "found", "precision", "recall"}
    assert document["sound"] is True


def test_the_report_is_one_file_that_names_the_run(demonstration):
    page = demonstration.report.read_text(encoding="utf-8")
    assert demonstration.run in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_a_folder_that_no_demonstration_made_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not made by a demonstration"):
        demo.run(tmp_path, persons=1_000)
    assert (tmp_path / "mine.txt").read_text() == "keep me"
