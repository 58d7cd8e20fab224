"""Opaque keys: a keyed permutation of 64-bit numbers (XTEA), and the bucket that a key falls into.

A permutation never maps two numbers to one key, needs no look-up table, and can be undone by whoever holds
the secret. See ``docs/decisions/0001-person-key.md``. The cipher: R. Needham and D. Wheeler, *Tea extensions*
(University of Cambridge, 1997), 64 rounds, 128-bit key, big-endian.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from himaya.errors import system_words
from himaya.kernel import kernel
from himaya.lake import storage
from himaya.lake.errors import LakeError, SecretError
from himaya.sentence import said

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_Number = TypeVar("_Number", bound=np.number)

KEY_BYTES: Final = 16
NAMESPACE_BITS: Final = 56
MOST: Final = (1 << NAMESPACE_BITS) - 1
"""Largest number that a namespace holds."""
NAMESPACES: Final = 15
"""Namespaces run from 1 to this: a key made with another secret decrypts beyond it, 15 times of 16."""

_CYCLES: Final = 32
_LANE: Final = 256
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class KeySpace:
    """The permutation under one secret.

    Parameters
    ----------
    key
        The 128-bit secret.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise SecretError(
                said(
                    "the secret has {bytes} bytes instead of {wanted}", bytes=len(self.key), wanted=KEY_BYTES
                )
            )

    def encrypt(self, namespace: int, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Opaque keys of numbers of one namespace, shape kept.

        Parameters
        ----------
        namespace
            1 to :data:`NAMESPACES`: what kind of number it is.
        numbers
            From 0 to :data:`MOST`.

        Raises
        ------
        LakeError
            If a number or the namespace is out of range.
        """
        numbers = np.asarray(numbers, np.int64)
        if not 1 <= namespace <= NAMESPACES:
            raise LakeError(
                said("there is no namespace {namespace}", namespace=namespace),
                mend=said("Choose one from 1 to {most}.", most=NAMESPACES),
            )
        if numbers.size and (numbers.min() < 0 or numbers.max() > MOST):
            raise LakeError(
                said(
                    "a number of namespace {namespace} is not between 0 and {most}",
                    namespace=namespace,
                    most=str(MOST),
                )
            )
        blocks = numbers.reshape(-1).view(np.uint64) | np.uint64(namespace << NAMESPACE_BITS)
        keys: NDArray[np.int64] = _encipher(blocks, self._rounds).view(np.int64).reshape(numbers.shape)
        return keys

    def decrypt(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Namespaces and numbers of opaque keys, shape kept.

        Raises
        ------
        LakeError
            If a key was not made with this secret. One such key among others is noticed 15 times of 16.
        """
        keys = np.asarray(keys, np.int64)
        blocks = _decipher(keys.reshape(-1).view(np.uint64), self._rounds).reshape(keys.shape)
        namespaces = (blocks >> np.uint64(NAMESPACE_BITS)).astype(np.uint8)
        foreign = (namespaces < 1) | (namespaces > NAMESPACES)
        if foreign.any():
            raise LakeError(
                said(
                    "{count} of {all} person keys are not of this fund's secret",
                    count=int(np.count_nonzero(foreign)),
                    all=keys.size,
                ),
                why="the rows come from another fund, or its secret was exchanged",
                mend="Restore the secret of the fund that the rows come from.",
            )
        numbers: NDArray[np.int64] = (blocks & np.uint64(MOST)).view(np.int64)
        return namespaces, numbers

    @cached_property
    def _rounds(self) -> NDArray[np.uint32]:
        """Return the 64 round keys in the order of encryption."""
        words = [int(word) for word in np.frombuffer(self.key, ">u4")]
        rounds, total = [], 0
        for _ in range(_CYCLES):
            rounds.append(total + words[total & 3])
            total = (total + 0x9E3779B9) & 0xFFFFFFFF
            rounds.append(total + words[total >> 11 & 3])
        return (np.array(rounds, np.uint64) & _LOW).astype(np.uint32)


# In both kernels the rounds are outside and a lane of independent blocks inside: the compiler makes the inner
# loop SIMD, several times as fast as block after block.


@kernel
def _mixed(word: np.uint32, round_key: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(np.uint32(word << np.uint32(4)) ^ (word >> np.uint32(5))) + word) ^ round_key


@kernel
def _encipher(blocks: NDArray[np.uint64], rounds: NDArray[np.uint32]) -> NDArray[np.uint64]:
    out = np.empty_like(blocks)
    left, right = np.empty(_LANE, np.uint32), np.empty(_LANE, np.uint32)
    for start in range(0, blocks.size, _LANE):
        count = min(_LANE, blocks.size - start)
        for i in range(count):
            left[i], right[i] = np.uint32(blocks[start + i] >> _HALF), np.uint32(blocks[start + i] & _LOW)
        for cycle in range(_CYCLES):
            first, second = rounds[2 * cycle], rounds[2 * cycle + 1]
            for i in range(count):
                left[i] = np.uint32(left[i] + _mixed(right[i], first))
                right[i] = np.uint32(right[i] + _mixed(left[i], second))
        for i in range(count):
            out[start + i] = np.uint64(left[i]) << _HALF | np.uint64(right[i])
    return out


@kernel
def _decipher(blocks: NDArray[np.uint64], rounds: NDArray[np.uint32]) -> NDArray[np.uint64]:
    out = np.empty_like(blocks)
    left, right = np.empty(_LANE, np.uint32), np.empty(_LANE, np.uint32)
    for start in range(0, blocks.size, _LANE):
        count = min(_LANE, blocks.size - start)
        for i in range(count):
            left[i], right[i] = np.uint32(blocks[start + i] >> _HALF), np.uint32(blocks[start + i] & _LOW)
        for cycle in range(_CYCLES - 1, -1, -1):
            first, second = rounds[2 * cycle], rounds[2 * cycle + 1]
            for i in range(count):
                right[i] = np.uint32(right[i] - _mixed(left[i], second))
                left[i] = np.uint32(left[i] - _mixed(right[i], first))
        for i in range(count):
            out[start + i] = np.uint64(left[i]) << _HALF | np.uint64(right[i])
    return out


def check_buckets(buckets: int) -> int:
    """Return the number; raise :class:`LakeError` unless it is a power of two up to 65,536."""
    if not 1 <= buckets <= 1 << 16 or buckets & (buckets - 1):
        raise LakeError(
            said("{buckets} buckets: the number must be a power of two", buckets=buckets),
            mend="Choose 16 or 64.",
        )
    return buckets


def distinct(values: NDArray[_Number]) -> NDArray[_Number]:
    """The different values, ascending, shape (values,): sorted, which takes a thirtieth of NumPy's table of them.

    Rows come person by person, so equal neighbours go first.
    """
    ordered = np.sort(_without_repeats(values))
    return _without_repeats(ordered)


def _without_repeats(values: NDArray[_Number]) -> NDArray[_Number]:
    kept: NDArray[_Number] = values[
        np.append(values[1:] != values[:-1], np.ones(min(1, len(values)), np.bool_))
    ]
    return kept


def bucket_of(keys: NDArray[np.int64], buckets: int) -> NDArray[np.int32]:
    """Bucket of each key: its low bits, even because a cipher's output is. ``buckets`` is a power of two."""
    return (keys & np.int64(check_buckets(buckets) - 1)).astype(np.int32)


def new_secret(path: Path) -> None:
    """Write a new secret, readable by its owner alone.

    Raises
    ------
    SecretError
        If there is one already: without it every row of the fund would lose its person.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SecretError(
            "there is a secret already, which must not be exchanged", where=str(path)
        ) from error
    except OSError as error:
        raise storage.refused(error, path) from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    storage.sync(path.parent)


def load_secret(path: Path) -> KeySpace:
    """Load a key space; raises :class:`SecretError` if the file is missing, open to others or damaged."""
    restore = said("Restore it from the fund's backup.")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise SecretError(
            said("the secret cannot be read: {error}", error=system_words(error)),
            where=str(path),
            mend=restore,
        ) from error
    if mode & 0o077:
        raise SecretError(
            said("the secret is open to others (mode {mode})", mode=f"{mode:04o}"),
            where=str(path),
            mend=said("Close it: chmod 600 {path}", path=path),
        )
    if len(key) != KEY_BYTES:
        raise SecretError(
            said("the secret has {bytes} bytes instead of {wanted}", bytes=len(key), wanted=KEY_BYTES),
            where=str(path),
            mend=restore,
        )
    return KeySpace(key)
