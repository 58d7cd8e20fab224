"""``python -m himaya.contract [FILE…]``: hold contracts to the standard and to each other.

Without files, all contracts of Himaya are read. Exit status 1 where one is broken; every broken one is named, in
the language of ``HIMAYA_LANG`` or of the locale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from himaya.contract import file, table
from himaya.contract.document import read_document
from himaya.errors import HimayaError, system_words
from himaya.language import choose, for_terminal, tell, tell_error
from himaya.sentence import said


def main(arguments: list[str]) -> int:
    """Read contracts, say of each whether it is sound, and give the exit status."""
    paths = [Path(argument) for argument in arguments]
    status = 0
    lang = choose()
    for path in paths or sorted((*table.FOLDER.glob("*.yaml"), *file.FOLDER.glob("*.yaml"))):
        try:
            is_table = any(
                schema.get("physicalType") == "table" for schema in read_document(path).content["schema"]
            )
            (table.read_table if is_table else file.read_file)(path)
            line = tell(said("{path}: sound", path=path), lang)
        except HimayaError as error:
            told, status = tell_error(error, lang), 1
            reason = f" ({told['why']})" if "why" in told else ""
            line = f"{told.get('where', path)}: {told['what']}{reason}. {told.get('mend', '')} [{error.code}]"
        except OSError as error:
            line, status = f"{path}: {tell(system_words(error), lang)}", 1
        sys.stdout.write(for_terminal(line, lang) + "\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
