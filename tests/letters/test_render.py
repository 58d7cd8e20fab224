"""Pages: every letter compiles, with our fonts alone, right to left, and no name becomes markup."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from test_compose import FIRST, FUND, WHOLE, case

from himaya import language
from himaya.language import LANGUAGES
from himaya.letters import LettersUnavailableError, compose, render
from himaya.letters.model import Name, Period

ON = date(2026, 10, 20)


def read(content):
    return PdfReader(io.BytesIO(content))


def text_of(content):
    words = " ".join(page.extract_text() for page in read(content).pages)
    return " ".join(language.plain(words).replace("\u202f", " ").replace("\u00a0", " ").split())


def fonts_of(content):
    """Name of each font of a PDF, and whether its program is inside."""
    found = {}
    for page in read(content).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            program = inner["/FontDescriptor"].get_object()
            found[inner["/BaseFont"].partition("+")[2]] = any(f"/FontFile{n}" in program for n in ("", 2, 3))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fonts_are_ours_and_inside(lang):
    made = render.pdf(compose(case(), WHOLE, lang), ON)
    fonts = fonts_of(made)
    assert fonts
    assert all(fonts.values()), "a font is not embedded"
    assert all(name.startswith(("NotoSans", "Amiri")) for name in fonts)


def test_the_words_are_on_the_page_in_order():
    made = text_of(render.pdf(compose(case(), FUND, "fr"), ON))
    places = [
        made.index(words)
        for words in ("ALI ALAMI", "Madame, Monsieur", "2 120,00 MAD par mois", "Page 1 sur 2")
    ]
    assert places == sorted(places)
    assert "STE X (n° 1234560)" in made


def test_arabic_words_can_be_copied_out_of_the_page():
    """A font whose letters are drawn in pieces would give each dot as one more letter, to copies and to read aloud."""
    made = text_of(render.pdf(compose(case(name=Name("", "علي العلمي ڭ")), FUND, "ar"), ON))
    for words in ("معاش", "الشيخوخة", "علي", "العلمي", "المرجعي", "درهم", "رقم", "ڭ"):
        assert words in made
    assert "نن" not in made.replace("قانون", "")


def test_the_language_and_the_title_stand_in_the_file():
    for lang in LANGUAGES:
        letter = compose(case(), FUND, lang)
        catalog = read(render.pdf(letter, ON)).trailer["/Root"]
        assert catalog["/Lang"] == lang
        assert catalog["/MarkInfo"]["/Marked"]
        assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_same_letter_is_the_same_bytes():
    letter = compose(case(), FUND, "ar")
    assert render.pdf(letter, ON) == render.pdf(letter, ON)


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        '#read("/etc/passwd")',
        "[#sys.version]",
        "a\\",
        "$x$ *bold* _it_ `raw` <label> @ref",
        "= Heading\n- item",
        '", "kind": "other',
        "// comment /* open",
        "\u202eEVIL\u2069\u2066",
        "{page} {pages}",
        "漢字 \U0001f600 ⵣ",
    ],
)
@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_no_name_becomes_markup(name, lang):
    hostile = case(
        name=Name(name, name),
        periods=(Period(1234560, name, 2010 * 12, 2022 * 12, 26, 1),),
        reason="paid_after_death",
    )
    letter = compose(replace(hostile, reason="full_career"), replace(FUND, name=name, contest_to=name), lang)
    made = render.pdf(letter, ON)
    shown = language.plain(letter.recipient[0])
    if lang == "fr" and shown.isascii():
        for word in shown.split():
            assert word in text_of(made)
    assert not set(shown) & set("\u202e\u2066\u2069\n")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("take_up", "full_career"),
        ("difference", "paid_too_little"),
        ("difference", "paid_too_much"),
        ("unsupported", "paid_after_death"),
        ("unsupported", "person_unknown"),
        ("unsupported", "paid_twice"),
        ("unsupported", "too_few_days"),
        ("refund", "refund_due"),
        ("not_entitled", "age_not_reached"),
        ("not_entitled", "work_not_ceased"),
        ("confirmation", "full_career"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_letter_becomes_pages(kind, reason, lang):
    letter = compose(case(kind=kind, reason=reason, paid=100_000, due=200_000), FUND, lang)
    pages = render.png(letter, 30)
    assert 1 <= len(pages) <= 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize("lines", range(1, 40, 8))
@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_a_signature_never_stands_alone_on_a_page(lines, lang):
    """Whatever the length of the letter, the last section stays with it."""
    long = replace(WHOLE, address="\n".join(["1, rue X"] * lines))
    letter = compose(case(months=100, reason="short_career"), long, lang)
    [signed] = [
        words
        for page in read(render.pdf(letter, ON)).pages
        if WHOLE.signed_by in (words := language.plain(page.extract_text()))
    ]
    assert WHOLE.contest_within in signed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_letter_with_all_its_sections_is_one_page_and_its_computation_another(lang):
    late = case(months=100, born=date(1965, 12, 17), reason="short_career")
    tall = replace(
        WHOLE, address="649, boulevard X\n20000 Casablanca\nMaroc", contest_to="la commission, " * 3
    )
    letter = compose(late, tall, lang)
    assert len(letter.sections) == 5
    assert len(render.png(letter, 20)) == 2


def placed(letter):
    """The glyphs of the first page from line to line and from left to right, as a reader's eye meets them."""
    made = render._compiler().compile(sys_inputs=render._inputs(letter), format="svg")

    def glyphs(element, x, y, up):
        for kind, written in re.findall(r"(translate|matrix)\(([^)]*)\)", element.get("transform", "")):
            numbers = [float(each) for each in written.split()]
            right, down = numbers[-2:] if kind == "matrix" else (*numbers, 0.0)[:2]
            x, y = x + right, y + up * down
            up *= -1 if kind == "matrix" else 1
        if href := element.get("{http://www.w3.org/1999/xlink}href"):
            yield round(y + up * float(element.get("y", 0))), x + float(element.get("x", 0)), href
        for child in element:
            yield from glyphs(child, x, y, up)

    return [href for _, _, href in sorted(glyphs(ET.fromstring(made[0]), 0, 0, 1))]


