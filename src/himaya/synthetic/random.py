"""Stateless random numbers: every draw is a function of (seed, stream, index, counter), nothing else.

So any person can be made again alone, in any order and by any number of workers, with the same bytes.

The generator is Philox 4x32 with ten rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
easy as 1, 2, 3", 2011); the known-answer vectors published with it stand in the tests.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TypeAlias

import numpy as np

from himaya.kernel import kernel

Word: TypeAlias = np.uint64

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_11 = np.uint64(11)
_15 = np.uint64(15)
_MIX = np.uint64(0x2C1B3C6D)
_ONE = np.uint64(1)
_UNIT = 2.0**-53


class Stream(IntEnum):
    """What a draw is for; two streams never share a number."""

    STRATUM = 1
    BIRTH = 2
    NUMBER = 3
    CIN = 4
    NAME = 5
    SPELLING = 6
    MILIEU = 7
    HOUSEHOLD = 8
    FAMILY = 9
    CHILD = 10
    KIND = 11
    CAREER = 12
    MONTH = 13
    EMPLOYER = 20
    AFFILIATION = 21
    EMPLOYER_FACTS = 22
    FILE = 23
    NEWCOMER = 24
    PLANT = 30
    PLANT_DETAIL = 31
    SEAT = 1000
    """One stream for each job in a person's life: ``SEAT + job``."""


@kernel
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Ten rounds of Philox 4x32 over a counter of four 32-bit words under a key of two; four 32-bit words.

    All are ``uint64`` holding 32 bits.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@kernel
def bits(seed: int, stream: int, index: int, counter: int) -> tuple[Word, Word]:
    """Two independent ``uint64`` of 64 random bits; arguments are ``int64``, ``counter`` below 2**32."""
    s = np.uint64(seed)
    i = np.uint64(index)
    a, b, c, d = philox(i & _LOW, i >> _32, np.uint64(counter), np.uint64(stream), s & _LOW, s >> _32)
    return (a << _32) | b, (c << _32) | d


@kernel
def uniforms(seed: int, stream: int, index: int, counter: int) -> tuple[float, float]:
    """Two independent numbers in [0, 1), 53 bits each."""
    a, b = bits(seed, stream, index, counter)
    return np.float64(a >> _11) * _UNIT, np.float64(b >> _11) * _UNIT


@kernel
def exponential(u: float) -> float:
    """The exponential variate of mean 1 at a uniform ``u`` in [0, 1)."""
    return -math.log(1.0 - u)


@kernel
def normal(u: float, v: float) -> float:
    """The standard normal variate of two uniforms (Box and Muller)."""
    return math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v)


@kernel
def shuffled(seed: int, stream: int, index: int, size: int) -> int:
    """Place of ``index`` in a keyed permutation of ``0 … size - 1``, without ever building it.

    A Feistel network of four rounds over the smallest even number of bits that holds ``size``, walked until
    it lands inside. Quotas need it: whoever takes place ``p`` of ``size`` gets the stratum to which ``p``
    belongs, so margins are met exactly and still everybody can be made alone.
    """
    half = np.uint64(1)
    while (np.int64(1) << np.int64(half + half)) < size:
        half += _ONE
    mask = (_ONE << half) - _ONE
    ka, kb = bits(seed, stream, -1, 0)
    value = np.uint64(index)
    while True:
        left = value >> half
        right = value & mask
        for turn in range(4):
            key = ka if turn < 2 else kb
            if turn & 1:
                key = key >> _32
            mixed = ((right ^ (key & _LOW)) * _MIX) & _LOW
            mixed = (((mixed ^ (mixed >> _15)) + (key & _LOW)) * _M1) & _LOW
            left, right = right, left ^ ((mixed ^ (mixed >> _15)) & mask)
        value = (left << half) | right
        if np.int64(value) < size:
            return np.int64(value)  # type: ignore[return-value] # NumPy's integer


@kernel
def place(seed: int, stream: int, index: int, size: int) -> float:
    """The permuted place as a number in (0, 1): a uniform draw of which ``size`` people get one each."""
    return (shuffled(seed, stream, index, size) + 0.5) / size
