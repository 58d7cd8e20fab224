"""What can go wrong in the lake; ``codes.yaml`` explains each code."""

from himaya.errors import HimayaError, UsageError


class LakeError(HimayaError):
    """The lake cannot do what was asked."""

    code = "lake"


class LakeConflictError(LakeError):
    """Another writer changed the same table at the same time."""

    code = "lake-conflict"


class LakeWriteError(LakeError):
    """Storage refused a write: disk full, no permission, folder gone."""

    code = "lake-write"


class LakeDamagedError(LakeError):
    """A file that the table names is missing or cannot be read."""

    code = "lake-damaged"


class FundLockedError(LakeError):
    """Another command is writing to the fund."""

    code = "fund-locked"


class NotAFundError(UsageError):
    """The folder holds no fund, or settings that cannot be read."""

    code = "not-a-fund"


class SecretError(LakeError):
    """The fund's secret key is missing, unsafe or damaged."""

    code = "secret"


class WorkerLostError(LakeError):
    """A worker process ended before its task did."""

    code = "worker-lost"


class ClusterError(UsageError):
    """The cluster cannot be used: Dask is not installed, or its scheduler does not answer."""

    code = "cluster"
