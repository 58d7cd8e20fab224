"""One contract file: valid YAML, valid by the Open Data Contract Standard, and every value with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel, ValidationError

from himaya import yamlfile
from himaya.contract.errors import ContractError
from himaya.errors import nearest
from himaya.language import LANGUAGES, Text
from himaya.sentence import said

if TYPE_CHECKING:
    from pathlib import Path

API_VERSION = "v3.1.0"

Place = tuple[str | int, ...]
"""Keys and indices that lead from the root of a file to a value."""

T = TypeVar("T")

_WANTED: dict[type, str] = {
    dict: said("a mapping of keys to values"),
    list: said("a list"),
    str: said("a text in quotes"),
    bool: said("true or false"),
    int: said("a whole number"),
    date: said("a date such as 2026-01-31"),
}
"""What a value that is read as one type should have been."""


@dataclass(frozen=True)
class Document:
    """A contract file that has been read."""

    path: Path
    content: Any

    @cached_property
    def _lines(self) -> dict[Place, int]:
        return yamlfile.lines(self.path)

    @property
    def root(self) -> Element:
        """The whole contract."""
        return Element(self, (), self.content, self.path.stem)

    def where(self, place: Place) -> str:
        """``file:line`` of a value, or of the nearest value around it."""
        known = (self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines)
        return f"{self.path}:{next(known, 1)}"


@dataclass(frozen=True)
class Element:
    """One value of a contract with its place: reading it as what it is not is an error with file and line."""

    document: Document
    place: Place
    value: Any
    name: str | None
    """Its key, or the name that an item of a list has."""
    within: Element | None = None
    """What it is the value of; None where its name is enough."""

    @property
    def title(self) -> str:
        """How an error calls it."""
        if self.within is None:
            return self.name or ""
        if self.name is None:
            return said("item {number} of {whole}", number=int(self.place[-1]) + 1, whole=self.within.title)
        return said("{key} of {whole}", key=self.name, whole=self.within.title)

    def error(self, what: str, *, why: str | None = None, mend: str | None = None) -> ContractError:
        """Make an error that names this place."""
        return ContractError(what, where=self.document.where(self.place), why=why, mend=mend)

    def find(self, key: str) -> Element | None:
        """Give the value of ``key``; None where it is absent or empty."""
        value = self._typed(dict).get(key)
        return None if value is None else Element(self.document, (*self.place, key), value, key, self)

    def need(self, key: str) -> Element:
        """Give the value of ``key``, which must be there."""
        found = self.find(key)
        if found is None:
            raise self.error(
                said("{title} lacks '{key}'", title=self.title, key=key),
                mend=said("Add '{key}: …'.", key=key),
            )
        return found

    def entries(self) -> Iterator[tuple[str, Element]]:
        """Keys and values of a mapping."""
        for key, value in self._typed(dict).items():
            if not isinstance(key, str):
                raise self.error(
                    said("a key of {title} is read as '{key}'", title=self.title, key=str(key)),
                    why="YAML reads NO and 1 so",
                    mend="Put it in quotes.",
                )
            yield key, Element(self.document, (*self.place, key), value, key, self)

    def items(self) -> Iterator[Element]:
        """Items of a list; one that has a name is called by it."""
        for index, value in enumerate(self._typed(list)):
            name = value.get("name") if isinstance(value, Mapping) else None
            place = (*self.place, index)
            if name:
                yield Element(self.document, place, value, str(name))
            else:
                yield Element(self.document, place, value, None, self)

    def _typed(self, kind: type[T]) -> T:
        if not isinstance(self.value, kind) or (isinstance(self.value, bool) and kind is not bool):
            wanted = _WANTED[kind]
            raise self.error(
                said(
                    "{title} is {value}, not {wanted}",
                    title=self.title,
                    value=repr(self.value),
                    wanted=wanted,
                ),
                mend=said("Write {wanted} here.", wanted=wanted),
            )
        return self.value

    def text(self) -> str:
        """Read the value as a text."""
        return self._typed(str)

    def flag(self) -> bool:
        """Read the value as true or false."""
        return self._typed(bool)

    def whole(self) -> int:
        """Read the value as a whole number."""
        return self._typed(int)

    def day(self) -> date:
        """Read the value as a date."""
        return self._typed(date)

    def words(self) -> tuple[str, ...]:
        """Read the value as a list of texts."""
        return tuple(item.text() for item in self.items())

    def choice(self, choices: Collection[str]) -> str:
        """Read the value as one of ``choices``."""
        word = self.text()
        if word not in choices:
            raise self.error(
                said("{title} is '{word}', which is not known here", title=self.title, word=word),
                mend=nearest(word, choices) or said("Known: {known}.", known=tuple(choices)),
            )
        return word

    def only(self, allowed: Collection[str]) -> None:
        """Refuse keys that are not in ``allowed``: a misspelt one would silently do nothing."""
        for key, element in self.entries():
            if key not in allowed:
                raise element.error(
                    said("{title} has the unknown key '{key}'", title=self.title, key=key),
                    mend=nearest(key, allowed) or said("Known here: {known}.", known=sorted(allowed)),
                )

    def custom(self, allowed: Collection[str]) -> dict[str, Element]:
        """Give the ``customProperties`` by name; one that is not in ``allowed`` is an error."""
        found: dict[str, Element] = {}
        listed = self.find("customProperties")
        for item in listed.items() if listed else ():
            name = item.need("property").text()
            if name not in allowed:
                raise item.error(
                    said("{title} has the unknown custom property '{name}'", title=self.title, name=name),
                    mend=nearest(name, allowed) or said("Known here: {known}.", known=sorted(allowed)),
                )
            if name in found:
                raise item.error(
                    said("{title} says '{name}' twice", title=self.title, name=name),
                    mend="Keep one of the two.",
                )
            value = item.need("value")
            found[name] = Element(self.document, value.place, value.value, name, self)
        return found

    def languages(self, languages: Collection[str] = LANGUAGES) -> dict[str, str]:
        """Read the value as one text in each of ``languages``."""
        self.only(languages)
        words = {language: element.text() for language, element in self.entries()}
        if missing := [language for language in languages if not words.get(language, "").strip()]:
            raise self.error(
                said("{title} lacks {missing}", title=self.title, missing=missing),
                why="Himaya speaks English, French and Arabic from the first screen",
                mend=said("Add '{language}: …'.", language=missing[0]),
            )
        return words


def label(element: Element, custom: Mapping[str, Element]) -> Text:
    """Read the label of an element from its custom property ``labels`` ({en: …, fr: …, ar: …})."""
    if "labels" not in custom:
        raise element.error(
            said("{title} lacks the custom property 'labels'", title=element.title),
            mend="Add {property: labels, value: {en: …, fr: …, ar: …}}.",
        )
    return Text(**custom["labels"].languages())


def meaning(element: Element, english: Element | None, custom: Mapping[str, Element]) -> Text | None:
    """Read a description: ``english`` is the standard's own field, ``meaning`` has the other languages."""
    translated = custom.get("meaning")
    if english is None and translated is None:
        return None
    if english is None or translated is None:
        raise element.error(
            said("{title} is described in some languages only", title=element.title),
            mend="Give the description in English, and the custom property meaning {fr: …, ar: …}.",
        )
    return Text(en=english.text(), **translated.languages(("fr", "ar")))


