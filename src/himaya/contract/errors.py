"""The errors of this folder."""

from __future__ import annotations

from himaya.errors import HimayaError


class ContractError(HimayaError):
    """A contract is broken; ``where`` is its file and line."""

    code = "contract"
