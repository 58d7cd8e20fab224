"""``python -m himaya.contract [FILE…]``: hold contracts to the standard and to each other.

Without files, all contracts of Himaya are read. Exit status 1 where one is broken; every broken one is named.
"""

from __future__ import annotations

import sys
from pathlib import Path

from himaya.contract import file, table
from himaya.contract.document import read_document
from himaya.errors import HimayaError


def main(arguments: list[str]) -> int:
    """Read contracts, say of each whether it is sound, and give the exit status."""
    paths = [Path(argument) for argument in arguments]
    status = 0
    for path in paths or sorted((*table.FOLDER.glob("*.yaml"), *file.FOLDER.glob("*.yaml"))):
        try:
            is_table = any(
                schema.get("physicalType") == "table" for schema in read_document(path).content["schema"]
            )
            (table.read_table if is_table else file.read_file)(path)
            line = f"{path}: sound"
        except (HimayaError, OSError) as error:
            line, status = str(error), 1
        sys.stdout.write(line + "\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
