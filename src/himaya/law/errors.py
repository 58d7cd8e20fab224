"""What can be wrong with a rule, a parameter, an overlay or a question put to the law."""

from __future__ import annotations

from himaya.errors import HimayaError


class LawError(HimayaError):
    """Base of all errors of the rules engine."""

    code = "law"


class UnknownNameError(LawError):
    """A rule, an input, a parameter or a group of parameters is named that does not exist."""

    code = "law-unknown-name"


class CycleError(LawError):
    """Rules depend on one another in a circle."""

    code = "law-cycle"


class UnitError(LawError):
    """Two units meet that cannot be added or compared, or a rule returns another unit than it declares."""

    code = "law-unit"


class RuleError(LawError):
    """A rule cannot be used: no article, no label, a body that branches, a name used twice."""

    code = "law-rule"


class ValidityError(LawError):
    """Dated versions of a rule or of a parameter overlap, or leave a gap."""

    code = "law-validity"


class ParameterError(LawError):
    """A parameter file says something that the engine cannot use."""

    code = "law-parameter"


class NoValueError(LawError):
    """A rule or a parameter was asked for on a date for which the law, as written here, has none."""

    code = "law-no-value"


class InputError(LawError):
    """The inputs given do not fit the inputs declared."""

    code = "law-input"


class OverlayError(LawError):
    """An overlay file changes something that does not exist, or says it badly."""

    code = "law-overlay"


class CalculationError(LawError):
    """A rule failed while it was being evaluated."""

    code = "law-calculation"
