"""YAML that remembers where each value stood, so that an error can name file and line."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from himaya.errors import HimayaError
from himaya.sentence import said


class YamlError(HimayaError):
    """A YAML file cannot be read, or says a key twice."""

    code = "yaml"


class _Loader(yaml.CSafeLoader):
    """Safe loader that refuses a key said twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                mark = key_node.start_mark
                raise YamlError(
                    said("key '{key}' stands twice in one mapping", key=key),
                    where=f"{mark.name}:{mark.line + 1}",
                    mend="Keep one of the two.",
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> date:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            mark = node.start_mark
            raise YamlError(
                said("{value} is no day of the calendar", value=str(node.value)),
                where=f"{mark.name}:{mark.line + 1}",
                mend="Write a day that exists, as 2026-10-01.",
            ) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def load(path: Path) -> Any:
    """The content of one YAML file; raises :class:`YamlError` with file and line."""
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark else ""
        raise YamlError(
            said("not valid YAML: {problem}", problem=error.problem or ""),
            where=f"{path}{line}",
            mend="Mend the file at this line.",
        ) from error


def lines(path: Path) -> dict[tuple[str | int, ...], int]:
    """Line number (1-based) of every key and list item, by its path of keys and indices from the root."""
    with path.open(encoding="utf-8") as stream:
        root = yaml.compose(stream, Loader=yaml.CSafeLoader)
    found: dict[tuple[str | int, ...], int] = {}

    def walk(node: yaml.Node | None, at: tuple[str | int, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[(*at, key.value)] = key.start_mark.line + 1
                walk(value, (*at, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                found[(*at, index)] = value.start_mark.line + 1
                walk(value, (*at, index))

    walk(root, ())
    return found
