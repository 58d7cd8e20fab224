"""Himaya: from the files a social-protection fund receives to the rights of its people, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya._version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.fund import Fund

__all__ = ["Fund", "__version__", "create", "open"]


def open(folder: Path | str, **options: Any) -> Fund:  # noqa: A001 - reads well as himaya.open
    """Open the fund in a folder: ``fund = himaya.open("fund/")``; see :class:`himaya.fund.Fund`."""
    from himaya.fund import Fund

    return Fund.open(folder, **options)


def create(folder: Path | str, **options: Any) -> Fund:
    """Make a fund in a new folder; see :meth:`himaya.fund.Fund.create`."""
    from himaya.fund import Fund

    return Fund.create(folder, **options)


def __getattr__(name: str) -> Any:
    # Fund brings Arrow and Numba with it: the command's help and completion should not wait for them.
    if name == "Fund":
        from himaya.fund import Fund

        return Fund
    raise AttributeError(f"module 'himaya' has no attribute {name!r}")
