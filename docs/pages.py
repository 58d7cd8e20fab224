"""Pages made of the project itself: its contracts, its codes, its docstrings."""

import pkgutil
from html import escape
from importlib import import_module
from typing import Any

import himaya
from himaya import codes
from himaya._version import __version__
from himaya.contract import file_contracts, table_contracts
from himaya.contract.document import Element, read_document
from himaya.contract.file import FOLDER
from himaya.contract.model import RECEIVED_ON, FileColumn, FileContract, TableContract
from himaya.language import LANGUAGES, Text, direction
from himaya.law.phrases import doubted

VERSION = __version__

KINDS = {"error": "Errors", "warning": "Warnings", "finding": "Findings"}


def fill(_app: object, docname: str, source: list[str]) -> None:
    """Replace ``<!-- made of: NAME -->`` on a page by what NAME makes (handler of Sphinx's source-read)."""
    for name, make in MAKERS.items():
        mark = f"<!-- made of: {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, make())
    if docname.startswith("reference/api/"):
        source[0] += api(docname.rsplit("/", 1)[1])


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; cells are plain text or come from one of the helpers below."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def cell(text: object) -> str:
    """Plain text in a cell."""
    return escape(str(text)).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("\n", " ")


def code(text: object) -> str:
    """A word of the code in a cell."""
    return f"`{text}`" if str(text) else ""


def languages(label: Text) -> list[str]:
    """Three cells: English, French, Arabic."""
    return [cell(label.en), cell(label.fr), f'<span lang="ar" dir="rtl">{cell(label.ar)}</span>']


def described(label: Text, meaning: Text) -> str:
    """The paragraph under a heading."""
    return (
        f"{cell(meaning.en)}\n\n*{cell(label.fr)}.* {cell(meaning.fr)}\n\n"
        f'<div lang="ar" dir="rtl">{cell(label.ar)}: {cell(meaning.ar)}</div>\n'
    )


def tables() -> str:
    """Every conformed table with its columns."""
    return "\n".join(_table(contract) for contract in table_contracts().values())


def _table(contract: TableContract) -> str:
    stored = [f"key: {', '.join(map(code, contract.key))}"] if contract.key else []
    stored += [f"sorted by {', '.join(map(code, contract.sort_by))}"]
    stored += ["in buckets of persons"] if contract.bucketed else []
    stored += ["derived by runs"] if contract.derived else []
    stored += ["in the vault"] if contract.folder == "vault" else []
    rows = [
        [
            code(c.name),
            code(c.type) + ("" if c.required else " or empty"),
            c.unit or "",
            c.classification,
            *languages(c.label),
        ]
        for c in contract.columns.values()
    ]
    header = ["column", "type", "unit", "class", "English", "français", "العربية"]
    rules = "".join(f"- {cell(rule.label.en)}: `{rule.name}`\n" for rule in contract.rules)
    return "\n".join(
        [
            f"## {contract.name}\n",
            described(contract.label, contract.meaning),
            f"Version {contract.version}; {'; '.join(stored)}.\n",
            table(header, rows),
            rules,
        ]
    )


def files() -> str:
    """Every kind of file with its columns or records."""
    delimited = "\n".join(_file(contract) for contract in file_contracts().values())
    others = [path for path in sorted(FOLDER.glob("*.yaml")) if path.stem not in file_contracts()]
    return delimited + "\n" + "\n".join(_records(read_document(path).root) for path in others)


def _file(contract: FileContract) -> str:
    dialect = contract.dialect
    said = [
        f"separator {code(dialect.separator)}",
        f"encoding {' or '.join(map(code, dialect.encodings))}",
        f"decimal {code(dialect.decimal)}",
        f"fills {', '.join(map(code, contract.tables))}",
    ]
    rows = [[code(c.name), _kind(c), _rules(c), *languages(c.label)] for c in contract.columns.values()]
    header = ["header", "type", "rules", "English", "français", "العربية"]
    return "\n".join(
        [
            f"## {contract.kind}\n",
            described(contract.label, contract.meaning),
            f"Version {contract.version}; {'; '.join(said)}.\n",
            table(header, rows),
        ]
    )


