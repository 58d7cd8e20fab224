"""Elements of an explanation: numbers only when asked for, and equal to the values they stand for."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from himaya.law.elements import Elements
from himaya.law.vector import Vector

VALUES = Vector(np.array([1, 2, 3, 4], np.int64), 2, missing=np.array([False, False, True, False]))


def test_a_persons_own_elements_are_a_sequence_of_exact_values():
    own = Elements(VALUES, 1, 4)
    assert len(own) == 3
    assert own == (Fraction(1), None, Fraction(2))
    assert own[0] == own[-3] == 1
    assert own[1:] == (None, Fraction(2))
    assert (own != (Fraction(1), None)) is True
    assert hash(own) == hash((Fraction(1), None, Fraction(2)))


def test_a_neighbours_element_is_out_of_reach():
    with pytest.raises(IndexError):
        Elements(VALUES, 1, 3)[2]
    with pytest.raises(IndexError):
        Elements(VALUES, 1, 3)[-3]


def test_one_value_for_all_stands_at_each_place():
    assert Elements(Vector.of(5), 0, 3) == (5, 5, 5)
