"""Programs that no author foresaw, right on small and ordinary inputs, lose a row of the topics about losses, and not all of it."""

import numpy as np
import pytest

from grader.judging.evaluate import evaluate
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import PUBLIC_SEED, seeded_trials
from support.repository import own_course

COURSE = own_course()
LOSSES, ENTROPY, REGRESSION, NETWORK = "losses", "softmax-cross-entropy", "softmax-regression", "two-layer-network"
PENALTIES = "regularisation"
GRADIENTS = "return X.T @ delta / n, delta.sum(axis=0) / n"
SIX = "return dZ2, dW2, db2, dZ1, dW1, db1"
START = "rng.normal(0, 0.01, size=(d, classes))"
PICKED = "log_softmax(logits)[np.arange(len(labels)), labels]"
BACK = "        _, dW2, db2, _, dW1, db1 = backward(x, y, W2, A1, A2)\n"
SHORTER = "    size = np.sqrt(sum((g**2).sum() for g in found))\n    return tuple(g * min(1, 5 / size) for g in found)"
KEPT = "        dW1 = BEFORE[dW1.shape] = dW1 + 0.5 * BEFORE.get(dW1.shape, 0)\n"

WRONG = [
    (LOSSES, "mse", "(p - y) ** 2", "np.minimum((p - y) ** 2, 1e5)"),
    (LOSSES, "mse_grad", "2 * (p - y) / p.size", "np.clip(2 * (p - y) / p.size, -10, 10)"),
    (LOSSES, "bce", "np.mean(np.log(right))", "np.log(right).sum() / np.uint8(len(a))"),
    (LOSSES, "bce", "np.mean(np.log(right))", "np.log(right)[: max(1, len(y) // 2 * 2)].mean()"),
    (LOSSES, "bce_grad", "(a * (1 - a)) / len(a)", "(a * (1 - a)) / (2 * max(y.sum(), (1 - y).sum(), 1) - len(a) % 2)"),
    (LOSSES, "unlikely", "np.where(y == 1, a, 1 - a)", "np.maximum(np.where(y == 1, a, 1 - a), 1e-8)"),
    (LOSSES, "unlikely_grad", "(a * (1 - a)) / len(a)", "(a * (1 - a) + 1e-9) / len(a)"),
    (
        LOSSES,
        "huge",
        "    return np.mean(np.maximum(z",
        "    z = np.clip(z, -500, 500)\n    return np.mean(np.maximum(z",
    ),
    (
        LOSSES,
        "huge",
        "np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))",
        "np.log1p(np.exp(np.where(y == 1, -z, z)))",
    ),
    (LOSSES, "huge_grad", "(sigmoid(z) - y)", "(np.exp(z - np.log(1 + np.exp(z))) - y)"),
    (LOSSES, "hinge", "np.maximum(0, 1 - y * s)", "np.clip(1 - y * s, 0, 10)"),
    (LOSSES, "hinge_grad", "y * s < 1, -y", "(y * s < 1) & (y * s > -10), -y"),
    (
        ENTROPY,
        "huge_loss",
        "targets * log_softmax(logits)",
        "targets * (logits - np.log(np.exp(logits).sum(1, keepdims=True)))",
    ),
    (ENTROPY, "underflow", "targets * log_softmax(logits)", "targets * np.log(np.maximum(softmax(logits), 1e-15))"),
    (ENTROPY, "many", "labels] = 1", "labels.astype(np.int8)] = 1"),
    (ENTROPY, "many_sparse", PICKED, "log_softmax(logits)[np.arange(len(labels)), labels.astype(np.uint8)]"),
    (REGRESSION, "steep", GRADIENTS, "return np.clip(X.T @ delta / n, -100, 100), delta.sum(axis=0) / n"),
    (REGRESSION, "steep", GRADIENTS, f"found = X.T @ delta / n, delta.sum(axis=0) / n\n{SHORTER}"),
    (
        REGRESSION,
        "huge_grad",
        "delta = probabilities(X, W, b)",
        "z = X @ W + b; delta = np.exp(z - np.log(np.exp(z).sum(1))[:, None])",
    ),
    (
        REGRESSION,
        "many",
        "delta[np.arange(n), y] -= 1",
        "delta.flat[(np.arange(n) * len(b) + y).astype(np.uint8)] -= 1",
    ),
    (REGRESSION, "epoch", "n, d = X.shape", "n, d = X.shape; train.lr = lr = getattr(train, 'lr', lr)"),
    (REGRESSION, "epoch", "for start in range(0, n, batch):", "for start in range(0, n if n > batch else 0, batch):"),
    (REGRESSION, "start", START, "np.clip(rng.normal(0, 0.01, size=(d, classes)), -0.02, 0.02)"),
    (REGRESSION, "start", START, "rng.laplace(0, 0.00973, size=(d, classes))"),
    (NETWORK, "steep", SIX, f"found = dZ2, dW2, db2, dZ1, dW1, db1\n{SHORTER}"),
    (NETWORK, "leap", BACK, BACK + "        dW1 = dW1 / max(1, np.abs(dW1).max())\n"),
    (NETWORK, "goes_on", BACK, BACK + "        if np.abs(dW1).max() < 1e-6:\n            break\n"),
    (NETWORK, "goes_on", BACK, "        A2 = np.clip(A2, 1e-6, 1 - 1e-6)\n" + BACK),
    (NETWORK, "run", BACK, BACK + KEPT),
    (NETWORK, "capped", "-np.log(right)", "-np.log(np.maximum(right, 1e-7))"),
    (PENALTIES, "l2", "np.sum(w**2)", "np.sum(np.minimum(w**2, 1e5))"),
    (PENALTIES, "l2_grad", "return 2 * lam * w", "return np.clip(2 * lam * w, -100, 100)"),
    (PENALTIES, "l1", "np.sum(np.abs(w))", "np.sum(np.abs(w.ravel()[:255]))"),
    (PENALTIES, "zero", "np.sign(w)", "np.clip(w / 0.05, -1, 1)"),
    (PENALTIES, "zero_elastic", "+ l1_grad(w, lam=lam2)", "+ lam2 * w / np.sqrt(w**2 + 1e-12)"),
    (PENALTIES, "shape", "np.sum(np.abs(w))", "(np.abs(w).sum(axis=0).max() if w.ndim == 2 else np.abs(w).sum())"),
    (PENALTIES, "ridge", "np.mean(error**2)", "np.minimum(np.mean(error**2), 1e5)"),
    (PENALTIES, "dw", "2 * X.T @ error / len(y)", "2 * X.T @ error / np.uint8(len(y))"),
    (PENALTIES, "run", "w = w - lr * dw", "w = w - lr * dw * min(1, 5 / np.sqrt(dw @ dw))"),
    (
        PENALTIES,
        "run",
        "w, b, *, lam=0.1, lr=0.1, steps=200):\n",
        "w, b, *, lam=0.1, lr=0.1, steps=200):\n    lr = BEFORE.setdefault('lr', lr)\n",
    ),
    (PENALTIES, "shrinks", "w = w - lr * dw", "w = w - lr * dw * (np.abs(lr * dw).max() > 1e-6)"),
]


@pytest.fixture(scope="module", params=[LOSSES, ENTROPY, REGRESSION, NETWORK, PENALTIES])
def assignment(request: pytest.FixtureRequest) -> Assignment:
    return Assignment(request.param, COURSE.root)


def test_a_wrong_program_that_is_right_on_ordinary_inputs_loses_the_row_that_is_there_for_it(
    assignment: Assignment,
) -> None:
    truth, total = Oracle(assignment), sum(row.points for row in assignment.topic.rubric)
    for slug, row, was, now in WRONG:
        if slug != assignment.slug:
            continue
        assert assignment.solution.count(was) == 1, was
        student = Live.of("BEFORE = {}\n" + assignment.solution.replace(was, now), now)
        with np.errstate(all="ignore"):
            found = evaluate(assignment.topic, student, seeded_trials(assignment.topic, student, truth, PUBLIC_SEED))
        lost = {o.row.id: o.row.points for o in found if not o.earned}
        assert row in lost, (slug, row, now)
        assert sum(lost.values()) < 0.4 * total, (now, lost)
