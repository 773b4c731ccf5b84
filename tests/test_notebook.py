"""A submission's file becomes a Source or one sentence for the student, whatever its bytes are."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Unreadable
from grader.result import Note
from grader.submission.notebook import Source, read_path, read_source, topic_named
from support.fuzzing import FUZZ
from support.notebooks import code as code_cell
from support.notebooks import notebook as json_of
from support.repository import ROOT


def ipynb(*cells: Any, **more: Any) -> bytes:
    return json_of(cells=cells, **more).encode()  # whatever they are


def codes(source: Source) -> list[str]:
    return [cell.code for cell in source.cells]


def test_a_notebook_is_its_code_cells_in_order() -> None:
    data = ipynb(
        {"cell_type": "markdown", "metadata": {}, "source": "# Adam"},
        code_cell(
            ["import numpy as np\n", "x = 1"], outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}]
        ),
        {"cell_type": "heading", "source": "old"},
        code_cell(""),
        code_cell("%matplotlib inline\n!pip install x\ny = 2"),
        metadata={"grader": {"topic": "adam"}},
    )
    source = read_source(data, "home/ada/Adam.IPYNB")
    assert (source.file, source.topic, source.sha256) == ("Adam.IPYNB", "adam", hashlib.sha256(data).hexdigest())
    assert [(cell.number, cell.original) for cell in source.cells] == [
        (1, "import numpy as np\nx = 1"),
        (2, ""),
        (3, "%matplotlib inline\n!pip install x\ny = 2"),
    ]
    assert source.cells[2].code == "pass  # %matplotlib inline\npass  # !pip install x\ny = 2"
    said = "`%matplotlib inline` is a magic: it was left out; `!pip install x` is a shell line: it was left out"
    assert source.notes == (Note(said, 3),)


@pytest.mark.parametrize(
    "metadata", [None, 3, {}, {"grader": "adam"}, {"grader": {"topic": 3}}, {"grader": {"topic": "a" * 101}}]
)
def test_a_topic_that_is_not_a_short_text_is_none(metadata: Any) -> None:
    assert read_source(ipynb(code_cell("x = 1"), metadata=metadata), "a.ipynb").topic is None


def test_format_3_is_read_as_nbformat_converts_it() -> None:
    v3: Any = nbformat.v3
    convert: Any = nbformat.convert
    cells = [
        v3.new_text_cell("markdown", source="# Title"),
        v3.new_code_cell(input="x = 1\nx"),
        v3.new_heading_cell("h"),
    ]
    sheets = [v3.new_worksheet(cells=cells), v3.new_worksheet(cells=[v3.new_code_cell(input="!ls")])]
    old = v3.new_notebook(worksheets=sheets, metadata=v3.new_metadata(name="old"))
    data = v3.writes_json(old).encode()
    expected = [cell.source for cell in convert(old, 4).cells if cell.cell_type == "code"]
    assert [cell.original for cell in read_source(data, "a.ipynb").cells] == expected == ["x = 1\nx", "!ls"]


def test_the_topic_of_a_notebook_is_told_without_reading_its_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submission.magics.strip", lambda code: pytest.fail("no cell is made for it"))
    path, named = tmp_path / "Untitled.ipynb", {"metadata": {"grader": {"topic": "adam"}}}
    path.write_bytes(ipynb(code_cell("!ls"), **named))
    assert topic_named(path) == "adam"
    path.write_bytes(ipynb(code_cell("# mine"), **named))
    with pytest.raises(Unreadable, match="has no code"):
        topic_named(path)


@pytest.mark.parametrize(
    ("data", "file", "sentence"),
    [
        (b"", "a.ipynb", "The file is empty"),
        (b" \n", "a.py", "The file is empty"),
        (b"x = 1", "a.ipynb", "is not JSON (line 1, column 1)"),
        (b"<!DOCTYPE html><html>", "a.ipynb", "is a web page"),
        (ipynb(code_cell("x = 1"))[:-30], "a.ipynb", "is cut off in line 1"),
        (ipynb(code_cell("x = 1"))[:-2], "a.ipynb", "is cut off in line 1"),
        (b"[]", "a.ipynb", "JSON but not a notebook"),
        (b'{"cells": 3}', "a.ipynb", "JSON but not a notebook"),
        (b'{"worksheets": null}', "a.ipynb", "JSON but not a notebook"),
        (ipynb(), "a.ipynb", "has no code"),
        (ipynb(code_cell("# mine\n\n"), code_cell(" ")), "a.ipynb", "has no code"),
        (b"# -*- coding: utf-8 -*-\n", "a.py", "has no code"),
        (b'"""All\nabout me"""\n', "a.py", "has no code"),
        (b"[" * 100_000, "a.ipynb", "nested too deep"),
        (b'{"a":' * 100_000, "a.ipynb", "nested too deep"),
        (b'{"cells": [], "a": ' + b"1" * 10_000_000 + b"}", "a.ipynb", "too many digits"),
        (b'{"cells": [' + b"[]," * 2_000_000 + b"[]]}", "a.ipynb", "too much data"),
        (b'{"cells": [' + b"1," * 4_000_001 + b"1]}", "a.ipynb", "too much data"),
        (ipynb(*[code_cell("x")] * 2_001), "a.ipynb", "has 2001 code cells"),
        (b"# %%\nx\n" * 2_001, "a.py", "has 2001 code cells"),
        (b"x=1\n" * 250_001, "a.py", "characters of code"),
        (b"PK\x03\x04\x00\x00", "a.py", "is a zip archive"),
        (b"%PDF-1.7", "a.ipynb", "is a PDF"),
        (b"\x89PNG\r\n", "a.ipynb", "is a picture"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a.ipynb", "git lfs pull"),
        (b'{\n "cells": [\n<<<<<<< HEAD\n  {},\n=======\n>>>>>>> b\n]}', "a.ipynb", "holds a merge conflict"),
        (b'{\n "cells": [\n<<<<<<< HEAD\n  {}\n]}', "a.ipynb", "holds a merge conflict"),
        (b"\x00\x01\x02 = 1", "a.py", "is not text"),
        (b"some text", "a.docx", "none of the forms that are read, notebooks (.ipynb), Python (.py"),
        (
            ipynb(code_cell("library(x)"), metadata={"kernelspec": {"language": "R"}}),
            "a.ipynb",
            "is for R, not for Python",
        ),
        (b"```{r}\nlibrary(x)\n```\n", "a.qmd", "are r, not Python"),
        (b" " * (64 * 2**20 + 1), "a.ipynb", "larger than 64 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_with_one_sentence(data: bytes, file: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_source(data, file)
    message = str(caught.value)
    assert sentence in message
    assert "hand" in message  # what to do
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.sha256 == hashlib.sha256(data).hexdigest()


def test_outputs_of_a_notebook_take_no_memory_after_reading() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    data = ipynb(code_cell("x = 1", outputs=[output]))
    tracemalloc.start()
    source = read_source(data, "a.ipynb")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes(source) == ["x = 1"]
    assert kept < 1_000_000


@pytest.mark.parametrize("odd", [None, 3, {"a": 1}, ["x", 3]])
def test_a_source_that_is_not_text_keeps_its_number_and_is_noted(odd: Any) -> None:
    source = read_source(ipynb(code_cell(odd), code_cell("x = 1"), "no cell", None), "a.ipynb")
    assert codes(source) == ["", "x = 1"]
    assert source.notes == (Note("The source of this cell is not text: it was left out.", 1),)


def test_lone_surrogates_and_null_bytes_are_replaced_and_noted() -> None:
    data = ipynb(code_cell("s = '\ud800'"), code_cell("t = '\0'"), metadata={"grader": {"topic": "a\ud800"}})
    source = read_source(data, os.fsdecode(b"\xff.ipynb"))
    assert codes(source) == ["s = '�'", "t = '�'"]
    assert (source.topic, source.file) == ("a�", "�.ipynb")
    assert [note.cell for note in source.notes] == [1, 2]
    assert all("characters that are not text" in note.text for note in source.notes)


@pytest.mark.parametrize(
    ("data", "code", "note"),
    [
        (b"\xef\xbb\xbfx = 1", "x = 1", None),
        ("s = 'é'".encode(), "s = 'é'", None),
        ("s = 'é'".encode("latin-1"), "s = 'é'", "read as Latin-1"),
        ("s = 'é'".encode("utf-16"), "s = 'é'", "read as UTF-16"),
        (b"# -*- coding: utf-7 -*-\ns = '+AGE-'", "# -*- coding: utf-7 -*-\ns = '+AGE-'", None),
        (b"a = 1\r\nb = 2\rc = 3\n\fd = 4", "a = 1\nb = 2\nc = 3\n\fd = 4", None),
        (b"%matplotlib inline\r\nx", "pass  # %matplotlib inline\nx", "`%matplotlib inline` is a magic"),
    ],
)
def test_a_python_file_is_read_in_every_encoding_and_with_every_line_end(
    data: bytes, code: str, note: str | None
) -> None:
    source = read_source(data, "adam.py")
    assert codes(source) == [code]
    assert source.cells[0].number == 1
    assert source.topic is None
    assert len(source.notes) == (note is not None)
    assert note is None or note in source.notes[0].text


PERCENT = """\
# ---
# jupyter: {}
# ---

