"""French, Arabic and English: what is said, and how numbers, money and dates are written.

Texts live in ``texts/*.yaml`` (:mod:`himaya.language.catalogue`); labels that data carry are :class:`Text`; sentences
of errors and deliveries are told by :func:`tell` (:mod:`himaya.language.sentences`).
"""

from himaya.language.catalogue import Text, TextError, has_text, text, texts
from himaya.language.choice import LANGUAGES, Language, choose, direction
from himaya.language.format import (
    currency_name,
    day,
    listing,
    moment,
    money,
    month,
    number,
    percent,
    seconds,
    short_month,
)
from himaya.language.isolate import (
    NO_BREAK_SPACE,
    first_strong,
    left_to_right,
    numbers_isolated,
    plain,
    typeset,
)
from himaya.language.sentences import tell, tell_error
from himaya.language.terminal import for_terminal

__all__ = [
    "LANGUAGES",
    "NO_BREAK_SPACE",
    "Language",
    "Text",
    "TextError",
    "choose",
    "currency_name",
    "day",
    "direction",
    "first_strong",
    "for_terminal",
    "has_text",
    "left_to_right",
    "listing",
    "moment",
    "money",
    "month",
    "number",
    "numbers_isolated",
    "percent",
    "plain",
    "seconds",
    "short_month",
    "tell",
    "tell_error",
    "text",
    "texts",
    "typeset",
]
