"""The nouns of intake: what became of each delivery, and the report of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from himaya.errors import HimayaError
from himaya.language import Language, tell
from himaya.sentence import Sentence

if TYPE_CHECKING:
    from himaya.lake import Publication

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage (``receive``, ``load``, ``commit``), how much is done, how much there is."""

ACCEPTED, PARTIAL, HELD, DUPLICATE, REFUSED = "accepted", "partial", "held", "duplicate", "refused"
"""What can become of a delivery: all lines loaded; some quarantined; kept back as a whole; the same bytes
came before; nothing could be read."""

LOADED = (ACCEPTED, PARTIAL)
KNOWN = (ACCEPTED, PARTIAL, HELD)
"""A delivery whose bytes count: the same bytes again are a duplicate. Refused ones may be sent again."""


class IntakeError(HimayaError):
    """Intake as a whole cannot go on; what was received is kept."""

    code = "intake"


class DiskFullError(IntakeError):
    """No room is left on the disk of the fund."""

    code = "disk-full"


class UnknownDeliveryError(IntakeError):
    """There is no such delivery, or it is not one that can be treated so."""

    code = "unknown-delivery"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of one file or archive member."""

    file: str
    kind: str | None
    status: str
    lines: int = 0
    """Physical lines by a count of bytes that knows nothing of the reading."""
    accepted: int = 0
    quarantined: int = 0
    """Lines kept back. A held, duplicate or refused delivery keeps back all that it does not count
    otherwise."""
    structural: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    """Count by code, warnings included; a code of the delivery as a whole counts once."""
    totals: Mapping[str, tuple[int | None, int]] = field(default_factory=dict)
    totals_agree: bool | None = None
    delivery: int | None = None
    """Its number in the fund; None where no byte could be had."""
    duplicate_of: int | None = None
    message: Sentence | None = None
    """Why it was refused or held, or what it takes the place of."""

    @property
    def lost(self) -> int:
        """Lines without a verdict: 0, or there is an error in Himaya."""
        return self.lines - self.accepted - self.quarantined - self.structural

    def as_dict(self, lang: Language = "en") -> dict[str, Any]:
        """Give the report as one JSON object, its message in a language."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "message": tell(self.message, lang) if self.message else None,
            "codes": dict(self.codes),
            "totals": {name: list(pair) for name, pair in self.totals.items()},
            "lost": self.lost,
        }


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What one call of intake, or of replay, did."""

    deliveries: tuple[DeliveryReport, ...]
    """What was named in this call, in order."""
    resumed: tuple[DeliveryReport, ...]
    """What an interrupted call had received and this one finished."""
    publication: Publication
    """The publication in which the fund now stands."""
    published: bool
    """Whether this call made it; False where nothing new came."""

    @property
    def totals(self) -> dict[str, int]:
        """Sums over all deliveries named in this call: lines, and what became of them."""
        counts = ("lines", "accepted", "quarantined", "structural", "lost")
        return {name: sum(getattr(delivery, name) for delivery in self.deliveries) for name in counts}

    def as_dict(self, lang: Language = "en") -> dict[str, Any]:
        """Give the report as one JSON object, with the sums over all deliveries; messages in a language."""
        return {
            "deliveries": [delivery.as_dict(lang) for delivery in self.deliveries],
            "resumed": [delivery.as_dict(lang) for delivery in self.resumed],
            "totals": self.totals,
            "publication": self.publication.number,
            "published": self.published,
        }
