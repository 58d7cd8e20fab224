"""Tables in Delta Lake: buckets, idempotent commits, publications, executors. Knows no domain."""

from himaya.lake.errors import (
    ClusterError,
    FundLockedError,
    LakeConflictError,
    LakeDamagedError,
    LakeError,
    LakeWriteError,
    NotAFundError,
    SecretError,
    WorkerLostError,
)
from himaya.lake.executor import InlineExecutor, map_tasks, open_executor
from himaya.lake.keys import KeySpace, bucket_of, distinct, load_secret, new_secret
from himaya.lake.lake import Lake, Publication, Snapshot
from himaya.lake.log import FileEntry
from himaya.lake.spec import TableSpec
from himaya.lake.staging import Staged
from himaya.lake.table import Table
from himaya.lake.workspace import Workspace

__all__ = [
    "ClusterError",
    "FileEntry",
    "FundLockedError",
    "InlineExecutor",
    "KeySpace",
    "Lake",
    "LakeConflictError",
    "LakeDamagedError",
    "LakeError",
    "LakeWriteError",
    "NotAFundError",
    "Publication",
    "SecretError",
    "Snapshot",
    "Staged",
    "Table",
    "TableSpec",
    "WorkerLostError",
    "Workspace",
    "bucket_of",
    "distinct",
    "load_secret",
    "map_tasks",
    "new_secret",
    "open_executor",
]
