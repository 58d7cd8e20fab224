"""Stateless random numbers: the published answers, and what permutations must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.synthetic.random import philox, place, shuffled, uniforms

ONES = 0xFFFFFFFF

# Known answers published with the generator (Random123, philox4x32 with 10 rounds): counter, key, output.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, output):
    words = philox(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == output


@settings(deadline=None)
@given(st.integers(0, 2**62), st.integers(-(2**40), 2**40), st.integers(0, 2**31))
def test_philox_agrees_with_plain_integers(seed, index, counter):
    def slow(c, k):
        for _ in range(10):
            p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = ((p1 >> 32) ^ c[1] ^ k[0], p1 & ONES, (p0 >> 32) ^ c[3] ^ k[1], p0 & ONES)
            k = ((k[0] + 0x9E3779B9) & ONES, (k[1] + 0xBB67AE85) & ONES)
        return c

    unsigned = index % 2**64
    a, b, c, d = slow((unsigned & ONES, unsigned >> 32, counter, 5), (seed & ONES, seed >> 32))
    u, v = uniforms(seed, 5, index, counter)
    assert u == ((a << 32 | b) >> 11) * 2.0**-53
    assert v == ((c << 32 | d) >> 11) * 2.0**-53


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**62), st.integers(1, 2000), st.integers(1, 1100))
def test_a_shuffle_is_a_permutation(seed, stream, size):
    assert sorted(shuffled(seed, stream, index, size) for index in range(size)) == list(range(size))


def test_places_are_uniform_and_have_no_order():
    size = 50_000
    places = np.array([place(3, 1, index, size) for index in range(size)])
    assert np.array_equal(np.sort(places), (np.arange(size) + 0.5) / size)
    assert abs(np.corrcoef(places, np.arange(size))[0, 1]) < 0.02
    assert abs(np.corrcoef(places[1:], places[:-1])[0, 1]) < 0.02


def test_draws_have_the_moments_of_uniforms():
    draws = np.array([uniforms(1, 2, index, 0) for index in range(20_000)])
    assert np.allclose(draws.mean(axis=0), 0.5, atol=0.01)
    assert np.allclose(draws.var(axis=0), 1 / 12, atol=0.005)
    assert abs(np.corrcoef(draws.T)[0, 1]) < 0.03
