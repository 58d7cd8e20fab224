"""Numbers of persons and employers: check digits, packed identity cards, person keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.contract import identifiers as ids
from himaya.contract.identifiers import CIN, INSURED, OCCASIONAL, PersonNumberError, PersonNumbers


class ClearKeys:
    """A key space that hides nothing, so that tests can read the keys."""

    def encrypt(self, namespace, numbers):
        return (namespace << 56) | np.asarray(numbers, np.int64)

    def decrypt(self, keys):
        return keys >> 56, keys & ((1 << 56) - 1)


NUMBERS = PersonNumbers(ClearKeys())


def digits(number, width):
    return [0, *(int(digit) for digit in f"{number:0{width}d}")]  # 1-based, as the formulas are written


@given(st.integers(0, 9_999_999))
def test_employer_check_digit_is_the_formula_over_digits(number):
    c = digits(number, 7)
    assert (
        ids.employer_check_digit(number) == (10 - ((2 * (c[2] + c[4] + c[6]) + c[1] + c[3] + c[5]) % 10)) % 10
    )


@given(st.integers(100_000_000, 199_999_999))
def test_insured_check_digit_is_the_formula_over_digits(number):
    c = digits(number, 9)
    expected = (10 - ((2 * (c[2] + c[4] + c[6] + c[8]) + c[3] + c[5] + c[7]) % 10)) % 10
    assert ids.insured_check_digit(number) == expected
    assert ids.insured_number_checks(number) == (number % 10 == expected)


def test_worked_check_digits():
    # affilié 123456?: 2 x (2+4+6) + (1+3+5) = 33, so 7; assuré 12345678?: 2 x (2+4+6+8) + (3+5+7) = 55, so 5
    assert ids.employer_number_checks(1_234_567)
    assert not ids.employer_number_checks(1_234_568)
    assert ids.insured_number_checks(123_456_785)
    assert not ids.insured_number_checks(123_456_789)


@pytest.mark.parametrize("number", [0, -1, 10_000_000])
def test_an_employer_number_has_one_to_seven_digits(number):
    assert not ids.employer_number_checks(number)


@given(st.integers(0, 9_999_999), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_of_an_employer_number_is_mostly_noticed(number, place, change):
    """Digits of weight one always; of weight two unless they change by five (2 x 5 = 10)."""
    number = number // 10 * 10 + ids.employer_check_digit(number)
    digit = number // 10 ** (place + 1) % 10
    wrong = number + (((digit + change) % 10) - digit) * 10 ** (place + 1)
    noticed = ids.employer_check_digit(wrong) != wrong % 10
    assert noticed == (place % 2 == 1 or change != 5)


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (100_000_000, False),
        (100_000_001, True),
        (199_999_999, True),
        (200_000_000, False),
        (0, False),
        (999_999_999, False),
    ],
)
def test_form_of_an_insured_number(number, form):
    assert ids.is_insured_number(number) is form


cards = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=10)


@given(cards)
def test_an_identity_card_packs_and_unpacks(card):
    packed = ids.pack_cin(card)
    assert 0 < packed < 2**56
    assert ids.unpack_cin(packed) == card


@given(st.binary(max_size=14), st.integers(0, 3))
def test_packing_bytes_agrees_with_packing_text(raw, start):
    buffer = np.frombuffer(b"\xff" * start + raw + b"\xff", np.uint8)
    packed = ids.pack_cin_bytes(buffer, start, len(raw))
    try:
        expected = ids.pack_cin(raw.decode("ascii"))
    except (PersonNumberError, UnicodeDecodeError):
        expected = 0 if not raw.strip(b" ") else ids.CIN_INVALID
    assert packed == expected


def test_spaces_and_case_do_not_matter_to_an_identity_card():
    assert ids.pack_cin("be 123456") == ids.pack_cin("BE123456")
    assert ids.unpack_cin(0) == ""


@pytest.mark.parametrize("card", ["", "  ", "BE-123", "É12", "ABCDEFGHIJK"])
def test_what_is_no_identity_card_is_refused(card):
    with pytest.raises(PersonNumberError, match="not an identity card") as caught:
        ids.pack_cin(card)
    assert caught.value.mend


def test_a_declared_number_decides_which_number_makes_the_key():
    keys = NUMBERS.declared(
        np.array([123_456_785, 0, 999_999_999]),
        np.array([0, ids.pack_cin("BE1"), 0]),
        np.array([7, 7, 1_234_567]),
    )
    namespaces, payloads = ClearKeys().decrypt(keys)
    assert namespaces.tolist() == [INSURED, CIN, OCCASIONAL]
    assert payloads.tolist() == [123_456_785, ids.pack_cin("BE1"), 1_234_567]
    assert NUMBERS.show(keys) == ["123456785", "CIN BE1", "occasional 1234567"]


def test_a_register_number_and_a_declared_number_make_one_key():
    number = np.array([123_456_785])
    assert NUMBERS.insured(number).tolist() == NUMBERS.declared(number, number * 0, number * 0).tolist()


@pytest.mark.parametrize("text", ["123456785", "123 456 785"])
def test_people_name_a_person_by_the_insured_number(text):
    assert NUMBERS.show(np.array([NUMBERS.key(text)])) == ["123456785"]


def test_people_name_a_person_by_the_identity_card():
    assert NUMBERS.show(np.array([NUMBERS.key("be 123456")])) == ["CIN BE123456"]


@pytest.mark.parametrize(
    "text", ["12345678", "999999999", "100000000", "000000000", "1234567890", "", "?", "١٢٣"]
)
def test_what_names_nobody_is_refused(text):
    with pytest.raises(PersonNumberError) as caught:
        NUMBERS.key(text)
    assert caught.value.mend
    assert caught.value.exit_status == 2