def read_document(path: Path) -> Document:
    """Read one contract and hold it to the standard.

    Raises
    ------
    ContractError
        With file and line: not a contract, a value of the wrong type, a key the standard does not know.
    YamlError
        Where the file is not YAML, or says a key twice.
    """
    document = Document(path, yamlfile.load(path))
    root = document.root
    root.need("kind").choice(["DataContract"])
    root.need("apiVersion").choice([API_VERSION])
    root.need("version").text()
    try:
        OpenDataContractStandard.model_validate(document.content)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(first["loc"])
        raise ContractError(
            said(
                "'{key}' is not as the Open Data Contract Standard asks: {reason}",
                key=str(place[-1]),
                reason=first["msg"],
            ),
            where=document.where(place),
            mend="Correct the value or the key at this line.",
        ) from error
    _refuse_unknown_keys(root, OpenDataContractStandard)
    if root.need("id").text() != path.stem:
        raise root.need("id").error(
            said("the contract '{name}' stands in the file '{file}'", name=root.value["id"], file=path.name),
            mend="Call the file by the id, or the id by the file.",
        )
    return document


def _refuse_unknown_keys(element: Element, model: type[BaseModel]) -> None:
    """Walk a contract along the standard's models, which by themselves pass over keys they do not know."""
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    element.only(fields)
    for key, value in element.entries():
        inner = _model_in(fields[key])
        if inner is None or isinstance(value.value, str) or value.value is None:
            continue
        for part in value.items() if isinstance(value.value, list) else (value,):
            _refuse_unknown_keys(part, inner)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Find the first model inside an annotation such as ``list[SchemaProperty] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
