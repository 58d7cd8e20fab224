"""Sentences of errors and deliveries: whole in French and Arabic, used, and told as each language writes."""

from __future__ import annotations

import copy
import json
import pickle
import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import placeholders, spoken

from himaya.errors import UsageError, nearest, system_words
from himaya.language import LANGUAGES, TextError, plain, tell
from himaya.language.catalogue import plural_category
from himaya.language.sentences import TRANSLATED, _has_letters, read_sentences, sentences
from himaya.law.errors import OverlayError, UnknownNameError
from himaya.legislation import countries, system_of
from himaya.sentence import Sentence, packed, said, unpacked, verbatim


def test_no_error_hides_its_words_in_an_f_string_or_a_concatenation():
    assert spoken().faults == []


def test_the_sources_were_read():
    """Were the reading of the sources wrong, the tests around it would pass for want of sentences."""
    assert len(spoken().templates) > 300
    assert {"there is no publication {wanted}", "there has been no run yet"} <= set(spoken().templates)


@pytest.mark.parametrize("template", sorted(filter(_has_letters, spoken().templates)))
def test_every_sentence_is_said_in_french_and_arabic(template):
    assert template in sentences(), f"said in {spoken().templates[template]}"
    entry = sentences()[template]
    assert set(entry) == set(TRANSLATED)
    for lang, forms in entry.items():
        assert all(form.strip() for form in forms.values())
        if template not in spoken().literals:
            assert all(placeholders(form) == placeholders(template) for form in forms.values())
        if len(forms) > 1:
            assert "count" in placeholders(template)
            assert set(forms) >= {plural_category(n, lang) for n in range(200)} - {"zero"}
    if _has_letters(entry["ar"]["other"]):
        assert re.search("[\u0600-\u06ff]", entry["ar"]["other"]) or _only_values(template), (
            "no Arabic letter"
        )


def _only_values(template: str) -> bool:
    return len(re.findall("[a-z]", re.sub(r"\{\w+\}", "", template))) == 0


@pytest.mark.parametrize("template", sorted(sentences()))
def test_every_sentence_of_the_catalogues_is_used(template):
    assert template in spoken().templates, "nobody says this"


def test_a_sentence_is_its_english_and_remembers_what_it_was_made_of():
    sentence = said("the law says nothing about {on}: {gaps}", on=date(2026, 10, 1), gaps=("a", "b"))
    assert sentence == "the law says nothing about 2026-10-01: a, b"
    assert sentence.template == "the law says nothing about {on}: {gaps}"
    for again in (pickle.loads(pickle.dumps(sentence)), copy.deepcopy(sentence)):
        assert (again, again.template, again.values) == (sentence, sentence.template, sentence.values)


VALUES = st.recursive(
    st.text() | st.integers(-(10**12), 10**12) | st.dates(),
    lambda inner: st.lists(st.text(), max_size=3) | st.builds(lambda v: said("table {name}", name=v), inner),
    max_leaves=4,
)


@given(VALUES)
def test_a_sentence_survives_storage_and_is_told_the_same(value):
    sentence = said("there is no table '{name}'", name=value)
    again = unpacked(json.loads(json.dumps(packed(sentence))))
    assert isinstance(again, Sentence)
    assert [tell(again, lang) for lang in LANGUAGES] == [tell(sentence, lang) for lang in LANGUAGES]


