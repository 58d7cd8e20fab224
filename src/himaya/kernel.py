"""One way to compile a kernel, so that all release the GIL, are cached on disk and stay exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile ``function`` with Numba: no GIL, cached on disk, IEEE arithmetic (no fast-math)."""
    return cast("F", numba.njit(nogil=True, cache=True, fastmath=False)(function))
