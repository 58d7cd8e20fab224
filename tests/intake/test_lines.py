"""Lines and kept bytes: the split agrees with the count, and every line comes back byte for byte."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
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


@settings(deadline=None)  # the first of all may have to compile
@given(BYTES)
def test_split_agrees_with_the_definition_and_the_independent_count(data):
    block = split(np.frombuffer(data, np.uint8), "u1", 1, 0)
    assert [block.line(i) for i in range(len(block))] == plain_lines(data)
    tally = _Tally("u1")
    tally.add(data)
    assert tally.lines == len(block)


@settings(deadline=None)
@given(BYTES, st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_the_count_does_not_depend_on_the_pieces(data, sizes):
    pieces, at = [], 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    whole, parts = _Tally("u1"), _Tally("u1")
    whole.add(data)
    assert sum(parts.add(piece) for piece in pieces) == data.count(b"\n")
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
    tally = _Tally(unit)
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


def cut(window: raw.Window, data: bytes) -> list[bytes]:
    """Cut what a stream of these bytes gives."""
    stream = io.BytesIO(data)
    return [bytes(frame) for frame in window.cut(stream.readinto, 0, "u1")]


@example(b"a" * 9 + b"\n" + b"b" * 12, 2, 40)  # what is left of a large frame is more than a usual one
@given(BYTES, st.integers(2, 9), st.integers(2, 40))
def test_frames_are_cut_after_line_feeds_unless_a_line_is_too_long(data, frame, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "FRAME_BYTES", frame)
        patch.setattr(raw, "MAX_LINE_BYTES", longest)
        window = raw.Window(bytearray(1))
        frames = cut(window, data)
    assert b"".join(frames) == data
    assert all(frames)
    assert window.unbroken or all(each.endswith(b"\n") for each in frames[:-1])
    if max(map(len, plain_lines(data)), default=0) + 2 < max(frame, longest):
        assert not window.unbroken


@settings(max_examples=40, deadline=None)
@given(st.lists(BYTES, min_size=1, max_size=6), st.integers(2, 40))
def test_what_is_packed_comes_back(tmp_path_factory, deliveries, frame):
    folder = tmp_path_factory.mktemp("raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "FRAME_BYTES", frame)
        patch.setattr(raw, "MAX_LINE_BYTES", frame)
        window = raw.Window(bytearray(1))
        with raw.PackWriter(raw.pack_path(folder, 0), 0) as pack:
            places = [
                pack.add(data)
                if i % 2
                else pack.add_large((each, each.count(b"\n")) for each in cut(window, data))
                for i, data in enumerate(deliveries)
            ]
        raw.RawIndex(folder, 5, (tuple(pack.frames),), tuple(places)).save()
        index = raw.RawIndex.load(folder)
        for number, data in enumerate(deliveries, 5):
            assert index.read(index.place(number)) == data
            for line, content in enumerate(plain_lines(data), 1):
                assert index.line(number, line) == content
            with pytest.raises(raw.RawError):
                index.line(number, len(plain_lines(data)) + 1)
            if all(each.endswith(b"\n") for each in cut(window, data)[:-1]):
                blocks = list(index.blocks(index.place(number), "u1"))
                assert [block.line(i) for block in blocks for i in range(len(block))] == plain_lines(data)
