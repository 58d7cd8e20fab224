"""The command as a person calls it."""

import sys

import pytest

from himaya.cli.app import main


@pytest.fixture
def himaya(monkeypatch, capsys, fund):
    """Run a command in the demonstration's fund; gives exit code, stdout, stderr."""

    def run(*words, fund_folder=fund.folder):
        monkeypatch.setenv("HIMAYA_FUND", str(fund_folder))
        monkeypatch.setattr(sys, "argv", ["himaya", *map(str, words)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capsys.readouterr()
        return ending.value.code or 0, out, err

    return run
