"""The catalogues of texts: whole in three languages, used, and strict about their values."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import himaya
from himaya.language import LANGUAGES, Text, TextError, has_text, plain, text
from himaya.language.catalogue import catalogue, placeholders, plural_category, read

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(himaya.__file__).parent.rglob("*")
    if path.suffix in {".py", ".j2"} and path.parent.name != "language"
)
ARABIC_FORMS = {"one", "two", "few", "many", "other"}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_is_whole_in_three_languages(key):
    entry = catalogue()[key]
    assert set(entry) == set(LANGUAGES)
    assert all(form.strip() for forms in entry.values() for form in forms.values())
    assert len({frozenset(placeholders(forms["other"])) for forms in entry.values()}) == 1
    if len(entry["ar"]) > 1:
        assert set(entry["ar"]) >= ARABIC_FORMS
    if not re.fullmatch(r"[\W\d_]*", re.sub(r"\{\w+\}", "", entry["ar"]["other"])):
        assert re.search("[\u0600-\u06ff]", entry["ar"]["other"]), "the Arabic text has no Arabic letter"


NAMED_BY_DATA = (
    "report.margin.",
    "report.total_of.",
    "rights.detail_",
    "cli.stage.",
    "law.country.",
    "reform.column.by_",
    "letters.step.",
    "letters.called.",
    "letters.change.",
    "letters.article.",
    "letters.doubt.of.",
)
"""Families whose last word data bring, not the sources."""


def quoted(pattern: str) -> bool:
    return re.search(rf"""["']{pattern}["']""", SOURCES) is not None


@pytest.mark.parametrize("key", [key for key in sorted(catalogue()) if not key.startswith(NAMED_BY_DATA)])
def test_every_text_is_used(key):
    """The sources say a key whole (with or without its file), or in two pieces: ``f"status.{word}"``."""
    file, short = key.split(".", 1)
    whole = quoted(rf"(?:{file}\.)?{re.escape(short)}")
    in_pieces = any(
        re.search(rf"""["'](?:{file}\.)?{re.escape(short[: cut.end()])}["'{{]""", SOURCES)
        and all(quoted(rf"\.?{re.escape(part)}") for part in short[cut.end() :].split("."))
        for cut in re.finditer(r"[._]", short)
    )
    *heads, last = short.split(".")
    headed = quoted(rf"\.{re.escape(last)}") and all(quoted(re.escape(head)) for head in heads)
    assert whole or in_pieces or headed, "nobody says this"


def test_values_are_written_as_the_language_writes_them():
    assert (
        text("report.first_rows", "fr", shown=10, total=12345) == "Premières lignes\u202f: 10 sur 12\u202f345"
    )
    assert "\u20661\u2069\u00a0شتنبر" in text("report.cases.event", "ar", label="x", day=date(2026, 9, 1))


def test_whole_numbers_of_numpy_are_numbers():
    assert text("report.persons_count", "fr", count=np.int64(1)) == "1 personne"
    assert text("report.first_rows", "ar", shown=np.int32(2), total=3).endswith("\u20663\u2069")


def test_names_filled_into_arabic_are_isolated():
    assert text("report.provenance.fund", "ar") == "الصندوق"
    assert text("report.cases.person", "ar", person="BK1234") == "الشخص \u2068BK1234\u2069"
    assert text("report.cases.person", "fr", person="BK1234") == "Personne BK1234"


@pytest.mark.parametrize(
    ("count", "lang", "said"),
    [
        (1, "en", "1 person"),
        (0, "fr", "0 personne"),
        (1, "ar", "شخص واحد"),
        (2, "ar", "شخصان"),
        (3, "ar", "3 أشخاص"),
        (11, "ar", "11 شخصًا"),
        (100, "ar", "100 شخص"),
        (103, "ar", "103 أشخاص"),
    ],
)
def test_counts_take_the_plural_of_the_language(count, lang, said):
    assert plain(text("report.persons_count", lang, count=count)) == said


@given(st.integers(0, 10**6))
def test_every_count_has_words_in_every_language(count):
    assert all(text("report.persons_count", lang, count=count) for lang in LANGUAGES)
    assert plural_category(count, "ar") in {*ARABIC_FORMS, "zero"}


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(TextError, match=r"report\.title"):
        text("report.titel", "en")
    assert has_text("report.title")
    assert not has_text("report.titel")


def test_a_missing_value_is_named():
    with pytest.raises(TextError, match="'total'"):
        text("report.first_rows", "en", shown=1)
    with pytest.raises(TextError, match="count"):
        text("report.persons_count", "en")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("a: {en: One, fr: Un}", "instead of en, fr, ar"),
        ("a: {en: '{n}', fr: '{n}', ar: واحد}", "takes other values in one language"),
        ("a: {en: {one: '{count} x'}, fr: x, ar: x}", "has no words for en"),
        ("a: {en: {two: x, other: x}, fr: x, ar: x}", "plural forms that en does not know: two"),
        ("a: {en: {one: '{n}', other: x}, fr: x, ar: x}", "takes other values in its form 'one'"),
        ("a: word", "no language"),
    ],
)
def test_a_broken_catalogue_is_an_error_with_file_and_line(tmp_path, broken, said):
    path = tmp_path / "toy.yaml"
    path.write_text(f"# heading\n{broken}\n", encoding="utf-8")
    with pytest.raises(TextError, match=re.escape(said)) as raised:
        read(path)
    assert raised.value.where == f"{path}:2"


def test_labels_that_data_carry():
    label = Text.of({"en": "26 days", "fr": "26 jours", "ar": "26 يوما"})
    assert [label.pick(lang) for lang in LANGUAGES] == ["26 days", "26 jours", "\u206626\u2069 يوما"]
    assert Text.of(label.as_dict()) == label
    assert Text.same("CNSS").pick("ar") == "\u2066CNSS\u2069"
    with pytest.raises(TextError, match="lacks ar"):
        Text.of({"en": "a", "fr": "b"})
