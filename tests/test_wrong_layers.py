"""Wrong batch norms, activations, dense layers and dropouts that no known mistake is, and the rows that see each of them.

Some kept all their points once. They ask of each topic: one and many rows? beyond the usual size? used twice, in another
order, with other hyper-parameters later?
"""

from __future__ import annotations

from functools import cache

import pytest

from grader.judging.evaluate import evaluate
from grader.submission.in_process import Live
from grader.topics.changes import Mistake
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED, seeded_trials
from support.repository import own_course

SLOPES, RELU = "slope = np.where(x > 0, 1, alpha)", "return np.maximum(x, 0), x > 0"
NORMAL, KEEP = "normal = (x - mean) / sigma", "keep = rng.random(x.shape) >= p"
DW, DB = "dW = rows.T @ slopes", "db = np.sum(slopes, axis=0)"
KEPT = [("return out, (normal, gamma, sigma)", "KEPT.append((normal, gamma, sigma))\n    return out, None")]
COPIED = """draws = rng.random(x.size)
        if x.size > {lag}:
            copied = rng.random(x.size - {lag}) < 0.5
            draws[{lag}:][copied] = draws[:-{lag}][copied]
        keep = draws.reshape(x.shape) >= p"""


def edit(was: str, now: str, *also: tuple[str, str]) -> Mistake:
    return Mistake("wrong", was, now, "", also=list(also))


WRONG: dict[str, tuple[str, Mistake, str]] = {
    "leaky ReLU flat below -1000": (
        "activations", edit(SLOPES, "slope = np.where(x > 0, 1, np.where(x < -1000, 0, alpha))"), "leaky leaky_back"),
    "leaky ReLU that never answers less than -10": (
        "activations", edit("return slope * x, slope", "return np.maximum(slope * x, -10), slope"), "leaky"),
    "the last alpha taken for the default": (
        "activations",
        edit("def leaky_relu_forward(x, *, alpha=0.01):", "LAST = [0.01]\n\n\ndef leaky_relu_forward(x, *, alpha=None):",
             (SLOPES, f"LAST[0] = alpha = LAST[0] if alpha is None else alpha\n    {SLOPES}")), "leaky leaky_back"),
    "ReLU of at most 500": ("activations", edit(RELU, "return np.clip(x, 0, 500), x > 0"), "relu"),
    "sigmoid whose slope is at least 1e-4": (
        "activations", edit("return dout * s * (1 - s)", "return dout * np.maximum(s * (1 - s), 1e-4)"), "sigmoid_flat"),
    "tanh of the first 100 rows": (
        "activations", edit("out = np.tanh(x)", "out = 1.0 * x\n    out[:100] = np.tanh(x[:100])"), "tanh tanh_back"),
    "xhat clipped at 2.9": ("batch-norm", edit(NORMAL, "normal = np.clip((x - mean) / sigma, -2.9, 2.9)"), "edges dx_edges dgamma"),
    "dgamma clipped at 100": ("batch-norm", edit("return dx, dgamma", "return dx, np.clip(dgamma, -100, 100)"), "dgamma"),
    "dx clipped at 5": ("batch-norm", edit("return dx, dgamma", "return np.clip(dx, -5, 5), dgamma"), "dx dx_edges"),
    "moving mean within 5": (
        "batch-norm", edit("momentum) * x.mean(axis=0)", "momentum) * np.clip(x.mean(axis=0), -5, 5)"), "moving_mean"),
    "inference within 10": (
        "batch-norm",
        edit("normal = (x - moving_mean) / np.sqrt(moving_var + eps)",
             "normal = np.clip((x - moving_mean) / np.sqrt(moving_var + eps), -10, 10)"), "infer"),
    "eps of the first call": (
        "batch-norm",
        edit("sigma = np.sqrt(var + eps)", "sigma = np.sqrt(var + FIRST.setdefault('eps', eps))",
             ("def batch_norm_forward", "FIRST = {}\n\n\ndef batch_norm_forward")), "fwd dx dgamma"),
    "dgamma with an axis too many": (
        "batch-norm",
        edit("dgamma = (dout * normal).sum(axis=0)", "dgamma = (dout * normal).sum(axis=0, keepdims=True)"), "dgamma"),
    "caches on one pile": (
        "batch-norm",
        edit("normal, gamma, sigma = cache", "normal, gamma, sigma = KEPT.pop()", *KEPT,
             ("def batch_norm_forward", "KEPT = []\n\n\ndef batch_norm_forward")), "dx dx_edges dgamma dbeta"),
    "dW of the first 255 examples": ("dense-layer", edit(DW, "dW = rows[:255].T @ slopes[:255]"), "dW"),
    "db within 100": ("dense-layer", edit(DB, "db = np.clip(slopes.sum(axis=0), -100, 100)"), "db"),
    "two leading axes at most": ("dense-layer", edit(DB, "db = dout.sum(axis=(0, 1)[: dout.ndim - 1])"), "lead"),
    "no vector": ("dense-layer", edit(DB, "db = dout.sum(axis=tuple(range(max(1, dout.ndim - 1))))"), "lead"),
    "dense caches on one pile": (
        "dense-layer",
        edit("x @ W + b, (x, W)", "x @ W + b, KEPT.append((x, W))", ("x, W = cache", "x, W = KEPT.pop()"),
             ("def dense_forward", "KEPT = []\n\n\ndef dense_forward")), "dx dW db"),
    **{f"half of the draws copied {lag} entries later": (
        "dropout", edit(KEEP, COPIED.format(lag=lag)), "single") for lag in (2, 1000, 31_234)},
    "a third of the mask three times": (
        "dropout", edit(KEEP, "keep = np.resize(rng.random(-(-x.size // 3)), x.shape) >= p"), "single number"),
    "negative entries dropped a little more often": (
        "dropout", edit(KEEP, "keep = rng.random(x.shape) >= np.where(x < 0, 1.02 * p, p)"), "rate"),
    "more negative and fewer positive entries dropped": (
        "dropout", edit(KEEP, "keep = rng.random(x.shape) >= p + np.where(x < 0, 0.02, -0.01) * p"), "rate"),
}  # fmt: skip


@cache
def assignment(slug: str) -> tuple[Assignment, Oracle]:
    found = Assignment(slug, own_course().root)
    return found, Oracle(found)


@pytest.mark.parametrize(("slug", "wrong", "rows"), WRONG.values(), ids=WRONG)
def test_a_wrong_program_that_nobody_listed_loses_rows(slug: str, wrong: Mistake, rows: str) -> None:
    topic, truth = assignment(slug)
    student = Live.of(wrong.apply(topic.solution))
    found = evaluate(topic.topic, student, seeded_trials(topic.topic, student, truth, PUBLIC_SEED))
    assert [o.row.id for o in found if not o.earned or o.follow] == rows.split()
