"""What letters say: made from small cases by hand, and from every kind of person of the demonstration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from himaya import language, law
from himaya.language import LANGUAGES
from himaya.law.evaluate import sources_of
from himaya.legislation import morocco
from himaya.letters import Case, Desk, NoLetterError, Sender, compose
from himaya.letters.model import Name, Period
from himaya.letters.store import is_reference, periods, reference
from himaya.letters.words import cleaned
from himaya.months import month_of
from himaya.rights import person_key
from himaya.rights.explain import Line

FUND = Sender(name="La Caisse")
WHOLE = Sender("La Caisse", "1, rue X\nRabat", "0500", "la commission, Rabat", "60 jours", "Le directeur")
FIRST = 2010 * 12


def case(*, days=26, months=150, wage=400_000, born=date(1966, 3, 15), kind="take_up", **changes):
    """A person of full months at one employer since January 2010; nothing is paid."""
    inputs = {
        "birth_date": born,
        "months": [FIRST + m for m in range(months)],
        "days": [days] * months,
        "wages": [wage] * months,
        "work_ceased": True,
    }
    on = date(2026, 10, 1)
    target = "monthly_amount" if kind in {"take_up", "difference"} else "reason"
    node = law.explain(morocco.system, target, inputs, on=on, known=on)
    given = {
        "kind": kind,
        "reason": "full_career",
        "reference": "a0dc-1",
        "person": "144834499",
        "name": Name("ALI ALAMI", "علي العلمي"),
        "law_date": on,
        "known_date": date(2026, 10, 20),
        "publication": 10,
        "run": "a0dc2181cfbc5ce0",
        "due": int(node.value) if target == "monthly_amount" else None,
        "paid": None,
        "node": node,
        "periods": (Period(1234560, "STE X", FIRST, FIRST + months - 1, days * months, wage * months),),
    }
    return Case(**(given | changes))


def said(letter):
    words = [*letter.core, *(w for s in letter.sections for w in s.words)]
    return language.plain(" ".join(words)).replace("\u202f", " ").replace("\u00a0", " ")


def test_who_misses_a_pension_learns_amount_way_and_deadline():
    letter = compose(case(), FUND, "en")
    assert letter.title == "You seem to be entitled to an old-age pension"
    # 3,900 days: 50 % and 3 points of 4,000.
    assert "an old-age pension of 2,120.00 MAD a month" in said(letter)
    # 60 on 15 March 2026, six months to claim, and today is 1 October: late by a month.
    assert "this time ended at the end of September 2026" in said(letter)
    assert "If you claim in October 2026, it is paid from 1 November 2026 on" in said(letter)
    assert "no employer has declared you after June 2022" in said(letter)


def test_who_is_in_time_learns_until_when():
    assert "until the end of October 2026" in said(compose(case(born=date(1966, 4, 15)), FUND, "en"))


def test_a_short_career_is_paid_from_retirement_and_says_what_is_not_certain():
    short = case(months=100, born=date(1963, 6, 1), reason="short_career")
    letter = compose(short, FUND, "fr")
    assert "à partir du 1er juillet 2023, même si vous la demandez seulement maintenant" in said(letter)
    assert "Avec la nouvelle loi sur les carrières courtes, 1 320 jours suffisent" in said(letter)
    assert "Nous avons donc pris le minimum." in said(letter)
    assert "فاعتمدنا المبلغ الأدنى" in said(compose(short, FUND, "ar"))
    assert not letter.bars, "one amount is no way from one amount to another"
    assert "Salaire de référence" not in {step.label for step in letter.steps}, "it sets nothing here"


def test_every_doubt_of_a_pension_is_told_in_plain_words():
    """The notes of the law speak of sources, to the staff; a letter says what it means for who receives it."""
    on = date(2026, 10, 1)
    names = {
        name.rpartition(".")[2]
        for target in ("monthly_amount", "reason", "refund")
        for name in sources_of(morocco.system, morocco.system.needed([target], on, without=frozenset()))
    }
    assert len(names) > 5
    said_of = {key.rpartition(".")[2]: forms for key, forms in language.texts("letters.doubt.of").items()}
    assert said_of.keys() == names
    for lang, press in {"en": "press", "fr": "presse", "ar": "صحاف"}.items():
        assert not [words for forms in said_of.values() for words in forms[lang].values() if press in words]


def test_the_computation_shows_values_in_force_and_the_months_used():
    letter = compose(case(), FUND, "en")
    assert [(s.label, s.value.replace("\u00a0", " ")) for s in letter.steps] == [
        ("Insured days", "3,900 days"),
        ("Reference wage", "4,000.00 MAD a month"),
        ("Replacement rate", "53%"),
        ("Pension before the minimum", "2,120.00 MAD a month"),
    ]
    wage, rate = letter.steps[1].words, letter.steps[2].words
    assert "over 96 months" in wage
    assert "from June 2014 to May 2022" in language.plain(wage).replace("\u00a0", " ")
    assert "50% for 3,240 days, and 1% more for each further 216 days. At most 70%." in rate
    assert letter.steps[1].article == "Dahir 1-72-184 of 27 July 1972"
    assert letter.articles == ("Dahir 1-72-184 of 27 July 1972", "Law 02.24", "Decree 2.25.265")


def test_the_picture_goes_from_the_wage_to_the_amount():
    letter = compose(case(wage=150_000), FUND, "en")
    shown = [
        (b.label, b.note.replace("\u00a0", " "), round(b.low, 3), round(b.high, 3), b.style)
        for b in letter.bars
    ]
    assert shown == [
        ("Reference wage", "1,500.00 MAD", 0, 1, "whole"),
        ("Replacement rate (53%)", "\u2212705.00 MAD", 0.53, 1, "less"),
        ("Raised to the minimum", "+205.00 MAD", 0.53, 0.667, "more"),
        ("Your pension a month", "1,000.00 MAD", 0, 0.667, "whole"),
    ]


def test_a_difference_says_both_amounts_and_decides_nothing():
    letter = compose(case(kind="difference", reason="paid_too_much", paid=300_000), FUND, "en")
    assert "We pay you an old-age pension of 3,000.00 MAD a month" in said(letter)
    assert "we compute 2,120.00 MAD a month. That is 880.00 MAD a month less" in said(letter)
    assert "This letter changes nothing in the payment." in said(letter)
    assert "It is not a decision." in said(letter)


@pytest.mark.parametrize(
    "reason", ["paid_after_death", "person_unknown", "paid_twice", "too_few_days", "age_not_reached"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_payment_without_grounds_is_no_accusation(reason, lang):
    told = case(kind="unsupported", reason=reason, paid=100_000, months=50)
    letter = compose(told, FUND, lang)
    for word in ("fraud", "fraude", "illegal", "indu", "غش", "احتيال", "غير مشروع"):
        assert word not in said(letter).split()
    assert not letter.steps
    assert (letter.annex is None) == told.aside, "whoever opens it for the dead need not learn the career"


def test_what_is_missing_is_counted():
    letter = compose(case(kind="unsupported", reason="too_few_days", paid=100_000, months=50), FUND, "en")
    assert (
        "You have 1,300 days of insurance. At least 1,320 days are needed. What is missing: 20 days."
        in said(letter)
    )


def test_whoever_is_too_young_learns_when():
    letter = compose(case(kind="not_entitled", reason="age_not_reached", born=date(1970, 1, 31)), FUND, "fr")
    assert "vous atteignez l'âge de la pension le 31 janvier 2030" in said(letter)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_that_only_the_fund_can_know_is_made_up(lang):
    bare, whole = compose(case(), FUND, lang), compose(case(), WHOLE, lang)
    assert bare.gaps == ("address", "phone", "contest_to", "contest_within", "signed_by")
    assert said(bare).count("[") == 2
    assert whole.gaps == ()
    assert "[" not in said(whole)
    assert "60 jours" in said(whole)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_letter_says_where_it_comes_from(lang):
    letter = compose(case(), FUND, lang)
    for mark in ("a0dc-1", "10", "a0dc2181cfbc5ce0", "2026"):
        assert mark in letter.footer
    assert letter.annex.rows[0][0].startswith(("STE X", "\u2068STE X"))


def test_arabic_letters_use_the_arabic_name_and_western_digits():
    letter = compose(case(), FUND, "ar")
    assert language.plain(letter.recipient[0]) == "علي العلمي"
    assert "2 120,00 درهم" in said(letter)
    assert not set(said(letter)) & set("٠١٢٣٤٥٦٧٨٩")
    assert compose(case(name=Name("ALI", "")), FUND, "ar").recipient[0] == "\u2068ALI\u2069"


def test_a_name_keeps_no_mark_that_could_turn_its_surroundings():
    assert cleaned("A\u202eB\u2069 C\nD\u200f\x00") == "AB C D"


def line(month, employer=1, days=10, wage=100):
    return Line("f", 1, 1, date(2020 + (month - 1) // 12, (month - 1) % 12 + 1, 1), employer, days, wage)


def test_months_without_a_gap_are_one_period_of_an_employer():
    found = periods([line(1), line(1, days=5), line(2), line(4), line(2, employer=2)], {1: "A"})
    jan = month_of(date(2020, 1, 1))
    assert [(p.employer_name, p.first - jan, p.last - jan, p.days, p.wages) for p in found] == [
        ("A", 0, 1, 25, 300),
        ("", 1, 1, 10, 100),
        ("A", 3, 3, 10, 100),
    ]


def test_a_reference_tells_letters_apart_and_names_nobody():
    assert reference("a0dc2181", -1) == "a0dc-ffff-ffff-ffff-ffff"
    assert reference("a0dc2181", 1) != reference("a0dc2181", 2)
    assert is_reference(reference("a0dc2181", 1))
    assert not is_reference("contract")


@pytest.mark.parametrize("name", ["take-up", "differences", "unsupported"])
def test_everybody_on_a_list_gets_the_letter_of_the_list(fund, name):
    desk = Desk(fund.snapshot(), fund.workspace.runs, fund.workspace.keys)
    kinds = {"take-up": "take_up", "differences": "difference", "unsupported": "unsupported"}
    for row in fund.list(name):
        found = desk.case(person_key(desk.keys, row["person"]))
        assert found.kind == kinds[name]
        assert found.reason == row["reason"].replace("-", "_")
        for lang in LANGUAGES:
            compose(found, FUND, lang)


def test_people_on_no_list_are_told_where_they_stand(fund):
    desk = Desk(fund.snapshot(), fund.workspace.runs, fund.workspace.keys)
    rows = fund.snapshot().read("entitlement", ["person_key", "status", "reason", "paid_amount"])
    seen = {}
    for row in rows.to_pylist():
        seen.setdefault((row["status"], row["reason"], row["paid_amount"] is None), []).append(
            row["person_key"]
        )
    kinds = set()
    # Several of each: keys are drawn anew for each fund, and the first one paid may be paid another amount.
    for (status, _, unpaid), key in ((told, key) for told, keys in seen.items() for key in keys[:4]):
        if status in {"deceased", "not_evaluated"} and unpaid:
            with pytest.raises(NoLetterError, match="nothing to write"):
                desk.case(key)
            continue
        found = desk.case(key)
        kinds.add(found.kind)
        for lang in LANGUAGES:
            assert compose(found, FUND, lang).core
    assert kinds >= {"confirmation", "refund", "not_entitled"}


def test_a_refund_says_its_amount(fund):
    desk = Desk(fund.snapshot(), fund.workspace.runs, fund.workspace.keys)
    rows = fund.snapshot().read("entitlement", ["person_key", "status", "refund", "paid_amount"]).to_pylist()
    row = next(r for r in rows if r["status"] == "refund" and r["paid_amount"] is None)
    letter = compose(desk.case(row["person_key"]), FUND, "fr")
    assert language.money(row["refund"], "fr").replace("\u202f", " ").replace("\u00a0", " ") in said(letter)


def test_a_case_is_the_same_in_every_language_but_its_words():
    letters = [compose(replace(case()), FUND, lang) for lang in LANGUAGES]
    assert len({(len(x.steps), len(x.bars), len(x.sections), len(x.annex.rows)) for x in letters}) == 1
