"""Known ways to get Adagrad wrong, with what helps the student."""

from grader import Mistake

SUM = 's = state.get("s", 0) + dw**2'
START = 'state.get("s", 0)'
STEP = "w = w - lr * dw / (np.sqrt(s) + eps)"
DENOMINATOR = "(np.sqrt(s) + eps)"
RETURN = '{"s": s}'
LOOP = """
from math import sqrt


def adagrad(w, dw, state, *, lr=0.01, eps=1e-10):
    s, new = list(state or [0.0] * len(w)), np.empty(len(w))
    for i in range(len(w)):
        s[i] += dw[i] ** 2
        new[i] = w[i] - lr * dw[i] / (sqrt(s[i]) + eps)
    return new, s
"""

mistakes = [
    Mistake("no memory",                       RETURN,            "{}",
            "Each of your steps is a first step: add dw**2 to the sum of the steps before, and return the sum as `state`."),
    Mistake("the mean of the squares",         STEP,
            't = state.get("t", 0) + 1\n    w = w - lr * dw / (np.sqrt(s / t) + eps)',
            "You divide by the root of the mean square, which does not grow: Adagrad takes the sum.",
            also=[(RETURN, '{"s": s, "t": t}')]),
    Mistake("gradient not squared",            "dw**2",           "np.abs(dw)",
            "s sums the squares of the gradients, dw**2, not their absolute values."),
    Mistake("absolute values, without a root", "dw**2",           "np.abs(dw)",
            "You divide by the sum of absolute gradients: graded is the root of the sum of their squares.",
            also=[(DENOMINATOR, "(s + eps)")]),
    Mistake("the sum is squared",              SUM,               's = state.get("s", 0) + dw',
            "You sum the gradients and square the sum, where opposite ones cancel: square each gradient, then sum.",
            also=[(DENOMINATOR, "(np.sqrt(s**2) + eps)")]),
    Mistake("the root is kept",                RETURN,            '{"s": np.sqrt(s)}',
            "You keep the root of the sum, and the next square is added to it: keep the sum itself."),
    Mistake("the sum of the step before",      DENOMINATOR,       '(np.sqrt(state.get("s", 0)) + eps)',
            "You divide by the sum that came in, which is 0 at first: add dw**2 to it before you take the root."),
    Mistake("no root",                         DENOMINATOR,       "(s + eps)",
            "Divide by the square root of s: only then is the first step as long as lr, whatever the gradient's size."),
    Mistake("multiplied by the root",          "/ " + DENOMINATOR, "* " + DENOMINATOR,
            "You multiply by the root of the sum: divide by it, so that a weight with large gradients takes shorter steps."),
    Mistake("gradient descent",                STEP,              "w = w - lr * dw",
            "Your step is plain gradient descent: divide it by np.sqrt(s) + eps."),
    Mistake("the gradient left out",           STEP,              "w = w - lr / (np.sqrt(s) + eps)",
            "Your step does not depend on the sign of the gradient: multiply by dw."),
    Mistake("the sign of the gradient",        STEP,              "w = w - lr * np.sign(dw) / (np.sqrt(s) + eps)",
            "Your step has the sign of the gradient, but not its size: multiply by dw itself."),
    Mistake("lr inside the sum",               "dw**2",           "(lr * dw) ** 2",
            "With lr in the sum it cancels, and the first step is 1 long: sum dw**2 alone."),
    Mistake("the rate decays of itself",       STEP,
            't = state.get("t", 0) + 1\n    w = w - lr / t * dw / (np.sqrt(s) + eps)',
            "You divide lr by the number of steps, too. Here only the root of the sum shortens the steps.",
            also=[(RETURN, '{"s": s, "t": t}')]),
    Mistake("the rate decays by a root, too",  STEP,
            't = state.get("t", 0) + 1\n    w = w - lr / np.sqrt(t) * dw / (np.sqrt(s) + eps)',
            "The steps shrink like 1/√t because the sum grows: do not divide by √t a second time.",
            also=[(RETURN, '{"s": s, "t": t}')]),
    Mistake("Keras's Adagrad",                 START,             'state.get("s", 0.1)',
            "This is Keras's Adagrad, whose sum starts at 0.1 and whose eps stands inside the root. Graded is PyTorch's: the sum "
            "starts at 0, and eps is added after the root.", also=[(DENOMINATOR, "np.sqrt(s + eps)")]),
    Mistake("the sum starts at 0.1",           START,             'state.get("s", 0.1)',
            "Your sum starts at 0.1, as in Keras: here it starts at 0, so that the first step is lr long."),
    Mistake("the sum starts at 1",             START,             'state.get("s", 1)',
            "Your sum starts at 1: start it at 0. It is eps that prevents a division by 0."),
    Mistake("one sum for the whole tensor",    "dw**2",           "np.sum(dw**2)",
            "Every weight has its own s: square entry by entry, and do not sum over the tensor."),
    Mistake("one mean for the whole tensor",   "dw**2",           "np.mean(dw**2)",
            "Every weight has its own s: square entry by entry, and do not average over the tensor."),
    Mistake("state kept in a global",          "def adagrad(",    "memory = {}\n\n\ndef adagrad(",
            "Your sum lives in a global, so every tensor and every run shares it: keep it in `state`.",
            also=[("    " + SUM, "    state = memory\n    " + SUM),
                  ("return w, " + RETURN, "memory.update(s=s)\n    return w, {}")]),
    Mistake("eps inside the root",             DENOMINATOR,       "np.sqrt(s + eps)",
            "You add eps to s, as the lecture notes do for RMSprop and Adam. Graded is np.sqrt(s) + eps."),
    Mistake("eps summed at every step",        SUM,               's = state.get("s", 0) + dw**2 + eps',
            "You add eps to the sum at every step: s sums squares alone, and eps is added once, after the root.",
            also=[(DENOMINATOR, "np.sqrt(s)")]),
    Mistake("eps left out",                    DENOMINATOR,       "np.sqrt(s)",
            "A weight whose gradient has always been 0 becomes 0/0: add eps to the root."),
    Mistake("another default for eps",         "eps=1e-10",       "eps=1e-8",
            "Adam's eps is 1e-8 by default, Adagrad's 1e-10: leave the first line of the function as it was given."),
    Mistake("Keras's defaults",                "lr=0.01, eps=1e-10", "lr=0.001, eps=1e-7",
            "lr and eps have Keras's default values: leave the first line of the function as it was given."),
    Mistake("lr fixed",                        "w - lr *",        "w - 0.01 *",
            "0.01 is only the default: use the argument lr."),
    Mistake("lr of the first step kept",       "    " + SUM,      '    lr = state.get("lr", lr)\n    ' + SUM,
            "You keep the lr of the first step: use the argument of each call, for a schedule changes it on the way.",
            also=[(RETURN, '{"s": s, "lr": lr}')]),
    Mistake("state reset where gradients are 0", "    " + SUM,    "    state = state if dw.any() else {}\n    " + SUM,
            "Where every gradient is 0 you begin again: keep the sum, which such a step does not change."),
    Mistake("divided by the gradient's length", "    " + SUM,
            "    length = np.linalg.norm(dw)\n    dw = dw / length * length\n    " + SUM,
            "Where every gradient is 0 you divide 0 by 0: such a tensor has to stay where it is."),
    Mistake("a loop over len(w)", code=LOOP,
            say="len(w) counts the rows of a matrix, so that your loop meets whole rows: work on arrays, without a loop. Then any "
            "shape is right."),
    Mistake("uphill",                          "w = w - lr",      "w = w + lr", "You walk uphill: subtract the step."),
    Mistake("only the change returned",        "w = w - lr",      "w = -lr",
            "You return the change of w: return w with the change added."),
    Mistake("w changed in place",              "w = w - lr",      "w -= lr",
            "`w -= ...` writes into the caller's array: make a new one with w = w - ..."),
    Mistake("dw changed in place",             "    w = w - lr",  "    dw *= 1 / (np.sqrt(s) + eps)\n    w = w - lr",
            "You write into the caller's gradient: leave dw as it is.", also=[("lr * dw / (np.sqrt(s) + eps)", "lr * dw")]),
    Mistake("float32",                         "return w,",       "return w.astype(np.float32),",
            "You compute in float32, which knows seven digits: keep float64, numpy's default."),
]

