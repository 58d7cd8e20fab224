"""Lines and kept bytes: the split agrees with the count, and every line comes back byte for byte."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.intake import raw
from himaya.intake.lines import count_ends, split, unit_of
from himaya.intake.receive import _Tally

BYTES = (
    st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b"\0", b"\xff", b"bc"]), max_size=30)
    .map(b"".join)
    .filter(lambda data: unit_of(data[:4]) == "u1")
)


def plain_lines(data: bytes) -> list[bytes]:
    """Lines by the definition: LF ends one, a CR just before it belongs to the end."""
    lines = data.split(b"\n")
    ended, rest = lines[:-1], lines[-1]
    return [line.removesuffix(b"\r") for line in ended] + ([rest] if rest else [])


@given(BYTES)
def test_split_agrees_with_the_definition_and_the_independent_count(data):
    block = split(np.frombuffer(data, np.uint8), "u1", 1, 0)
    assert [block.line(i) for i in range(len(block))] == plain_lines(data)
    tally = _Tally()
    tally.begin(data)
    assert tally.lines == len(block)


@given(BYTES, st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_the_count_does_not_depend_on_the_pieces(data, sizes):
    pieces, at = [], 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    whole, parts = _Tally(), _Tally()
    whole.begin(data)
    parts.unit = whole.unit
    for piece in pieces:
        parts.add(piece)
    if whole.unit == "u1":
        assert (parts.lines, parts.line_end) == (whole.lines, whole.line_end)


@given(
    st.text(st.sampled_from("a\n\réع\u0a0a\ufffe"), max_size=20),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
    st.binary(max_size=1),
)
def test_utf_16_lines_end_with_the_unit_and_not_with_the_byte(text, encoding, stray):
    unit = "<u2" if encoding == "utf-16-le" else ">u2"
    data = text.encode(encoding, "surrogatepass") + stray
    block = split(np.frombuffer(data, np.uint8), unit, 1, 0)
    tally = _Tally()
    tally.unit = unit
    if data:
        tally.add(data)
    assert tally.lines == len(block)
    assert count_ends(data, unit)[0] == text.count("\n")
    if not stray:
        lines = text.encode(encoding).decode(encoding).split("\n")
        kept = [line.removesuffix("\r") for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
        assert [block.line(i).decode(encoding) for i in range(len(block))] == kept


def test_units_by_their_marks():
    assert [unit_of(head) for head in (b"", b"abc", b"\xff\xfea\0", b"\xfe\xff\0a", b"a\0b\0", b"\0a\0b")] == [
        "u1", "u1", "<u2", ">u2", "<u2", ">u2",
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(BYTES.filter(lambda data: unit_of(data) == "u1"), min_size=1, max_size=6), st.integers(2, 40))
def test_what_is_packed_comes_back(tmp_path_factory, deliveries, frame):
    folder = tmp_path_factory.mktemp("raw")
    size, raw.FRAME_BYTES = raw.FRAME_BYTES, frame
    try:
        with raw.PackWriter(raw.pack_path(folder, 0), 0) as pack:
            places = [
                pack.add(data) if i % 2 else pack.add_large(iter([data[:7], data[7:]]), "u1")
                for i, data in enumerate(deliveries)
            ]
        raw.RawIndex(folder, 5, (tuple(pack.frames),), tuple(places)).save()
        index = raw.RawIndex.load(folder)
        for number, data in enumerate(deliveries, 5):
            assert index.read(index.place(number)) == data if data else True
            blocks = list(index.blocks(index.place(number), "u1"))
            assert [block.line(i) for block in blocks for i in range(len(block))] == plain_lines(data)
            for line, content in enumerate(plain_lines(data), 1):
                assert index.line(number, line) == content
    finally:
        raw.FRAME_BYTES = size
