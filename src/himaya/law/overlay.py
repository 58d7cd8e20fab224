"""Overlays: a file that changes the law from a date on, for a reform or a what-if.

::

    name: {en: Minimum pension at 1,500 dirhams, fr: …, ar: …}
    country: morocco
    parameters:
      old_age.minimum_pension:
        - {from: 2027-01-01, value: 1500, article: "Proposal of 2026"}
    rules: minimum.py

The values of the overlay replace those of the law from the overlay's first date on. ``rules`` is a Python module
beside the file: its rules take the place of those of the same name, from their ``valid_from`` on (from always, without
one); further rules are added. ``baseline``, with ``parameters`` and ``rules`` of its own, is what a comparison starts
from instead of the law in force: for a reform that is law already, the law before it.
"""

from __future__ import annotations

import difflib
import hashlib
import sys
import traceback
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import util
from typing import TYPE_CHECKING, Any, get_args

from himaya.errors import HimayaError, nearest
from himaya.language import Language, tell
from himaya.law.errors import OverlayError
from himaya.law.parameters import Dated, Group, Parameter, read_values
from himaya.law.rules import Rule
from himaya.law.units import LANGUAGES, Languages
from himaya.sentence import said, verbatim
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

_KEYS = {"name", "country", "parameters", "rules", "baseline", "unchanged_until"}
_CHANGES = {"parameters", "rules"}
_ALIKE = 0.85
"""From how alike a new rule's name is to that of a rule of the law on, it is taken for a misspelt one."""


@dataclass(frozen=True)
class Overlay:
    """The changes of an overlay file, or of its baseline; ``content`` are the bytes that decide them.

    Parameters
    ----------
    name
        What it is called, by language.
    country
        Whose law it changes; None if the file does not say.
    changes
        Parameter to its new values, as written.
    rules
        The module of rules, or None.
    lines
        Line of each key of the file.
    section
        Keys that lead to these changes: empty, or ``baseline``.
    unchanged_until
        Last day on which values that end are assumed to hold still, or None.
    """

    name: Languages
    country: str | None
    path: Path
    content: bytes
    changes: Mapping[str, Any]
    rules: Path | None
    lines: Mapping[tuple[str | int, ...], int]
    section: tuple[str, ...] = ()
    unchanged_until: date | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.changes and self.rules is None and self.unchanged_until is None

    def apply(self, groups: Mapping[str, Group]) -> dict[str, Group]:
        """The groups with the overlay's values in them."""
        changed = dict(groups)
        names = [parameter.name for group in groups.values() for parameter in group.parameters.values()]
        for name, entries in self.changes.items():
            at = (*self.section, "parameters", name)
            place = f"{self.path}:{self.lines[at]}"
            if name not in names:
                raise OverlayError(
                    said("there is no parameter '{name}' to change", name=name),
                    where=place,
                    mend=nearest(name, names) or "Name it group.parameter, as in the file of the law.",
                )
            stem, _, own = name.partition(".")
            group = changed[stem]
            old = group[own]
            places = [f"{self.path}:{self.lines[*at, index]}" for index in range(len(entries or ()))]
            new = read_values(name, entries, old.unit, old.by, place, places)
            kept = tuple(dated for dated in old.values if dated.since < new[0].since)
            changed[stem] = Group(stem, {**group.parameters, own: replace(old, values=kept + new)})
        if self.unchanged_until is None:
            return changed
        until, place = self.unchanged_until, f"{self.path}:{self.lines['unchanged_until',]}"
        return {
            stem: Group(stem, {own: _kept(each, until, place) for own, each in group.parameters.items()})
            for stem, group in changed.items()
        }

    def replace_rules(self, versions: Mapping[str, tuple[Rule, ...]]) -> dict[str, tuple[Rule, ...]]:
        """The rules with those of the overlay's module in their place."""
        changed = dict(versions)
        if self.rules is None:
            return changed
        found: dict[str, list[Rule]] = {}
        for each in vars(_module(self.rules)).values():
            if isinstance(each, Rule) and each.path == self.rules:
                found.setdefault(each.name, []).append(each)
        if not found:
            raise OverlayError(
                "the module has no rule", where=str(self.rules), mend="Write a function under @rule(…)."
            )
        self._refuse_misspelt(found, versions)
        for name, rules in found.items():
            rules.sort(key=lambda each: each.valid_from.toordinal() if each.valid_from else 0)
            first = rules[0].valid_from
            kept = [] if first is None else [_until(each, first) for each in changed.get(name, ())]
            changed[name] = (*(each for each in kept if each is not None), *rules)
        return changed

    def _refuse_misspelt(
        self, found: Mapping[str, list[Rule]], versions: Mapping[str, tuple[Rule, ...]]
    ) -> None:
        """Refuse a new rule that nothing uses and whose name is nearly that of a rule of the law."""
        used = {argument for rules in found.values() for each in rules for argument in each.arguments}
        for name, rules in found.items():
            alike = difflib.get_close_matches(name, versions.keys() - found.keys(), n=1, cutoff=_ALIKE)
            if name not in versions and name not in used and alike:
                raise OverlayError(
                    said("rule {name} takes the place of no rule, and no rule uses it", name=name),
                    where=rules[0].place,
                    mend=said("Did you mean '{first}'?", first=alike[0]),
                )


