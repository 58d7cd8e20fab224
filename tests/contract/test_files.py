"""The kinds of delimited file: what their contracts say once read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.contract import file_contracts, header_key, table_contracts
from himaya.contract.file import FOLDER, read_file
from himaya.contract.model import RECEIVED_ON, Target, Trailer

FILES = file_contracts()


def test_there_is_a_contract_for_every_delimited_kind():
    assert set(FILES) == {
        "insured-register",
        "employer-register",
        "family-links",
        "deaths",
        "pensions-in-payment",
        "career-extract",
    }


def test_a_fixed_width_kind_is_no_delimited_one():
    assert read_file(FOLDER / "ebds.yaml") is None


def test_the_insured_register_fills_the_register_and_the_vault():
    contract = FILES["insured-register"]
    assert contract.tables == ("insured_person", "identity")
    number = contract.columns["NUM_ASSURE"]
    assert number.feeds == (
        Target("insured_person", "person_key"),
        Target("identity", "person_key"),
        Target("identity", "insured_number"),
    )
    assert (number.identifier, number.check_digit) == ("insured-number", "warn")


def test_a_register_in_utf_8_may_begin_with_a_mark_or_come_in_utf_16():
    assert FILES["insured-register"].dialect.encodings == ("utf-8", "utf-16-le", "utf-16-be")


def test_amounts_in_dirham_are_bounded_in_centimes():
    amount = FILES["pensions-in-payment"].columns["MONTANT_MENSUEL"]
    assert (amount.type, amount.unit, amount.scale, amount.minimum) == ("decimal", "dirham", 2, 0)
    assert FILES["pensions-in-payment"].dialect.decimal == ","


def test_months_and_dates_are_told_apart_by_their_formats():
    columns = FILES["pensions-in-payment"].columns
    assert (columns["MOIS_PAYE"].type, columns["MOIS_PAYE"].formats[0]) == ("month", "MM/yyyy")
    assert (columns["DATE_EFFET"].type, columns["DATE_EFFET"].formats[0]) == ("date", "dd/MM/yyyy")


def test_nobody_dies_after_the_file_arrived():
    column = FILES["deaths"].columns["DATE_DECES"]
    assert (column.minimum, column.maximum) == (date(1930, 1, 1), RECEIVED_ON)


def test_words_for_one_value_are_compared_without_case_and_accents():
    values = FILES["insured-register"].columns["SEXE"].values
    assert values[header_key("féminin")] == "F"
    assert values["h"] == "M"
    assert FILES["family-links"].columns["HANDICAP"].values["oui"] is True


def test_an_empty_disability_is_none():
    column = FILES["family-links"].columns["HANDICAP"]
    assert column.default is False
    assert column.optional


def test_what_a_career_extract_does_not_say_is_constant():
    assert FILES["career-extract"].constants == {"declared_period": {"record": "H", "situation": ""}}
    assert FILES["career-extract"].dialect.trailer == Trailer("TOTAL", False, ("lines", "JOURS", "SALAIRE"))


def test_a_contract_holds_from_a_day_to_a_day(tmp_path):
    text = (FOLDER / "deaths.yaml").read_text(encoding="utf-8")
    limits = "customProperties:\n  - {property: validFrom, value: 2026-01-01}\n  - {property: validUntil, value: 2026-12-31}"
    (tmp_path / "deaths.yaml").write_text(text.replace("customProperties:", limits, 1), encoding="utf-8")
    assert set(file_contracts(tmp_path, on=date(2026, 1, 1))) == {"deaths"}
    assert set(file_contracts(tmp_path, on=date(2026, 12, 31))) == {"deaths"}
    assert set(file_contracts(tmp_path, on=date(2025, 12, 31))) == set()
    assert set(file_contracts(tmp_path, on=date(2027, 1, 1))) == set()


@pytest.mark.parametrize("kind", FILES)
def test_every_required_column_of_a_filled_table_is_filled(kind):
    contract = FILES[kind]
    for table in contract.tables:
        filled = {t.column for column in contract.columns.values() for t in column.feeds if t.table == table}
        filled |= set(contract.constants.get(table, ())) | {"delivery", "line", "known_from"}
        assert {c.name for c in table_contracts()[table].columns.values() if c.required} <= filled


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("NUM_ASSURE", "Num assuré"),
        ("DATE_DECES", "  date décès "),
        ("N AFFILIE", "n-affilié"),
        ("\ufeffNUM_ASSURE", "num assure"),
        ("رقم التسجيل", "رقم_التسجيل"),
    ],
)
def test_headers_that_mean_the_same(header, same):
    assert header_key(header) == header_key(same)


@given(st.text())
def test_comparing_headers_is_idempotent_and_blind_to_spaces(header):
    assert header_key(header_key(header)) == header_key(header)
    assert header_key(f" {header} ") == header_key(header)
