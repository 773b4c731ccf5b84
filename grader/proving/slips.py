"""What a slip costs that no author listed, measured on programs that the grader has not made: mutants of the right variants.

A variant is other code than the model solution, so its mutants are other slips; where one is proven to be a single slip
(`judging.repair`, `KnownMistakes.explaining`), it is priced as one, and else as it is.
"""

from __future__ import annotations

import ast
import random
import statistics
from contextlib import nullcontext
from functools import partial
from typing import Any

from ..course.repairing import Repair
from ..judging.known import KnownMistakes, in_this_process
from ..judging.mistakes import recognise
from ..judging.points import cost_share
from ..submission.jail import Jail
from ..submission.programs import text_source
from ..topics.changes import Change
from ..topics.folder import Assignment
from ..topics.mutants.generate import Mutant, mutants
from ..topics.trial import TruthSource
from ..truth.trials import PUBLIC_SEED
from .mutants.judge import MutantJudge, judge_mutants

SAMPLE = 60  # mutants, of all variants together


def price_of_slips(assignment: Assignment, truth: TruthSource, jail: Jail, count: int = SAMPLE) -> dict[str, Any]:
    """Return, of a sample of the variants' mutants that lose a row: how many there are (`lose`), how many are `one_slip` or
    have a name in every row that they lose (`named`), and the median share of the points that one costs, as graded (`price`)
    and if slips were not looked for (`unless`).
    """
    made = [mutant for variant in assignment.variants for mutant in mutants(alone(assignment.solution, variant))]
    sample: list[Mutant] = random.Random(PUBLIC_SEED).sample(made, min(count, len(made)))
    judge = MutantJudge.of(assignment, truth, jail)
    judged = [j for j in judge_mutants(judge, sample, lambda text: None) if j.lost and not j.void]
    repair = Repair(assignment, truth, PUBLIC_SEED, jail, judge.limits)
    known = KnownMistakes(assignment, lambda: nullcontext(in_this_process(assignment, truth, PUBLIC_SEED)))
    prices, unless, one_slip, named = list[float](), list[float](), 0, 0
    for each in judged:
        source = text_source(each.mutant.source, "a mutant")
        found = known.explaining(each.outcomes, partial(repair.is_one_slip, source, each.outcomes))
        names = recognise(each.outcomes, found)
        slip = any(not k.hint.name for k in found)
        one_slip += slip
        named += not slip and all(o.error is None or o.row.id in names for o in each.outcomes)
        prices.append(cost_share(each.outcomes, names, found))
        unless.append(cost_share(each.outcomes, names, [k for k in found if k.hint.name]))
    return {
        "lose": len(judged),
        "one_slip": one_slip,
        "named": named,
        "price": statistics.median(prices) if prices else 0.0,
        "unless": statistics.median(unless) if unless else 0.0,
    }


def alone(solution: str, variant: Change) -> str:
    """Return the solution with the variant's definitions in place of those that they replace, so that none is there twice."""
    tree = ast.parse(variant.apply(solution))
    last = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    tree.body = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.ClassDef) or last[n.name] is n]
    return ast.unparse(tree)
