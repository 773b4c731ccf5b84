"""Claims about what several calls make together: `composition` (something does what a script makes of the student's own other
functions) and `consistent` (the same, in plain Python); `perform` gives a script's answers to any other claim."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from ..errors import Raised, TopicError, Wrong
from ..inside.plan import Plan
from ..numerics.compare import TRAINING, VALUES, Truth, as_array, is_close, largest, require_close
from ..topics.asking import Answer, Asking, Call, Outputs, asking, targets_asked
from ..topics.cases import Cases, place
from ..topics.signature import Declared
from ..topics.targets import Function, Target
from ..topics.trial import FollowThrough, Trial
from .alive import is_alive, moved
from .combine import Following
from .script import Namespace, Script, Story
from .values import holds


def perform(trial: Trial, script: Story | Script, case: Mapping[str, Any], *named: Declared) -> list[np.ndarray]:
    """Return the student's answers to what `script(world, case)` asks of the functions and classes that are named, in the order
    in which it yields them as (what it is, value): for a claim of `holds` or `statistical` about several calls.

    `world.let(case["rng"])` is one generator for several calls. The answers have the form that `trial.call` promises; one whose
    shape nothing declares may have any. Raise Wrong for others.
    """
    return trial.answers(script if isinstance(script, Script) else Script(script, *named), case)


class composition(Following):
    """`of` answers what `script` makes of the submission's own other functions: it yields the outputs of `of`, in order.

    As a fall-back in `either`: a training loop is right for the student's own, wrong gradient. It counts only behind work
    that is alive: finite, moved away from the arguments of the same name, and moving otherwise on other data.
    """

    def __init__(
        self, of: Declared | Asking, script: Story | Script, *named: Declared, on: Cases | None = None
    ) -> None:
        self.asked, self.generator = asking(of), on
        self.script = script if isinstance(script, Script) else Script(script, *named)
        self.parts = self.script.targets
        self.functions = (*self.asked.targets, *self.parts)

    def __call__(self, trial: Trial) -> None:
        for name, case in trial.cases(self.generator):
            answers, own, mine = self._both(trial, case)
            for answer, made, got in zip(answers, own, mine, strict=True):
                where = f"{answer.label} on {name}"
                if made is None:
                    raise Wrong(where, "your own functions make no array of it", id="form")
                require_close(got, Truth.of(made), where, TRAINING)

    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        try:
            self(trial)
        except Raised:  # the student's other functions, not the one that is judged
            raise wrong from None
        _, case = trial.cases(self.generator)[0]
        if not self._is_alive(trial, case):
            raise wrong
        return FollowThrough(self.script.quoted, blamed(self.parts), wrong)

    def _both(self, trial: Trial, case: Mapping[str, Any]) -> tuple[list[Answer], list[np.ndarray | None], list[Any]]:
        """Return the declared answers of `of`, what the script makes of them, and what `of` answers."""
        own, asked = Plan(), Plan()
        made, answers = self.script.ask(own, case), self.asked.ask(asked, case)
        if len(made) != len(answers):
            sentence = (
                f"the script has to yield the {len(answers)} outputs of {self.asked.name}, and yields {len(made)}"
            )
            raise TopicError(sentence, place(self.script.story))
        own.want(*(answer.ref for answer in made))
        asked.want(*(answer.ref for answer in answers))
        return answers, [as_array(each) for each in trial.student.run(own)], trial.student.run(asked)

    def _is_alive(self, trial: Trial, case: dict[str, Any]) -> bool:
        for one, two in zip(
            *(self._changes(trial, each) for each in (case, self._elsewhere(trial, case))), strict=True
        ):
            if one is None or two is None:
                return False
            same = partial(_as_much, scale=two.scale)
            if not is_alive(one.value, [two.value], one.value.shape, nonzero=True, same=same):
                return False
        return True

    def _elsewhere(self, trial: Trial, case: dict[str, Any]) -> dict[str, Any]:
        """Return the case with its first array changed; of a script, or of one output of several, with all that are arguments:
        nothing says which it uses."""
        several = isinstance(self.asked, Script | Outputs)
        others = list(itertools.islice(moved(trial, self.asked, case), None if several else 1))
        if not others:
            sentence = (
                f"no array of the case is an argument of {self.asked.name}, so live work cannot be told from dead"
            )
            raise TopicError(f"composition: {sentence}")
        return case | {name: value for other in others for name, value in other.items() if value is not case[name]}

    def _changes(self, trial: Trial, case: Mapping[str, Any]) -> list[Truth | None]:
        """Return how far the script moves each output from the argument of its name, on the scale of where it moves to.

        None stands for what is not finite, or no array of its size.
        """
        plan = Plan()
        plan.want(*(answer.ref for answer in self.script.ask(plan, case)))
        names = [answer.name for answer in self.asked.ask(Plan(), case)]
        changes: list[Truth | None] = []
        for output, made in zip(names, trial.student.run(plan), strict=True):
            array, start = as_array(made), np.asarray(case.get(output, 0.0))
            if array is None or not np.isfinite(array).all() or (output in case and array.size != start.size):
                changes.append(None)
            else:  # a vector that became a row is alive
                changes.append(Truth(array - (start.reshape(array.shape) if output in case else 0), largest(array)))
        return changes


class consistent(Following):
    """`claim(trial, case)`, as in `holds`, is true of `of` and of the student's own functions `own`, be those right or wrong.

    A fall-back in `either` for what no script can say: logarithms, a choice of entries. It counts only behind work that is alive:
    each of `own` answers finite numbers of its shape, not 0 everywhere, and others for other arguments. That is asked on the first
    of the claim's cases or, where these are no cases for `own`, of those that `alive` yields.
    """

    def __init__(
        self,
        claim: Callable[[Trial, dict[str, Any]], str | None],
        of: Declared | Asking,
        *own: Declared | Asking,
        on: Cases | None = None,
        alive: Cases | None = None,
    ) -> None:
        if not own:
            raise TopicError("consistent(…) needs the student's own functions that the claim follows from, after `of`")
        self.claim, self.own, self.alive = holds(claim, of, *own, on=on), [asking(each) for each in own], alive or on
        self.functions = self.claim.functions

    def __call__(self, trial: Trial) -> None:
        self.claim(trial)

    def follow(self, trial: Trial, wrong: Wrong) -> FollowThrough:
        self(trial)
        _, case = trial.cases(self.alive)[0]
        if not all(self._is_alive(trial, asked, case) for asked in self.own):
            raise wrong
        parts = tuple(target for asked in self.own for target in targets_asked(asked))
        return FollowThrough(" and ".join(asked.quoted for asked in self.own), blamed(parts), wrong)

    def _is_alive(self, trial: Trial, asked: Asking, case: dict[str, Any]) -> bool:
        mine, *others = (trial.answers(asked, each) for each in (case, *moved(trial, asked, case)))
        given = [case[name] for name in asked.specs if name in case]
        return all(
            is_alive(answer, [other[i] for other in others], answer.shape, every=False, nonzero=True, given=given)
            for i, answer in enumerate(mine)
        )


class descends(consistent):
    """`of` answers where gradient descent along the submission's own gradients leads: p - lr · g in each step, for each of its
    parameters p.

    The outputs of `of` are the parameters, and arguments of the same names are where they start. `by` answers their gradients, in
    the same order, where parameters and everything else of the case are its arguments: a function, some of its `outputs`, or a
    script. A case says how many `steps` there are, and `lr`, or leaves them to their defaults. As in `consistent`, the functions
    behind it must be alive.
    """

    def __init__(
        self, of: Declared | Asking, by: Declared | Asking, on: Cases | None = None, alive: Cases | None = None
    ) -> None:
        self.of, self.by = asking(of), asking(by)
        self.path = Script(self._descend, self.by)
        used = [Call(target) for target in self.by.targets if isinstance(target, Function)]
        own = used if isinstance(self.by, Script) else [self.by]
        super().__init__(self._leads_there, self.of, *own, on=on, alive=alive)

    def _leads_there(self, trial: Trial, case: Mapping[str, Any]) -> None:
        answers = self.of.ask(Plan(), case)
        for answer, got, own in zip(answers, trial.answers(self.of, case), trial.answers(self.path, case), strict=True):
            require_close(got, Truth.of(own), answer.label, TRAINING)

    def _descend(self, world: Namespace, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        whole = {**self.of.defaults, **case}
        point = {answer.name: whole[answer.name] for answer in self.of.ask(Plan(), whole)}
        for _ in range(whole["steps"]):
            slopes = world.ask(self.by, {**whole, **point})
            point = {name: p - whole["lr"] * slope for (name, p), slope in zip(point.items(), slopes, strict=True)}
        yield from point.items()


def blamed(parts: Iterable[Target]) -> frozenset[str]:
    """Return what may be wrong where something follows from the student's own functions: they, and each of their outputs."""
    labels = [t.label(i) for t in parts if isinstance(t, Function) for i in range(len(t.outputs))]
    return frozenset([*labels, *(target.name for target in parts)])


def _as_much(one: np.ndarray, two: np.ndarray, scale: float | np.ndarray) -> bool:
    """Say whether two changes are the same but for rounding."""
    return one.shape == two.shape and bool(is_close(one, Truth(two, scale), VALUES).all())