def _kind(column: FileColumn) -> str:
    """Type and unit; of dates and months the type says it."""
    return f"{column.type}, {column.unit}" if column.type in ("integer", "decimal") else column.type


def _rules(column: FileColumn) -> str:
    """What a value is held to, in a few words."""
    words = ["required"] if column.required else []
    words += [", ".join(map(code, column.formats))] if column.formats else []
    words += [f"from {_bound(column.minimum, column.scale)}"] if column.minimum is not None else []
    words += [f"to {_bound(column.maximum, column.scale)}"] if column.maximum is not None else []
    words += [f"{column.max_length} characters"] if column.max_length else []
    words += [f"{code(word)} → {code(value)}" for word, value in (column.values or {}).items()]
    words += [column.identifier.replace("-", " ")] if column.identifier else []
    words += ["column may be missing"] if column.optional else []
    return "; ".join(words)


def _bound(value: object, scale: int) -> object:
    if value == RECEIVED_ON:
        return "the day of reception"
    return value // 10**scale if isinstance(value, int) else value


def _records(root: Element) -> str:
    """A kind of fixed-width file: one table of fields a record."""
    parts = [f"## {root.value['id']}\n", f"{cell(root.value['description']['purpose'])}\n"]
    for record in root.value["schema"]:
        custom = _custom(record)
        rows = [
            [code(field["name"]), code(field["physicalType"]), *languages(Text(**_custom(field)["labels"]))]
            for field in record["properties"]
        ]
        parts += [
            f"### {', '.join(custom['records'])}: {cell(custom['labels']['en'])}\n",
            f"{cell(record['description'])}\n",
            table(["field", "picture", "English", "français", "العربية"], rows),
        ]
    return "\n".join(parts)


def _custom(element: dict[str, Any]) -> dict[str, Any]:
    """The custom properties of an element by name."""
    return {item["property"]: item["value"] for item in element["customProperties"]}


def all_codes() -> str:
    """Every code with its three texts in three languages, by kind."""
    parts = []
    for kind, title in KINDS.items():
        parts.append(f"## {title}\n")
        for name, entry in sorted(codes.catalogue().items()):
            if entry.kind != kind:
                continue
            parts.append(f"### {name}\n")
            parts += [
                f'<p lang="{lang}" dir="{direction(lang)}"><strong>{escape(entry.title[lang])}.</strong> '
                f"{escape(entry.why[lang])} <em>{escape(entry.mend[lang])}</em></p>\n"
                for lang in LANGUAGES
            ]
    return "\n".join(parts)


def unverified_morocco() -> str:
    """What nobody has verified of the Moroccan law, with the reason."""
    from himaya.legislation.morocco import system

    rows = []
    for name, doubts in sorted(system.unverified.items()):
        label = system.labels[name] if name in system.labels else system.parameter(name).labels
        rows.append(
            [
                code(name),
                cell(label["en"]),
                "<br>".join(cell(doubted(each.since, each.note, "en")) for each in doubts),
            ]
        )
    return table(["rule or parameter", "what", "why"], rows)


def api(folder: str) -> str:
    """The docstrings of all modules of one folder."""
    package = import_module(f"{himaya.__name__}.{folder}")
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [(package.__name__, True), *sorted((module.name, module.ispkg) for module in found)]
    return "\n".join(_module(name, ispkg=ispkg) for name, ispkg in modules if not name.endswith("__main__"))


def _module(name: str, *, ispkg: bool) -> str:
    """One module; a package only gathers what its modules define, and is not listed again."""
    option = "   :no-members:\n" if ispkg else ""
    return f"\n## `{name}`\n\n```{{eval-rst}}\n.. automodule:: {name}\n{option}```\n"


MAKERS = {"tables": tables, "files": files, "codes": all_codes, "unverified-morocco": unverified_morocco}
