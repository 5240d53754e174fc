"""manifest.csv, whole and broken."""

from __future__ import annotations

import pytest

from coach.calls.fields import Fields
from coach.calls.manifest import read_manifest
from coach.errors import BadManifest


def test_a_manifest_is_read_and_looked_up(write, tmp_path):
    """Header in any case, a byte order mark, quoted notes over two lines, values with semicolons between."""
    path = write(
        "manifest.csv",
        '\ufeffFile,Agent,Known,Note,Odd\nc-1.txt,maya,"1 High St;07700 900123","two\nlines",?\n.\\sub\\c-2.txt,tom,,,\n',
    )
    manifest = read_manifest(path)
    first = manifest.find(tmp_path / "c-1.txt", "")
    assert (first.agent, first.known, first.note) == ("maya", ("1 High St", "07700 900123"), "two\nlines")
    assert manifest.find(tmp_path / "sub" / "c-2.txt", "").agent == "tom"
    assert [row.line for row in manifest.rows] == [2, 4]
    assert manifest.find(tmp_path / "c-9.txt", "") == Fields()


def test_rows_by_call_id(write, tmp_path):
    """Several calls of one file have a row each; a row without a file speaks of an id, a row without an id of a file."""
    path = write("manifest.csv", "file,call_id,agent\nall.jsonl,a,maya\nall.jsonl,b,tom\n,c,lee\none.txt,,ana\n")
    manifest = read_manifest(path)
    file = tmp_path / "all.jsonl"
    assert [manifest.find(file, call_id).agent for call_id in ("a", "b", "c", "d", "")] == [
        "maya",
        "tom",
        "lee",
        "",
        "maya",
    ]
    assert manifest.find(tmp_path / "other.txt", "a") == Fields()
    assert manifest.find(tmp_path / "c.txt", "").agent == "lee"
    assert manifest.find(tmp_path / "one.txt", "x").agent == "ana"
    assert manifest.find(tmp_path.parent / "one.txt", "").agent == "ana"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "the file is empty"),
        ("agent,team\n", ":1: no column file or call_id"),
        ("file,agent,agent_id\n", ":1: two columns mean agent"),
        ("file,agent\nc,maya,x\n", ":2: 3 cells"),
        ("file,channel\nc,fax\n", ":2: channel 'fax' is not known"),
        ("file,ended_by\nc,x\n", ":2: ended_by"),
        ("file,translated\nc,maybe\n", ":2: translated"),
        ("file,started_at\nc,03/11/2026\n", ":2: started_at"),
        ("file,agent\n,maya\n", ":2: the row names no file"),
        ("file,agent\nc,maya\nd,tom\nc,lee\n", ":4: file 'c' stands on line 2"),
        ("file,call_id\nc,x\nd,x\n", ":3: call_id 'x' stands on line 2"),
        ('file,note\nc,"open\n', ":2: not a table"),
        (f"file,note\nc,{'x' * 20_001}\n", ":2: the note has 20001"),
    ],
)
def test_a_bad_row_names_its_line(write, content, part):
    """The whole manifest is refused, with the line that does not hold."""
    with pytest.raises(BadManifest, match=part):
        read_manifest(write("manifest.csv", content))


def test_a_manifest_that_cannot_be_read(write, tmp_path, monkeypatch):
    """Missing, wrongly encoded and oversized files are BadManifest as well."""
    with pytest.raises(BadManifest, match="cannot be read"):
        read_manifest(tmp_path / "manifest.csv")
    with pytest.raises(BadManifest, match="offset 5"):
        read_manifest(write("manifest.csv", b"file\n\xe9"))
    monkeypatch.setattr("coach.calls.manifest._LARGEST", 3)
    with pytest.raises(BadManifest, match="larger"):
        read_manifest(write("manifest.csv", "file\n"))
