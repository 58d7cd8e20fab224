"""Where deliveries come from: folders, globs, archives, and what an archive may not do."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile

import pytest
from intake_build import extract, month

from himaya import intake
from himaya.intake import raw, receive
from himaya.intake.sources import FundFolderError, Limits, discover, is_archive, members, own_name
from himaya.lake.workspace import OWN


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def unpacked(path, limits=None):
    """Label to content, or to the code of what is wrong."""
    found = {}
    for source in discover([path]):
        for member in members(source, limits or Limits()):
            try:
                found[member.label] = (
                    member.problem[0] if member.stream is None else member.stream.read(1 << 20)
                )
            except Exception as error:  # noqa: BLE001 - what reading raises is what is asked for
                found[member.label] = getattr(error, "code", type(error).__name__)
    return found


def test_folders_are_walked_in_order_and_each_file_is_taken_once(tmp_path):
    for name in ("b.csv", "a/x.csv", "a/b/y.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = discover([tmp_path, tmp_path / "b.csv", str(tmp_path / "*.csv")])
    assert [source.label for source in found] == ["a/b/y.csv", "a/x.csv", "b.csv"]


def test_a_pattern_that_fits_nothing_is_a_problem(tmp_path):
    assert discover([str(tmp_path / "*.txt")])[0].problem[0] == "missing-file"


def test_gz_and_zip_and_archives_inside_archives(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"A"))
    (tmp_path / "z.zip").write_bytes(
        zipped({"d/b.csv": b"B", "c.csv.gz": gzip.compress(b"C"), "in.zip": zipped({"e.csv": b"E"})})
    )
    assert unpacked(tmp_path) == {
        "a.csv.gz": b"A", "z.zip!d/b.csv": b"B", "z.zip!c.csv.gz": b"C", "z.zip!in.zip!e.csv": b"E",
    }  # fmt: skip
    assert [own_name(label) for label in unpacked(tmp_path)] == ["a.csv", "b.csv", "c.csv", "e.csv"]
    assert is_archive("X.ZIP")


@pytest.mark.parametrize("name", ["../up.csv", "/root.csv", "a/../../b.csv", "C:\\x.csv", "..\\up.csv"])
def test_names_that_lead_out_of_an_archive(tmp_path, name):
    (tmp_path / "z.zip").write_bytes(zipped({name: b"x", "good.csv": b"y"}))
    assert list(unpacked(tmp_path).values()) == ["archive-path", b"y"]


class TestLimits:
    def test_ratio_of_a_zip_member(self, tmp_path):
        (tmp_path / "z.zip").write_bytes(zipped({"bomb.csv": bytes(1 << 20), "good.csv": b"x"}))
        assert unpacked(tmp_path, Limits(ratio=50, ratio_from=1000)) == {
            "z.zip!bomb.csv": "archive-limit",
            "z.zip!good.csv": b"x",
        }

    def test_ratio_of_a_gz(self, tmp_path):
        (tmp_path / "b.gz").write_bytes(gzip.compress(bytes(1 << 20)))
        assert unpacked(tmp_path, Limits(ratio=50, ratio_from=1000)) == {"b.gz": "archive-limit"}

    def test_a_directory_that_lies_about_sizes_gains_nothing(self, tmp_path):
        data = bytearray(zipped({"bomb.csv": bytes(1 << 20)}))
        at = data.index(b"PK\1\2")
        data[at + 24 : at + 28] = (100).to_bytes(4, "little")
        (tmp_path / "z.zip").write_bytes(data)
        content = unpacked(tmp_path, Limits(ratio=50, ratio_from=1000))["z.zip!bomb.csv"]
        assert isinstance(content, str) or len(content) <= 100

    def test_total_size(self, tmp_path):
        (tmp_path / "z.zip").write_bytes(zipped({"a": b"x" * 60, "b": b"y" * 60}))
        assert unpacked(tmp_path, Limits(total_bytes=100)) == {
            "z.zip!a": b"x" * 60,
            "z.zip!b": "archive-limit",
        }

    def test_members(self, tmp_path):
        (tmp_path / "z.zip").write_bytes(zipped({str(i): b"" for i in range(4)}))
        assert unpacked(tmp_path, Limits(members=3)) == {"z.zip": "archive-limit"}

    def test_depth(self, tmp_path):
        data = b"x"
        for level in range(4):
            data = zipped({f"{level}.zip" if level else "x.csv": data})
        (tmp_path / "z.zip").write_bytes(data)
        assert list(unpacked(tmp_path, Limits(depth=3)).values()) == ["archive-limit"]


def kept(fund, delivery: int) -> bytes:
    """What the fund kept of a delivery."""
    (folder,) = fund.workspace.raw.iterdir()
    index = raw.raw_index(folder)
    return index.read(index.place(delivery))


class TestDamage:
    def test_a_truncated_gz(self, fund):
        data = gzip.compress(extract(month()))[:-9]
        done = fund.take({"a.csv.gz": data, "b.csv": extract(month())})
        assert (done["a.csv.gz"].codes, done["b.csv"].status) == ({"archive-broken": 1}, "accepted")
        assert (done["a.csv.gz"].status, done["a.csv.gz"].delivery, done["a.csv.gz"].lines) == (
            "refused",
            1,
            0,
        )
        assert kept(fund, 1) == data
        row = fund.rows("delivery")[0]
        assert (row["bytes"], row["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())

    def test_a_zip_that_is_none(self, fund):
        report = fund.take({"a.zip": b"PK\3\4nothing"})["a.zip"]
        assert (report.codes, report.delivery) == ({"archive-broken": 1}, 1)
        assert kept(fund, 1) == b"PK\3\4nothing"

    def test_a_member_whose_checksum_fails(self, fund):
        data = bytearray(zipped({"a.csv": extract(month()), "b.csv": extract(month(days=1))}))
        at = data.index(b"PK\1\2")
        data[at + 16] ^= 1
        done = fund.take({"z.zip": bytes(data)})
        assert (done["z.zip!a.csv"].codes, done["z.zip!b.csv"].status) == ({"archive-broken": 1}, "accepted")
        assert (kept(fund, 1), kept(fund, 2)) == (bytes(data), extract(month(days=1)))

    def test_a_locked_member(self, tmp_path):
        data = bytearray(zipped({"a.csv": b"x"}))
        data[data.index(b"PK\1\2") + 8] |= 1
        (tmp_path / "z.zip").write_bytes(data)
        assert unpacked(tmp_path) == {"z.zip!a.csv": "archive-encrypted"}

    def test_a_large_broken_member_leaves_nothing_behind(self, fund, monkeypatch):
        monkeypatch.setattr(receive, "SMALL_BYTES", 100)
        monkeypatch.setattr(raw, "FRAME_BYTES", 200)
        big = extract(*[month(days=i % 27) for i in range(5000)])
        done = fund.take({"a.csv.gz": gzip.compress(big, mtime=0)[:-9], "b.csv": big})
        assert (done["a.csv.gz"].status, done["b.csv"].accepted) == ("refused", 5000)
        assert kept(fund, 1) == gzip.compress(big, mtime=0)[:-9]
        assert kept(fund, 2) == big


@pytest.mark.parametrize("data", [b"x" * 5000, b"a;b\n" * 500 + b"y" * 5000 + b"\nz\n"])
def test_a_line_without_end_is_kept_and_refused(fund, monkeypatch, data):
    monkeypatch.setattr(receive, "SMALL_BYTES", 100)
    monkeypatch.setattr(raw, "FRAME_BYTES", 200)
    monkeypatch.setattr(raw, "MAX_LINE_BYTES", 1000)
    report = fund.take({"a.csv": data})["a.csv"]
    assert (report.status, report.codes, report.delivery) == ("refused", {"line-too-long": 1}, 1)
    assert report.lines == report.quarantined == len(data.splitlines())
    assert kept(fund, 1) == data
    assert intake.raw_line(fund.workspace, 1, report.lines) == data.splitlines()[-1]


class TestTheFundItself:
    """A fund never receives its own tables, bytes or secret."""

    @pytest.mark.parametrize("named", [".", "lake", "secrets/person.key", "himaya.toml", "raw/../vault"])
    def test_what_is_the_funds_own_cannot_be_named(self, fund, named):
        with pytest.raises(FundFolderError, match="belongs to the fund itself"):
            discover([fund.workspace.path / named])

    def test_in_a_folder_above_it_is_left_out_and_said(self, fund):
        fund.write("a.csv", extract(month()))
        report = intake.receive_and_load(fund.workspace, fund.lake, [fund.incoming.parent])
        assert {(d.file, d.status, *d.codes) for d in report.deliveries} == {
            ("incoming/a.csv", "accepted"), ("fund", "refused", "fund-folder"),
        }  # fmt: skip

    def test_a_glob_leaves_it_out_too(self, fund):
        fund.write("a.csv", extract(month()))
        found = discover([str(fund.incoming.parent / "**" / "*")])
        assert {(s.path.name, (s.problem or ("",))[0]) for s in found} == {
            ("a.csv", ""),
            ("fund", "fund-folder"),
        }

    def test_a_folder_of_ones_own_inside_the_fund_may_be_taken_in(self, fund):
        inside = fund.workspace.path / "received"
        inside.mkdir()
        (inside / "a.csv").write_bytes(extract(month()))
        assert [source.label for source in discover([inside])] == ["a.csv"]

    def test_whatever_a_fund_keeps_is_known_as_its_own(self, demonstration):
        kept = {path.name for path in (demonstration.folder / "fund").iterdir()}
        assert kept <= set(OWN)
