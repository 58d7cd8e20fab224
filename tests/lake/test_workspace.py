"""A fund's folder: made once, opened by its settings, written to by one command at a time."""

from __future__ import annotations

import json
import stat

import pytest

from himaya.errors import UsageError
from himaya.lake import FundLockedError, LakeWriteError, NotAFundError, SecretError, Workspace
from himaya.sentence import unpacked


@pytest.fixture
def fund(tmp_path):
    return Workspace.create(tmp_path / "fund", name='Caisse "du Nord" \\ الصندوق', buckets=8)


def test_a_fund_is_opened_as_it_was_made(fund):
    assert Workspace.open(fund.path) == fund
    assert (fund.buckets, fund.country) == (8, "morocco")
    for folder in (fund.raw, fund.journal, fund.runs, fund.reports):
        assert folder.is_dir()
    assert Workspace.open(fund.path).keys == fund.keys
    assert stat.S_IMODE(fund.secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(fund.secret.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["a\nb", "tab\t", "\x7f", "'''", "# no comment", "\x00"])
def test_any_name_comes_back(tmp_path, name):
    Workspace.create(tmp_path / "fund", name=name)
    assert Workspace.open(tmp_path / "fund").name == name


def test_a_folder_that_holds_something_is_left_alone(fund, tmp_path):
    with pytest.raises(UsageError, match="exists and is not empty"):
        Workspace.create(fund.path, name="again")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="exists and is not empty"):
        Workspace.create(tmp_path / "file", name="x")
    with pytest.raises(UsageError, match="3 buckets"):
        Workspace.create(tmp_path / "new", name="x", buckets=3)
    (tmp_path / "empty").mkdir()
    assert Workspace.create(tmp_path / "empty", name="x").buckets == 16


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LakeWriteError, match="Not a directory"):
        Workspace.create(tmp_path / "file" / "fund", name="x")


@pytest.mark.parametrize("folder", ["", "nowhere", "file"])
def test_a_folder_that_is_no_fund_says_how_to_make_one(tmp_path, folder):
    (tmp_path / "file").touch()
    with pytest.raises(NotAFundError, match=r"is not a fund .*himaya init") as caught:
        Workspace.open(tmp_path / folder)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            'name = "x"\ncountry = "y"\nbuckets = 16\nbucket = 1',
            "unknown setting 'bucket'.*Did you mean 'buckets'",
        ),
        ('name = "x"\ncountry = "y"\nbuckets = 16\nzeal = 1', "unknown setting 'zeal'.*Known: name"),
        ('name = "x"\nbuckets = 16', "'country' is missing"),
        ('name = 7\ncountry = "y"\nbuckets = 16', "'name' is missing or is not a text"),
        ('name = "x"\ncountry = "y"\nbuckets = true', "'buckets' is missing or is not a whole number"),
        ('name = "x"\ncountry = "y"\nbuckets = 12', "12 buckets: the number must be a power of two"),
        ('name = "x', "cannot be read"),
        ("\xff", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_understood_are_named_with_their_file(tmp_path, settings, expected):
    (tmp_path / "himaya.toml").write_bytes(settings.encode("latin-1"))
    with pytest.raises(NotAFundError, match=expected) as caught:
        Workspace.open(tmp_path)
    assert caught.value.where == str(tmp_path / "himaya.toml")


def test_a_fund_without_its_secret_opens_but_has_no_keys(fund):
    fund.secret.unlink()
    with pytest.raises(SecretError, match="backup"):
        _ = Workspace.open(fund.path).keys


def hold(path, said) -> None:
    with Workspace.open(path).lock("intake"):
        said.send("held")
        said.recv()


def test_one_command_writes_at_a_time_and_the_other_is_told_which(fund, processes):
    here, there = processes.Pipe()
    process = processes.Process(target=hold, args=(fund.path, there))
    process.start()
    assert here.recv() == "held"
    with (
        pytest.raises(FundLockedError, match=f"written to by intake .process {process.pid}"),
        fund.lock("run"),
    ):
        pass
    process.kill()
    process.join()
    with fund.lock("run"):
        noted = unpacked(json.loads((fund.path / ".lock").read_text()))
        assert noted.startswith("run (process")
    assert (fund.path / ".lock").read_text() == ""


def test_the_lock_ends_with_an_error(fund):
    with pytest.raises(ZeroDivisionError), fund.lock("run"):
        _ = 1 / 0
    with fund.lock("again"):
        pass