@given(st.text())
def test_what_a_stranger_wrote_cannot_command_the_terminal(name):
    for lang in LANGUAGES:
        assert not re.search(
            "[\x00-\x1f\x7f-\x9f]", tell(said("there is no table '{name}'", name=name), lang)
        )


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "it holds 1,200 files; the limit is 5"),
        ("fr", "il contient 1\u202f200 fichiers\u202f; la limite est de 5"),
        ("ar", "عدد ملفاته \u20661\u202f200\u2069 والحد الأقصى \u20665\u2069"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(lang, words):
    assert (
        tell(said("it holds {files} files; the limit is {limit}", files=np.int64(1200), limit=5), lang)
        == words
    )


def test_dates_and_lists_are_written_as_the_language_writes_them():
    day = said(
        "the law {of_country} says nothing about {on}", of_country=said("of Morocco"), on=date(2026, 9, 1)
    )
    assert tell(day, "en") == "the law of Morocco says nothing about 1\u00a0September\u00a02026"
    assert tell(day, "fr") == "le droit du Maroc ne dit rien pour le 1er\u00a0septembre\u00a02026"
    assert plain(tell(day, "ar")) == "قانون المغرب لا ينص على شيء بتاريخ 1\u00a0شتنبر\u00a02026"
    known = said("Known: {known}.", known=["a", "b", "c"])
    assert [plain(tell(known, lang)) for lang in LANGUAGES] == [
        "Known: a, b and c.",
        "Sont connus\u202f: a, b et c.",
        "المعروف: a وb وc.",
    ]


def test_counts_take_the_plural_of_the_language():
    few, one = (said("{count} values of '{name}' are null", count=n, name="days") for n in (3, 1))
    assert plain(tell(one, "fr")) == "1 valeur de «\u202fdays\u202f» est vide"
    assert plain(tell(few, "fr")) == "3 valeurs de «\u202fdays\u202f» sont vides"


def test_a_sentence_inside_a_sentence_is_told_in_the_same_language():
    inner = said("column {column} is missing", column="SALAIRE")
    sentence = said(
        "it fits no kind of file that is known; the nearest is {kind}: {reason}", kind="deaths", reason=inner
    )
    assert "la colonne SALAIRE manque" in tell(sentence, "fr")
    assert "العمود \u2068SALAIRE\u2069 ناقص" in tell(sentence, "ar")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["abc", "abd", "abe"], "هل تقصدون «abc» أو «abd» أو «abe»؟"),
        (["abc", "abd"], "هل تقصدون «abc» أو «abd»؟"),
        (["abc"], "هل تقصدون «abc»؟"),
        (["zz"], ""),
    ],
)
def test_what_is_nearest_is_asked_in_the_language(names, words):
    near = nearest("abc", names)
    assert re.sub("abd|abe", "x", plain(tell(near, "ar"))) == re.sub("abd|abe", "x", words)


def test_common_reasons_of_the_system_are_translated_and_others_taken_over():
    full = system_words(OSError(28, "No space left on device"))
    assert tell(full, "fr") == "Plus de place sur le disque"
    rare = system_words(OSError(71, "Protocol error"))
    assert [plain(tell(rare, lang)) for lang in LANGUAGES] == ["Protocol error"] * 3
    assert verbatim(full) is full


def test_what_has_no_translation_is_told_in_english_as_one_piece():
    sentence = said("nobody has translated {this}", this=1000)
    assert tell(sentence, "fr") == "nobody has translated 1,000"
    assert tell(sentence, "ar") == "\u2068nobody has translated 1,000\u2069"
    assert tell("/data/fund/himaya.toml", "ar") == "\u2068/data/fund/himaya.toml\u2069"


def test_an_error_crosses_to_another_process_with_its_sentences():
    error = UsageError(said("there is no table '{name}'", name="shelve"), mend=nearest("shelve", ["shelf"]))
    again = pickle.loads(pickle.dumps(error))
    assert plain(tell(again.what, "fr")) == "il n'existe pas de table «\u202fshelve\u202f»"
    assert plain(tell(again.mend, "ar")) == "هل تقصدون «shelf»؟"
    assert again.as_dict() == error.as_dict()


def test_a_broken_catalogue_is_an_error_with_file_and_line(tmp_path):
    path = tmp_path / "sentences.yaml"
    path.write_text("# heading\na thing: {fr: une chose}\n", encoding="utf-8")
    with pytest.raises(TextError, match="must stand in fr and ar") as raised:
        read_sentences(path)
    assert raised.value.where == f"{path}:2"


@pytest.mark.parametrize("country", countries())
def test_every_country_is_named_as_people_name_it(country):
    """Not by its code name, ``of france``: with the article of each language, « du Maroc »."""
    named = [plain(tell(system_of(country).of_country, lang)) for lang in LANGUAGES]
    assert (
        named
        == {
            "france": ["of France", "de la France", "فرنسا"],
            "morocco": ["of Morocco", "du Maroc", "المغرب"],
        }[country]
    )


def test_a_reformed_law_is_of_the_same_country(tmp_path):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("country: morocco\nparameters: {}\n", encoding="utf-8")
    with pytest.raises(OverlayError) as raised:
        system_of("france").reformed(overlay)
    assert tell(raised.value.what, "fr") == (
        "la surcouche porte «\u202fcountry: morocco\u202f», et c'est le droit de la France qu'elle change"
    )
    overlay.write_text(
        "country: morocco\nparameters:\n  old_age.base_rate: [{from: 2026-01-01, value: 60, article: a}]\n",
        encoding="utf-8",
    )
    with pytest.raises(UnknownNameError) as unknown:
        system_of("morocco").with_overlay(overlay).rule("monthly", date(2026, 1, 1))
    assert tell(unknown.value.what, "fr") == (
        "il n'existe pas de règle «\u202fmonthly\u202f» dans le droit du Maroc"
    )
