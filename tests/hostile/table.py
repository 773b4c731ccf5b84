"""Fire every attack in every configuration, print the table as it comes, and write it to README.md.

PYTHONPATH=.:tests python -m hostile.table [--only NAME ...] [--no-write]
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.inside import landlock
from hostile.harness import ATTACKS, CONFIGURATIONS, HERE, Attack, Lacking, Range

HELD, BREACHED, UNTRIED, LACKING = "held", "**got**", "–", "?"
Cells = dict[str, str]

INTRODUCTION = """# Attacks and what holds them

Written by `make hostile`, from attacks that were really fired. Each is a file in
`attacks/`: a submission of a student who would rather not be graded honestly. It is graded by the real pipeline next to
an honest neighbour, and has **got** something if its score is higher than its honest part deserves, the neighbour's
Result changed, anything was written, sent or left running outside, or its own `breach()` answers that it got what it
wanted. `held` means none of these. {untried}: not tried there, for the sake of the machine. {lacking}: this machine
lacks the layer.

| column | what confines the submission |
|---|---|
| full | namespaces, Landlock, seccomp and resource limits: level 3 |
| base | Landlock, seccomp and resource limits: level 2 |
| namespaces, landlock, seccomp | that layer alone, with resource limits |
| process | a process of its own with resource limits: level 0 |
| careless | the same process, and a grader that believes what comes out of it (`careless.py`) |
| naive | nothing: `exec` and `np.allclose` in the grader's own process (`naive.py`), as many autograders do it |

`test_attacks.py` demands that *full* and *base* hold (but where the attack's docstring says which do), and that the
attack succeeds where the docstring says that it breaches: an attack that nothing lets through shows nothing. Every attack
says that of some configuration, or says why nothing can let it through here (`alive:`).
"""

ELSEWHERE = """
## Submission and report

These need no jail: what holds them is the reader, the parser's place (a student's Python is only parsed inside), and the
writers of results. Each is tried in `test_submissions.py`, `test_links.py`, `test_reports.py` or
`test_hidden_cases.py`, through the whole pipeline.

| attack | outcome |
|---|---|
| JSON nested a million deep, a number of ten million digits, ten million containers | held: one sentence, 0 points |
| 200 MB of outputs; 63 MB of outputs | refused by size before it is read; outputs are dropped |
| 100,000 brackets, signs, attributes, functions, folded powers for Python's parser | held: costs its own cell |
| surrogates, null bytes, text from right to left | held: replaced and noted |
| a coding cookie whose comment is code (UTF-7) | held: cells are compiled as text, cookies are comments |
| full-width identifiers | held: `forbidden spelling` above; imports are refused where they happen, not by search |
| magics and shell lines, `get_ipython()` | held: do nothing, at every level |
| top-level await for ever, exit, abort, hostile exceptions | held: the cell is left out, the others are graded |
| symbolic links, devices, pipes, linked folders | held: not opened, neither by the reader nor by the report |
| hard links to somebody else's file | held: not opened; told by the owners, so that whoever has been linked to loses nothing |
| names that traverse, reserved names, names of 240 letters, names that are no UTF-8 | held: one file each, inside the folder |
| links in the folder that the grader writes to | held: replaced, not followed |
| HTML, JavaScript, SVG, iframes, forms in prose, outputs, names, exceptions | held: nothing alive on any page |
| ANSI sequences, bidirectional controls, carriage returns | held: written out on pages, replaced on the terminal |
| formulas in names (CSV), workflow commands (GitHub), broken XML (JUnit) | held |
| hidden inputs said by exceptions, type names, exits, wrong answers, prints | held: a hidden row shows its claim and points |
| hidden inputs by pass and fail | a bit for every hand-in that is graded: draw another round for each |
| hidden inputs remembered, and said by a visible row that is asked later | held: hidden rows are asked last |
| hidden inputs by the time that grading took | held: where rows are hidden, no page and no export tells a duration |
| hash flooding | held: the grader's hashes differ with every start; the submission's own are fixed and harm itself |
| zip slip, zip bombs | not applicable yet: archives are not taken in |
"""


def measure(range_: Range, attack: Attack) -> Cells:
    cells = {}
    for configuration in CONFIGURATIONS:
        if configuration in attack.unsafe:
            cells[configuration] = UNTRIED
            continue
        try:
            cells[configuration] = BREACHED if range_.fire(attack, configuration).breached else HELD
        except Lacking:
            cells[configuration] = LACKING
    return cells


def line(attack: Attack, cells: Cells) -> str:
    tries = f"{attack.tries} Alive {attack.alive}." if attack.alive else attack.tries
    return f"| {attack.name.replace('_', ' ')} | {tries} | " + " | ".join(cells.values()) + " |"


def tables(measured: Iterable[tuple[Attack, Cells]]) -> Iterator[str]:
    """Lines of Markdown: one table for each group."""
    group, counted = "", dict.fromkeys(CONFIGURATIONS, 0)
    attacks = 0
    for attack, cells in measured:
        if attack.group != group:
            group = attack.group
            yield f"\n## {group}\n"
            yield "| attack | what it tries | " + " | ".join(CONFIGURATIONS) + " |"
            yield "|---|---|" + "---|" * len(CONFIGURATIONS)
        attacks += 1
        for configuration, cell in cells.items():
            counted[configuration] += cell == HELD
        yield line(attack, cells)
    held = ", ".join(f"{name} {count}" for name, count in counted.items())
    yield f"\nHeld of {attacks}: {held}. Linux {platform.release()}, Landlock ABI {landlock.abi()}."


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", help="names of attacks")
    parser.add_argument("--no-write", action="store_true", help="leave README.md as it is")
    options = parser.parse_args()
    chosen = [a for a in ATTACKS if not options.only or a.name in options.only]
    chosen.sort(key=lambda attack: attack.group)
    lines = [INTRODUCTION.format(untried=UNTRIED, lacking=LACKING)]
    with tempfile.TemporaryDirectory() as folder, Range(Path(folder)) as range_:
        for text in tables((attack, measure(range_, attack)) for attack in chosen):
            print(text, flush=True)
            lines.append(text)
    if not options.no_write and not options.only:
        (HERE / "README.md").write_text("\n".join([*lines, ELSEWHERE]), encoding="utf-8")


if __name__ == "__main__":
    main()
