"""The whole chain works with the network cut off: nothing phones home, nothing is downloaded."""

import json
import os
import shutil
import subprocess
import sys

GUARD = """
import socket

def refuse(self, address):
    if self.family != socket.AF_UNIX:
        raise AssertionError(f"the chain reaches out to {address}")
    return connect(self, address)

connect, socket.socket.connect = socket.socket.connect, refuse
"""
"""In each process, workers too: a connection out of the machine is an error of the chain."""


def _apart() -> list[str]:
    """What puts a command into a network of its own, where this machine allows it."""
    apart = ["unshare", "-rn"]
    allowed = shutil.which("unshare") and subprocess.run([*apart, "true"], check=False).returncode == 0
    return apart if allowed else []


def test_the_chain_runs_without_network(tmp_path):
    """In a network namespace of its own the process has not even a loopback interface that is up.

    Where the machine refuses one, the guard alone watches what goes through Python.
    """
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

    def alone(*words):
        command = [*_apart(), sys.executable, "-m", "himaya", *words, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    document = alone("demo", "--persons", "2000", "--dir", tmp_path / "demo")
    assert document["deliveries"]["lost"] == 0
    assert document["lists"]["take-up"] > 0
    letters = alone("letters", "take-up", "--fund", tmp_path / "demo" / "fund", "--lang", "ar")
    assert letters["written"] == document["lists"]["take-up"]


def test_the_guard_bites(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
    done = subprocess.run(
        [sys.executable, "-c", reach], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert "the chain reaches out" in done.stderr
