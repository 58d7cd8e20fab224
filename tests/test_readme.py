"""The README's examples do what it says."""

from __future__ import annotations

import re
from pathlib import Path

from himaya.language import plain

README = Path(__file__).parents[1] / "README.md"


def test_the_example_of_the_law_computes_a_moroccan_and_a_french_pension(capsys):
    text = README.read_text(encoding="utf-8")
    [example] = [
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "explain(" in block
    ]
    assert len(example.splitlines()) <= 12
    exec(example, {})  # the project's own README
    out = re.sub("[\u202f\u00a0]", " ", plain(capsys.readouterr().out))
    assert re.search(r"Pension de vieillesse : 1 \d{3},\d\d € par mois", out)
    assert "2 520,00" in out, "63 % of 4,000 dirhams"
