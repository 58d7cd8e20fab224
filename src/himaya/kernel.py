"""One way to compile a kernel, so that all release the GIL, are cached on disk and stay exact."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent


def cache_folder() -> Path:
    """Where compiled kernels are kept: a folder for each state of the sources that hold kernels.

    Numba looks at the file of a kernel alone; a kernel that calls one from another file would go on with the old
    code after that file was changed. So the name of the folder is a hash of them all.
    """
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(_PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        if b"kernel" in content:
            digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + content)
    own = _PACKAGE / "__pycache__"
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    shared = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "himaya"
    base = Path(chosen) if chosen else own if os.access(_PACKAGE, os.W_OK) else shared
    return base / f"kernels-{digest.hexdigest()}"


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


def kernel(function: F) -> F:
    """Compile ``function`` with Numba: no GIL, cached on disk, IEEE arithmetic (no fast-math).

    A division by zero is for the caller to exclude: a test of each divisor would keep loops out of vector instructions.
    """
    return cast("F", numba.njit(nogil=True, cache=True, fastmath=False, error_model="numpy")(function))
