"""The law of each country, by branch: rules beside their dated parameters.

::

    from himaya.legislation import morocco
    from himaya.law import calculate

    calculate(morocco.system, ["monthly_amount"], {"birth_date": …}, on=date(2026, 10, 1))
"""

from __future__ import annotations

import pkgutil
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.errors import HimayaError, UsageError, nearest
from himaya.sentence import said, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from himaya.law import System
    from himaya.legislation.branches import Branch


def countries() -> tuple[str, ...]:
    """Countries whose law is written here."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


def system_of(country: str) -> System:
    """The law of a country; raises :class:`~himaya.errors.UsageError` with the nearest names."""
    return _module(country).system  # type: ignore[no-any-return]


def branches_of(country: str) -> Mapping[str, Branch]:
    """Branches of a country's law that a reform is costed by."""
    return _module(country).BRANCHES  # type: ignore[no-any-return]


def uncosted_of(country: str) -> tuple[str, ...]:
    """Amounts of a country's law that none of its branches costs."""
    return _module(country).UNCOSTED  # type: ignore[no-any-return]


def person_of(country: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """A person written by hand, as in the cases under ``tests/spec``, as inputs of the country's law."""
    return _module(country).person_of(written)  # type: ignore[no-any-return]


def _module(country: str) -> Any:
    known = countries()
    if country not in known:
        raise UsageError(
            said("there is no legislation of '{country}'", country=country),
            mend=nearest(country, known) or said("There is that of: {countries}.", countries=known),
        )
    try:
        return import_module(f"himaya.legislation.{country}")
    except HimayaError:
        raise
    except Exception as error:
        raise _unreadable(country, error) from error


def _unreadable(country: str, error: Exception) -> HimayaError:
    """Say where in the files of a law Python stumbled."""
    from himaya.law.errors import RuleError

    frames = [
        each
        for each in traceback.extract_tb(error.__traceback__)
        if Path(each.filename).parent.name == country
    ]
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else country
    reason = str(error)
    if isinstance(error, SyntaxError):
        where, reason = f"{error.filename}:{error.lineno}", error.msg
    return RuleError(
        said(
            "the law in {folder} cannot be read: {reason}",
            folder=f"legislation/{country}",
            reason=verbatim(reason),
        ),
        where=where,
        mend="Mend the file at this line.",
    )
