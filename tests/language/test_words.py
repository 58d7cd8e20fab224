"""One notion has one word in each language, whoever writes about it."""

import pytest

from himaya.language.catalogue import catalogue

REPLACED = {"ar": ("هيكلي", "محتجز")}
"""Words that another one stands for: ``بنيوي`` for structural, ``محجوز`` for held back."""


@pytest.mark.parametrize("lang", REPLACED)
def test_one_notion_has_one_word(lang):
    every = [form for entry in catalogue().values() for form in entry[lang].values()]
    assert not [form for form in every for word in REPLACED[lang] if word in form]
