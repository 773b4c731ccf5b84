"""Known ways to get Adam wrong, with what helps the student."""

from grader import Mistake

CORRECT_M = ("m_hat = m / (1 - beta1**t)", "m_hat = m")
CORRECT_V = ("v_hat = v / (1 - beta2**t)", "v_hat = v")
LOOP = """
from math import sqrt


def adam(w, dw, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state or (0, [0.0] * len(w), [0.0] * len(w))
    t, m, v, new = t + 1, list(m), list(v), np.empty(len(w))
    for i in range(len(w)):
        m[i] = beta1 * m[i] + (1 - beta1) * dw[i]
        v[i] = beta2 * v[i] + (1 - beta2) * dw[i] ** 2
        new[i] = w[i] - lr * (m[i] / (1 - beta1**t)) / (sqrt(v[i] / (1 - beta2**t)) + eps)
    return new, (t, m, v)
"""
DENOMINATOR = "(np.sqrt(v_hat) + eps)"

mistakes = [
    Mistake("the notes' Adam",                *CORRECT_M,
            "This is Adam as the lecture notes write it. Graded is the paper's: divide m by 1 - beta1**t and v by 1 - beta2**t "
            "before the step, and add eps after the square root.", also=[CORRECT_V, (DENOMINATOR, "np.sqrt(v_hat + eps)")]),
    Mistake("no bias correction",             *CORRECT_M,
            "m and v start at 0, so the first averages are too small: divide m by 1 - beta1**t and v by 1 - beta2**t.",
            also=[CORRECT_V]),
    Mistake("m is not bias corrected",        *CORRECT_M,
            "v is bias corrected, m is not: it starts at 0 too, so divide it by 1 - beta1**t."),
    Mistake("v is not bias corrected",        *CORRECT_V,
            "m is bias corrected, v is not: it starts at 0 too, so divide it by 1 - beta2**t, before the root."),
    Mistake("bias correction stays at t = 1", "1 - beta1**t",               "1 - beta1",
            "Every step divides by 1 - beta, which is right for the first one only: divide by 1 - beta**t, and return the new t "
            "in your state.", also=[("1 - beta2**t", "1 - beta2")]),
    Mistake("(1 - beta)**t",                  "(1 - beta1**t)",             "(1 - beta1)**t",
            "The power belongs to beta alone: 1 - beta**t, not (1 - beta)**t.", also=[("(1 - beta2**t)", "(1 - beta2)**t")]),
    Mistake("corrected averages kept",        '"m": m, "v": v',             '"m": m_hat, "v": v_hat',
            "You keep the corrected averages, so they are corrected again at every step: keep m and v themselves."),
    Mistake("t starts at 2",                  'state.get("t", 0)',          'state.get("t", 1)',
            "Your first step uses t = 2: t counts the steps taken, this one included, so it is 1 at first."),
    Mistake("t starts at 0",                  'state.get("t", 0) + 1',      'state.get("t", 0)',
            "Your first step uses t = 0, and 1 - beta**0 is 0: raise t before you divide by 1 - beta**t.",
            also=[('"t": t,', '"t": t + 1,')], costs=20),  # nan from the first step on: dead
    Mistake("one t for all tensors",          "def adam(",                  "calls = 0\n\n\ndef adam(",
            "You count all calls together. Each tensor has taken its own number of steps: keep t in `state`.",
            also=[('t = state.get("t", 0) + 1', "global calls\n    calls += 1\n    t = calls")]),
    Mistake("state kept in a global",         "def adam(",                  "memory = {}\n\n\ndef adam(",
            "Your averages live in a global, so every tensor and every run shares them: keep them in `state`.",
            also=[("t = state", "state = memory\n    t = state"),
                  ('return w, {"t": t, "m": m, "v": v}', "memory.update(t=t, m=m, v=v)\n    return w, {}")]),
    Mistake("state not returned",             '{"t": t, "m": m, "v": v}',   "{}",
            "Each of your steps is a first step: return t, m and v, they come back as `state` in the next call."),
    Mistake("gradient not squared",           "dw**2",                      "np.abs(dw)",
            "v averages the square of the gradient, dw**2."),
    Mistake("v averages m's square",          "dw**2",                      "m**2",
            "v averages the square of the gradient, not the square of m."),
    Mistake("one v for the whole tensor",     "dw**2",                      "np.mean(dw**2)",
            "Every weight has its own v: square entry by entry and do not average over the tensor."),
    Mistake("m is the gradient",              "m_hat = m / (1 - beta1**t)", "m_hat = dw",
            "Your step uses the gradient itself (this is RMSprop): use m, its running average."),
    Mistake("betas swapped",                  "    t = state",              "    beta1, beta2 = beta2, beta1\n    t = state",
            "beta1 belongs to m, the average of gradients; beta2 to v, the average of squares."),
    Mistake("weights 1 and beta",             "(1 - beta1) * dw",           "dw",
            "These are sums that fade, not averages: weigh the new gradient by 1 - beta1 and its square by 1 - beta2.",
            also=[("(1 - beta2) * dw**2", "dw**2")]),
    Mistake("no root",                        DENOMINATOR,                  "(v_hat + eps)",
            "Divide by the square root of v: only then is a step as long as lr, whatever the gradient's size."),
    Mistake("eps inside the root",            DENOMINATOR,                  "np.sqrt(v_hat + eps)",
            "You add eps to v, as the lecture notes do. Graded is the paper's form: np.sqrt(v_hat) + eps."),
    Mistake("eps before bias correction",
            "lr * m_hat / (np.sqrt(v_hat) + eps)", "lr * np.sqrt(1 - beta2**t) * m_hat / (np.sqrt(v) + eps)",
            "This is the paper's shortened form, as Keras has it: there eps is added to the uncorrected root and so weighs more. "
            "Correct v first, then take the root and add eps."),
    Mistake("eps left out",                   DENOMINATOR,                  "np.sqrt(v_hat)",
            "A weight whose gradient is always 0 becomes 0/0: add eps to the root."),
    Mistake("lr fixed",                       "w - lr *",                   "w - 1e-3 *",
            "Your step is always 0.001: use the argument lr."),
    Mistake("betas fixed",                    "    t = state",              "    beta1, beta2 = 0.9, 0.999\n    t = state",
            "0.9 and 0.999 are only defaults: use the arguments beta1 and beta2."),
    Mistake("eps fixed",                      DENOMINATOR,                  "(np.sqrt(v_hat) + 1e-8)",
            "1e-8 is only the default: use the argument eps."),
    Mistake("lr of the first step kept",      "    t = state",              '    lr = state.get("lr", lr)\n    t = state',
            "You keep the lr of the first step: use the argument of each call, for a schedule changes it on the way.",
            also=[('"t": t,', '"t": t, "lr": lr,')]),
    Mistake("a step without gradients left out",
            "    t = state", "    if not dw.any():\n        return w, state\n    t = state",
            "Where every gradient is 0 you do nothing. Such a step counts, too: t goes up, m and v fade, and m still moves w."),
    Mistake("state reset where gradients are 0", "    t = state",           "    state = state if dw.any() else {}\n    t = state",
            "Where every gradient is 0 you begin again: keep t, m and v, for the averages only fade by such a step."),
    Mistake("divided by the gradient's length",  "    t = state",
            "    length = np.linalg.norm(dw)\n    dw = dw / length * length\n    t = state",
            "Where every gradient is 0 you divide 0 by 0: such a tensor has to stay where it is."),
    Mistake("a loop over len(w)", code=LOOP,
            say="len(w) counts the rows of a matrix, so that your loop meets whole rows: work on arrays, without a loop. Then any "
            "shape is right."),
    Mistake("uphill",                         "w = w - lr",                 "w = w + lr", "You walk uphill: subtract the step."),
    Mistake("only the change returned",       "w = w - lr",                 "w = -lr",
            "You return the change of w: return w with the change added."),
    Mistake("w changed in place",             "w = w - lr",                 "w -= lr",
            "`w -= ...` writes into the caller's array: make a new one with w = w - ..."),
    Mistake("dw changed in place",            "    w = w - lr",             "    dw *= 0\n    w = w - lr",
            "You write into the caller's gradient: leave dw as it is."),
    Mistake("float32",                        "return w,",                  "return w.astype(np.float32),",
            "You compute in float32, which knows seven digits: keep float64, numpy's default."),
]
