"""Claims about values: `matches` the reference; `holds` any other claim, in plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..errors import Wrong
from ..inside.plan import Plan
from ..numerics.compare import VALUES, Tolerance, require_close
from ..topics.cases import Cases
from ..topics.cell import assignments, call, written
from ..topics.signature import Declared, Function, functions_of
from ..topics.trial import Check, SingleCase, Trial, as_functions, by_output, on, on_case, want_visible


class matches(Check):
    """On every case the submission returns what the reference returns (a layer: its forward)."""

    def __init__(self, declared: Declared, on: Cases | None = None, tolerance: Tolerance = VALUES) -> None:
        self.target, self.generator, self.tolerance = functions_of(declared)[0], on, tolerance
        self.functions = (self.target,)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            plan = Plan()
            visible = want_visible(plan, self.target, case)
            truths = trial.expect(plan)
            given = self.target.given(case)
            outputs = by_output(self.target, visible, truths)
            for i, got, want in zip(visible, trial.student.run(plan), truths, strict=True):
                require_close(got, want, on(self.target, i, name), self.tolerance, given, outputs=outputs)

    def single_case(self, trial: Trial) -> SingleCase:
        return SingleCase.of(self, trial.cases(self.generator), partial(written, self.target))


class holds(Check):
    """`claim(trial, case)` returns None, or the sentence that says what is wrong; or raises Wrong itself.

    `asks` names the functions that it calls through `trial.call`.
    """

    def __init__(
        self, claim: Callable[[Trial, dict[str, Any]], str | None], *asks: Declared, on: Cases | None = None
    ) -> None:
        self.claim, self.functions, self.generator = claim, as_functions(asks), on

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            try:
                sentence = self.claim(trial, case)
            except Wrong as wrong:
                raise on_case(wrong, name) from None
            if sentence:
                raise Wrong(f"{', '.join(f.name for f in self.functions)} on {name}", sentence)

    def single_case(self, trial: Trial) -> SingleCase:
        return SingleCase.of(self, trial.cases(self.generator), self._write, others=True)

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """The functions that can be called with what the case has; nothing where the one that is wrong cannot."""
        functions = [f for f in self.functions if isinstance(f, Function)]
        able = [f for f in functions if all(p.name in case or p.name in f.defaults for p in f.parameters)]
        if not any(re.search(rf"\b{f.name}\b", wrong.evidence.where) for f in able):
            return []
        given = assignments(list(dict.fromkeys(p.name for f in able for p in f.parameters)), case)
        return [*given, *(call(f, case) for f in able)]
