"""Tables in Delta Lake: buckets, idempotent commits, publications, executors. Knows no domain."""

from himaya.lake.errors import FundLockedError, LakeConflictError, LakeError, NotAFundError, SecretError
from himaya.lake.executor import InlineExecutor, WorkerLostError, map_tasks, open_executor
from himaya.lake.keys import KeySpace, bucket_of, load_secret, new_secret
from himaya.lake.lake import Lake, Publication, Snapshot
from himaya.lake.table import FileEntry, Staged, Table, TableSpec
from himaya.lake.workspace import Workspace

__all__ = [
    "FileEntry",
    "FundLockedError",
    "InlineExecutor",
    "KeySpace",
    "Lake",
    "LakeConflictError",
    "LakeError",
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
    "load_secret",
    "map_tasks",
    "new_secret",
    "open_executor",
]
