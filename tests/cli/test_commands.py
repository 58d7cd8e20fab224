"""Each command as a person uses it: what it prints, in which language, with which exit code."""

import json
import re
import subprocess
import sys

import pytest

from himaya.cli.app import app

COMMANDS = [
    "init",
    "intake",
    "replay",
    "quarantine",
    "status",
    "run",
    "list",
    "explain",
    "letter",
    "letters",
    "report",
    "help",
    "demo",
]


@pytest.mark.parametrize(
    "command", [word for word in COMMANDS if word not in {"init", "intake", "replay", "demo"}]
)
def test_every_command_answers_in_one_json_document(himaya, fund, command, tmp_path):
    person = fund.list("take-up").rows(1)[0]["person"]
    words = {
        "quarantine": ["1"],
        "list": ["take-up"],
        "explain": [person],
        "letter": [person, "--output", tmp_path / "one.pdf"],
        "letters": ["take-up", "--output", tmp_path / "all", "--workers", "1"],
        "help": ["control-sum"],
    }
    code, out, _ = himaya(command, *words.get(command, []), "--json")
    assert code == 0
    assert isinstance(json.loads(out), dict)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_json_and_language_and_explains_itself(himaya, command):
    code, out, _ = himaya(command, "--help")
    assert code == 0
    assert "--json" in out
    assert "--lang" in out


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Entitled to an old-age"), ("fr", "Droit ouvert"), ("ar", "الحق في معاش")]
)
def test_the_explanation_speaks_the_language_asked_for(himaya, fund, lang, words):
    person = fund.list("take-up").rows(1)[0]["person"]
    code, out, _ = himaya("explain", person, "--lang", lang)
    assert code == 0
    assert words in out


def test_an_explanation_is_written_as_page_and_picture(himaya, fund, tmp_path):
    person = fund.list("take-up").rows(1)[0]["person"]
    page, picture = tmp_path / "new" / "one.html", tmp_path / "one.svg"
    code, out, _ = himaya("explain", person, "--html", page, "--picture", picture, "--lang", "fr")
    assert code == 0
    assert "one.html" in out
    assert "one.svg" in out
    assert person in page.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").startswith("<svg xmlns")


def test_a_letter_says_where_it_is_and_what_is_to_be_filled_in(himaya, fund, tmp_path):
    person = fund.list("take-up").rows(1)[0]["person"]
    code, out, _ = himaya("letter", person, "--output", tmp_path / "one.pdf")
    assert code == 0
    assert "one.pdf" in out
    assert "letters.toml: address" in out


def test_letters_say_how_many_where_and_what_is_to_be_filled_in(himaya, fund, tmp_path):
    words = ("letters", "take-up", "--output", tmp_path / "all", "--limit", "2", "--workers", "1")
    code, out, _ = himaya(*words, "--lang", "en")
    assert code == 0
    assert "2 letters written." in out
    assert "letters.toml: address" in out
    _, out, _ = himaya(*words, "--lang", "en")
    assert "2 letters of the same run were there already." in out


def test_lists_cite_publication_and_run(himaya, demonstration):
    _, out, _ = himaya("list", "take-up", "--lang", "en")
    assert demonstration.run in out
    _, out, _ = himaya("list", "take-up", "--json", "--limit", "2")
    document = json.loads(out)
    assert document["run"] == demonstration.run
    assert len(document["rows"]) == 2
    assert {(row["publication"], row["run"]) for row in document["rows"]} == {
        (document["publication"], demonstration.run)
    }
    assert (document["publication"], document["published_as"]) == (
        demonstration.publication,
        demonstration.published_as,
    )
    assert document["total"] == demonstration.lists["take-up"]


def test_a_list_goes_to_a_spreadsheet_whole(himaya, demonstration, tmp_path):
    file = tmp_path / "list.csv"
    code, _, _ = himaya("list", "differences", "--csv", file, "--limit", "1")
    assert code == 0
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == demonstration.lists["differences"] + 1
    assert (
        lines[0]
        == "person,paid_amount,due_amount,difference,reason,article,unverified,publication,run,currency"
    )
    row = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert re.fullmatch(r"\d+\.\d\d", row["due_amount"])
    assert (row["run"], row["currency"]) == (demonstration.run, "MAD")


def test_the_publication_read_and_the_one_that_shows_the_result_are_told_apart_everywhere(
    himaya, fund, demonstration
):
    person = fund.list("take-up").rows(1)[0]["person"]
    read, shown = demonstration.publication, demonstration.published_as
    assert shown == read + 1
    for words in (["run"], ["list", "take-up"], ["explain", person]):
        document = json.loads(himaya(*words, "--json")[1])
        assert (document["publication"], document["published_as"], document["run"]) == (
            read,
            shown,
            demonstration.run,
        )
        _, out, _ = himaya(*words, "--lang", "en")
        assert f"read from publication {read}, published as {shown}" in out


