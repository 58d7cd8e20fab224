"""What goes wrong is said in the language asked for, from the sentence to what to do about it."""

import json
import re

import pytest

from himaya.contract.__main__ import main as check_contracts
from himaya.language import LANGUAGES, plain

PARTS = ("what", "where", "why", "mend")

MISTAKES = {
    "not-a-fund": (["status", "--fund", "{tmp}"], ("n'est pas une caisse", "créez-en une"), ("ليس صندوقا", "أو أنشئوا صندوقا")),
    "usage": (["list", "takeup"], ("il n'existe pas de liste", "Vouliez-vous dire"), ("لا توجد لائحة باسم", "هل تقصدون")),
    "person-number": (["explain", "12"], ("n'est pas un numéro d'immatriculation", "neuf chiffres"), ("ليس رقم تسجيل", "تسعة أرقام")),
    "person-not-found": (["explain", "199999999"], ("rien ne désigne la personne", "chiffre de contrôle"), ("لا شيء يذكر الشخص", "رقم مراقبة")),
    "unknown-delivery": (["quarantine", "999999"], ("il n'existe pas d'envoi 999999",), ("لا توجد إرسالية برقم 999999",)),
    "run": (["run", "--known-date", "2020-01-01"], ("aucune période déclarée le 1er\u00a0janvier\u00a02020",), ("في 1\u00a0يناير\u00a02020",)),
    "file": (["report", "--output", "/proc/no/such"], ("Aucun fichier ou dossier", "Vérifiez le chemin"), ("لا يوجد ملف أو مجلد", "تحققوا من المسار")),
    "yaml": (["run", "--overlay", "{tmp}/broken.yaml"], ("la clé « name » figure deux fois", "Gardez l'un des deux"), ("المفتاح «name» مكرر", "احتفظوا بواحد")),
    "lake": (["init", "{tmp}/new", "--buckets", "3"], ("doit être une puissance de deux", "Choisissez 16 ou 64"), ("من قوى العدد اثنين", "اختاروا 16 أو 64")),
}  # fmt: skip


@pytest.fixture
def mistake(himaya, tmp_path):
    """Make a mistake in a language; gives exit code, stdout, stderr."""
    (tmp_path / "broken.yaml").write_text("name: a\nname: b\n", encoding="utf-8")

    def make(code, *options):
        words = [word.format(tmp=tmp_path) for word in MISTAKES[code][0]]
        return himaya(*words, *options)

    return make


@pytest.mark.parametrize("code", MISTAKES)
@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_a_mistake_is_explained_in_the_language_asked_for(mistake, code, lang):
    status, out, err = mistake(code, "--lang", lang)
    said = plain(err).replace("\u202f", " ")
    assert status != 0
    assert out == ""
    for words in MISTAKES[code][LANGUAGES.index(lang)]:
        assert words.replace("\u202f", " ") in said
    assert not re.search(r"\b(the|there is|is not|Choose|Check|Did you)\b", said)


@pytest.mark.parametrize("code", MISTAKES)
def test_in_json_the_code_is_stable_and_the_sentences_follow_the_language(mistake, code):
    told = [json.loads(mistake(code, "--json", "--lang", lang)[1])["error"] for lang in LANGUAGES]
    assert {frozenset(each) for each in told} == {frozenset({"code", *PARTS})}
    assert len({each["code"] for each in told}) == 1
    assert len({each["what"] for each in told}) == 3
    assert [[part for part in PARTS if each[part]] for each in told].count(
        [part for part in PARTS if told[0][part]]
    ) == 3


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "is not a date"), ("fr", "n'est pas une date"), ("ar", "ليس تاريخا")]
)
def test_a_date_that_is_none_is_refused_in_the_language(himaya, lang, words):
    code, _, err = himaya("run", "--law-date", "01/10/2026", "--lang", lang)
    assert code == 2
    assert words in err.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "written to by run"), ("fr", "écrit dans la caisse"), ("ar", "يكتب في الصندوق")],
)
def test_who_holds_the_lock_is_told_in_the_language_of_who_asks(himaya, fund, lang, words):
    with fund.workspace.lock("run"):
        code, _, err = himaya("run", "--lang", lang)
    assert code == 1
    assert words in err
    assert ("processus" in err) == (lang == "fr")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "lacks 'kind'"), ("fr", "il manque «\u202fkind\u202f»"), ("ar", "ينقص «kind»")]
)
def test_a_broken_contract_is_explained_in_the_language(monkeypatch, capsys, tmp_path, lang, words):
    monkeypatch.setenv("HIMAYA_LANG", lang)
    file = tmp_path / "things.yaml"
    file.write_text("id: things\n", encoding="utf-8")
    assert check_contracts([str(file)]) == 1
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "to be checked by hand: two persons may share names and birth date"),
        (
            "fr",
            "deux personnes peuvent avoir les mêmes noms et la même date de naissance",
        ),
        ("ar", "يُتحقق منها يدويا: فقد يشترك شخصان في الاسم وتاريخ الازدياد"),
    ],
)
def test_the_scorecard_has_its_notes_in_the_language(demonstration, lang, words):
    notes = [row["note"] for row in demonstration.as_dict(lang)["scorecard"]]
    assert any(words in note for note in notes)