def test_islands_that_run_over_a_line_keep_the_order_of_their_words():
    """Arabic alone has one order, with islands and without."""
    inner = language.first_strong(
        "لم نجد طريقة لحساب المعاش بين هذا وذاك من الأيام، وقيل إن الحد الأدنى مبلغه"
    )
    quoted = f"«{language.first_strong('معاش المسار القصير')}» ({inner})"
    sentence = f"لم نتمكن بعد من التحقق من كل شيء. بقي أن نتحقق من: {language.first_strong(quoted)}. وقد تتغير النتيجة."
    letter = compose(case(), FUND, "ar")
    unmarked = placed(replace(letter, core=(language.plain(sentence),)))
    assert placed(replace(letter, core=(sentence,))) == unmarked
    turned = sentence.replace("\u2067", "\u2068")
    assert placed(replace(letter, core=(turned,))) != unmarked, "the picture would show it"


def test_a_long_career_runs_over_several_pages():
    many = tuple(Period(1234560, "STE X", m, m, 26, 1) for m in range(FIRST, FIRST + 400, 2))
    assert len(render.png(compose(case(periods=many), FUND, "fr"), 20)) > 3


def test_each_letter_of_a_list_has_its_own_page_numbers():
    """One typesetter sets all letters and remembers the pages before: a footer must not be another page's."""
    lengths = [1, 2, 120, 3, 1, 60, 4, 200, 2, 5]
    for number, length in enumerate(lengths):
        many = tuple(Period(number, "STE X", m, m, 26, 1) for m in range(FIRST, FIRST + 2 * length, 2))
        for kind in ("take_up", "confirmation"):
            made = render.pdf(compose(case(kind=kind, person=str(number), periods=many), FUND, "fr"), ON)
            pages = [" ".join(page.extract_text().split()) for page in read(made).pages]
            assert len(pages) >= 2
            for at, page in enumerate(pages, 1):
                assert page.endswith(f"Page {at} sur {len(pages)}")


def test_without_the_typesetter_the_error_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    render._compiler.cache_clear()
    try:
        with pytest.raises(LettersUnavailableError, match=r"himaya\[letters\]"):
            render.available()
    finally:
        render._compiler.cache_clear()