def test_json_with_amounts_says_what_they_are(himaya, fund):
    person = fund.list("take-up").rows(1)[0]["person"]
    for words in (["list", "take-up"], ["explain", person]):
        assert json.loads(himaya(*words, "--json")[1])["money"] == {"currency": "MAD", "unit": "centime"}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["list", "takeup"], 2, "take-up"),
        (["explain", "199999999"], 4, "check digit"),
        (["explain", "12"], 2, "nine digits"),
        (["help", "control-sums"], 2, "control-sum"),
        (["letters", "contradictions"], 2, "take-up"),
        (["letter", "199999999"], 4, "check digit"),
        (["run", "--law-date", "01/10/2026"], 2, "2026-10-01"),
        (["status", "--lang", "de"], 2, "en, fr, ar"),
        (["quarantine", "999999"], 1, "999999"),
        (["run", "--known-date", "2020-01-01"], 1, "1\u00a0January\u00a02020"),
        (["run", "--law-date", "1900-01-01"], 1, "1\u00a0January\u00a01900"),
        (["report", "--output", "/proc/no/such"], 1, "/proc/no"),
        (["run", "--overlay", "/no/such.yaml"], 2, "/no/such.yaml"),
    ],
)
def test_a_mistake_gets_its_exit_code_and_what_to_do(himaya, words, code, told):
    status, out, err = himaya(*words)
    assert status == code
    assert told in err
    assert out == ""


def test_a_mistake_is_json_when_json_was_asked_for(himaya):
    code, out, _ = himaya("explain", "199999999", "--json")
    assert code == 4
    assert json.loads(out)["error"]["code"] == "person-not-found"


@pytest.mark.parametrize(
    "words",
    [
        ["intake"],
        ["run", "--law-date", "31/12/2026"],
        ["status", "--bogus"],
        ["quarantine", "abc"],
        ["list", "takeup"],
        ["nonsense"],
        ["status", "--lang", "de"],
    ],
)
def test_what_is_not_understood_is_one_json_document_too(himaya, words):
    code, out, _ = himaya(*words, "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (2, "usage")
    assert error["what"]
    assert error["mend"]


def test_a_folder_that_is_no_fund_says_how_to_make_one(himaya, tmp_path):
    code, _, err = himaya("status", fund_folder=tmp_path)
    assert code == 2
    assert "himaya init" in err


def test_files_go_in_and_the_copy_is_refused(himaya, tmp_path):
    folder, file = tmp_path / "fund", tmp_path / "affilies.csv"
    file.write_bytes(
        "NUM_AFFILIE;RAISON_SOCIALE;ACTIVITE;VILLE;DATE_AFFILIATION\n1234560;A;B;C;01/01/2020\n".encode(
            "cp1252"
        )
    )
    assert himaya("init", folder)[0] == 0
    code, out, _ = himaya("intake", file, "--json", "--workers", "1", fund_folder=folder)
    first = json.loads(out)["deliveries"][0]
    assert code == 0
    assert {
        "file",
        "status",
        "lines",
        "accepted",
        "quarantined",
        "structural",
        "codes",
        "totals_agree",
    } <= set(first)
    assert (first["status"], first["lines"], first["accepted"], first["structural"]) == ("accepted", 2, 1, 1)
    code, out, _ = himaya("intake", file, "--json", "--workers", "1", fund_folder=folder)
    again = json.loads(out)["deliveries"][0]
    assert (again["status"], again["duplicate_of"]) == ("duplicate", first["delivery"])
    (tmp_path / "what.bin").write_bytes(b"neither fish nor fowl\n")
    code, out, _ = himaya(
        "intake", tmp_path / "what.bin", "--workers", "1", "--lang", "fr", fund_folder=folder
    )
    assert code == 3
    assert "refus" in out


def test_a_wrong_language_in_the_environment_is_a_sentence(himaya, monkeypatch):
    monkeypatch.setenv("HIMAYA_LANG", "xx")
    code, _, err = himaya("status")
    assert code == 2
    assert "en, fr, ar" in err


def test_the_language_may_stand_before_the_command(himaya, fund, monkeypatch):
    monkeypatch.setenv("HIMAYA_LANG", "en")
    code, out, _ = himaya("--lang", "fr", "list", "take-up")
    assert code == 0
    assert "Calcul" in out


def test_a_day_of_receipt_that_has_not_come_is_refused(himaya, tmp_path):
    code, _, err = himaya("intake", tmp_path, "--received-on", "2999-01-01")
    assert code == 2
    assert "1\u00a0January\u00a02999" in err


def test_a_day_of_knowledge_that_has_not_come_is_refused(himaya):
    code, _, err = himaya("run", "--known-date", "2999-01-01")
    assert code == 2
    assert "1\u00a0January\u00a02999" in err


def test_a_delivery_that_is_not_there_is_not_said_to_be_without_quarantine(himaya, tmp_path):
    assert himaya("init", tmp_path / "fund")[0] == 0
    code, _, err = himaya("replay", "5", "--lang", "en", "--workers", "1", fund_folder=tmp_path / "fund")
    assert code == 1
    assert "there is no delivery 5" in err


def test_an_intake_that_brings_nothing_does_not_claim_a_publication(himaya, tmp_path):
    assert himaya("init", tmp_path / "fund")[0] == 0
    (tmp_path / "what.bin").write_bytes(b"neither fish nor fowl\n")
    words = ("--lang", "en", "--workers", "1")
    _, out, _ = himaya("intake", tmp_path / "what.bin", *words, fund_folder=tmp_path / "fund")
    assert "1 delivery, lines: 1 = " in out
    assert "Published as publication 1." in out
    _, out, _ = himaya("intake", tmp_path / "no.csv", *words, fund_folder=tmp_path / "fund")
    assert "Nothing new: the fund stands in publication 1." in out
    _, out, _ = himaya("quarantine", "1", *words[:2], fund_folder=tmp_path / "fund")
    assert "kept back as a whole" in out


def test_the_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "himaya", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("himaya ")


def test_completion_is_offered(himaya):
    code, out, _ = himaya("--show-completion", "bash")
    assert code == 0
    assert "himaya" in out


def test_every_command_is_tested_here():
    assert {command.name for command in app.registered_commands} == set(COMMANDS)
