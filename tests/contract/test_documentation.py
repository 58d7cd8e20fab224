"""Nothing in a contract is without its meaning in three languages, its unit, its class."""

import re

import pytest

from himaya import codes
from himaya.contract import file_contracts, table_contracts
from himaya.contract.document import read_document
from himaya.contract.file import FOLDER as FILES
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
    for file in file_contracts().values():
        for column in file.columns.values():
            if column.type in ("integer", "decimal"):
                assert column.unit, f"{file.kind}.{column.name}"


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
