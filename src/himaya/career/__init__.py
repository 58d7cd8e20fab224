"""A person's declared periods as ragged arrays: what stands, what it adds up to, what contradicts itself."""

from himaya.career.columns import (
    ELEMENT_COLUMNS,
    EXTRACT,
    KNOWN_COLUMNS,
    MONTHLY_COLUMNS,
    RECORDS,
    CareerInvalid,
    CareerUnsorted,
    CeilingUnknown,
    PersonUnknown,
)
from himaya.career.contradictions import KINDS, find_contradictions
from himaya.career.model import Careers, Monthly
from himaya.career.registrations import REGISTRATION_KINDS, find_registrations
from himaya.career.resolution import resolve, withdrawals
from himaya.career.store import Derived, derive, persons_only, read_careers, read_monthly, read_person

__all__ = [
    "ELEMENT_COLUMNS",
    "EXTRACT",
    "KINDS",
    "KNOWN_COLUMNS",
    "MONTHLY_COLUMNS",
    "RECORDS",
    "REGISTRATION_KINDS",
    "CareerInvalid",
    "CareerUnsorted",
    "Careers",
    "CeilingUnknown",
    "Derived",
    "Monthly",
    "PersonUnknown",
    "derive",
    "find_contradictions",
    "find_registrations",
    "persons_only",
    "read_careers",
    "read_monthly",
    "read_person",
    "resolve",
    "withdrawals",
]
