"""The persons of one bucket as the law sees them: registers, deaths, pensions and careers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.lake import distinct
from himaya.law import Ragged
from himaya.months import first_day, months_of_days
from himaya.rights.known import latest
from himaya.rights.model import CEASED_AFTER_MONTHS, OF_AGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.career import Monthly


@dataclass(frozen=True, eq=False)
class People:
    """The persons of one bucket: all who are registered, declared or paid. ``n`` persons, ascending keys.

    Attributes
    ----------
    person_key
        int64 (n,).
    registered
        bool (n,): the register of insured persons names them. The law is applied to these alone.
    birth_date
        int32 (n,), days since 1970; 0 where not registered.
    sex
        Strings (n,), null where not registered.
    death_date
        int32 (n,), days since 1970; masked for the living.
    paid_amount
        int64 (n,), centimes a month; masked where no old-age pension is in payment.
    paid_again
        int64 (n,), centimes a month that further lines of the same pension file pay to the same person.
    effect_date
        int32 (n,), start of the pension in payment; masked likewise.
    months, days, wages
        Ragged: what was declared, by month; days at most 26, wages uncapped, in centimes.
    extracted
        bool (n,): a career extract names them.
    paid_month
        Month that the pensions in payment are of.
    """

    person_key: NDArray[np.int64]
    registered: NDArray[np.bool_]
    birth_date: NDArray[np.int32]
    sex: pa.Array
    death_date: np.ma.MaskedArray[Any, Any]
    paid_amount: np.ma.MaskedArray[Any, Any]
    paid_again: NDArray[np.int64]
    effect_date: np.ma.MaskedArray[Any, Any]
    months: Ragged
    days: Ragged
    wages: Ragged
    extracted: NDArray[np.bool_]
    paid_month: date | None

    def __len__(self) -> int:
        """Give the number of persons."""
        return int(self.person_key.size)

    @classmethod
    def gather(
        cls,
        *,
        register: pa.Table,
        deaths: pa.Table,
        pensions: pa.Table,
        monthly: Monthly,
        extracted: NDArray[np.int64],
        known_on: date,
        paid_month: date | None,
    ) -> People:
        """Put together what was known on a day.

        Parameters
        ----------
        register, deaths, pensions
            Rows of ``insured_person``, ``death`` and ``pension_in_payment`` of the bucket.
        monthly
            The careers, by month, of the same bucket and day of knowledge.
        extracted
            Keys of the persons whom a career extract names.
        known_on
            Day of knowledge.
        paid_month
            Month of the pension file that counts: the last one known. A pension that it no longer lists is not
            in payment. None where no pension file is known.
        """
        register, deaths = latest(register, known_on), latest(deaths, known_on)
        pensions = pensions.filter(
            pc.and_(
                pc.equal(pensions["paid_month"], pa.scalar(paid_month, pa.date32())),
                pc.equal(pensions["branch"], "old_age"),
            )
        )
        every, pensions = pensions, latest(pensions, known_on)
        keys = distinct(
            np.concatenate(
                [_array(register, "person_key"), _array(pensions, "person_key"), monthly.person_keys]
            )
        )
        birth, sex = _spread(keys, register, "birth_date"), _text(keys, register, "sex")
        lengths = np.zeros(keys.size, np.int64)
        lengths[np.searchsorted(keys, monthly.person_keys)] = np.diff(monthly.offsets)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        return cls(
            person_key=keys,
            registered=~np.ma.getmaskarray(birth),
            birth_date=birth.filled(0).astype(np.int32),
            sex=sex,
            death_date=_spread(keys, deaths, "death_date"),
            paid_amount=_spread(keys, pensions, "monthly_amount"),
            paid_again=_paid_again(keys, every, pensions),
            effect_date=_spread(keys, pensions, "effect_date"),
            months=Ragged(monthly.month, offsets),
            days=Ragged(monthly.days, offsets),
            wages=Ragged(monthly.wage, offsets),
            extracted=np.isin(keys, extracted),
            paid_month=paid_month,
        )

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Persons of whom no death is known."""
        return np.ma.getmaskarray(self.death_date)

    @property
    def paid(self) -> NDArray[np.bool_]:
        """Persons with an old-age pension in payment."""
        return ~np.ma.getmaskarray(self.paid_amount)

    def earlier_career_unknown(self, first: int | None) -> NDArray[np.bool_]:
        """Persons who may have worked before the first month that the fund knows, with no extract that says so.

        Parameters
        ----------
        first
            First month of which declarations were received; None where there are none.
        """
        if first is None:
            return np.ones(len(self), np.bool_)
        begins = first_day(first)
        latest_birth = np.datetime64(begins.replace(year=begins.year - OF_AGE), "D").astype(np.int32)
        return ~self.extracted & (self.birth_date <= latest_birth)

    def inputs(self, observed: int | None) -> dict[str, Any]:
        """The inputs of the law, one a person.

        Parameters
        ----------
        observed
            Last month of which declarations were received; None where there are none.
        """
        awarded = np.ma.MaskedArray(
            months_of_days(self.effect_date.filled(0).astype(np.int32)), mask=~self.paid
        )
        return {
            "birth_date": self.birth_date,
            "months": self.months,
            "days": self.days,
            "wages": self.wages,
            "work_ceased": self.paid | self._silent(observed),
            "awarded_from": awarded,
        }

    def _silent(self, observed: int | None) -> NDArray[np.bool_]:
        """Persons without a declaration in the last observed months."""
        ends = self.months.offsets[1:]
        declared = np.diff(self.months.offsets) > 0
        last = np.zeros(len(self), np.int64)
        last[declared] = self.months.values[ends[declared] - 1]
        return last <= (observed or 0) - CEASED_AFTER_MONTHS


def _array(table: pa.Table, name: str) -> NDArray[Any]:
    column = table[name].combine_chunks()
    if pa.types.is_date32(column.type):
        column = column.view(pa.int32())
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return values


def _positions(keys: NDArray[np.int64], table: pa.Table) -> NDArray[np.intp]:
    return np.searchsorted(keys, _array(table, "person_key"))


def _spread(keys: NDArray[np.int64], table: pa.Table, name: str) -> np.ma.MaskedArray[Any, Any]:
    """A column of a table with one row a person, at the positions of all persons; masked where there is none."""
    at, values = _positions(keys, table), _array(table, name)
    missing = np.ones(keys.size, np.bool_)
    missing[at] = False
    spread = np.zeros(keys.size, values.dtype if values.size else np.int64)
    spread[at] = values
    return np.ma.MaskedArray(spread, mask=missing)


def _paid_again(keys: NDArray[np.int64], every: pa.Table, standing: pa.Table) -> NDArray[np.int64]:
    """What each person is paid by other lines of the delivery whose line stands; a correction is not a second one."""
    delivery, line = (_spread(keys, standing, name).filled(-1) for name in ("delivery", "line"))
    at = _positions(keys, every)
    again = (_array(every, "delivery") == delivery[at]) & (_array(every, "line") != line[at])
    extra = np.zeros(keys.size, np.int64)
    np.add.at(extra, at[again], _array(every, "monthly_amount")[again])
    return extra


def _text(keys: NDArray[np.int64], table: pa.Table, name: str) -> pa.Array:
    where = np.full(keys.size, -1, np.int64)
    where[_positions(keys, table)] = np.arange(table.num_rows)
    return table[name].combine_chunks().take(pa.array(where, mask=where < 0))
