"""Letters of a whole list: one PDF each, an index, taken up again after a kill, for the owner's eyes alone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from himaya.errors import UsageError
from himaya.fund import Fund
from himaya.letters import LetterSettingsError, NoLetterError, sender
from himaya.rights import PersonNotFoundError


@pytest.fixture
def own(demonstration, tmp_path):
    """A copy of the demonstration's fund, to write into."""
    folder = tmp_path / "fund"
    shutil.copytree(Path(demonstration.folder) / "fund", folder)
    return Fund.open(folder, workers=1)


def index(batch):
    with (Path(batch.folder) / "letters.csv").open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def stamps(batch):
    return {path.name: path.stat().st_mtime_ns for path in Path(batch.folder).glob("*.pdf")}


@pytest.mark.parametrize("name", ["take-up", "differences", "unsupported"])
def test_everybody_on_the_list_gets_a_letter_and_a_line_in_the_index(own, name):
    batch = own.letters(name, lang="ar")
    rows = own.list(name).rows()
    assert batch.written == len(rows) > 0
    told = index(batch)
    assert {row["person"] for row in told} == {row["person"] for row in rows}
    for row in told:
        assert (Path(batch.folder) / row["file"]).read_bytes().startswith(b"%PDF")
        assert row["person"] not in row["file"], "a folder's listing names nobody"


def test_letters_are_for_the_owner_alone(own):
    batch = own.letters("take-up", lang="fr", limit=1)
    assert Path(batch.folder).stat().st_mode & 0o077 == 0
    for path in Path(batch.folder).iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_what_is_written_is_kept_and_the_rest_is_added(own):
    first = own.letters("take-up", lang="fr", limit=2)
    before = stamps(first)
    again = own.letters("take-up", lang="fr")
    assert (again.kept, again.written) == (2, len(own.list("take-up")) - 2)
    assert before.items() <= stamps(again).items()


def test_other_words_of_the_sender_write_the_letters_anew(own):
    own.letters("take-up", lang="fr", limit=2)
    (own.folder / "letters.toml").write_text('[fr]\naddress = "1, rue X"\n', encoding="utf-8")
    batch = own.letters("take-up", lang="fr", limit=2)
    assert (batch.kept, batch.written) == (0, 2)
    assert "address" not in batch.gaps


def test_documents_of_others_in_the_folder_stay(own, tmp_path):
    other = tmp_path / "contract.pdf"
    other.write_bytes(b"%PDF of somebody else")
    first = own.letters("take-up", lang="fr", limit=2, output=tmp_path)
    old = set(stamps(first)) - {other.name}
    own.letters("unsupported", lang="fr", limit=2, output=tmp_path)
    assert other.read_bytes() == b"%PDF of somebody else"
    assert not [name for name in old if (tmp_path / name).exists()]


def test_workers_write_the_same_bytes(own, tmp_path):
    alone = own.letters("differences", lang="fr", output=tmp_path / "alone")
    pair = Fund.open(own.folder, workers=2).letters("differences", lang="fr", output=tmp_path / "pair")
    for path in Path(alone.folder).glob("*.pdf"):
        assert path.read_bytes() == (Path(pair.folder) / path.name).read_bytes()


def test_a_run_that_was_killed_is_finished_by_the_next(own):
    code = f"import himaya; himaya.open({str(own.folder)!r}, workers=1).letters('unsupported', lang='fr')"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    folder = own.folder / "letters"
    limit = time.monotonic() + 120
    while not list(folder.glob("**/*.pdf")) and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    batch = own.letters("unsupported", lang="fr")
    assert batch.kept + batch.written == len(own.list("unsupported"))
    assert all(row["file"] for row in index(batch))


def test_a_reform_that_was_tried_gives_no_letters(own, tmp_path):
    overlay = tmp_path / "reform.yaml"
    overlay.write_text(
        'name: "More"\nparameters:\n  old_age.minimum_pension:\n'
        "    - {from: 2025-05-01, value: 1200, article: a proposal, verified: false}\n",
        encoding="utf-8",
    )
    own.run(overlay=overlay)
    person = own.list("take-up").rows(1)[0]["person"]
    with pytest.raises(NoLetterError, match="reform"):
        own.letter(person, lang="fr")
    batch = own.letters("take-up", lang="fr")
    assert batch.written == 0
    assert "reform" in index(batch)[0]["because"]


def test_one_letter_goes_where_it_is_told(own, tmp_path):
    person = own.list("take-up").rows(1)[0]["person"]
    told = own.letter(person, lang="fr", output=tmp_path / "a" / "one.pdf")
    assert told.path.read_bytes().startswith(b"%PDF")
    assert own.letter(person, lang="fr").path.parent.parent.parent == own.folder / "letters"
    with pytest.raises(PersonNotFoundError, match="199999999"):
        own.letter("199999999", lang="fr")


def test_one_letter_names_what_is_left_to_fill_in_as_many_do(own):
    person = own.list("take-up").rows(1)[0]["person"]
    (own.folder / "letters.toml").write_text('[fr]\naddress = "1, rue X"\n', encoding="utf-8")
    gaps = own.letter(person, lang="fr").gaps
    assert gaps == ("phone", "contest_to", "contest_within", "signed_by")
    assert gaps == own.letters("take-up", lang="fr", limit=1).gaps


def test_there_are_no_letters_about_contradictions(own):
    with pytest.raises(UsageError, match="take-up"):
        own.letters("contradictions", lang="fr")
    with pytest.raises(UsageError, match="'take-up'"):
        own.letters("takeup", lang="fr")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[de]\nname = "x"', "de"),
        ('[fr]\nadress = "x"', "'address'"),
        ("[fr]\nphone = 5", "fr.phone"),
        ("[fr\n", "cannot be read"),
    ],
)
def test_broken_settings_say_where(tmp_path, text, told):
    (tmp_path / "letters.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LetterSettingsError, match=r"letters\.toml") as found:
        sender(tmp_path, "fr", "Fund")
    assert told in str(found.value)


def test_the_manifest_says_what_the_letters_are_made_of(own):
    batch = own.letters("take-up", lang="en", limit=1)
    manifest = json.loads((Path(batch.folder) / "letters.json").read_text(encoding="utf-8"))
    assert (manifest["run"], manifest["list"], manifest["lang"]) == (batch.run, "take-up", "en")
    assert manifest["sender"]["name"] == own.name
    assert len(manifest["wording"]) == 16
