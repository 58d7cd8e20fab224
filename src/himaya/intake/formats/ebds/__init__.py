"""The CNSS electronic wage declaration (Damancom e-BDS), read by the contract ``ebds``."""

from himaya.intake.formats.ebds.format import EbdsFormat
from himaya.intake.formats.ebds.reader import EbdsReader

__all__ = ["EbdsFormat", "EbdsReader"]
