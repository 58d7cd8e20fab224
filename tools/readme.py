"""Put a real transcript into the README: ``python tools/readme.py FUND_FOLDER`` after ``himaya demo``.

Takes the demonstration's own output and one explanation, cut where it says so, so that the README shows what a
person sees.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
WIDTH = 116
SHOWN_WITH = {
    "Reference wage:": ("1/96", "Declared months of the reference", "declared lines"),
    "Replacement rate:": ("50 % and", "Days that add", "Highest rate"),
}


def main() -> None:
    """Replace the blocks between the markers."""
    folder = Path(sys.argv[1])
    demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    shown = (folder / "transcript.txt").read_text(encoding="utf-8")
    fund = demo["fund"]
    rows = json.loads(_himaya("list", "take-up", "--fund", fund, "--json", "--limit", "1"))["rows"]
    person = rows[0]["person"]
    told = _excerpt(_himaya("explain", person, "--fund", fund, "--lang", "en").splitlines())
    text = README.read_text(encoding="utf-8")
    text = _put(text, "transcript", "$ make demo\n" + shown.replace(str(folder), "demo").strip())
    text = _put(text, "explain", f"$ himaya explain {person} --fund demo/fund\n" + "\n".join(told))
    README.write_text(text, encoding="utf-8")


def _himaya(*words: str) -> str:
    command = [Path(sys.executable).with_name("himaya"), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _excerpt(lines: list[str]) -> list[str]:
    """The head, and of the tree the reference wage and the rate with what they stand on."""
    blank = lines.index("", lines.index("") + 1)
    kept = [*lines[: blank + 2], "  …"]
    for name, wanted in SHOWN_WITH.items():
        at = next(i for i, line in enumerate(lines) if line.strip().startswith(name))
        kept.append(lines[at])
        below = lines[at + 1 : at + 12]
        kept += [line for line in below if line.strip().lstrip("· ").startswith(wanted)]
        kept.append("  …")
    return [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in kept]


def _put(text: str, name: str, block: str) -> str:
    block = "\n".join(line.rstrip() for line in block.splitlines())
    fenced = f"<!-- {name} -->\n```console\n{block}\n```\n<!-- end {name} -->"
    pattern = re.compile(rf"<!-- {name} -->(?:\n```console\n.*?\n```\n<!-- end {name} -->)?", re.DOTALL)
    return pattern.sub(lambda _: fenced, text, count=1)


if __name__ == "__main__":
    main()
