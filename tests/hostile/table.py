"""Fire every attack in every configuration, print the table as it comes, and write it to README.md.

python tests/hostile/table.py [--only NAME ...] [--no-write]
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness import ATTACKS, CONFIGURATIONS, HERE, Attack, Lacking, Range

from grader.jail import landlock

HELD, BREACHED, UNTRIED, LACKING = "held", "**got**", "–", "?"
Cells = dict[str, str]

INTRODUCTION = """# Attacks and what holds them

Written by `make hostile` (`python tests/hostile/table.py`), from attacks that were really fired. Each is a file in
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
| naive | nothing: `exec` and `np.allclose` in the grader's own process (`naive.py`), as many autograders do it |

`test_attacks.py` demands that *full* and *base* hold (but where the attack's docstring says which do), and that the
attack succeeds where the docstring says that it breaches: an attack that nothing lets through shows nothing.
"""

ELSEWHERE = """
## Held elsewhere

Attacks by the file that is handed in, and by names and texts that end up in reports, need no jail: they are in
`test_submissions.py` and `test_reports.py`. Not applicable yet: zip slip and zip bombs, for archives are not taken in.
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
    return f"| {attack.name.replace('_', ' ')} | {attack.tries} | " + " | ".join(cells.values()) + " |"


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
