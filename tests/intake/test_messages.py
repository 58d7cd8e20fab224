"""What became of a delivery is said in three languages, whenever and in whichever process it is asked."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import pytest
from intake_build import ANNA, BADR, MILL, declaration, ebds, extract, month

from himaya import intake
from himaya.intake.journal import Entry
from himaya.language import LANGUAGES, plain, tell

SAME = {"employer": MILL, "period": "202401"}
NAME = f"DS_{MILL}_202401.txt"
LATER = f"DS_{MILL}_202402.txt"


def principal(*people: int) -> bytes:
    return declaration(ebds.principal([ebds.b02(person, **SAME) for person in people], **SAME))


CASES = {
    "refused": (
        [{"a.csv": b"NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIR\n"}],
        "it fits no kind of file that is known; the nearest is career-extract: column SALAIRE is missing",
        "il ne correspond à aucune nature de fichier connue ; la plus proche est career-extract : la colonne SALAIRE manque",
        "لا يوافق أي نوع معروف من الملفات؛ وأقربها career-extract: العمود SALAIRE ناقص",
    ),
    "held": (
        [{LATER: principal(ANNA)}],
        "it cannot be trusted as a whole: file-name-period",
        "on ne peut s'y fier en entier : file-name-period",
        "لا يمكن الوثوق بها في مجملها: file-name-period",
    ),
    "duplicate": (
        [{"a.csv": extract(month())}, {"b.csv": extract(month())}],
        "the same bytes were received as delivery 1",
        "les mêmes octets ont été reçus comme envoi 1",
        "استُلمت البايتات نفسها من قبل في الإرسالية 1",
    ),
    "accepted": (
        [{NAME: principal(ANNA, BADR)}, {NAME: principal(ANNA)}],
        "it takes the place of delivery 1",
        "il remplace l'envoi 1",
        "تحل محل الإرسالية 1",
    ),
}


@pytest.mark.parametrize("status", CASES)
def test_what_became_of_a_delivery_is_said_in_three_languages(fund, status):
    deliveries, *words = CASES[status]
    for files in deliveries:
        [done] = fund.take(files).values()
    assert done.status == status
    again = pickle.loads(pickle.dumps(done))
    for lang, expected in zip(LANGUAGES, words, strict=True):
        assert plain(tell(again.message, lang)).replace("\u202f", " ") == expected
        assert done.as_dict(lang)["message"] == tell(done.message, lang)
    assert done.as_dict()["message"] == words[0]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "employer and month"), ("fr", "vaut depuis lors"), ("ar", "هي السارية")]
)
def test_why_a_replay_changes_nothing_is_said_in_three_languages(fund, lang, words):
    fund.take({LATER: principal(ANNA, BADR)})
    fund.take({NAME: principal(ANNA)})
    [kept] = intake.replay(fund.workspace, fund.lake, [1], release=True).deliveries
    assert kept.status == "held"
    assert words in tell(kept.message, lang)


def test_a_reason_that_went_through_the_journal_is_still_told_in_every_language(fund, tmp_path):
    """A command that is interrupted says afterwards, perhaps to somebody else, why a file was refused."""
    from himaya.intake.formats.base import Delivered
    from himaya.intake.receive import Received, recognise

    _, problem = recognise(
        Delivered("a.csv", b"NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIR\n", date(2026, 1, 1)), None
    )
    item = Received("a.csv", "a.csv", None, problem=problem)
    entry = Entry("b000000001-0", datetime.now(UTC), date(2026, 1, 1), ((1, item),), {})
    entry.save(tmp_path)
    [(_, again)] = Entry.load(tmp_path / "b000000001-0.json").deliveries
    assert again.problem == problem
    assert [tell(again.problem[1], lang) for lang in LANGUAGES] == [
        tell(problem[1], lang) for lang in LANGUAGES
    ]
