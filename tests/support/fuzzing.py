"""How many examples the parsers of untrusted files are tried with: a thousand a property in the tests, more by bench/fuzz.py."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FUZZ = settings(
    max_examples=int(os.environ.get("GRADER_FUZZ_EXAMPLES", "1000")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
