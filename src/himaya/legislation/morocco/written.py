"""How persons and households are written by hand for the law of Morocco: in cases, and for whoever asks about one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from himaya.errors import nearest
from himaya.law.cases import as_column, as_link, month_number, stored
from himaya.law.errors import InputError
from himaya.law.units import Unit
from himaya.legislation.morocco.inputs import INPUTS
from himaya.sentence import said

_INPUTS = {each.name: each for each in INPUTS}
_SHORT = {"born": "birth_date", "ceased": "work_ceased"}
_ROW = ("career", "insured")
"""What is written of a person and is no input."""


def person_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a written person, or of the members of a written household.

    Of a person ``born`` is the date of birth, ``ceased`` whether work has ceased (yes by default), ``career`` a list
    of ``[first month, last month, days a month, pay a month in dirhams]``, everything else an input by its name;
    months are written ``2026-10``, amounts in dirhams. A household has ``members``, who are persons, and the ``score``
    of the social register; ``insured`` of a member is the position of the one under whom it is registered.
    """
    return _household(written) if "members" in written else _person(written)


def _person(written: Mapping[str, Any]) -> dict[str, Any]:
    person: dict[str, Any] = {"work_ceased": True}
    declared: dict[int, tuple[int, int]] = {}
    for first, last, days, pay in written.get("career", []):
        for each in range(month_number(first), month_number(last) + 1):
            if each in declared:
                raise InputError("a month is declared twice", mend="Sum two employers of one month first.")
            declared[each] = (days, round(pay * 100))
    person["months"] = sorted(declared)
    person["days"] = [declared[each][0] for each in person["months"]]
    person["wages"] = [declared[each][1] for each in person["months"]]
    for word, value in written.items():
        name = _SHORT.get(word, word)
        if name in _ROW:
            continue
        if name not in _INPUTS:
            raise InputError(
                said("'{word}' is written of a person and no input of the law of Morocco", word=word),
                mend=nearest(word, [*_INPUTS, *_SHORT, *_ROW]),
            )
        unit = _INPUTS[name].unit
        person[name] = [_kept(each, unit) for each in value] if _INPUTS[name].axis else _kept(value, unit)
    return person


def _kept(value: Any, unit: Unit) -> Any:
    kept = stored(value, unit)
    return kept if kept is None or isinstance(kept, bool) else int(kept)


def _household(written: Mapping[str, Any]) -> dict[str, Any]:
    people = [_person(member) for member in written["members"]]
    names = {name for person in people for name in person}
    found: dict[str, Any] = {
        name: as_column(_INPUTS[name], [person.get(name) for person in people]) for name in names
    }
    score = _INPUTS["social_score"]
    found[score.name] = as_column(score, [_kept(written.get("score"), score.unit)])
    registered = [(i, m["insured"]) for i, m in enumerate(written["members"]) if "insured" in m]
    found["household"] = as_link([(i, 0) for i in range(len(people))])
    found["insured"] = as_link(registered)
    return found
