"""What can go wrong in the lake."""

from himaya.errors import HimayaError, UsageError


class LakeError(HimayaError):
    """The lake cannot do what was asked."""

    code = "lake"


class LakeConflictError(LakeError):
    """Another writer changed the same table at the same time."""

    code = "lake-conflict"


class FundLockedError(LakeError):
    """Another command is writing to the fund."""

    code = "fund-locked"


class NotAFundError(UsageError):
    """The folder holds no fund, or settings that cannot be read."""

    code = "not-a-fund"


class SecretError(LakeError):
    """The fund's secret key is missing, unsafe or damaged."""

    code = "secret"
