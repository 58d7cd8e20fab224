"""Compile every kernel once, by running a very small demonstration: ``python -m himaya.warm``.

Kernels are cached beside the sources; without this the first command would compile them while somebody waits.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from himaya import demo


def main() -> None:
    """Run the whole chain on two thousand persons in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        demo.run(Path(folder) / "demo", persons=2_000, workers=1)


if __name__ == "__main__":
    main()
