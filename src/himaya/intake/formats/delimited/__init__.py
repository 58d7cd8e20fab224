"""Delimited files (CSV and its relatives), each kind described by a contract in ``contract/files/``."""

from himaya.intake.formats.delimited.format import DelimitedFormat
from himaya.intake.formats.delimited.reader import DelimitedReader

__all__ = ["DelimitedFormat", "DelimitedReader"]
