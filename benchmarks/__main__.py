"""``make bench``: run every benchmark beside its peer, print ratios, keep them in ``RESULTS.md``.

A run replaces the sections of its parts, each of which has its date; those of the others stay.
"""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = ("ebds", "careers", "pensions", "letters")
LONG = ("billion",)
"""Parts that are run only when they are named: they take long, and gigabytes of disk."""
RESULTS = Path(__file__).with_name("RESULTS.md")
COLUMNS = ("name", "value", "unit", "peer", "peer_value", "ratio")


def main() -> None:
    """Run the benchmarks named on the command line, all but the long ones by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="PART", help=f"{', '.join(MODULES)}; long: {', '.join(LONG)}"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes; prints, but keeps no results")
    parser.add_argument("--elements", type=int, help="billion: lines of careers (default: a billion)")
    parser.add_argument("--dir", type=Path, help="billion: where to write them (default: temporary files)")
    parser.add_argument(
        "--openfisca",
        type=Path,
        default=os.environ.get("OPENFISCA_PYTHON"),
        help="pensions: a Python that has openfisca-france-pension (default: OPENFISCA_PYTHON, or none)",
    )
    options = parser.parse_args()
    if unknown := set(options.modules) - {*MODULES, *LONG}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    modules = tuple(options.modules) or MODULES
    own = {
        "pensions": {"openfisca": options.openfisca},
        "billion": {"elements": options.elements, "folder": options.dir},
    }
    found: dict[str, list[dict[str, Any]]] = {}
    for name in modules:
        print(f"== {name}", flush=True)
        found[name] = import_module(f"benchmarks.{name}").main(quick=options.quick, **own.get(name, {}))
    if not options.quick:
        old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        RESULTS.write_text(_page(found, old), encoding="utf-8")
        print(f"written: {RESULTS}")


def _page(found: dict[str, list[dict[str, Any]]], old: str = "") -> str:
    """The page of results; sections of an older page stand where this run has none."""
    now = datetime.now(UTC)
    head = (
        "# Benchmarks\n\n"
        f"Printed by `make bench` on {now:%Y-%m-%d}: {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}. "
        "Machines are shared and noisy: read the ratios, which come from one run.\n"
    )
    sections: dict[str, str] = {}
    if old:
        before, *kept = old.split("\n## ")
        head = head if set(MODULES) <= set(found) else before
        sections = {section.split()[0]: f"\n## {section}".rstrip("\n") + "\n" for section in kept}
    sections |= {name: _section(name, rows, now) for name, rows in found.items()}
    known = [*MODULES, *LONG]
    ordered = sorted(sections, key=lambda name: known.index(name) if name in known else len(known))
    return head + "".join(sections[name] for name in ordered)


def _section(name: str, rows: list[dict[str, Any]], day: datetime) -> str:
    lines = [
        "",
        f"## {name} ({day:%Y-%m-%d})",
        "",
        "| what | figure | unit | peer | its figure | ratio |",
        "|---|--:|---|---|--:|--:|",
        *("| " + " | ".join(_cell(row.get(column)) for column in COLUMNS) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value).strip()


if __name__ == "__main__":
    main()
