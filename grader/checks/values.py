"""Claims about values: `matches` the reference; `follows`, the same of a script; `holds` any other claim, in plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import VALUES, Tolerance, Truth, require_close
from ..topics.asking import Asking, Call, asking, by_name, targets_asked
from ..topics.cases import Arguments, Cases, authors_code, code_name, defaults_of, place
from ..topics.cell import assignments, call, output
from ..topics.signature import Declared
from ..topics.targets import Function
from ..topics.trial import Check, SingleCase, Trial, on_case
from .script import Script, Story

FEW = 10  # rows that are also asked alone


class matches(Check):
    """On every case the submission returns what the reference returns (a layer: its forward; a script: all that it yields).

    With `output`, the name of one of a function's outputs, that one alone is judged: the others have rows of their own. With
    `tolerance=DECADES` each entry is held to its own size, where entries that differ by decades are none the less known to
    many digits: norms of gradients by layer. With `TRAINING` the rounding of hundreds of steps is allowed. With `each`, a letter
    that is the first of some arguments, the reference is also asked for each of a few rows alone, and a wrong number is
    described by these: the largest in place of the mean.
    """

    def __init__(
        self,
        asked: Declared | Asking,
        on: Cases | None = None,
        tolerance: Tolerance = VALUES,
        output: str = "",
        each: str = "",
    ) -> None:
        self.asked, self.generator, self.tolerance, self.output = asking(asked), on, tolerance, output
        self.each = each
        self.functions = self.asked.targets
        self.judged = self.asked.judged
        if output:
            if not isinstance(self.asked, Call):
                raise TopicError(f"matches(…, output={output!r}): a script has no outputs by name: yield only this one")
            self.judged = frozenset([self.asked.target.label(self.asked.target.index(output))])

    @property
    def judges(self) -> frozenset[str]:
        return self.judged

    @property
    def references(self) -> frozenset[str]:
        return frozenset(target.name for target in self.functions)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            plan = Plan()
            answers = self.asked.ask(plan, case)
            plan.want(*(answer.ref for answer in answers))
            truths = trial.expect(plan)
            given, outputs, rows = self.asked.given(case), by_name(answers, truths), self._of_rows(trial, case)
            mine = [(a, want) for a, want in zip(answers, truths, strict=True) if self.output in ("", a.name)]
            found = trial.student.run(replace(plan, wanted=[(answer.ref, False) for answer, _ in mine]))
            for (answer, want), got in zip(mine, found, strict=True):
                where, labels = f"{answer.label} on {name}", self._labels(case, want)
                require_close(got, want, where, self.tolerance, given, rows, outputs, labels, answer.words)

    def _of_rows(self, trial: Trial, case: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return the right numbers of the rows, each asked alone, by what they are."""
        rows = self.asked.sizes(case).get(self.each, 0)
        if not 0 < rows <= FEW:
            return {}
        along = [name for name, spec in self.asked.specs.items() if spec.dims[:1] == (self.each,)]
        plan = Plan()
        for i in range(rows):
            alone = {**case, **{name: case[name][i : i + 1] for name in along if name in case}}
            plan.want(*(answer.ref for answer in self.asked.ask(plan, alone)))
        return {
            f"what `{self.asked.name}` is for each row alone": np.array([truth.value for truth in trial.expect(plan)])
        }

    def _labels(self, case: Mapping[str, Any], want: Truth) -> Sequence[str]:
        """Return names for the entries of an answer, if they have any."""
        return ()

    def single_case(self, trial: Trial) -> SingleCase:
        """Return the cases with the shortest scripts first."""
        cases = sorted(trial.cases(self.generator), key=lambda case: self._steps(case[1]))
        return SingleCase.of(self, cases, self.asked.write, others=isinstance(self.asked, Script))

    def _steps(self, case: Mapping[str, Any]) -> int:
        plan = Plan()
        self.asked.ask(plan, case)
        return len(plan.steps)


class follows(matches):
    """`script(world, case)` uses the functions and classes that are named as the reference's are used, and every value that
    it yields, as (what it is, value), is the reference's.

    `labels` names an entry of the case: a list with a name for each entry of an answer of that length. The student then reads
    "“tanh' left out” is 0, expected 1" in place of "entry [5] is 0, expected 1".
    """

    def __init__(
        self,
        script: Story | Script,
        *named: Declared,
        on: Cases | None = None,
        tolerance: Tolerance = VALUES,
        labels: str = "",
    ) -> None:
        super().__init__(script if isinstance(script, Script) else Script(script, *named), on, tolerance)
        self.labels = labels

    def _labels(self, case: Mapping[str, Any], want: Truth) -> Sequence[str]:
        if not self.labels:
            return ()
        if self.labels not in case:
            raise TopicError(
                f"follows(labels={self.labels!r}): the case has {', '.join(map(repr, case))}, but not that"
            )
        found = case[self.labels]
        return found if np.shape(want.value)[:1] == (len(found),) else ()


class holds(Check):
    """`claim(trial, case)` returns None, or the sentence that says what is wrong; or raises Wrong itself.

    `asks` names what it asks through `trial.call` or `perform`: functions, layers, classes, scripts.
    """

    def __init__(
        self, claim: Callable[[Trial, dict[str, Any]], str | None], *asks: Declared | Asking, on: Cases | None = None
    ) -> None:
        self.claim, self.generator = claim, on
        self.functions = tuple(target for item in asks for target in targets_asked(item))

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            try:
                with authors_code(self.claim, name):
                    sentence = self.claim(trial, Arguments(case, defaults_of(self.functions)))
            except Wrong as wrong:
                raise on_case(wrong, name) from None
            if not (sentence is None or isinstance(sentence, str)):
                returned = f"{code_name(self.claim)} returned {repr(sentence)[:60]}"
                raise TopicError(f"{returned}, expected None where it holds, or a sentence", place(self.claim))
            if sentence:
                raise Wrong(f"{', '.join(f.name for f in self.functions)} on {name}", sentence)

    def single_case(self, trial: Trial) -> SingleCase:
        return SingleCase.of(self, trial.cases(self.generator), self._write, others=True)

    def _write(self, case: Mapping[str, Any], wrong: Wrong) -> list[str]:
        """Write calls of the functions that can be called with what the case has; nothing if the one that is wrong cannot."""
        functions = [f for f in self.functions if isinstance(f, Function)]
        able = [f for f in functions if not f.lacks(case)]
        if not any(re.search(rf"\b{f.name}\b", wrong.evidence.where) for f in able):
            return []
        given = assignments(list(dict.fromkeys(p.name for f in able for p in f.parameters)), case)
        where = wrong.evidence.where
        labelled = [f for f in able if any(where.startswith(f.label(i)) for i in range(len(f.outputs)))]
        return [*given, *(call(f, case) + (output(f, wrong) if f in labelled else "") for f in able)]
