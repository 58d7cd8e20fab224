"""The law over a population: entitlements, lists, and explanations bound to the declared lines."""

from himaya.rights.explain import Explainer, Explanation, PersonNotFoundError, explain, person_key
from himaya.rights.known import latest
from himaya.rights.model import CURRENCIES, DERIVED, LISTS, Manifest, RunError, RunResult, Settings
from himaya.rights.reading import PersonRows
from himaya.rights.run import default_known_date, default_law_date, run

__all__ = [
    "CURRENCIES",
    "DERIVED",
    "LISTS",
    "Explainer",
    "Explanation",
    "Manifest",
    "PersonNotFoundError",
    "PersonRows",
    "RunError",
    "RunResult",
    "Settings",
    "default_known_date",
    "default_law_date",
    "explain",
    "latest",
    "person_key",
    "run",
]
