"""A fund of three persons, from files written by hand: most buckets are empty, everything still works."""

import html
from datetime import date

import pytest

import himaya

REGISTER = (
    "NUM_ASSURE;CIN;NOM;PRENOM;NOM_AR;PRENOM_AR;DATE_NAISSANCE;SEXE;DATE_IMMATRICULATION\n"
    "100000011;BE123456;ALAMI;FATIMA;العلمي;فاطمة;15/03/1960;F;01/01/1995\n"
    "100000022;BE123457;TAZI;OMAR;التازي;عمر;15/03/1960;M;01/01/1995\n"
    "100000033;BE123458;IDRISSI;SARA;الإدريسي;سارة;15/03/1990;F;01/01/2015\n"
)


@pytest.fixture
def small(tmp_path):
    fund = himaya.create(tmp_path / "fund", workers=1)
    register = tmp_path / "assures.csv"
    register.write_text(REGISTER, encoding="utf-8-sig")
    months = [f"{year}{month:02d}" for year in range(2008, 2021) for month in range(1, 13)]
    lines = [f"{person};1234560;{month};26;5000.00" for person in (100000011, 100000022) for month in months]
    lines += [f"100000033;1234560;{month};13;3000.00" for month in ("202607", "202608", "202609")]
    extract = tmp_path / "carrieres.csv"
    extract.write_text("NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n" + "\n".join(lines) + "\n")
    pensions = tmp_path / "pensions.csv"
    pensions.write_bytes(
        b"NUM_ASSURE;BRANCHE;DATE_EFFET;MONTANT_MENSUEL;MOIS_PAYE\n100000022;VIEILLESSE;01/01/2021;2650,00;09/2026\n"
    )
    report = fund.intake([register, extract, pensions], received_on=date(2026, 10, 5))
    assert [(each.status, each.lost) for each in report.deliveries] == [("accepted", 0)] * 3, report.as_dict()
    return fund


def test_the_chain_on_three_persons(small):
    result = small.run()
    assert result.manifest.law_date == "2026-10-01"
    rows = small.list("take-up").rows()
    assert [(row["person"], row["monthly_amount"]) for row in rows] == [("100000011", 265_000)]
    assert len(small.list("unsupported")) == len(small.list("differences")) == 0
    told = small.explain("100000011")
    assert told.monthly_amount == 265_000
    assert len(told.career) == 156
    assert small.explain("100000033").reason == "age-not-reached"
    assert small.report(lang="fr").exists()


def test_a_run_says_what_was_not_received(small, tmp_path):
    """On 5 October nothing is missing; in a fund that received the register and a month of declarations, all is."""
    assert small.run().warnings == ()
    fund = himaya.create(tmp_path / "new", workers=1)
    september = tmp_path / "carrieres-9.csv"
    september.write_text("NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n100000011;1234560;202609;26;5000.00\n")
    fund.intake([september], received_on=date(2026, 10, 5))
    assert fund.run().warnings == fund.run().warnings == ("no-pension-file", "no-register")
    assert fund.list("take-up").warnings == ("no-pension-file", "no-register")
    assert fund.status()["warnings"] == ["no-pension-file", "no-register"]
    page = fund.report(lang="fr").read_text(encoding="utf-8")
    assert "Aucun fichier de pensions en paiement n'est connu" in html.unescape(page).replace("\u2019", "'")


def test_a_correction_supersedes_and_both_are_kept(small, tmp_path):
    """The extract of November says that the person still worked in September 2026: no longer to be taken up."""
    small.run()
    later = tmp_path / "carrieres-2.csv"
    later.write_text("NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n100000011;1234560;202609;26;5000.00\n")
    small.intake([later], received_on=date(2026, 11, 5))
    small.run(law_date=date(2026, 10, 1))
    assert len(small.list("take-up")) == 0
    small.run(law_date=date(2026, 10, 1), known_date=date(2026, 10, 31))
    assert len(small.list("take-up")) == 1


def test_a_run_does_not_publish_what_an_interrupted_intake_left(small, tmp_path, monkeypatch):
    """The career rows were committed, the delivery table was not: readers go on seeing what was whole."""
    from himaya.intake import pipeline, store

    small.run()
    later = tmp_path / "carrieres-3.csv"
    later.write_text("NUM_ASSURE;NUM_AFFILIE;MOIS;JOURS;SALAIRE\n100000011;1234560;202609;26;5000.00\n")
    before = small.snapshot().count("declared_period")
    committed = store.commit

    def interrupted(lake, staged, *rest):
        files = [(table, file) for table, file in staged if table == "declared_period"]
        for table, file in files:
            lake.table(table).append([file], transaction="half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.store, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        small.intake([later], received_on=date(2026, 10, 6))
    monkeypatch.setattr(pipeline.store, "commit", committed)
    assert small.status()["unfinished"]
    assert small.lake.table("declared_period").count() == before + 1
    small.run(law_date=date(2026, 9, 1))
    assert small.snapshot().count("declared_period") == before
