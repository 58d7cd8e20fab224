"""The layout stands in the contract: what it says, and how a mistake in it is named."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from himaya import yamlfile
from himaya.codes import catalogue
from himaya.contract import ContractError, table_specs
from himaya.intake.formats.base import Delivered, Format
from himaya.intake.formats.ebds import EbdsFormat
from himaya.intake.formats.ebds.contract import layout_on, layouts, read_layout
from himaya.intake.formats.ebds.marks import CODES, ERRORS

CONTRACT = Path(str(resources.files("himaya.contract"))) / "files" / "ebds.yaml"


def test_every_record_fills_its_260_characters():
    records = layouts()[0].records
    assert sorted(records) == sorted(
        [*(f"{letter}0{d}" for letter in "BE" for d in range(7)), "A00", "A01", "A02", "A03"]
    )
    for record in records.values():
        assert sum(field.width for field in record.fields) == 260


def test_the_layout_in_force_is_found_by_date():
    assert layout_on(date(2026, 1, 1)).valid_from == date(2006, 2, 1)
    assert layout_on(date(2000, 1, 1)) == layouts()[0], "nothing older is known"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("physicalType: N(9)", "physicalType: N(8)", "259 characters wide"),
        ("physicalType: N(9)", "physicalType: Z(9)", "no picture"),
        ("value: days}", "value: dayz}", "dayz"),
        ("records: [A02]", "records: [A09]", None),
        ("property: checkDigit", "property: chekDigit", "chekDigit"),
        ("rank: 3", "rank: 4", "rank 3"),
        ("- letter: A", "- letter: X", "X"),
        ("{property: lineWidth, value: 260}", "{property: lineWidth, value: wide}", "whole number"),
        ("maximum: 26}", "}", "maximum"),
    ],
)
def test_a_mistake_in_the_contract_is_named_with_file_and_line(tmp_path, right, wrong, said):
    text = CONTRACT.read_text(encoding="utf-8")
    broken = (
        text.replace(right, wrong, 1) if right in text else text.replace("value: [A02]}", "value: [A09]}", 1)
    )
    assert broken != text
    path = tmp_path / "ebds.yaml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(ContractError) as error:
        read_layout(path)
    assert f"{path}:" in str(error.value.where)
    assert (said or "A09") in str(error.value)


def test_every_code_is_explained_and_quarantines_only_as_an_error():
    explained = catalogue()
    for bit, code in enumerate(CODES):
        assert (explained[code].kind == "error") == bool(ERRORS >> bit & 1), code


def test_every_check_stands_in_the_contract_with_its_severity():
    content = yamlfile.load(CONTRACT)
    checks = [
        check
        for record in content["schema"]
        for field in record["properties"]
        for check in field.get("quality", ())
    ]
    assert {check["implementation"] for check in checks} == set(CODES)
    for check in checks:
        assert (check["severity"] == "error") == bool(ERRORS >> CODES.index(check["implementation"]) & 1), (
            check
        )


def test_the_rows_fit_the_tables():
    from ebds_build import a02, b02, b04, insured, prepared, principal
    from ebds_reading import read

    number = insured(12345678)
    rows = read(principal([b02(number)], [b04(number)])).rows | read(prepared([a02(number)]), file="any").rows
    specs = table_specs()
    for table in EbdsFormat.tables:
        names = set(specs[table].schema.names)
        assert set(rows[table][0]) <= names
        left_out = names - set(rows[table][0]) - {"delivery", "known_from"}
        assert all(specs[table].schema.field(name).nullable for name in left_out)


def recognised(head: bytes, file: str = "x.txt"):
    form: Format = EbdsFormat()
    return form.recognise(Delivered(file, head, date(2026, 1, 1)))


def test_an_ebds_is_recognised_by_its_first_record():
    for head in (b"B00123", b"\r\n\nE01123", b"\xef\xbb\xbfA001", b"b001", b"garbage\nB0112345"):
        assert recognised(head).fits
    for head in (b"", b"NUM_ASSURE;CIN", b"B00;B01", b"X\n" * 9 + b"B001"):
        assert not recognised(head).fits
    assert recognised(b"PK", "DS_1234567_202401.txt").nearness == 0.5
