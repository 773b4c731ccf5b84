"""Files that are handed in under the name of a notebook and are something else: each is told what it is, and what to do."""

from __future__ import annotations

import re
from typing import Any

from ..errors import Unreadable

MAX_NAME = 100  # characters of a language's name
PYTHON = "choose a Python kernel, write your work in Python and hand it in again"
OTHER_FILES = {
    b"%PDF": "The file is a PDF, not a notebook: hand in the .ipynb that it was printed from.",
    b"PK\x03\x04": "The file is a zip archive, not a notebook: unpack it and hand in the .ipynb inside.",
    b"version https://git-lfs": "The file is a pointer of Git LFS: run `git lfs pull` and hand in the file that it stands for.",
    b"\x89PNG": "The file is a picture, not a notebook: hand in the .ipynb itself.",
}


def is_notebook(text: str) -> bool:
    """Say whether a text is a notebook's JSON: no Python file begins with such an object."""
    return bool(re.match(r"\s*\{\s*\"(cells|metadata|nbformat|nbformat_minor|worksheets)\"\s*:", text))


def refuse_other_files(data: bytes, text: str) -> None:
    """Raise Unreadable for what is handed in under the name of a notebook and is something else, with what to do."""
    for beginning, what in OTHER_FILES.items():
        if data.startswith(beginning):
            raise Unreadable(what)
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        raise Unreadable("The file is a web page, not a notebook: download the notebook itself and hand it in again.")
    other_half = is_notebook(text) or re.search(
        r"^(>{7}|={7})", text, re.MULTILINE
    )  # no line of JSON begins so: one is enough
    if other_half and re.search(r"^<{7}( |$)", text, re.MULTILINE):
        raise Unreadable(
            "The file holds a merge conflict (lines that begin with <<<<<<< and >>>>>>>): keep one of the two versions, "
            "commit it and hand it in again."
        )


def refuse_other_language(notebook: dict[str, Any]) -> None:
    """Raise Unreadable for a notebook of another language's kernel."""
    metadata = notebook.get("metadata")
    found = [
        part.get(key)
        for name, key in (("language_info", "name"), ("kernelspec", "language"))
        if isinstance(metadata, dict) and isinstance(part := metadata.get(name), dict)
    ]
    languages = [name for name in found if isinstance(name, str) and name]
    if languages and not any(name.lower() in ("python", "ipython", "python3") for name in languages):
        raise Unreadable(f"This notebook is for {languages[0][:MAX_NAME]}, not for Python: {PYTHON}.")
