"""The pictures: lengths proportional to the data, mirrored in Arabic, named and described."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.report import DeclaredMonth
from himaya.report.charts import (
    HAIR,
    Bar,
    Frame,
    Level,
    Mark,
    Mirror,
    Sink,
    Source,
    bars,
    flow,
    histogram,
    pyramid,
    waterfall,
)
from himaya.report.svg import ticks
from himaya.report.timeline import LANES, Milestone, Run, runs, timeline

EN, AR = (Frame("toy", "Title <1>", "What it shows", lang) for lang in ("en", "ar"))
counts = st.integers(0, 10**6)


def plain_number(value):
    return f"{value:.0f}"


def shapes(picture, style, tag="rect"):
    return [
        each for each in ET.fromstring(picture).iter(tag) if each.get("class", "").split()[-1:] == [style]
    ]


def measures(picture, style, name):
    return [float(each.get(name)) for each in shapes(picture, style)]


def proportional(lengths, values):
    unit = max(lengths) / max(values)
    return lengths == pytest.approx([value * unit for value in values], abs=0.02)


ALL = [
    pyramid(EN, [Mirror("0–4", 3, 4)], ("Men", "Women"), plain_number),
    histogram(EN, [0, 1, 2], [3, 4], (plain_number, plain_number)),
    bars(EN, [Bar("a", (1,), "1")]),
    flow(EN, [Source("a", (1, 0))], [Sink("x", "s1"), Sink("y", "s2")], plain_number),
    waterfall(EN, [Level("a", 1)], "whole", (plain_number, plain_number)),
    timeline(EN, [DeclaredMonth(24000, "E", 26, 1)], [], "Others", plain_number),
]


@pytest.mark.parametrize("picture", ALL)
def test_every_picture_is_well_formed_named_and_described(picture):
    root = ET.fromstring(picture)
    title, description = root.find("title"), root.find("desc")
    assert (title.text, description.text) == ("Title <1>", "What it shows")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@given(
    st.lists(st.tuples(counts, counts), min_size=1, max_size=20).filter(lambda rows: max(map(max, rows)) > 0)
)
def test_both_sides_of_a_pyramid_have_one_scale(rows):
    picture = pyramid(
        EN, [Mirror(str(i), *row) for i, row in enumerate(rows)], ("Men", "Women"), plain_number
    )
    men, women = measures(picture, "s1", "width"), measures(picture, "s2", "width")
    drawn = [value for pair in zip(men[::-1], women[::-1], strict=True) for value in pair]
    assert proportional(drawn, [value for row in rows for value in row])


def test_the_youngest_stand_at_the_foot():
    picture = pyramid(EN, [Mirror("young", 9, 9), Mirror("old", 1, 1)], ("Men", "Women"), plain_number)
    top, foot = sorted(shapes(picture, "s1"), key=lambda bar: float(bar.get("y")))
    assert float(top.get("width")) < float(foot.get("width"))


@given(st.lists(counts, min_size=2, max_size=30).filter(any))
def test_columns_are_as_high_as_their_counts_and_stand_on_zero(values):
    picture = histogram(EN, range(len(values) + 1), values, (plain_number, plain_number))
    heights, tops = measures(picture, "s1", "height"), measures(picture, "s1", "y")
    assert proportional(heights, values)
    assert [top + height for top, height in zip(tops, heights, strict=True)] == pytest.approx(
        [226] * len(values), abs=0.02
    )


def test_a_mark_stands_at_its_value():
    picture = histogram(EN, [0, 10, 20], [1, 1], (plain_number, plain_number), [Mark(10, "half")])
    (line,) = shapes(picture, "mark", "line")
    first, second = measures(picture, "s1", "x")
    width = measures(picture, "s1", "width")[0]
    assert float(line.get("x1")) == pytest.approx((first + width + second) / 2, abs=0.02)


@given(
    st.lists(st.tuples(counts, counts), min_size=1, max_size=8).filter(lambda rows: max(map(sum, rows)) > 0)
)
def test_bars_lie_end_to_end(rows):
    picture = bars(EN, [Bar("x", row, "") for row in rows])
    most = max(map(sum, rows))
    scale = 370 / most
    for style, at in (("s1", 0), ("s2", 1)):
        wanted = [max(row[at] * scale, HAIR) if row[at] else 0 for row in rows]
        assert measures(picture, style, "width") == pytest.approx(wanted, abs=0.02)


@given(
    st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=6).filter(
        lambda rows: max(map(sum, rows)) > 0
    )
)
def test_what_leaves_the_sources_reaches_the_sinks(rows):
    sinks = [Sink("a", "s1"), Sink("b", "part"), Sink("c", "s4")]
    picture = flow(EN, [Source(str(i), row) for i, row in enumerate(rows)], sinks, plain_number)
    total = sum(map(sum, rows))
    sources = measures(picture, "ink", "height")
    scale = (max(300, 26 * len(rows) + 130) - max(26 * len(rows), 156)) / total
    assert sources == pytest.approx([max(sum(row) * scale, HAIR) for row in rows], abs=0.02)
    for at, sink in enumerate(sinks):
        assert measures(picture, sink.style, "height") == pytest.approx(
            [max(sum(row[at] for row in rows) * scale, HAIR)], abs=0.02
        )
    assert len(ET.fromstring(picture).findall("path")) == sum(value > 0 for row in rows for value in row)


def test_a_waterfall_goes_from_level_to_level_and_ends_whole():
    levels = [Level("wage", 6000), Level("rate", 4200), Level("increase", 4300)]
    picture = waterfall(EN, levels, "pension", (plain_number, lambda v: f"{v:+.0f}"))
    unit = 255 / 6000
    assert measures(picture, "s1", "width") == pytest.approx([6000 * unit, 4300 * unit], abs=0.02)
    assert measures(picture, "s2", "width") == pytest.approx([1800 * unit], abs=0.02)
    assert measures(picture, "s2", "x") == pytest.approx([4200 * unit], abs=0.02)
    assert measures(picture, "s3", "width") == pytest.approx([100 * unit], abs=0.02)
    words = [each.text for each in ET.fromstring(picture).iter("text")]
    assert words == ["wage", "6000", "rate", "-1800", "increase", "+100", "pension", "4300"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda frame: pyramid(
            frame, [Mirror("0–4", 30, 40), Mirror("5–9", 20, 35)], ("M", "W"), plain_number
        ),
        lambda frame: histogram(frame, [0, 1, 2], [3, 4], (plain_number, plain_number), [Mark(1, "m")]),
        lambda frame: bars(frame, [Bar("a", (5, 2), "7"), Bar("b", (1, 1), "2")]),
        lambda frame: flow(frame, [Source("a", (5, 2))], [Sink("x", "s1"), Sink("y", "s2")], plain_number),
        lambda frame: waterfall(frame, [Level("a", 9), Level("b", 4)], "w", (plain_number, plain_number)),
        lambda frame: timeline(
            frame, [DeclaredMonth(24000, "E", 26, 9)], [Milestone(24010, "m")], "Others", plain_number
        ),
    ],
)
def test_arabic_is_the_mirror_image(draw):
    left, right = ET.fromstring(draw(EN)), ET.fromstring(draw(AR))
    width = float(left.get("viewBox").split()[2])
    assert (left.get("direction"), right.get("direction")) == ("ltr", "rtl")
    for one, other in zip(left.iter("rect"), right.iter("rect"), strict=True):
        assert one.get("width") == other.get("width")
        assert float(one.get("x")) + float(one.get("width")) + float(other.get("x")) == pytest.approx(
            width, abs=0.03
        )
    for one, other in zip(left.iter("text"), right.iter("text"), strict=True):
        assert float(one.get("x")) + float(other.get("x")) == pytest.approx(width, abs=0.03)
        assert one.get("text-anchor") == other.get("text-anchor")


def month(number, employer="E", days=26, wage=100):
    return DeclaredMonth(number, employer, days, wage)


def test_months_join_into_runs_of_full_and_part_months():
    career = [month(10), month(11), month(12, days=5), month(14), month(13, days=6)]
    assert runs(career) == [Run(10, 12, full=True), Run(12, 14, full=False), Run(14, 15, full=True)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 26)), min_size=1, max_size=60))
def test_runs_cover_each_declared_month_once(months):
    found = runs([month(number, days=days) for number, days in months])
    covered = [number for run in found for number in range(run.start, run.end)]
    assert covered == sorted({number for number, _ in months})


def test_full_months_are_drawn_higher_than_part_months():
    picture = timeline(EN, [month(24000), month(24001, days=3)], [], "Others", plain_number)
    (full,), (part,) = shapes(picture, "s1"), shapes(picture, "part")
    assert float(full.get("height")) > float(part.get("height"))
    assert float(full.get("width")) == pytest.approx(float(part.get("width")), abs=0.02)


def test_the_smallest_employers_share_the_last_lane():
    career = [month(24000 + i, employer=f"E{i % 9}") for i in range(90)] + [month(24100, "rare")]
    picture = timeline(EN, career, [], "Others", plain_number)
    names = [each.text for each in ET.fromstring(picture).iter("text") if each.get("class") == "label"]
    assert len(names) == LANES
    assert "Others" in names[-1]


@pytest.mark.parametrize(
    ("highest", "values"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (10, [0, 5, 10]),
        (99, [0, 25, 50, 75, 100]),
        (100_001, [0, 50_000, 100_000, 150_000]),
    ],
)
def test_ticks_are_round(highest, values):
    assert ticks(highest) == values


@given(st.floats(0, 1e12), st.integers(2, 6))
def test_ticks_reach_the_highest_value_in_about_the_wanted_steps(highest, wanted):
    values = ticks(highest, wanted)
    assert values[0] == 0
    assert values[-1] >= highest
    assert len(values) <= wanted + 1
    assert all(float(value).is_integer() for value in values)
