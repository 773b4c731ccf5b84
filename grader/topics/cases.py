"""Cases: the named arguments that a rubric asks its questions with, drawn by a generator of the topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Case = tuple[str, dict[str, Any]]
Cases = Callable[[Any], Iterable[Case]]
