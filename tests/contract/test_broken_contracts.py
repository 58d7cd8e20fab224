"""A contract broken on purpose is named with file, line and mend.

Each case changes one text of a sound contract; the error must stand at the line that was changed (or, for
something left out, at the element that lacks it).
"""

import pytest

from himaya.contract import ContractError
from himaya.contract.document import read_document
from himaya.contract.file import FOLDER as FILES
from himaya.contract.file import read_file
from himaya.contract.table import FOLDER as TABLES
from himaya.contract.table import read_table, table_contracts
from himaya.yamlfile import YamlError

DEATHS = FILES / "deaths.yaml"
PENSIONS = FILES / "pensions-in-payment.yaml"
FAMILY = FILES / "family-links.yaml"
EXTRACT = FILES / "career-extract.yaml"
DEATH = TABLES / "death.yaml"
DELIVERY = TABLES / "delivery.yaml"


def broken(tmp_path, source, before, after, read, *, at=None):
    """Change ``before`` to ``after`` in a copy, read it, and give the error and the line it should name."""
    text = source.read_text(encoding="utf-8")
    assert text.count(before) >= 1, f"{before!r} is not in {source.name}"
    copy = tmp_path / source.name
    changed = text.replace(before, after, 1)
    copy.write_text(changed, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read(copy)
    line = changed[: changed.index(at or after)].count("\n") + 1
    return caught.value, f"{copy}:{line}"


CASES = {
    "misspelt key of the standard": (
        DEATHS, "clasification: direct-identifier", "classification: direct-identifier", None, "classification"),
    "unknown custom property": (
        DEATHS, "{property: checkdigit, value: warn}", "{property: checkDigit, value: warn}", None, "checkDigit"),
    "language missing": (
        DEATHS, "{en: Date of death, fr: Date du décès}", "{en: Date of death, fr: Date du décès, ar: تاريخ الوفاة}", None, "ar: …"),
    "language empty": (
        DEATHS, '{en: Date of death, fr: "", ar: x}', "{en: Date of death, fr: Date du décès, ar: تاريخ الوفاة}", None, "fr: …"),
    "unknown encoding": (DEATHS, "encodings: [latin1]", "encodings: [iso-8859-1, utf-8]", None, "iso-8859-1"),
    "unknown separator": (DEATHS, 'separator: ":"', 'separator: ";"', None, ";"),
    "unknown date format": (
        DEATHS, "value: [DD/MM/YYYY]", "value: [dd/MM/yyyy, yyyy-MM-dd, yyyyMMdd]", None, "dd/MM/yyyy"),
    "a date here and a month there": (
        DEATHS, "value: [dd/MM/yyyy, yyyyMM]", "value: [dd/MM/yyyy, yyyy-MM-dd, yyyyMMdd]", None, "Choose"),
    "feeds a column that does not exist": (
        DEATHS, "value: [death.deathdate]", "value: [death.death_date]", "name: DATE_DECES", "death.death_date"),
    "type does not fit the table": (
        DEATHS, "value: [death.line]", "value: [death.death_date]", "name: DATE_DECES", "types"),
    "unit does not fit the table": (
        PENSIONS, "logicalType: integer\n        required: true\n        classification: personal\n        logicalTypeOptions: {minimum: 0}\n        customProperties:\n          - {property: labels, value: {en: Monthly amount paid, fr: Montant mensuel versé, ar: المبلغ الشهري المؤدى}}\n          - {property: unit, value: days}",
        "logicalType: number\n        required: true\n        classification: personal\n        logicalTypeOptions: {minimum: 0}\n        customProperties:\n          - {property: labels, value: {en: Monthly amount paid, fr: Montant mensuel versé, ar: المبلغ الشهري المؤدى}}\n          - {property: unit, value: dirham}",
        "name: MONTANT_MENSUEL", "units"),
    "word that YAML reads as something else": (
        FAMILY, "{O: true, NO: false,", '{O: true, "N": false,', None, "quotes"),
    "number without a unit": (
        EXTRACT, "- {property: aliases, value: [NB_JOURS]}", "- {property: unit, value: days}\n          - {property: aliases, value: [NB_JOURS]}", "name: JOURS", "unit"),
    "value that the table does not allow": (
        PENSIONS, "{VIEILLESSE: oldage}", "{VIEILLESSE: old_age}", "name: BRANCHE", "values"),
    "may be empty where the table may not": (
        FAMILY, "{property: default, value: null}", "{property: default, value: false}", None, "value"),
    "two columns under one header": (
        PENSIONS, "value: [MONTANT, date effet]", "value: [MONTANT]", "name: MONTANT_MENSUEL", "headers of its own"),
    "table column left empty": (
        EXTRACT, "{declared_period: {record: H}}", '{declared_period: {record: H, situation: ""}}', "apiVersion", "constant"),
    "constant that the table does not allow": (
        EXTRACT, '{record: K, situation: ""}', '{record: H, situation: ""}', "apiVersion", "constant"),
    "total of a column that is no number": (
        PENSIONS, "declares: [lines, BRANCHE]", "declares: [lines, MONTANT_MENSUEL]", None, "MONTANT_MENSUEL"),
    "bound of the wrong type": (EXTRACT, "{minimum: 0, maximum: many}", "{minimum: 0, maximum: 26}", None, "whole number"),
    "share above one": (DEATHS, "{share: 20, lines: 20}", "{share: 0.2, lines: 20}", None, "0 to 1"),
    "required is not yes or no": (DEATHS, "required: often", "required: true", None, "Correct"),
    "wrong version of the standard": (DEATHS, "apiVersion: v2.2.2", "apiVersion: v3.1.0", None, "v3.1.0"),
    "id is not the file's name": (DEATHS, "id: death\n", "id: deaths\n", None, "file"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_contract_names_file_line_and_mend(case, tmp_path):
    source, wrong, right, at, mend = CASES[case]
    error, where = broken(tmp_path, source, right, wrong, read_file, at=at)
    assert error.where == where
    assert error.mend, error
    assert mend in error.mend


TABLE_CASES = {
    "unknown physical type": ("physicalType: dat32", "physicalType: date32", None, "date32"),
    "logical and physical type at odds": (
        "logicalType: string\n        physicalType: date32",
        "logicalType: date\n        physicalType: date32",
        None,
        "date",
    ),
    "sorted by a column that is not there": (
        "[person_key, deliver, line]",
        "[person_key, delivery, line]",
        None,
        "delivery",
    ),
    "unknown classification": ("classification: secret", "classification: personal", None, "Known"),
    "gap in the key": ("primaryKeyPosition: 3", "primaryKeyPosition: 2", "- name: death\n", "Number"),
    "unknown folder": ("{property: folder, value: cellar}", "{property: folder, value: lake}", None, "lake"),
    "bucketed is missing": ("", "      - {property: bucketed, value: true}\n", "- name: death\n", "bucketed"),
}


@pytest.mark.parametrize("case", TABLE_CASES)
def test_a_broken_table_contract_names_file_line_and_mend(case, tmp_path):
    wrong, right, at, mend = TABLE_CASES[case]
    error, where = broken(tmp_path, DEATH, right, wrong, read_table, at=at)
    assert error.where == where
    assert error.mend
    assert mend in error.mend


def test_of_a_column_said_twice_the_second_is_named(tmp_path):
    error, where = broken(
        tmp_path,
        DEATH,
        "- name: known_from",
        "- name: line",
        read_table,
        at="- name: line\n        logicalType: date",
    )
    assert error.where == where


def test_a_rule_must_count_the_rows_that_break_it(tmp_path):
    error, where = broken(tmp_path, DELIVERY, "mustBe: 0", "mustBe: 1", read_table)
    assert error.where == where


def test_a_reference_to_nothing_is_named(tmp_path):
    for source in TABLES.glob("*.yaml"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    error, where = broken(
        tmp_path, DEATH, "to: delivery.delivery", "to: delivery.number", lambda _: table_contracts(tmp_path)
    )
    assert error.where == where
    assert "delivery.number" in error.what


def test_not_yaml_at_all_is_an_error_with_line(tmp_path):
    copy = tmp_path / "deaths.yaml"
    copy.write_text("kind: DataContract\nid: [deaths\n", encoding="utf-8")
    with pytest.raises(YamlError) as caught:
        read_document(copy)
    assert caught.value.where
    assert caught.value.where.startswith(f"{copy}:")


def test_an_empty_file_is_no_contract(tmp_path):
    copy = tmp_path / "deaths.yaml"
    copy.write_text("", encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_document(copy)
    assert caught.value.where == f"{copy}:1"
