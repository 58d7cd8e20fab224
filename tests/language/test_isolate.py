"""Numbers and names stay whole in text of the other direction."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from himaya.language import first_strong, left_to_right, numbers_isolated, plain, typeset

ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")


def test_a_number_with_its_separators_is_one_island():
    assert numbers_isolated("أكثر من 26 يوما") == "أكثر من \u206626\u2069 يوما"
    assert numbers_isolated("ظهير 1-72-184.") == "ظهير \u20661-72-184\u2069."
    assert numbers_isolated("5 % ثم 3\u202f210,50") == "\u20665\u2069 % ثم \u20663\u202f210,50\u2069"
    assert (
        numbers_isolated("من \u22125,5% إلى 01/05/2025،")
        == "من \u2066\u22125,5%\u2069 إلى \u206601/05/2025\u2069،"
    )


def test_what_is_isolated_already_is_left_alone():
    text = f"{left_to_right('12')} و {first_strong('ABC 7')}"
    assert numbers_isolated(text) == text


def test_a_phrase_of_islands_and_punctuation_runs_from_the_right():
    """Its letters stand in inner islands, where the algorithm does not look: it would run from the left."""
    quoted = f"«{first_strong('معاش')}» ({first_strong('STE X')})"
    assert first_strong(quoted) == f"\u2067{quoted}\u2069"
    assert first_strong(f"و{quoted}").startswith("\u2068")
    assert first_strong(f"{first_strong(left_to_right('1') + 'ا')}:").startswith("\u2067")
    assert first_strong("STE X").startswith("\u2068")
    assert first_strong("(12)").startswith("\u2068")


words = st.text(alphabet="ابت abc 0123456789.,:/%-+\u2212\u202f", max_size=40)


@given(words)
def test_every_digit_ends_up_inside_an_isolate_and_nothing_else_changes(text):
    isolated = numbers_isolated(text)
    assert plain(isolated) == text
    assert not re.search(r"\d", ISOLATED.sub("", isolated))


@given(words)
def test_isolating_twice_is_isolating_once(text):
    assert numbers_isolated(numbers_isolated(text)) == numbers_isolated(text)


def test_french_punctuation_never_starts_a_line():
    assert typeset("Motif : « payé » ; voir", "fr") == "Motif\u202f: «\u202fpayé\u202f»\u202f; voir"
    assert typeset("Reason : kept", "en") == "Reason : kept"
