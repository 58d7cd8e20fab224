"""Why a value is not verified is said in every language that a letter is written in."""

from __future__ import annotations

from pathlib import Path

import pytest

import himaya.legislation
from himaya.legislation import countries, system_of

FOLDER = Path(himaya.legislation.__file__).parent
LAWS = {country: system_of(country) for country in countries()}
REFORMS = {
    f"{path.parents[1].name}/{path.stem}": LAWS[path.parents[1].name].with_overlay(path)
    for path in sorted(FOLDER.glob("*/reforms/*.yaml"))
}


@pytest.mark.parametrize("name", [*LAWS, *REFORMS])
def test_every_doubt_says_why_in_three_languages(name):
    for what, doubts in (LAWS | REFORMS)[name].unverified.items():
        for each in doubts:
            assert set(each.note) == {"en", "fr", "ar"}, (what, each.since)
            assert len(set(each.note.values())) == 3, (what, each.since)
