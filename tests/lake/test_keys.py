from __future__ import annotations

import stat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.lake import KeySpace, LakeError, SecretError, bucket_of, load_secret, new_secret
from himaya.lake.keys import MOST, NAMESPACES, _decipher, _encipher

# The vectors that implementations of XTEA are commonly checked against: key, plain text, cipher text.
VECTORS = [
    ("000102030405060708090a0b0c0d0e0f", "4142434445464748", "497df3d072612cb5"),
    ("000102030405060708090a0b0c0d0e0f", "4141414141414141", "e78f2d13744341d8"),
    ("000102030405060708090a0b0c0d0e0f", "5a5b6e278948d77f", "4141414141414141"),
    ("00000000000000000000000000000000", "4142434445464748", "a0390589f8b8efa5"),
    ("00000000000000000000000000000000", "4141414141414141", "ed23375a821a8c2d"),
    ("00000000000000000000000000000000", "70e1225d6e4e7655", "4141414141414141"),
]
KEY = bytes(range(16))
keys = st.binary(min_size=16, max_size=16)
numbers = st.lists(st.integers(0, MOST), max_size=600)


def xtea(key: bytes, block: int) -> int:
    """The cipher as its authors describe it: one block, whole numbers, nothing clever."""
    words = [int.from_bytes(key[i : i + 4]) for i in range(0, 16, 4)]
    v0, v1, total = block >> 32, block & 0xFFFFFFFF, 0
    for _ in range(32):
        v0 = (v0 + ((((v1 << 4) ^ (v1 >> 5)) + v1) ^ (total + words[total & 3]))) & 0xFFFFFFFF
        total = (total + 0x9E3779B9) & 0xFFFFFFFF
        v1 = (v1 + ((((v0 << 4) ^ (v0 >> 5)) + v0) ^ (total + words[(total >> 11) & 3]))) & 0xFFFFFFFF
    return v0 << 32 | v1


@pytest.mark.parametrize(("key", "plain", "secret"), VECTORS)
def test_published_vectors(key, plain, secret):
    rounds = KeySpace(bytes.fromhex(key))._rounds
    assert xtea(bytes.fromhex(key), int(plain, 16)) == int(secret, 16)
    assert _encipher(np.array([int(plain, 16)], np.uint64), rounds)[0] == int(secret, 16)
    assert _decipher(np.array([int(secret, 16)], np.uint64), rounds)[0] == int(plain, 16)


@given(keys, st.integers(1, NAMESPACES), numbers)
def test_the_kernel_agrees_with_the_plain_cipher(key, namespace, plain):
    found = KeySpace(key).encrypt(namespace, np.array(plain, np.int64))
    assert found.view(np.uint64).tolist() == [xtea(key, namespace << 56 | number) for number in plain]


@given(keys, st.integers(1, NAMESPACES), numbers)
def test_what_is_encrypted_comes_back(key, namespace, plain):
    space = KeySpace(key)
    namespaces, found = space.decrypt(space.encrypt(namespace, np.array(plain, np.int64)))
    assert found.tolist() == plain
    assert set(namespaces.tolist()) <= {namespace}


def test_shape_is_kept():
    plain = np.arange(600).reshape(3, 200)[:, ::2]
    namespaces, found = KeySpace(KEY).decrypt(KeySpace(KEY).encrypt(1, plain))
    assert (found == plain).all()
    assert namespaces.shape == plain.shape


def test_one_number_in_two_namespaces_is_two_people():
    space = KeySpace(KEY)
    assert space.encrypt(1, np.array([7])) != space.encrypt(2, np.array([7]))


@pytest.mark.parametrize(("namespace", "number"), [(0, 1), (NAMESPACES + 1, 1), (1, -1), (1, MOST + 1)])
def test_what_does_not_fit_is_refused(namespace, number):
    with pytest.raises(LakeError):
        KeySpace(KEY).encrypt(namespace, np.array([number]))


def test_keys_of_another_secret_are_noticed():
    foreign = KeySpace(bytes(16)).encrypt(1, np.arange(100))
    with pytest.raises(LakeError, match="of 100 person keys are not of this fund's secret"):
        KeySpace(KEY).decrypt(foreign)


def test_buckets_are_the_low_bits_and_even():
    found = bucket_of(KeySpace(KEY).encrypt(1, np.arange(64_000)), 16)
    assert found.dtype == np.int32
    assert bucket_of(np.array([-1, 0, 17]), 16).tolist() == [15, 0, 1]
    share = np.bincount(found, minlength=16) / 4000
    assert share.min() > 0.9
    assert share.max() < 1.1


@pytest.mark.parametrize("buckets", [0, 3, -4, 1 << 17])
def test_the_number_of_buckets_is_a_power_of_two(buckets):
    with pytest.raises(LakeError, match="power of two"):
        bucket_of(np.array([1]), buckets)


def test_a_new_secret_is_for_its_owner_and_never_exchanged(tmp_path):
    path = tmp_path / "person.key"
    new_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = load_secret(path)
    with pytest.raises(SecretError, match="already"):
        new_secret(path)
    assert load_secret(path) == first
    assert first.key.hex() not in repr(first)


def test_a_secret_that_is_missing_open_or_damaged_says_so(tmp_path):
    path = tmp_path / "person.key"
    with pytest.raises(SecretError, match="cannot be read"):
        load_secret(path)
    new_secret(path)
    path.chmod(0o640)
    with pytest.raises(SecretError, match=r"open to others .mode 0640.") as caught:
        load_secret(path)
    assert f"chmod 600 {path}" in caught.value.mend
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(SecretError, match="5 bytes instead of 16"):
        load_secret(path)
    with pytest.raises(SecretError, match="3 bytes"):
        KeySpace(b"abc")
