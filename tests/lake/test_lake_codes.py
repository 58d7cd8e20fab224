"""Every error of the lake is explained in three languages."""

from __future__ import annotations

import re

import pytest

from himaya.codes import catalogue
from himaya.errors import HimayaError
from himaya.lake import errors

RAISED = sorted(
    {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, HimayaError) and kind.__module__ == errors.__name__
    }
)


@pytest.mark.parametrize("code", RAISED)
def test_each_code_is_explained(code):
    entry = catalogue()[code]
    assert entry.kind == "error"
    for texts in (entry.title, entry.why, entry.mend):
        assert set(texts) == {"en", "fr", "ar"}
        assert re.search("[\u0600-\u06ff]", texts["ar"])
        assert len(set(texts.values())) == 3
