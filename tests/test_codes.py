"""What people can meet is explained: every error, every code, in three languages."""

import importlib
import pkgutil

import pytest

import himaya
from himaya.codes import catalogue
from himaya.errors import HimayaError
from himaya.language import LANGUAGES


def _every_error():
    for module in pkgutil.walk_packages(himaya.__path__, "himaya."):
        importlib.import_module(module.name)
    kinds = [HimayaError]
    for kind in kinds:
        kinds.extend(each for each in kind.__subclasses__() if each.__module__.startswith("himaya."))
    return sorted({kind.code for kind in kinds if kind is not HimayaError})


@pytest.mark.parametrize("code", _every_error())
def test_every_error_is_explained(code):
    assert code in catalogue()


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_code_says_what_why_and_what_to_do_in_three_languages(name):
    code = catalogue()[name]
    assert code.kind in {"error", "warning", "finding"}
    for part in (code.title, code.why, code.mend):
        assert set(part) == set(LANGUAGES)
        assert all(part.values())


def test_reasons_of_every_country_are_explained():
    from himaya.legislation import morocco

    cases = morocco.system.versions["reason"][0].unit.members
    assert {case.replace("_", "-") for case in cases} <= set(catalogue())


def test_a_code_of_several_formats_is_worded_for_all_of_them():
    """A birth date in a CSV file is in no header, and 'abc' is not a number that starts with another digit than 1."""
    from himaya.intake.formats.delimited.kernels import CODES as DELIMITED
    from himaya.intake.formats.ebds.marks import CODES as EBDS

    for name in set(DELIMITED) & set(EBDS):
        title = catalogue()[name].title
        assert not [
            word
            for word in ("header", "entête", "ترويسة", "start", "commence")
            if word in " ".join(title.values())
        ]
