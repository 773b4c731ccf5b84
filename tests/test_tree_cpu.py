"""The benchmark's processor time is that of all processes, also of those for whom nobody waits."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))

import tree_cpu

SECONDS = 0.3
BURN = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
reading, writing = os.pipe()
if os.fork() == 0:
    while time.process_time() < {SECONDS}:
        pass
    os._exit(0)
os.close(writing)
os.read(reading, 1)
print("gone", flush=True)
input()
"""


def burn(meter: tree_cpu.Meter) -> float:
    """What the meter adds up for a grandchild that its parent does not wait for, and that is gone."""
    before = meter.seconds()
    with subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"gone\n"
        used = meter.seconds() - before
        process.communicate(b"\n")
    return used


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_a_control_group_sees_processes_for_whom_nobody_waits() -> None:
    with tree_cpu.whole_tree() as meter:
        if "control group can be made" in meter.sentence:
            pytest.skip("no control group can be made here")
        groups = [folder for folder, _ in tree_cpu._groups() if folder.name in meter.sentence]
        assert burn(meter) >= SECONDS
    assert not any(folder.exists() for folder in groups)


def test_without_a_control_group_this_process_and_those_that_live_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_cpu, "_groups", lambda: iter(()))
    with tree_cpu.whole_tree() as meter:
        assert "no control group can be made here" in meter.sentence
        before = meter.seconds()
        started = time.process_time()
        while time.process_time() - started < SECONDS:
            pass
        assert meter.seconds() - before >= SECONDS
