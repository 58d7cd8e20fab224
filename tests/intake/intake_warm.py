"""Imported once by the fork server of the crash tests: contracts are read and kernels loaded before children fork."""

from __future__ import annotations

import numpy as np
from intake_build import RECEIVED_ON, PlainKeys, extract, month, register

from himaya.contract import table_specs
from himaya.intake.context import ceilings
from himaya.intake.formats import formats
from himaya.intake.formats.base import Context, Delivered
from himaya.intake.kernels import binary_array
from himaya.intake.lines import split
from himaya.lake import KeySpace, bucket_of

table_specs()
law = ceilings("morocco")
for kind, data in (("career-extract", extract(month())), ("insured-register", register(123456785))):
    block = split(np.frombuffer(data, np.uint8), "u1", 1, 0)
    formats()[kind].open(Delivered(kind, data, RECEIVED_ON), Context(PlainKeys(), law)).feed(block)
    binary_array(block.buffer, block.starts, block.lengths.astype(np.int64))
keys = KeySpace(bytes(range(16))).encrypt(1, np.arange(2))
KeySpace(bytes(range(16))).decrypt(keys)
bucket_of(keys, 2)
