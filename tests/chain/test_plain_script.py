"""The README's way from Python, as a plain script: no ``if __name__ == "__main__"``, several workers."""

import subprocess
import sys

from test_small_fund import REGISTER

SCRIPT = """
import sys
import himaya

print("started")
fund = himaya.create("fund", workers=2)
fund.intake(["incoming/"])
fund.run()
for row in fund.list("take-up"):
    print(row["person"], row["monthly_amount"], row["reason"])
"""


def test_a_plain_script_runs_once_and_not_again_in_each_worker(tmp_path):
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "assures.csv").write_text(REGISTER, encoding="utf-8-sig")
    months = [f"{year}{month:02d}" for year in range(2008, 2021) for month in range(1, 13)]
    for person in (100000011, 100000022):
        lines = "".join(f"{person};1234560;{month};26;5000.00\n" for month in months)
        (incoming / f"{person}.csv").write_text("NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n" + lines)
    at_work = "NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n100000033;1234560;202609;26;5000.00\n"
    (incoming / "september.csv").write_text(at_work)
    (incoming / "pensions.csv").write_text(
        "NUM_ASSURE;BRANCHE;DATE_EFFET;MONTANT_MENSUEL;MOIS_PAYE\n100000022;VIEILLESSE;01/01/2021;2650,00;09/2026\n"
    )
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["started", "100000011 265000 full-career"]
