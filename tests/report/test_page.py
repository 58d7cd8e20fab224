"""The page: one valid file that needs nothing else, safe, whole in three languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from report_sample import ATTACK, sample

from himaya.language import LANGUAGES, plain
from himaya.report import Histogram, ReportData, render, write
from himaya.report.figures import SHOWN_CODES, codes
from himaya.report.pen import Pen
from himaya.report.render import headline

VOID = {"meta", "link", "br", "hr", "img", "input"}
ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
SECTIONS = ("headline", "intake", "population", "pensions", "lists", "cases", "scorecard", "provenance")


class Page(HTMLParser):
    """Checks nesting while it reads; keeps tags, ids, addresses and text with the elements around it."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.text = [], [], [], [], []
        self.feed(source)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.links += [attributes[name] for name in ("href", "src", "xlink:href") if name in attributes]
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.text.append((tuple(self.open), data))


@cache
def page(lang):
    return Page(render(sample(), lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed_with_unique_ids_and_working_links(lang):
    assert len(page(lang).ids) == len(set(page(lang).ids))
    assert {link.removeprefix("#") for link in page(lang).links if link.startswith("#")} <= set(
        page(lang).ids
    )
    assert set(SECTIONS) <= set(page(lang).ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_needs_nothing_from_outside(lang):
    source = render(sample(), lang)
    assert all(link.startswith(("#", "data:")) for link in page(lang).links)
    assert not re.search(r"https?://|//[a-z]|@import|url\((?!#)", source)
    assert not {"script", "iframe", "object", "img"} & {tag for tag, _ in page(lang).tags}
    assert "default-src 'none'" in source


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_names_are_only_text(lang):
    assert ATTACK in "".join(data for _, data in page(lang).text)
    assert "<script" not in render(sample(), lang)
    assert not any(name.startswith("on") for _, attributes in page(lang).tags for name in attributes)


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_the_page_states_language_and_direction(lang, direction):
    attributes = next(attributes for tag, attributes in page(lang).tags if tag == "html")
    assert (attributes["lang"], attributes["dir"]) == (lang, direction)
    charts = [
        attributes for tag, attributes in page(lang).tags if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(charts) > 10
    assert {chart["direction"] for chart in charts} == {direction}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_has_its_table(lang):
    figures = [attributes for tag, attributes in page(lang).tags if tag == "figure"]
    twins = [attributes for tag, attributes in page(lang).tags if attributes.get("class") == "twin"]
    assert len(twins) >= len(figures) > 10


def test_every_number_in_arabic_is_isolated():
    """Digits stand in an isolate, or in an element that isolates (bdi, code)."""
    loose = [
        data
        for around, data in page("ar").text
        if not {"style", "bdi", "code", "title"} & set(around)
        and re.search(r"\d", innermost_first(data))
        and "text" not in around
    ]
    assert loose == []


def test_every_number_with_separators_in_arabic_charts_is_isolated():
    words = [data for around, data in page("ar").text if "svg" in around]
    assert words
    assert [word for word in words if re.search(r"\d[\u202f,.]\d", innermost_first(word))] == []


def innermost_first(text):
    while ISOLATED.search(text):
        text = ISOLATED.sub("", text)
    return text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_counts_reconcile_in_words_and_tiles(lang):
    intake = sample().intake
    assert intake.lost == 0
    words = plain(" ".join(data for _, data in page(lang).text))
    for lines in (intake.lines, intake.accepted, intake.quarantined, intake.structural):
        assert plain(Pen(lang).number(lines)) in words
    assert plain(Pen(lang).say("intake.reconciles")) in words


def test_the_most_frequent_codes_are_drawn_and_all_stand_in_the_table():
    many = replace(sample().intake, codes={f"code-{n:02d}": 100 - n for n in range(20)})
    figure = codes(many, Pen("en"))
    assert figure.picture.count("<rect") == SHOWN_CODES
    assert "code-11" in figure.picture
    assert "code-12" not in figure.picture
    assert len(figure.table.rows) == 20
    assert figure.note == "The 12 most frequent of 20 codes; the table has all."


def test_a_lost_line_is_said_loudly():
    data = sample()
    broken = replace(data.intake.deliveries[0], accepted=data.intake.deliveries[0].accepted - 3)
    data = replace(data, intake=replace(data.intake, deliveries=(broken, *data.intake.deliveries[1:])))
    assert data.intake.lost == 3
    assert "The count is not exact: 3 lines are unaccounted for." in render(data, "en")


def test_headline_numbers_come_from_the_rest():
    tiles = {tile.label: tile for tile in headline(sample(), Pen("en"))}
    assert tiles["insured persons"].value == "100,000"
    assert tiles["lines received"].value == f"{sample().intake.lines:,}"
    assert tiles["lines received"].note == "0 lines lost"
    assert tiles["entitled and not paid"].value == "61"


def bare() -> ReportData:
    """The least that a fund can be: nothing came in, nobody is insured, nothing was found."""
    data = sample()
    return replace(
        data,
        intake=replace(data.intake, deliveries=(), codes={}, disagreements=(), disagreeing=0),
        population=replace(
            data.population,
            persons=0,
            ages=(),
            coverage=(),
            calibration=(),
            declared_months=Histogram((0, 12), (0,)),
            declared_days=Histogram(tuple(range(28)), (0,) * 27),
        ),
        pensions=replace(
            data.pensions,
            amounts=Histogram((0, 100), (0,)),
            by_status=(),
            entitled=0,
            unverified=0,
            contributions=(),
            contributions_month=None,
            unverified_values=(),
        ),
        lists=tuple(replace(each, count=0, reasons=(), rows=()) for each in data.lists),
        cases=(),
        scorecard=(),
        stages={},
        provenance=replace(data.provenance, synthetic=False, overlay="reform.yaml", tables={}),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_fund_has_a_report_too(lang):
    empty = Page(render(bare(), lang))
    assert "scorecard" not in empty.ids
    assert "cases" not in empty.ids
    assert "reform.yaml" in "".join(data for _, data in empty.text)


def test_the_file_is_written_whole_into_a_new_folder(tmp_path):
    path = write(sample(), tmp_path / "reports" / "report.html", "fr")
    assert path.read_text(encoding="utf-8") == render(sample(), "fr")
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]


def test_the_same_data_give_the_same_bytes():
    assert render(sample(), "ar") == render(sample(), "ar")


def test_a_histogram_takes_equally_spaced_edges():
    with pytest.raises(ValueError, match="equally spaced"):
        Histogram((0, 1, 3), (1, 1))
    with pytest.raises(ValueError, match="one edge more"):
        Histogram((0, 1), (1, 1))
