"""Make the example class: examples/class/STUDENT/TOPIC.ipynb, from the handouts and what each student wrote (students/*.md).

A page of students/ is one fictional student. `# name`, then a section `## topic` for each notebook; prose is for us who
read the page, fences are what the student did, from top to bottom:

    ```python                 a cell: in place of the stubs that it defines, else a new cell below the one before
    ```python for adam        a cell in place of the stub of `adam`, whatever it defines
    ```markdown               a cell of prose
    ```output                 what the cell before printed
    ```image                  what the cell before plotted: a PNG in base64
    ```file NAME              no notebook at all: the file NAME, exactly so
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bundle.release import notebook_text
from grader.topics.folder import Assignment
from grader.topics.stubs import stub

HERE = Path(__file__).parent
ROOT = HERE.parent
STAMP = {"release": "example"}  # a real one names the answers that came with the handout; graders do not read it


@dataclass(frozen=True)
class Fence:
    """A fenced block of a student's page: its kind ("python"), the words after it, and the text in it."""

    kind: str
    words: tuple[str, ...]
    text: str


def sections(page: str) -> Iterator[tuple[str, list[Fence]]]:
    """(topic, fences) of each `## topic` of a student's page."""
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        topic, _, body = part.partition("\n")
        found = re.findall(r"^```(\w+)[ ]*(.*)\n((?s:.*?))^```$", body, flags=re.MULTILINE)
        yield topic.strip(), [Fence(kind, tuple(words.split()), text) for kind, words, text in found]


class Notebook:
    """A handout that a student writes into."""

    def __init__(self, assignment: Assignment) -> None:
        self.data: dict[str, Any] = json.loads(notebook_text(assignment, STAMP))
        self.cells: list[dict[str, Any]] = self.data["cells"]
        self.at = 1  # the cell written last; at first the one with the imports
        self.stubs = {f.name: self._index(stub(f).partition("\n")[0]) for f in assignment.targets}

    def _index(self, start: str) -> dict[str, Any]:
        return next(c for c in self.cells if c["cell_type"] == "code" and c["source"][0].startswith(start))

    def write(self, fence: Fence) -> None:
        if fence.kind in ("output", "image"):
            self.cells[self.at]["outputs"].append(output(fence))
            return
        defined = re.findall(r"^(?:(?:async )?def|class) (\w+)\b", fence.text, flags=re.MULTILINE)
        names = fence.words[1:] if fence.words[:1] == ("for",) else defined
        replaced = [self.stubs.pop(name) for name in names if name in self.stubs and fence.kind == "python"]
        source = fence.text.removesuffix("\n").splitlines(True)
        if replaced:
            replaced[0]["source"] = source
            self.at = self._place(replaced[0])
            for stub in replaced[1:]:
                del self.cells[self._place(stub)]
        else:
            self.at += 1
            self.cells.insert(self.at, new_cell("code" if fence.kind == "python" else fence.kind, source))

    def _place(self, cell: dict[str, Any]) -> int:
        return next(i for i, other in enumerate(self.cells) if other is cell)

    def text(self) -> str:
        """As Jupyter saves it after "Run all": cells numbered, executions counted."""
        runs = 0
        for number, cell in enumerate(self.cells):
            cell["id"] = f"cell-{number:02}"
            if cell["cell_type"] == "code":
                runs += 1
                cell["execution_count"] = runs
        return json.dumps(self.data, indent=1, ensure_ascii=False) + "\n"


def new_cell(kind: str, source: list[str]) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": "", "metadata": {}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def output(fence: Fence) -> dict[str, Any]:
    if fence.kind == "output":
        return {"name": "stdout", "output_type": "stream", "text": fence.text.splitlines(True)}
    picture = {"image/png": fence.text, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
    return {"data": picture, "metadata": {}, "output_type": "display_data"}


def hand_in(assignment: Assignment, fences: list[Fence]) -> tuple[str, str]:
    """(file name, content) of what the student hands in."""
    if fences and fences[0].kind == "file":
        return fences[0].words[0], fences[0].text
    notebook = Notebook(assignment)
    for fence in fences:
        notebook.write(fence)
    return f"{assignment.slug}.ipynb", notebook.text()


def make_class() -> dict[str, str]:
    """Every file of the class, by its path below examples/class."""
    files = {}
    for page in sorted((HERE / "students").glob("*.md")):
        for topic, fences in sections(page.read_text(encoding="utf-8")):
            name, content = hand_in(Assignment(topic, ROOT), fences)
            files[f"{page.stem}/{name}"] = content
    return files


def main() -> None:
    shutil.rmtree(HERE / "class", ignore_errors=True)
    for path, content in make_class().items():
        target = HERE / "class" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
