"""What the sources say to people, found by reading them: the templates, and the raise sites that hide their words."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import himaya

SOURCES = Path(himaya.__file__).parent
PARTS = ("what", "where", "why", "mend")
MAKERS = {"said", "nearest", "verbatim", "system_words"}
"""Functions that give a sentence, or the words of another program as one."""


@dataclass
class Spoken:
    """What one pass over the sources found."""

    templates: dict[str, set[str]] = field(default_factory=dict)
    """Template to the places that say it."""
    literals: set[str] = field(default_factory=set)
    """Those of the templates that stand in an error as they are, without values."""
    faults: list[str] = field(default_factory=list)


@cache
def spoken() -> Spoken:
    """Read all sources."""
    found = Spoken()
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))}
    kinds = _error_classes(trees.values())
    for path, tree in trees.items():
        _Reader(found, path.relative_to(SOURCES).as_posix(), kinds).visit(tree)
    return found


def _error_classes(trees) -> set[str]:
    """Names of all classes that come from HimayaError, by their bases' names."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    kinds = {"HimayaError"}
    while more := {name for name, own in bases.items() if own & kinds} - kinds:
        kinds |= more
    return kinds


class _Reader(ast.NodeVisitor):
    def __init__(self, found: Spoken, file: str, kinds: set[str]) -> None:
        self.found, self.file, self.kinds = found, file, kinds
        self.functions: list[ast.FunctionDef] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.functions.append(node)
        self.generic_visit(node)
        self.functions.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name in {"said", "Sentence"} and self.file != "sentence.py":
            self._said(node)
        if name in self.kinds or (name == "error" and isinstance(node.func, ast.Attribute)):
            for part, value in zip(PARTS, node.args, strict=False):
                self._part(part, value)
            for keyword in node.keywords:
                if keyword.arg in PARTS:
                    self._part(keyword.arg, keyword.value)
        if name == "BadParameter" and any(
            isinstance(each, ast.JoinedStr | ast.BinOp) for each in ast.walk(node)
        ):
            self._fault(node, "BadParameter hides its words")
        self.generic_visit(node)

    def _said(self, node: ast.Call) -> None:
        template, *rest = node.args
        if not isinstance(template, ast.Constant) or rest:
            self._fault(node, "said() takes one literal and named values")
            return
        self._template(template)
        given = {keyword.arg for keyword in node.keywords}
        if given != placeholders(template.value):
            self._fault(node, f"said() is given {sorted(map(str, given))}")

    def _part(self, part: str, value: ast.expr) -> None:
        """One of what, where, why, mend: its words must be there to read."""
        match value:
            case ast.Constant(value=str()) if part != "where" and value.value:
                self._template(value)
                self.found.literals.add(value.value)
            case ast.Constant():
                pass
            case ast.Call() if _name(value.func) in MAKERS:
                pass
            case ast.BoolOp():
                for each in value.values:
                    self._part(part, each)
            case ast.IfExp():
                self._part(part, value.body)
                self._part(part, value.orelse)
            case ast.Attribute() if value.attr in PARTS:
                pass  # that of another error
            case ast.Name() if self._holds_a_sentence(part, value.id):
                pass
            case ast.JoinedStr() | ast.Call() | ast.Name() | ast.Attribute() if part == "where" and _no_words(
                value
            ):
                pass  # a path, perhaps with its line
            case ast.Call() if isinstance(value.func, ast.Attribute) and value.func.attr == "get":
                pass  # of a table of sentences
            case _:
                self._fault(value, f"{part} hides its words: {ast.unparse(value)}")

    def _holds_a_sentence(self, part: str, name: str) -> bool:
        """Whether a name is a parameter that hands a part on, or was assigned sentences."""
        if not self.functions:
            return False
        function = self.functions[-1]
        arguments = (*function.args.args, *function.args.kwonlyargs)
        if name in PARTS and any(argument.arg == name for argument in arguments):
            return True
        assigned = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and any(_name(target) == name for target in node.targets)
        ]
        for value in assigned:
            self._part(part, value)
        return bool(assigned)

    def _template(self, node: ast.Constant) -> None:
        self.found.templates.setdefault(node.value, set()).add(f"{self.file}:{node.lineno}")

    def _fault(self, node: ast.AST, why: str) -> None:
        self.found.faults.append(f"{self.file}:{getattr(node, 'lineno', 0)}: {why}")


def placeholders(template: str) -> set[str]:
    from himaya.language.catalogue import placeholders as names

    return names(template)


def _no_words(value: ast.expr) -> bool:
    parts = value.values if isinstance(value, ast.JoinedStr) else []
    words = [part.value for part in parts if isinstance(part, ast.Constant)]
    return not any(letter.isalpha() for word in words for letter in word)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
