"""``make bench``: run every benchmark beside its peer, print ratios, keep them in ``RESULTS.md``."""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = ("ebds", "careers", "pensions", "letters")
RESULTS = Path(__file__).with_name("RESULTS.md")
COLUMNS = ("name", "value", "unit", "peer", "peer_value", "ratio")


def main() -> None:
    """Run the benchmarks named on the command line, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], help="which (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes; prints, but keeps no results")
    options = parser.parse_args()
    modules = tuple(options.modules) or MODULES
    found: dict[str, list[dict[str, Any]]] = {}
    for name in modules:
        print(f"== {name}", flush=True)
        found[name] = import_module(f"benchmarks.{name}").main(quick=options.quick)
    if not options.quick and modules == MODULES:
        RESULTS.write_text(_page(found), encoding="utf-8")
        print(f"written: {RESULTS}")


def _page(found: dict[str, list[dict[str, Any]]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"Printed by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}. Machines are shared and noisy: read the ratios, which come from one run.",
    ]
    for name, rows in found.items():
        lines += [
            "",
            f"## {name}",
            "",
            "| what | figure | unit | peer | its figure | ratio |",
            "|---|--:|---|---|--:|--:|",
        ]
        lines += ["| " + " | ".join(_cell(row.get(column)) for column in COLUMNS) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value).strip()


if __name__ == "__main__":
    main()