def _kept(parameter: Parameter, until: date, place: str) -> Parameter:
    """A parameter whose last known value, if it ends before a day, is assumed to hold until then.

    An end that the law itself writes (a null with its article) stays.
    """
    *values, end = parameter.values
    if end.value is not None or end.article or not values or end.since > until:
        return parameter
    why = said("assumed to stay as it was last, until {until}", until=until)
    assumed = replace(
        values[-1],
        since=end.since,
        verified=False,
        note={lang: tell(why, lang) for lang in get_args(Language)},
        place=place,
    )
    after = Dated(until + timedelta(days=1), None, "", verified=True, decided=None, note=None, place=place)
    return replace(parameter, values=(*values, assumed, after))


def _until(each: Rule, first: Any) -> Rule | None:
    """A rule of the law up to the day before another takes its place; None if it began later."""
    if each.valid_from is not None and each.valid_from >= first:
        return None
    last = first - timedelta(days=1)
    return each if each.valid_to is not None and each.valid_to < last else replace(each, valid_to=last)


def _module(path: Path) -> ModuleType:
    # The same file, read again after a change, is another module: its name carries the hash of its bytes.
    name = f"himaya_overlay_{hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()}_{path.stem}"
    if name not in sys.modules or sys.modules[name].__file__ != str(path):
        spec = util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[name]
            if isinstance(error, HimayaError):
                raise
            frames = [
                each for each in traceback.extract_tb(error.__traceback__) if each.filename == str(path)
            ]
            line = error.lineno if isinstance(error, SyntaxError) else frames[-1].lineno if frames else None
            raise OverlayError(
                said("the rules cannot be read: {reason}", reason=verbatim(str(error))),
                where=f"{path}:{line}" if line else str(path),
                mend="Mend the file at this line.",
            ) from error
    return sys.modules[name]


def read_overlay(path: Path) -> tuple[Overlay, Overlay]:
    """Read an overlay file: its changes, and those of its baseline; errors name file and line."""
    path = path.absolute()
    if not path.exists():
        raise OverlayError(
            said("there is no overlay file {path}", path=path),
            where=str(path),
            mend="Check its name and folder.",
        )
    content = load(path)
    at = lines(path)
    if not isinstance(content, dict) or not content.keys() & {"parameters", "rules", "baseline"}:
        raise OverlayError(
            "an overlay needs 'parameters: {group.parameter: [values]}' or 'rules: module.py'",
            where=f"{path}:1",
            mend="See docs/change-a-parameter.md.",
        )
    baseline = content.get("baseline") or {}
    _known(content, _KEYS, path, at, ())
    _known(baseline, _CHANGES, path, at, ("baseline",))
    name = content.get("name", path.stem)
    if isinstance(name, dict):
        missing = [language for language in LANGUAGES if not name.get(language)]
        if missing:
            raise OverlayError(
                said("its name lacks {languages}", languages=missing),
                where=f"{path}:{at['name',]}",
                mend="Write 'name: {en: …, fr: …, ar: …}', or one text.",
            )
    else:
        name = dict.fromkeys(LANGUAGES, str(name))
    until = content.get("unchanged_until")
    if until is not None and not isinstance(until, date):
        raise OverlayError(
            said("unchanged_until is no date: {value}", value=repr(until)),
            where=f"{path}:{at['unchanged_until',]}",
            mend="Write it as 2030-12-31.",
        )
    made = [
        Overlay(
            name,
            content.get("country"),
            path,
            *_changes(part, path, at, section),
            at,
            section,
            until,
        )
        for part, section in ((content, ()), (baseline, ("baseline",)))
    ]
    return made[0], made[1]


def _changes(
    part: Mapping[str, Any], path: Path, at: Mapping[tuple[str | int, ...], int], section: tuple[str, ...]
) -> tuple[bytes, Mapping[str, Any], Path | None]:
    changes = part.get("parameters") or {}
    if not isinstance(changes, dict):
        raise OverlayError(
            "'parameters' is not a mapping from parameters to values",
            where=f"{path}:{at[*section, 'parameters']}",
            mend="See docs/change-a-parameter.md.",
        )
    rules = None
    if part.get("rules"):
        rules = path.parent / str(part["rules"])
        if rules.suffix != ".py" or not rules.is_file():
            raise OverlayError(
                said("there is no module of rules {file}", file=str(part["rules"])),
                where=f"{path}:{at[*section, 'rules']}",
                mend="Name a Python file beside the overlay.",
            )
    content = path.read_bytes() + b"".join(map(str.encode, section))
    return content + (rules.read_bytes() if rules else b""), changes, rules


def _known(
    part: Mapping[str, Any],
    keys: set[str],
    path: Path,
    at: Mapping[tuple[str | int, ...], int],
    section: tuple[str, ...],
) -> None:
    for key in part:
        if key not in keys:
            raise OverlayError(
                said("unknown key '{key}'", key=str(key)),
                where=f"{path}:{at[*section, key]}",
                mend=nearest(str(key), keys) or said("Known: {known}.", known=sorted(keys)),
            )
