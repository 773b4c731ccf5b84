"""Run the readers of untrusted files and bytes on many inputs: only declared errors come out, and memory is bounded.

    python bench/fuzz.py [--examples 100000]

The properties are those of the tests (`FUZZ` in tests/support/fuzzing.py); each target shares the examples among its properties,
in a process of its own whose address space is limited. Exit 1 where one fails: the smallest input is printed.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEMORY = 2 << 30  # bytes of address space
TARGETS = {
    "notebook reader": "tests/test_notebook.py",
    "wire decoder": "tests/test_wire.py",
    "autograder.yml": "tests/test_settings.py",
}


def fuzz(name: str, file: str, examples: int) -> bool:
    """Run the properties of one file, print a line, and return True if all held."""
    properties = re.findall(r"^@FUZZ\n(?:@.*\n)*def (\w+)", (ROOT / file).read_text(), re.MULTILINE)
    each = -(-examples // len(properties))  # rounded up
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, *(f"{file}::{test}" for test in properties)],
        cwd=ROOT,
        env={**os.environ, "GRADER_FUZZ_EXAMPLES": str(each)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    held = status == 0
    print(
        f"{name:16} {each * len(properties):8} examples of {len(properties)} properties: {'held' if held else 'BROKEN'}, "
        f"{time.perf_counter() - started:.0f} s, at most {used.ru_maxrss / 1024:.0f} MB"
    )
    if not held:
        print(output)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=100_000, help="for each target")
    parser.add_argument("--only", choices=TARGETS, help="one target")
    options = parser.parse_args()
    chosen = {name: file for name, file in TARGETS.items() if options.only in (None, name)}
    held = [fuzz(name, file, options.examples) for name, file in chosen.items()]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
