"""Invented persons of France: counted by sex and age, the rest plausible, and always the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from himaya.synthetic import demography, france

SIZE = 4000


@pytest.fixture(scope="module")
def rows():
    return france.persons(0, SIZE, 2030).to_pylist()


def test_men_and_women_by_age_are_as_counted(rows):
    counted = demography.population_by_age("france_population_2025.csv")[
        :, france.YOUNGEST : france.OLDEST + 1
    ]
    shares = counted / counted.sum()
    ages = [int((france.COUNTED - np.datetime64(row["birth_date"])).astype(int) / 365.2425) for row in rows]
    for sex, word in enumerate("MF"):
        for group in range(0, 20, 5):
            low = france.YOUNGEST + group
            found = sum(
                row["sex"] == word and low <= age < low + 5 for row, age in zip(rows, ages, strict=True)
            )
            # The day of birth is drawn within a year; a birthday may fall on the other side of a bound.
            assert found == pytest.approx(SIZE * shares[sex, group : group + 5].sum(), abs=6)
    assert all(row["woman"] == (row["sex"] == "F") for row in rows)


def test_careers_are_of_one_life_each(rows):
    for row in rows:
        years, born = row["years"], row["birth_date"].year
        assert years == list(range(years[0], years[-1] + 1))
        assert 16 <= years[0] - born <= 25
        assert years[-1] == min(born + france.LAST_AGE, 2030)
        assert len(row["wages"]) == len(row["assimilated_quarters"]) == len(years)
        assert all(
            pay == 0 or quarters == 0
            for pay, quarters in zip(row["wages"], row["assimilated_quarters"], strict=True)
        )
        assert sum(pay > 0 for pay in row["wages"]) > len(years) / 2


def test_pay_is_about_the_ceiling_of_its_time(rows):
    for year, ceiling in ((1990, 19_976.92), (2026, 48_060), (2030, 48_060)):
        pay = [row["wages"][row["years"].index(year)] for row in rows if year in row["years"]]
        assert 0.3 < np.median([each for each in pay if each]) / ceiling < 0.8


def test_the_same_arguments_give_the_same_persons(rows):
    assert france.persons(0, SIZE, 2030).to_pylist() == rows
    later = france.persons(SIZE, 100, 2030).to_pylist()
    assert later != rows[:100]
    assert all(date(1955, 6, 1) < row["birth_date"] < date(1975, 7, 2) for row in later)
