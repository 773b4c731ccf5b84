"""What references are written with is PyTorch's own code, without what PyTorch imports for its compiler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.inside.plan import Plan

torch = pytest.importorskip("torch")

from grader.topics.folder import Assignment  # noqa: E402
from grader.truth.reference import Oracle, eager, layer, stepwise  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
GRADIENTS = ([0.0, 1.0, -3e-7], [2.0, -1e5, 0.0], [-0.1, 0.3, 7.0])


@pytest.mark.parametrize(
    ("optimiser", "hyper"),
    [
        (torch.optim.Adam, {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-3}),
        (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
        (torch.optim.Adagrad, {"lr": 0.1}),
        (torch.optim.RMSprop, {"lr": 0.1, "centered": True}),
    ],
)
def test_an_eager_optimiser_steps_as_torch_s_own_does_to_the_last_bit(optimiser: type, hyper: dict[str, float]) -> None:
    ends = []
    for made in (optimiser, eager(optimiser)):
        w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
        steps = made([w], **hyper)
        for gradient in GRADIENTS:
            steps.zero_grad()
            w.grad = torch.tensor(gradient, dtype=torch.float64)
            steps.step()
        ends.append(w.detach().clone())
    assert torch.equal(*ends)
    assert not torch.equal(ends[0], torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))


def test_a_layer_s_backward_is_torch_s_vector_jacobian_product_to_the_last_bit() -> None:
    x = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    dout = torch.randn(5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    forward, backward = layer(lambda x: torch.logsumexp(x, 1))
    _, cache = forward(x=x)
    tracked = x.clone().requires_grad_(True)
    expected = torch.autograd.grad(torch.logsumexp(tracked, 1), tracked, dout)[0]
    assert torch.equal(backward(dout, cache), expected)


def test_a_layer_s_backward_refuses_a_dout_that_would_only_broadcast() -> None:
    forward, backward = layer(lambda x: x.sum(1))
    _, cache = forward(x=torch.ones(5, 3, dtype=torch.float64))
    with pytest.raises(ValueError, match=r"dout has shape \(5, 1\), and what forward returns \(5,\)"):
        backward(torch.ones(5, 1, dtype=torch.float64), cache)


@pytest.mark.parametrize("topic", ["adam", "momentum", "batch-norm"])
def test_the_reference_imports_neither_torch_s_compiler_nor_sympy(topic: str) -> None:
    program = f"""
import sys
from pathlib import Path
from typing import Any
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.truth.reference import Oracle
from grader.truth.trials import seeded_trials

assignment = Assignment({topic!r}, Path.cwd())
oracle, solution = Oracle(assignment), Live.of(assignment.solution)
for row in assignment.topic.rubric:
    row.check(seeded_trials(assignment.topic, solution, oracle, 1)(row))
unwanted = ("torch._dynamo", "torch._inductor", "sympy")
print(len(oracle.short.records[0].answers), *(name for name in unwanted if name in sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    asked, *imported = run.stdout.split()
    assert int(asked) > 5
    assert not imported


def test_a_reference_that_changes_its_argument_in_place_does_not_change_what_the_student_is_sent(
    softmax: Assignment,
) -> None:
    oracle, x, plan = Oracle(softmax), np.zeros(3), Plan()

    def add_one(x: np.ndarray) -> np.ndarray:
        x += 1
        return x

    oracle.world["add_one"] = add_one
    plan.want(*plan.call("add_one", x))
    assert np.array_equal(oracle.run(plan)[0].value, [1, 1, 1])
    assert np.array_equal(x, [0, 0, 0])


@pytest.mark.parametrize(
    ("optimiser", "hyper"),
    [
        (torch.optim.Adam, {"betas": (0.8, 0.99)}),
        (torch.optim.SGD, {"momentum": 0.9}),
        (torch.optim.Adagrad, {}),
    ],
)
def test_a_stepwise_optimiser_follows_a_schedule_as_torch_s_own_does_to_the_last_bit(
    optimiser: type, hyper: Any
) -> None:
    """torch's own schedulers change `lr` in the groups of one optimiser."""
    parameter = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
    made: Any = eager(optimiser)
    own = made([parameter], lr=1.0, **hyper)
    w, state = parameter.detach().clone(), dict[str, Any]()
    step = stepwise(lambda parameters, lr: made(parameters, lr=lr, **hyper))
    for lr, gradient in zip((0.1, 0.01, 0.5), GRADIENTS, strict=True):
        own.param_groups[0]["lr"] = lr
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        own.step()
        w, state = step(w, torch.tensor(gradient, dtype=torch.float64), state, lr=lr)
        assert torch.equal(w, parameter.detach())