# %% [markdown]
# # Adam
# %%
import numpy as np
# %% a title
s = '''
# %% not a marker
'''
# %%time is no marker either
# %% [markdown]
'''
prose
'''
#%% [markdown] but it is not
x = 1
# %%% sub-cell
y = (
# %%
z = 3
"""


def test_percent_markers_split_a_python_file_and_lines_are_counted_inside_the_cell() -> None:
    assert codes(read_source(PERCENT.encode(), "adam.py")) == [
        "import numpy as np",
        "s = '''\n# %% not a marker\n'''\n# %%time is no marker either",
        "x = 1",
        "y = (",
        "z = 3\n",
    ]


def test_an_exported_notebook_splits_where_its_cells_were() -> None:
    exported = "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nx = 1\n\n\n# ## Prose\n\n# In[ ]:\n\n\n# mine\n"
    assert codes(read_source(exported.encode(), "adam.py")) == ["\n\nx = 1\n\n\n# ## Prose\n", "\n\n# mine\n"]


def test_code_above_the_first_marker_is_a_cell() -> None:
    assert codes(read_source(b"x = 1\n# %%\ny = 2", "a.py")) == ["x = 1", "y = 2"]


def test_only_regular_files_of_a_bearable_size_are_opened(tmp_path: Path) -> None:
    good = tmp_path / "adam.ipynb"
    good.write_bytes(ipynb(code_cell("x = 1")))
    assert codes(read_path(good)) == ["x = 1"]
    (tmp_path / "link.ipynb").symlink_to(good)
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name in ("link.ipynb", "folder.ipynb", "pipe.ipynb"):
        with pytest.raises(Unreadable, match="is no file: hand in the file itself"):
            read_path(tmp_path / name)
    with open(tmp_path / "sparse.ipynb", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(Unreadable, match="larger than 64 MB"):
        read_path(tmp_path / "sparse.ipynb")
    with pytest.raises(FileNotFoundError):
        read_path(tmp_path / "missing.ipynb")


def test_a_hard_link_is_read_where_it_can_only_be_its_owners(tmp_path: Path) -> None:
    (tmp_path / "adam.py").write_text("x = 1")
    os.link(tmp_path / "adam.py", tmp_path / "copy.py")
    assert codes(read_path(tmp_path / "copy.py")) == ["x = 1"]
    tmp_path.chmod(0o777)
    with pytest.raises(Unreadable, match=r"is a hard link: .* Hand in a copy of it"):
        read_path(tmp_path / "copy.py")


def test_a_file_that_changes_between_looking_and_opening_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, link, pipe = tmp_path / "good.py", tmp_path / "link.py", tmp_path / "pipe.py"
    good.write_text("x = 1")
    link.symlink_to(good)
    os.mkfifo(pipe)
    monkeypatch.setattr("grader.submission.notebook.os.lstat", lambda path: os.stat(good))
    with pytest.raises(OSError, match="symbolic"):
        read_path(link)
    with pytest.raises(Unreadable, match="is no file"):
        read_path(pipe)


def test_reading_a_notebook_imports_no_notebook_library() -> None:
    program = "import sys, grader.submission.notebook as n; n.read_source(sys.stdin.buffer.read(), 'a.ipynb'); print(*sys.modules)"
    data = ipynb(code_cell("!ls"), nbformat=3)
    ran = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, cwd=ROOT, check=True)
    assert not {"nbformat", "jsonschema", "numpy", "torch", "IPython"} & set(ran.stdout.decode().split())
    assert ran.stderr == b""


def check_read_source(data: bytes, file: str) -> None:
    """Only a Source or an Unreadable, and a Source that can be stored, sent and shown."""
    try:
        source = read_source(data, file)
    except Unreadable:
        return
    assert [cell.number for cell in source.cells] == list(range(1, len(source.cells) + 1))
    for cell in source.cells:
        assert cell.code.count("\n") == cell.original.count("\n")
        assert not {"\0", "\r"} & set(cell.code + cell.original)
    text = [source.file, source.topic or "", *(cell.original for cell in source.cells), *(n.text for n in source.notes)]
    "".join(text).encode()  # no surrogate is left


files = st.sampled_from(["a.ipynb", "a.py", "a", "a.txt", "\udcff.PY", ""])
pieces = st.lists(st.sampled_from(["\n", "\r", "%%bash", "# %%", "!", "%x", "'''", "(", "\ud800", "\0", "x = 1"])).map(
    "".join
)
plain = st.none() | st.booleans() | st.floats() | st.integers() | st.text() | pieces
anything = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
keys = st.sampled_from(["cell_type", "source", "input", "metadata", "outputs"])
cells = st.dictionaries(keys, st.just("code") | pieces | st.lists(pieces) | anything)
code_cells = (pieces | st.lists(pieces) | anything).map(lambda source: code_cell(source))
top = st.sampled_from(["cells", "worksheets", "metadata", "nbformat", "x"])
notebooks = st.dictionaries(top, st.lists(code_cells | cells | anything) | anything)
sheets = st.builds(lambda many: {"worksheets": [{"cells": many}]}, st.lists(code_cells | cells))


@FUZZ
@given(st.binary(), files)
def test_any_bytes_give_a_source_or_a_sentence(data: bytes, file: str) -> None:
    check_read_source(data, file)


@FUZZ
@given(st.text() | pieces, files)
def test_any_text_gives_a_source_or_a_sentence(text: str, file: str) -> None:
    check_read_source(text.encode("utf-8", "surrogatepass"), file)


@FUZZ
@given(notebooks | sheets | anything)
def test_any_json_gives_a_source_or_a_sentence(value: Any) -> None:
    check_read_source(json.dumps(value).encode(), "a.ipynb")
