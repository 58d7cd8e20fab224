"""Looking into what intake keeps: original lines, quarantined lines, how deliveries stand."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from himaya.intake import store
from himaya.intake.model import HELD, UnknownDeliveryError
from himaya.intake.raw import raw_index
from himaya.intake.sources import readable
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.lake import Snapshot, Workspace

COUNTS = ("lines", "accepted", "quarantined", "structural")


def raw_line(workspace: Workspace, delivery: int, line: int) -> bytes:
    """Original bytes of a line, without its end.

    Parameters
    ----------
    delivery
        Number of the delivery in the fund.
    line
        Physical line, from 1.

    Raises
    ------
    UnknownDeliveryError
        There is no such delivery.
    RawError
        It has no such line, or its bytes are damaged.
    """
    # A batch's folder begins with the number of its first delivery.
    folders = sorted(workspace.raw.glob("b*-*"))
    at = bisect_right([int(folder.name[1:10]) for folder in folders], delivery) - 1
    if at < 0:
        raise UnknownDeliveryError(
            said("there is no delivery {delivery}", delivery=str(delivery)), where=str(workspace.path)
        )
    return raw_index(folders[at]).line(delivery, line)


def quarantined(snapshot: Snapshot, delivery: int, *, masked: bool = True) -> list[dict[str, Any]]:
    """Lines of a delivery that stand in quarantine: number, byte offset, codes, content.

    Parameters
    ----------
    masked
        Show the shape of the content only: every letter as ``x``, every digit as ``9``.
    """
    only = pc.field("delivery") == delivery
    columns = ["line", "offset", "codes", "raw"]
    kept = snapshot.read("quarantine", columns=columns, filters=only).sort_by("line")
    gone = snapshot.read("replay", columns=["line"], filters=only)["line"].combine_chunks()
    rows: list[dict[str, Any]] = kept.filter(pc.invert(pc.is_in(kept["line"], value_set=gone))).to_pylist()
    for row in rows:
        text = row.pop("raw").decode("utf-8", "backslashreplace")
        row["content"] = readable(_mask(text) if masked else text)
    return rows


def _mask(text: str) -> str:
    return "".join("x" if c.isalpha() else "9" if c.isdigit() else c for c in text)


def deliveries(snapshot: Snapshot) -> pa.Table:
    """Give the delivery table as it stands: one row a delivery, with what replays changed."""
    return store.latest(snapshot.read("delivery"))


def status(snapshot: Snapshot) -> dict[str, Any]:
    """How deliveries stand: counts by kind and status, those held, and the sums.

    Returns
    -------
    ``{"deliveries": [{kind, status, deliveries, lines, …}], "held": [{delivery, file, codes}], "totals":
    {…}}``
    """
    table = deliveries(snapshot)
    groups = table.group_by(["kind", "status"]).aggregate(
        [("delivery", "count"), *((name, "sum") for name in COUNTS)]
    )
    rows = [
        {
            "kind": row["kind"],
            "status": row["status"],
            "deliveries": row["delivery_count"],
            **{name: row[f"{name}_sum"] for name in COUNTS},
        }
        for row in groups.sort_by([("kind", "ascending"), ("status", "ascending")]).to_pylist()
    ]
    held = table.filter(pc.equal(table["status"], HELD)).select(["delivery", "file", "codes"]).to_pylist()
    totals = {name: sum(row[name] for row in rows) for name in ("deliveries", *COUNTS)}
    return {"deliveries": rows, "held": held, "totals": totals}
