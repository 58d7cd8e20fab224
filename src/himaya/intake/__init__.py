"""Intake: from received bytes to conformed rows, so that nothing is lost on the way.

:func:`receive_and_load` takes files in, :func:`replay` tries quarantined lines again, :func:`quarantined`,
:func:`raw_line` and :func:`status` look into what is kept.
"""

from himaya.intake.model import DeliveryReport, DiskFullError, IntakeError, IntakeReport, UnknownDeliveryError
from himaya.intake.pipeline import receive_and_load, replay
from himaya.intake.reading import deliveries, quarantined, raw_line, status
from himaya.intake.sources import Limits

__all__ = [
    "DeliveryReport",
    "DiskFullError",
    "IntakeError",
    "IntakeReport",
    "Limits",
    "UnknownDeliveryError",
    "deliveries",
    "quarantined",
    "raw_line",
    "receive_and_load",
    "replay",
    "status",
]
