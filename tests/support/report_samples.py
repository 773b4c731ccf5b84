"""A small plainly fictional class, with results and notebooks made by hand, for the tests of the report."""

from __future__ import annotations

import base64
import struct
import zlib

from grader.result import Hint, Note, Result, Status, Verdict
from support.notebooks import code, display, markdown, notebook, stream

TOPICS = [("adam", "Adam", 2.0), ("softmax-cross-entropy", "Softmax cross-entropy", 1.0)]
INSIDE = Hint("eps inside the root", "You add eps before taking the square root; Adam divides by √v̂ + eps.")
UNDIVIDED = Hint("not divided by n", "The loss is a mean over the batch, so its gradient has a factor 1/n.")

ADAM = '''def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam."""
    state["t"] = state.get("t", 0) + 1
    m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1 ** state["t"])
    v_hat = v / (1 - beta2 ** state["t"])
    return w - lr * m_hat / np.sqrt(v_hat + eps), state'''


def png(width: int = 120, height: int = 60) -> str:
    """A true picture: a soft diagonal gradient."""
    rows = b"".join(b"\0" + bytes((x * 2 + y * 2) % 256 for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


def usual_notebook() -> bytes:
    """What students hand in: prose with formulas, a magic, the function, prints, a plot, an exception."""
    error = {
        "output_type": "error",
        "ename": "ZeroDivisionError",
        "evalue": "division by zero",
        "traceback": ["\x1b[0;31mZeroDivisionError\x1b[0m: division by zero"],
    }
    cells = (
        markdown(
            "# Adam\n\nAdam keeps two running means, $m_t = \\beta_1 m_{t-1} + (1-\\beta_1) g_t$ and "
            "$v_t$ of the *squares*, corrects their bias, and steps by\n\n"
            "$$w_t = w_{t-1} - \\alpha \\frac{\\hat m_t}{\\sqrt{\\hat v_t} + \\epsilon}$$\n\n"
            "- [x] read the [paper](https://example.org/adam)\n- [ ] try `beta2 = 0.9`\n\n"
            "| symbol | default |\n|---|---:|\n| α | 1e-3 |\n| ε | 1e-8 |"
        ),
        code("%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt"),
        code(ADAM),
        markdown("## A first try\nIt goes *down*, so it must be right."),
        code(
            "w, state = np.ones(2), {}\nfor step in range(100):\n    w, state = adam(w, 2 * w, state, lr=0.1)\n"
            'print("loss", w @ w)',
            stream("loss 0.0007315964\n"),
        ),
        code("plt.plot(losses)", display(text_plain="<Figure size 640x480>", image_png=png())),
        code("1 / 0", error),
    )
    return notebook(*cells).encode()


def adam_rows(earned: int = 9) -> tuple[Verdict, ...]:
    """Adam's rubric; `earned` is the points of the long row of thirty steps and what follows from it."""
    full = earned == 9
    where = {"function": "adam", "case": "a walk over decades"}
    return (
        Verdict("first", "the first step is right", 3, 3, Status.EARNED, evidence=where),
        Verdict(
            "steps",
            "thirty steps are right",
            3,
            3 if full else 0,
            Status.EARNED if full else Status.LOST,
            "" if full else "adam, step 3 of 30: entry (1,) is -0.2731381 instead of -0.2731379",
            None if full else INSIDE,
            where,
        ),
        Verdict("pure", "the inputs are left alone", 1, 1, Status.EARNED, evidence=where),
        Verdict(
            "tail",
            "a long run stays right",
            2,
            2 if full else 0,
            Status.EARNED if full else Status.LOST,
            "" if full else "secret-case: entry 0 is 1 instead of 2",
            None if full else INSIDE,
            where,
            hidden=True,
        ),
    )


def softmax_rows(kind: str) -> tuple[Verdict, ...]:
    """A rubric with one row of each outcome, by `kind`."""
    loss = Verdict("loss", "the loss is right", 3, 3, Status.EARNED, evidence={"function": "softmax_xent"})
    sums = Verdict("sums", "each row of the gradient sums to 0", 1, 0, Status.WITHHELD, "needs the row grad")
    grad = {
        "part": Verdict(
            "grad",
            "the gradient is right",
            4,
            2,
            Status.LOST,
            "softmax_xent_grad, a batch: entry (0, 2) is 1.482 instead of 0.18525: 8 times too large",
            UNDIVIDED,
            {"function": "softmax_xent_grad"},
        ),
        "raised": Verdict(
            "grad",
            "the gradient is right",
            4,
            0,
            Status.RAISED,
            "softmax_xent_grad, a single row: ValueError: operands could not be broadcast together",
            evidence={"cell": 1, "line": 6, "function": "softmax_xent_grad"},
        ),
        "timeout": Verdict("grad", "the gradient is right", 4, 0, Status.TIMEOUT, "used up its 2 s of CPU time"),
        "died": Verdict("grad", "the gradient is right", 4, 0, Status.DIED, "the process ended (out of memory)"),
        "void": Verdict("grad", "the gradient is right", 4, 0, Status.VOID, "the reference could not be computed"),
    }[kind]
    return loss, grad, sums


SOFTMAX = b"""import numpy as np


def softmax_xent(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    return -np.log(np.exp(z) / np.exp(z).sum(1))[np.arange(len(z)), labels].mean()


def softmax_xent_grad(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p[np.arange(len(p)), labels] -= 1
    return p
"""


def result(student: str, topic: str, rows: tuple[Verdict, ...], file: str = "", notes: tuple[Note, ...] = ()) -> Result:
    return Result(
        topic=topic,
        student=student,
        file=file or f"{topic}.ipynb",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        rows=rows,
        notes=notes,
        jail="level 3: Linux with user namespaces; everything that the jail promises is held.",
    )


def a_class() -> tuple[list[Result], dict[tuple[str, str], bytes]]:
    """Seven students on two topics: full and partial scores, every status, one missing, one ungraded, one unreadable."""
    raising = (
        Note("ZeroDivisionError: division by zero. The cells after it still ran.", 5),
        Note("1 magic was skipped"),
    )
    softmax = "softmax-cross-entropy"
    results = [
        result("ada", "adam", adam_rows(9)),
        result("ada", softmax, softmax_rows("part"), "softmax.py"),
        result("alan", "adam", adam_rows(4), notes=raising),
        result("alan", softmax, softmax_rows("void"), "softmax.py"),
        result("edsger", "adam", adam_rows(4)),
        result("edsger", softmax, softmax_rows("raised"), "softmax.py"),
        result("grace", "adam", adam_rows(9)),
        result("barbara", "adam", adam_rows(9)),
        result("barbara", softmax, softmax_rows("timeout"), "softmax.py"),
        result("donald", "adam", adam_rows(4)),
        result("donald", softmax, softmax_rows("died"), "softmax.ipynb"),
    ]
    files = {(r.student, r.topic): SOFTMAX if r.file.endswith(".py") else usual_notebook() for r in results}
    files["donald", softmax] = b'{"cells": [{"cell_type": "code", "sou'
    return results, files
