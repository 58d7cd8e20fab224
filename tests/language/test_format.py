"""Numbers, money and dates as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from himaya.language import (
    LANGUAGES,
    currency_name,
    day,
    listing,
    moment,
    money,
    month,
    number,
    percent,
    plain,
    seconds,
    short_month,
)

NARROW, WIDE = "\u202f", "\u00a0"
SEPTEMBER_2026 = 2026 * 12 + 8


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("en", f"3,210.50{WIDE}MAD"),
        ("fr", f"3{NARROW}210,50{WIDE}MAD"),
        ("ar", f"\u20663{NARROW}210,50\u2069{WIDE}درهم"),
    ],
)
def test_money_is_written_from_centimes(lang, written):
    assert money(321050, lang) == written


def test_money_without_centimes_rounds_half_up():
    assert money(1050, "en", whole=True) == f"11{WIDE}MAD"
    assert money(-1050, "en", whole=True) == f"\u221211{WIDE}MAD"


def test_a_change_carries_its_sign_inside_the_isolate():
    assert money(19662, "ar", signed=True).startswith("\u2066+196,62\u2069")
    assert money(-19662, "fr", signed=True).startswith("\u2212196,62")
    assert money(0, "en", signed=True) == f"0.00{WIDE}MAD"


@given(
    st.decimals(-(10**15), 10**15, places=4, allow_nan=False), st.sampled_from(LANGUAGES), st.integers(0, 4)
)
def test_numbers_are_written_as_the_locales_data_have_them(value, lang, decimals):
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    wanted = format_decimal(abs(rounded), format=pattern, locale={"en": "en"}.get(lang, "fr"))
    assert plain(number(value, lang, decimals)) == ("\u2212" if rounded < 0 else "") + wanted


def test_another_currency_has_its_own_name_or_its_code():
    assert money(100, "fr", "EUR") == f"1,00{WIDE}€"
    assert currency_name("ar", "TND") == "TND"


@given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES), st.booleans())
def test_money_reads_back_to_the_same_centimes(centimes, lang, signed):
    digits = plain(money(centimes, lang, signed=signed)).removesuffix(WIDE + currency_name(lang))
    digits = digits.replace("\u2212", "-").replace(NARROW, "")
    digits = digits.replace(",", "") if lang == "en" else digits.replace(",", ".")
    assert Decimal(digits) * 100 == centimes


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_arabic_writes_the_french_number_inside_an_isolate(value, decimals):
    assert number(value, "ar", decimals) == f"\u2066{number(value, 'fr', decimals)}\u2069"


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_rounding_is_that_of_the_written_value_half_up(value, decimals):
    written = number(value, "en", decimals).replace(",", "").replace("\u2212", "-")
    assert abs(Decimal(written) - Decimal(str(value))) <= Decimal(5).scaleb(-decimals - 1)


def test_there_is_no_minus_zero():
    assert number(-0.004, "en", 2) == "0.00"


def test_a_fraction_is_written_as_its_decimal():
    assert number(Fraction(1, 3), "fr", 3) == "0,333"


@pytest.mark.parametrize(
    ("lang", "written"), [("en", "12.3%"), ("fr", f"12,3{NARROW}%"), ("ar", "\u206612,3%\u2069")]
)
def test_percent(lang, written):
    assert percent(0.1234, lang) == written


@pytest.mark.parametrize(
    ("lang", "written"),
    [("en", "1 September 2026"), ("fr", "1er septembre 2026"), ("ar", "1 شتنبر 2026")],
)
def test_dates_are_in_words_with_the_month_names_of_morocco(lang, written):
    assert plain(day(date(2026, 9, 1), lang)).replace(WIDE, " ") == written
    assert plain(month(SEPTEMBER_2026, lang)).replace(WIDE, " ") == written.split(" ", 1)[1]


def test_only_the_first_of_a_month_is_an_ordinal_in_french():
    assert day(date(2026, 9, 11), "fr") == f"11{WIDE}septembre{WIDE}2026"


def test_a_date_never_breaks_over_two_lines():
    assert all(" " not in day(date(2026, 9, 1), lang) for lang in LANGUAGES)


def test_a_moment_has_its_time():
    at = datetime(2026, 10, 1, 9, 5, tzinfo=UTC)
    assert moment(at, "en") == f"1{WIDE}October{WIDE}2026, 09:05"
    assert "، \u206609:05\u2069" in moment(at, "ar")


@given(st.integers(1900 * 12, 2100 * 12))
def test_short_months_read_back(number_of_month):
    written, year = plain(short_month(number_of_month, "ar")).split("/")
    assert int(year) * 12 + int(written) - 1 == number_of_month


def test_seconds_show_three_figures_or_so():
    assert seconds(0.424, "fr") == f"0,42{WIDE}s"
    assert seconds(41, "en") == f"41.0{WIDE}s"


def test_lists_join_as_the_language_joins():
    assert listing(["a", "b", "c"], "fr") == "a, b et c"
    assert listing(["a", "b"], "ar") == "a وb"
