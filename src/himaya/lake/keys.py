"""Opaque keys: a keyed permutation of 64-bit numbers (XTEA), and the bucket that a key falls into.

A permutation never maps two numbers to one key, needs no look-up table, and can be undone by whoever holds the
secret. See ``docs/decisions/0001-person-key.md``.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from himaya.kernel import kernel
from himaya.lake.errors import LakeError, SecretError

KEY_BYTES: Final = 16
NAMESPACE_BITS: Final = 56
MOST: Final = (1 << NAMESPACE_BITS) - 1
"""Largest number that a namespace holds."""

_DELTA = np.uint64(0x9E3779B9)
_MASK = np.uint64(0xFFFFFFFF)
_LAST_SUM = np.uint64((0x9E3779B9 * 32) & 0xFFFFFFFF)


@dataclass(frozen=True)
class KeySpace:
    """The permutation under one secret.

    Parameters
    ----------
    key
        The 128-bit secret.
    """

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise SecretError(f"the secret has {len(self.key)} bytes instead of {KEY_BYTES}")

    def __repr__(self) -> str:
        """Never show the secret."""
        return "KeySpace(…)"

    def encrypt(self, namespace: int, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Opaque keys of numbers of one namespace, shape kept.

        Parameters
        ----------
        namespace
            0 to 255: what kind of number it is.
        numbers
            From 0 to :data:`MOST`.

        Raises
        ------
        LakeError
            If a number or the namespace is out of range.
        """
        numbers = np.ascontiguousarray(numbers, np.int64)
        if not 0 <= namespace <= 255 or (numbers.size and (numbers.min() < 0 or numbers.max() > MOST)):
            raise LakeError(f"a number of namespace {namespace} is not between 0 and {MOST}")
        blocks = numbers.view(np.uint64) | np.uint64(namespace << NAMESPACE_BITS)
        keys: NDArray[np.int64] = _encrypt(blocks, self._words()).view(np.int64)
        return keys

    def decrypt(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Namespaces and numbers of opaque keys, shape kept."""
        blocks = _decrypt(np.ascontiguousarray(keys, np.int64).view(np.uint64), self._words())
        numbers: NDArray[np.int64] = (blocks & np.uint64(MOST)).view(np.int64)
        return (blocks >> np.uint64(NAMESPACE_BITS)).astype(np.uint8), numbers

    def _words(self) -> NDArray[np.uint64]:
        return np.frombuffer(self.key, ">u4").astype(np.uint64)


@kernel
def _encrypt(blocks: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    out = np.empty_like(blocks)
    four, five, eleven, three, half = np.uint64(4), np.uint64(5), np.uint64(11), np.uint64(3), np.uint64(32)
    for i in range(blocks.size):
        left, right = blocks.flat[i] >> half, blocks.flat[i] & _MASK
        total = np.uint64(0)
        for _ in range(32):
            mixed = (((right << four) & _MASK) ^ (right >> five)) + right
            left = (left + ((mixed & _MASK) ^ ((total + words[total & three]) & _MASK))) & _MASK
            total = (total + _DELTA) & _MASK
            mixed = (((left << four) & _MASK) ^ (left >> five)) + left
            right = (right + ((mixed & _MASK) ^ ((total + words[(total >> eleven) & three]) & _MASK))) & _MASK
        out.flat[i] = (left << half) | right
    return out


@kernel
def _decrypt(blocks: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    out = np.empty_like(blocks)
    four, five, eleven, three, half = np.uint64(4), np.uint64(5), np.uint64(11), np.uint64(3), np.uint64(32)
    for i in range(blocks.size):
        left, right = blocks.flat[i] >> half, blocks.flat[i] & _MASK
        total = _LAST_SUM
        for _ in range(32):
            mixed = (((left << four) & _MASK) ^ (left >> five)) + left
            right = (right - ((mixed & _MASK) ^ ((total + words[(total >> eleven) & three]) & _MASK))) & _MASK
            total = (total - _DELTA) & _MASK
            mixed = (((right << four) & _MASK) ^ (right >> five)) + right
            left = (left - ((mixed & _MASK) ^ ((total + words[total & three]) & _MASK))) & _MASK
        out.flat[i] = (left << half) | right
    return out


def bucket_of(keys: NDArray[np.int64], buckets: int) -> NDArray[np.int32]:
    """Bucket of each key: its low bits, even because a cipher's output is. ``buckets`` is a power of two."""
    return (keys & np.int64(buckets - 1)).astype(np.int32)


def new_secret(path: Path) -> None:
    """Write a new secret, readable by its owner alone; never over an existing one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())


def load_secret(path: Path) -> KeySpace:
    """The key space of a secret file; raises :class:`SecretError` if it is missing, open to others or damaged."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise SecretError(
            f"the secret cannot be read: {error.strerror}", where=str(path), mend="Restore it from the fund's backup."
        ) from error
    if mode & 0o077:
        raise SecretError(
            f"the secret is open to others (mode {mode:04o})", where=str(path), mend=f"chmod 600 {path}"
        )
    if len(key) != KEY_BYTES:
        raise SecretError(
            f"the secret has {len(key)} bytes instead of {KEY_BYTES}",
            where=str(path),
            mend="Restore it from the fund's backup.",
        )
    return KeySpace(key)