SIGNED = "You sum the gradients themselves, and the root of a negative sum is nan: sum their squares, dw**2."
AVERAGE = "You average the squares, as RMSprop does, and old gradients fade: Adagrad adds every square to a sum and forgets none."
families = [
    Mistake(f"RMSprop's average, {beta}", SUM, f's = {beta} * state.get("s", 0) + (1 - {beta}) * dw**2', AVERAGE)
    for beta in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
] + [
    Mistake(f"a sum that fades by {beta}", SUM, f's = {beta} * state.get("s", 0) + dw**2',
            "Your sum fades, so that old gradients are forgotten: Adagrad adds every square in full and forgets none.")
    for beta in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
] + [  # seen where some gradient is small enough: in other rows on another seed
    Mistake(f"eps fixed at {eps}", DENOMINATOR, f"(np.sqrt(s) + {eps})", "eps is a fixed number: use the argument eps.")
    for eps in ("1e-8", "1e-7")
] + [
    Mistake("the gradients' sum",        "dw**2",       "dw",       SIGNED),
    Mistake("cubes",                     "dw**2",       "dw**3",    "You sum cubes, which may be negative: sum squares, dw**2."),
    Mistake("powers of 2",               "dw**2",       "2**dw",    "2**dw is 2 to the power of dw: its square is dw**2."),
    Mistake("squares subtracted",        '0) + dw**2',  '0) - dw**2',
            "You subtract the squares, and the root of a negative number is nan: add them to the sum."),
    Mistake("w turned round",            STEP,          "w = lr * dw / (np.sqrt(s) + eps) - w",
            "Your difference is the wrong way round: w minus the step."),
    Mistake("w under the root",          DENOMINATOR,   "(np.sqrt(w) + eps)", "You take the root of w: it is that of s."),
    Mistake("lr left out",               "lr * dw /",   "dw /",
            "Your step does not use lr: without it the first one is 1 long."),
    Mistake("doubled, not squared",      "dw**2",       "dw * 2",   "dw * 2 is twice the gradient: its square is dw**2."),
    Mistake("the larger of root and eps", DENOMINATOR,  "np.maximum(np.sqrt(s), eps)",
            "You divide by the larger of np.sqrt(s) and eps: divide by their sum."),
    Mistake("eps subtracted",            DENOMINATOR,   "(np.sqrt(s) - eps)", "You subtract eps: add it to the root."),
    Mistake("divided by the gradient",   "lr * dw /",   "lr / dw /", "You divide by dw: multiply by it, lr * dw."),
    Mistake("the fraction turned round", STEP,          "w = w - (np.sqrt(s) + eps) / (lr * dw)",
            "Your fraction is upside down: lr * dw stands above np.sqrt(s) + eps."),
    Mistake("w kept in place of s",      RETURN,        '{"s": w}', "What you return as `state` is w: return s, the sum."),
    Mistake("s returned in place of w",  "return w,",   "return s,", "You return s first: the first output is the new w."),
    Mistake("s in place of w",           "w = w - lr",  "w = s - lr", "You subtract the step from s: subtract it from w."),
]
