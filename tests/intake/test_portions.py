"""How a batch is divided: everything once, in order, in parts of like size."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from himaya.contract import table_specs
from himaya.intake.formats.base import Context
from himaya.intake.load import Item, LoadTask
from himaya.intake.portions import TASK_BYTES, portions
from himaya.intake.raw import Place
from himaya.intake.receive import Received
from himaya.lake import KeySpace, Lake

LEAST = TASK_BYTES[0]
BASE = LoadTask(
    Lake(Path("fund"), table_specs(), 4), Context(KeySpace(bytes(16)), ()), "b", "b-d", date(2026, 1, 1), ()
)


def items(sizes: list[int]) -> list[Item]:
    return [
        Item(number, Received("f", "f", None, Place(0, 0, 1, 0, size), kind="career-extract"), Path("raw"))
        for number, size in enumerate(sizes)
    ]


@given(st.lists(st.integers(1, LEAST - 1), max_size=60))
def test_small_deliveries_are_dealt_out_evenly_and_in_order(sizes):
    tasks = portions(items(sizes), BASE)
    dealt = [[item.delivery for item in task.items] for task in tasks]
    assert [number for task in dealt for number in task] == list(range(len(sizes)))
    assert all(dealt)
    assert len({task.label for task in tasks}) == len(tasks) <= 4
    share = sum(sizes) / max(len(tasks), 1)
    if sum(sizes) > 4 * LEAST:
        assert max(sum(sizes[number] for number in task) for task in dealt) < share + 2 * max(sizes)
