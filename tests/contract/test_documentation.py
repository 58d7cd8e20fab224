"""Nothing in a contract is without its meaning in three languages, its unit, its class."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import get_args

import pytest

from himaya import codes
from himaya.contract import file, file_contracts, table_contracts
from himaya.contract.__main__ import main as check_contracts
from himaya.contract.document import read_document
from himaya.contract.file import FOLDER as FILES
from himaya.contract.model import (
    DATE_FORMATS,
    ENCODINGS,
    MONTH_FORMATS,
    RECEIVED_ON,
    UNITS,
    Classification,
    Identifier,
)
from himaya.contract.table import FOLDER as TABLES

ARABIC = re.compile(r"[\u0600-\u06ff]")
PATHS = sorted((*FILES.glob("*.yaml"), *TABLES.glob("*.yaml")))


def labels_in(value):
    """Every label ({en: …, fr: …, ar: …}) of a contract."""
    if isinstance(value, dict):
        if value.get("property") == "meaning":
            return  # English stands in the standard's own field
        if {"en", "fr", "ar"} & set(value):
            yield value
        for inner in value.values():
            yield from labels_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from labels_in(inner)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_label_is_in_three_languages_and_arabic_is_arabic(path):
    found = list(labels_in(read_document(path).content))
    assert found
    for label in found:
        assert set(label) == {"en", "fr", "ar"}, label
        assert all(label.values()), label
        assert ARABIC.search(label["ar"]), label


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_column_has_a_label_and_a_class(path):
    for schema in read_document(path).content["schema"]:
        for column in schema["properties"]:
            where = f"{path.stem}.{column['name']}"
            assert column.get("classification"), where
            assert any(item["property"] == "labels" for item in column["customProperties"]), where


def test_every_quantity_has_a_unit():
    for contract in table_contracts().values():
        for column in contract.columns.values():
            if re.match("int|double", str(column.type)):
                assert column.unit, f"{contract.name}.{column.name}"
    for kind in file_contracts().values():
        for column in kind.columns.values():
            if column.type in ("integer", "decimal"):
                assert column.unit, f"{kind.kind}.{column.name}"


def test_every_contract_says_what_it_means():
    for contract in (*table_contracts().values(), *file_contracts().values()):
        assert len(contract.meaning.en) > len(contract.label.en)


def test_every_code_raised_here_is_explained():
    for name in ("contract", "person-number", "table-columns", "table-null", "table-range", "table-values",
                 "table-pattern", "table-key", "table-order", "table-rule"):  # fmt: skip
        code = codes.code(name)
        for words in (code.title, code.why, code.mend):
            assert set(words) == {"en", "fr", "ar"}
            assert ARABIC.search(words["ar"])


GUIDE = (Path(__file__).parents[2] / "docs" / "write-a-contract.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide_is_a_sound_contract(tmp_path):
    (tmp_path / "deaths-commune.yaml").write_text(
        GUIDE.split("```yaml\n")[1].split("```")[0], encoding="utf-8"
    )
    contract = file_contracts(tmp_path)["deaths-commune"]
    assert contract.tables == ("death",)
    assert list(contract.columns) == ["N° Assuré", "Décédé le"]


@pytest.mark.parametrize("word", sorted(
    {*file.CONTRACT_PROPERTIES, *file.COLUMN_PROPERTIES, *ENCODINGS, *DATE_FORMATS, *MONTH_FORMATS, *UNITS,
     *get_args(Identifier), *get_args(Classification), RECEIVED_ON, "warn", "refuse"}
))  # fmt: skip
def test_every_word_of_a_contract_is_in_the_guide(word):
    assert f"`{word}`" in GUIDE


def test_contracts_are_checked_from_the_command_line(tmp_path, capsys):
    assert check_contracts([]) == 0
    assert all(line.endswith("sound") for line in capsys.readouterr().out.splitlines())
    broken = tmp_path / "broken.yaml"
    broken.write_text("kind: Contract\n", encoding="utf-8")
    assert check_contracts([str(broken), str(tmp_path / "missing.yaml"), str(FILES / "deaths.yaml")]) == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{broken}:1: ")
    assert "missing.yaml" in second
    assert third.endswith("sound")


def test_the_pages_show_every_table_every_file_and_every_code():
    spec = spec_from_file_location("pages", Path(__file__).parents[2] / "docs" / "pages.py")
    assert spec
    assert spec.loader
    pages = module_from_spec(spec)
    spec.loader.exec_module(pages)
    tables, files, all_codes = pages.tables(), pages.files(), pages.all_codes()
    for contract in table_contracts().values():
        assert f"## {contract.name}\n" in tables
        assert all(f"| `{name}` |" in tables for name in contract.columns)
    for kind in file_contracts().values():
        assert f"## {kind.kind}\n" in files
        assert all(f"| `{name}` |" in files for name in kind.columns)
    assert "## ebds\n" in files
    assert all(f"### {name}\n" in all_codes for name in codes.catalogue())
