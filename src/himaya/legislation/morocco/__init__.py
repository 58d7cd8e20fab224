"""Morocco: the general scheme of the CNSS.

``system`` is the law as :func:`himaya.law.evaluate` takes it. Sources are pages of cnss.ma and Cleiss and the
press, not the Bulletin officiel; what they leave open is marked ``verified: false``.
"""

from himaya.law import System
from himaya.legislation.morocco import contributions, inputs, old_age
from himaya.legislation.morocco.written import person_of

system = System("morocco", modules=(inputs, contributions, old_age), inputs=inputs.INPUTS)

BRANCHES = {"old_age": "monthly_amount"}
"""Branches that pay by the month, and the amount of each."""

__all__ = ["BRANCHES", "person_of", "system"]
