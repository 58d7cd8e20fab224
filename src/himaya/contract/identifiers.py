"""The numbers of persons and employers: check digits, packed identity cards, what person keys are made of.

Sources: the check digits are those on which three independent public implementations of the CNSS e-BDS file
agree; no official text was read, so a failing check digit warns and never decides alone. The three namespaces
of person keys are those of ``docs/architecture.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.errors import HimayaError
from himaya.kernel import kernel
from himaya.sentence import said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.lake import KeySpace

INSURED, CIN, OCCASIONAL = 1, 2, 3
"""Namespaces of person keys: insured number, packed identity card, occasional labour of an employer."""

NO_NUMBER = 0
"""Declared number of an entrant who has none yet: the identity card stands for the person."""
OCCASIONAL_NUMBER = 999_999_999
"""Declared number of occasional labour, which is no one person: the employer stands for all of it."""
REFUSED_NUMBER = 100_000_000
"""A number that is never anybody's."""

CIN_LENGTH = 10
"""Longest identity card that packs: 37 ** 10 < 2 ** 56, the room that a person key leaves."""
CIN_INVALID = -1
"""What :func:`pack_cin_bytes` gives for anything but letters, digits and spaces, or for too many of them."""

_BASE = 37
_ALPHABET = "\0" + "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PersonNumberError(HimayaError):
    """A text that should name a person is neither an insured number nor an identity card."""

    code = "person-number"
    exit_status = 2


@kernel
def employer_check_digit(number: int) -> int:
    """Seventh digit that the first six of a 7-digit affilié number ask for.

    C7 = (10 - ((2 (C2 + C4 + C6) + C1 + C3 + C5) mod 10)) mod 10. The seventh digit given plays no part.
    """
    rest = number // 10
    total = 0
    for position in range(6):  # from C6 down to C1
        total += (rest % 10) * (2 if position % 2 == 0 else 1)
        rest //= 10
    return (10 - total % 10) % 10


@kernel
def insured_check_digit(number: int) -> int:
    """Ninth digit that the others of a 9-digit insured number ask for.

    C9 = (10 - ((2 (C2 + C4 + C6 + C8) + C3 + C5 + C7) mod 10)) mod 10. C1 is always 1 and plays no part, nor
    does the ninth digit given.
    """
    rest = number // 10
    total = 0
    for position in range(7):  # from C8 down to C2
        total += (rest % 10) * (2 if position % 2 == 0 else 1)
        rest //= 10
    return (10 - total % 10) % 10


@kernel
def employer_number_checks(number: int) -> bool:
    """Whether ``number`` is of 1 to 7 digits and ends with its check digit."""
    return 0 < number <= 9_999_999 and number % 10 == employer_check_digit(number)


@kernel
def insured_number_checks(number: int) -> bool:
    """Whether the last digit of ``number`` is its check digit; see :func:`is_insured_number` for its form."""
    return number % 10 == insured_check_digit(number)


@kernel
def is_insured_number(number: int) -> bool:
    """Whether ``number`` has the form of an insured number: nine digits, the first 1, not 100000000."""
    return REFUSED_NUMBER < number <= 199_999_999


@kernel
def pack_cin_bytes(buffer: NDArray[np.uint8], start: int, length: int) -> int:
    """Pack the identity card at ``buffer[start : start + length]`` into an integer, base 37.

    Letters of either case and digits count, spaces do not. Gives 0 where there is nothing but spaces and
    :data:`CIN_INVALID` for any other character or for more than ten.
    """
    packed = 0
    count = 0
    for index in range(start, start + length):
        byte = int(buffer[index])
        if byte == 32:
            continue
        if 48 <= byte <= 57:
            digit = byte - 47
        elif 65 <= byte <= 90:
            digit = byte - 54
        elif 97 <= byte <= 122:
            digit = byte - 86
        else:
            return -1
        packed = packed * 37 + digit
        count += 1
        if count > 10:
            return -1
    return packed


def pack_cin(text: str) -> int:
    """Pack an identity card (``BE123456``) into an integer below 2 ** 56; spaces and case do not matter.

    Raises
    ------
    PersonNumberError
        Where ``text`` holds anything but letters, digits and spaces, more than ten of them, or none.
    """
    word = text.replace(" ", "").upper()
    packed = 0
    for letter in word:
        digit = _ALPHABET.find(letter)
        if digit < 1:
            break
        packed = packed * _BASE + digit
    else:
        if 0 < len(word) <= CIN_LENGTH:
            return packed
    raise PersonNumberError(
        said("'{text}' is not an identity card number", text=text),
        why=said("1 to {most} letters and digits are expected", most=CIN_LENGTH),
        mend="Write it as on the card, for example BE123456.",
    )


def unpack_cin(packed: int) -> str:
    """Identity card that :func:`pack_cin` packed; the empty string for 0."""
    letters = []
    while packed > 0:
        packed, digit = divmod(packed, _BASE)
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))


class PersonNumbers:
    """Turns the numbers that files carry into person keys, and back for those who may see them.

    Parameters
    ----------
    keys
        The key space of the fund.
    """

    def __init__(self, keys: KeySpace) -> None:
        self._keys = keys

    def insured(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Person keys of insured numbers, shape kept."""
        return self._keys.encrypt(INSURED, numbers)

    def declared(
        self, numbers: NDArray[np.int64], cins: NDArray[np.int64], employers: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Person keys of declared employees.

        Parameters
        ----------
        numbers
            Insured numbers as declared, shape (rows,); 0 stands for the identity card beside it, 999999999
            for occasional labour of the employer beside it.
        cins
            Packed identity cards (:func:`pack_cin`), shape (rows,), read where the number is 0.
        employers
            Affilié numbers, shape (rows,), read where the number is 999999999.

        Returns
        -------
        Person keys, shape (rows,).
        """
        keys = self._keys.encrypt(INSURED, numbers)
        for namespace, marker, payload in (
            (CIN, NO_NUMBER, cins),
            (OCCASIONAL, OCCASIONAL_NUMBER, employers),
        ):
            rows = np.flatnonzero(numbers == marker)
            if len(rows):
                keys[rows] = self._keys.encrypt(namespace, payload[rows])
        return keys

    def key(self, text: str) -> int:
        """Person key of one person as people write it: an insured number (nine digits) or an identity card.

        Raises
        ------
        PersonNumberError
            Where ``text`` is neither.
        """
        word = text.replace(" ", "")
        if not (word.isascii() and word.isdigit()):
            return int(self._keys.encrypt(CIN, np.array([pack_cin(word)], np.int64))[0])
        number = int(word)
        if len(word) != 9 or not is_insured_number(number):
            raise PersonNumberError(
                said("'{text}' is not an insured number", text=text),
                why="an insured number has nine digits and begins with 1",
                mend="Write the nine digits of the insured card, or the number of the identity card.",
            )
        return int(self._keys.encrypt(INSURED, np.array([number], np.int64))[0])

    def show(self, keys: NDArray[np.int64]) -> list[str]:
        """Write keys for those who may see them: ``123456782``, ``CIN BE123456``, ``occasional 1234567``."""
        words = {INSURED: "{:09d}", OCCASIONAL: "occasional {:07d}"}
        return [
            f"CIN {unpack_cin(number)}" if namespace == CIN else words[namespace].format(number)
            for namespace, number in zip(*(part.tolist() for part in self._keys.decrypt(keys)), strict=True)
        ]
