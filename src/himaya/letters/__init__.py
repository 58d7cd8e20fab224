"""Letters to insured persons: right, amount, computation, texts of law, evidence, what is missing, how to contest."""

from himaya.letters.compose import compose
from himaya.letters.model import KINDS, Case, Letter, LettersUnavailableError, NoLetterError, Sender
from himaya.letters.run import Batch, Written, write_letter, write_letters
from himaya.letters.settings import LetterSettingsError, sender
from himaya.letters.store import Desk, list_of

__all__ = [
    "KINDS",
    "Batch",
    "Case",
    "Desk",
    "Letter",
    "LetterSettingsError",
    "LettersUnavailableError",
    "NoLetterError",
    "Sender",
    "Written",
    "compose",
    "list_of",
    "sender",
    "write_letter",
    "write_letters",
]
