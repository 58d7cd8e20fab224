"""What docs/change-a-parameter.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "change-a-parameter.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_overlay_of_the_page_gives_the_amounts_of_the_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("minimum-1500.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    exec(blocks("python")[1], {})
    assert capsys.readouterr().out == blocks("text")[0]


def test_the_files_that_the_page_names_exist():
    root = Path(__file__).parents[2]
    for name in re.findall(r"`((?:src|tests)/[\w/.]+)`", PAGE):
        assert (root / name).exists(), name


def test_the_rule_that_the_page_shows_is_the_rule():
    source = (Path(__file__).parents[2] / "src/himaya/legislation/morocco/old_age.py").read_text(
        encoding="utf-8"
    )
    shown = blocks("python")[0]
    for line in shown.splitlines():
        if not line.startswith("def "):  # the page leaves the types out
            assert line in source
