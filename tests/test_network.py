"""The whole chain works with the network cut off: nothing phones home, nothing is downloaded."""

import json
import shutil
import subprocess
import sys

import pytest

CHAIN = "from himaya.cli import main; main()"


@pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "-rn", "true"], check=False).returncode != 0,
    reason="this machine does not let a process leave the network",
)
def test_the_chain_runs_without_network(tmp_path):
    """In a network namespace of its own the process has not even a loopback interface that is up."""
    alone = ["unshare", "-rn", sys.executable, "-c", CHAIN]
    command = [*alone, "demo", "--dir", tmp_path / "demo", "--persons", "2000", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["deliveries"]["lost"] == 0
    assert document["lists"]["take-up"] > 0
    letters = [*alone, "letters", "take-up", "--fund", tmp_path / "demo" / "fund", "--lang", "ar", "--json"]
    done = subprocess.run(letters, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["written"] == document["lists"]["take-up"]
