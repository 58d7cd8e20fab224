"""Which language Himaya speaks: what was asked for, else HIMAYA_LANG, else the locale, else English."""

from __future__ import annotations

import pytest

from himaya.errors import UsageError
from himaya.language import LANGUAGES, choose, direction


@pytest.mark.parametrize(
    ("option", "environ", "spoken"),
    [
        ("fr", {"HIMAYA_LANG": "ar", "LANG": "en_GB.UTF-8"}, "fr"),
        (None, {"HIMAYA_LANG": "ar", "LANG": "fr_MA.UTF-8"}, "ar"),
        (None, {"LC_ALL": "ar_MA.UTF-8", "LANG": "fr_FR.UTF-8"}, "ar"),
        (None, {"LC_MESSAGES": "fr_FR", "LANG": "en_US.UTF-8"}, "fr"),
        (None, {"LANG": "fr_MA.UTF-8"}, "fr"),
        (None, {"LC_ALL": "C", "LANG": "fr_MA.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LANG": ""}, "en"),
        (None, {}, "en"),
        ("FR-ma", {}, "fr"),
        ("ar_MA", {}, "ar"),
    ],
)
def test_choice_follows_option_then_variable_then_locale(option, environ, spoken):
    assert choose(option, environ) == spoken


@pytest.mark.parametrize(
    ("option", "environ", "place"), [("de", {}, "--lang"), (None, {"HIMAYA_LANG": "arabic"}, "HIMAYA_LANG")]
)
def test_asking_for_another_language_is_an_error_that_names_where(option, environ, place):
    with pytest.raises(UsageError) as raised:
        choose(option, environ)
    assert raised.value.where == place
    assert raised.value.mend


def test_only_arabic_runs_right_to_left():
    assert {lang: direction(lang) for lang in LANGUAGES} == {"en": "ltr", "fr": "ltr", "ar": "rtl"}
