"""The README's examples do what it says."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_of_the_law_computes_a_moroccan_and_a_french_pension(capsys):
    text = README.read_text(encoding="utf-8")
    [example] = [
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "calculate" in block
    ]
    exec(example, {})
    out = capsys.readouterr().out
    assert "Decimal('2520" in out, "63 % of 4,000 dirhams"
    assert re.search(r"'monthly_pension': Decimal\('\d{3,4}\.\d\d'\)", out)
    assert "Pension mensuelle" in out
