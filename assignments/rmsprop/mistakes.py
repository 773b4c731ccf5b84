"""Known ways to get RMSprop wrong, with what helps the student."""

from grader import Mistake

OLD, NEW = 'beta * state.get("v", 0)', "(1 - beta) * dw**2"
MEAN = f"v = {OLD} + {NEW}"
FIRST = "    " + MEAN
STEP = "w = w - lr * dw / (np.sqrt(v) + eps)"
DENOMINATOR = "(np.sqrt(v) + eps)"
RETURN = '{"v": v}'
LOOP = """
from math import sqrt


def rmsprop(w, dw, state, *, lr=0.01, beta=0.99, eps=1e-8):
    v, new = list(state or [0.0] * len(w)), np.empty(len(w))
    for i in range(len(w)):
        v[i] = beta * v[i] + (1 - beta) * dw[i] ** 2
        new[i] = w[i] - lr * dw[i] / (sqrt(v[i]) + eps)
    return new, v
"""

mistakes = [
    Mistake("no memory",                       RETURN,            "{}",
            "Each of your steps is a first step: return v in `state`, it comes back in the next call."),
    Mistake("Adagrad's sum",                   MEAN,              'v = state.get("v", 0) + dw**2',
            "This is Adagrad, whose sum of squares only grows: let the old v fade, beta * v + (1 - beta) * dw**2."),
    Mistake("the old mean does not fade",      OLD,               'state.get("v", 0)',
            "Your v only grows: multiply the old one by beta."),
    Mistake("a sum that fades",                NEW,               "dw**2",
            "This is a sum that fades, not a mean: weigh the new square by 1 - beta."),
    Mistake("weights swapped",                 MEAN,              'v = (1 - beta) * state.get("v", 0) + beta * dw**2',
            "beta weighs the old mean and 1 - beta the new square, not the other way round."),
    Mistake("beta on both terms",              "(1 - beta) * dw", "beta * dw",
            "beta weighs the old mean only: the new square has the weight 1 - beta."),
    Mistake("the weight is squared, too",      NEW,               "((1 - beta) * dw) ** 2",
            "You square 1 - beta with the gradient: square dw alone, then weigh it."),
    Mistake("gradient not squared",            "dw**2",           "np.abs(dw)",
            "v is the mean of the squared gradients, dw**2, not of their absolute values."),
    Mistake("the mean is squared",             "dw**2",           "dw",
            "You average the gradients and square their mean, where opposite ones cancel: square each gradient, then average.",
            also=[(DENOMINATOR, "(np.sqrt(v**2) + eps)")]),
    Mistake("centred",                         STEP,
            'm = beta * state.get("m", 0) + (1 - beta) * dw\n    w = w - lr * dw / (np.sqrt(np.maximum(v - m**2, 0)) + eps)',
            "You subtract the squared mean, as PyTorch does with centered=True: here v is the mean square itself.",
            also=[(RETURN, '{"v": v, "m": m}')]),
    Mistake("bias corrected",                  STEP,
            't = state.get("t", 0) + 1\n    w = w - lr * dw / (np.sqrt(v / (1 - beta**t)) + eps)',
            "Dividing by 1 - beta**t is Adam's: RMSprop does not correct its start at 0, so the first steps are longer than lr.",
            also=[(RETURN, '{"v": v, "t": t}')]),
    Mistake("v starts at the first square",    '"v", 0',          '"v", dw**2',
            "Your v starts at the first square. It starts at 0, so that the first step is lr/√(1 - beta)."),
    Mistake("v starts at 1",                   '"v", 0',          '"v", 1',
            "Your v starts at 1: start it at 0. It is eps that prevents a division by 0."),
    Mistake("the mean of the step before",     DENOMINATOR,       '(np.sqrt(state.get("v", 0)) + eps)',
            "You divide by the v that came in, which is 0 at first: update v, then step with the new one."),
    Mistake("the root is kept",                RETURN,            '{"v": np.sqrt(v)}',
            "You keep the root, and average squares into it: keep v itself."),
    Mistake("momentum on the step",            STEP,
            'u = 0.9 * state.get("u", 0) + dw / (np.sqrt(v) + eps)\n    w = w - lr * u',
            "Your steps have a momentum of 0.9: here a step is lr * dw / (np.sqrt(v) + eps), without any of the steps before.",
            also=[(RETURN, '{"v": v, "u": u}')]),
    Mistake("the gradient is averaged, too",   STEP,
            'm = 0.9 * state.get("m", 0) + 0.1 * dw\n    w = w - lr * m / (np.sqrt(v) + eps)',
            "You step by a running mean of the gradients, as Adam does: RMSprop steps by dw itself.",
            also=[(RETURN, '{"v": v, "m": m}')]),
    Mistake("no root",                         DENOMINATOR,       "(v + eps)",
            "Divide by the square root of v: only then does the gradient's size cancel."),
    Mistake("multiplied by the root",          "/ " + DENOMINATOR, "* " + DENOMINATOR,
            "You multiply by the root of v: divide by it, so that a weight with large gradients takes shorter steps."),
    Mistake("gradient descent",                STEP,              "w = w - lr * dw",
            "Your step is plain gradient descent: divide it by np.sqrt(v) + eps."),
    Mistake("the gradient left out",           STEP,              "w = w - lr / (np.sqrt(v) + eps)",
            "Your step does not depend on the sign of the gradient: multiply by dw."),
    Mistake("lr inside the mean",              "dw**2",           "(lr * dw) ** 2",
            "With lr inside v it cancels: average dw**2 alone."),
    Mistake("one v for the whole tensor",      "dw**2",           "np.mean(dw**2)",
            "Every weight has its own v: square entry by entry, and do not average over the tensor."),
    Mistake("one sum for the whole tensor",    "dw**2",           "np.sum(dw**2)",
            "Every weight has its own v: square entry by entry, and do not sum over the tensor."),
    Mistake("state kept in a global",          "def rmsprop(",    "memory = {}\n\n\ndef rmsprop(",
            "Your v lives in a global, so every tensor and every run shares it: keep it in `state`.",
            also=[(FIRST, "    state = memory\n" + FIRST), ("return w, " + RETURN, "memory.update(v=v)\n    return w, {}")]),
    Mistake("eps inside the root",             DENOMINATOR,       "np.sqrt(v + eps)",
            "You add eps to v, as the lecture notes and Keras do. Graded is PyTorch's form: np.sqrt(v) + eps."),
    Mistake("the larger of root and eps",      DENOMINATOR,       "np.maximum(np.sqrt(v), eps)",
            "You divide by the larger of np.sqrt(v) and eps: divide by their sum."),
    Mistake("eps left out",                    DENOMINATOR,       "np.sqrt(v)",
            "A weight whose gradient has always been 0 becomes 0/0: add eps to the root."),
    Mistake("another default for beta",        "beta=0.99",       "beta=0.9",
            "beta is 0.9 by default in Hinton's lecture and in Keras, and 0.99 here: leave the first line of the function as it "
            "was given."),
    Mistake("Keras's defaults",                "lr=0.01, beta=0.99, eps=1e-8", "lr=0.001, beta=0.9, eps=1e-7",
            "lr, beta and eps have Keras's default values: leave the first line of the function as it was given."),
    Mistake("beta fixed",                      FIRST,             "    beta = 0.99\n" + FIRST,
            "0.99 is only the default: use the argument beta."),
    Mistake("lr fixed",                        "w - lr *",        "w - 0.01 *",
            "0.01 is only the default: use the argument lr."),
    Mistake("lr of the first step kept",       FIRST,             '    lr = state.get("lr", lr)\n' + FIRST,
            "You keep the lr of the first step: use the argument of each call, for a schedule changes it on the way.",
            also=[(RETURN, '{"v": v, "lr": lr}')]),
    Mistake("a step without gradients left out", FIRST,           "    if not dw.any():\n        return w, state\n" + FIRST,
            "Where every gradient is 0 you do nothing. Such a step counts, too: w stays, but v fades."),
    Mistake("state reset where gradients are 0", FIRST,           "    state = state if dw.any() else {}\n" + FIRST,
            "Where every gradient is 0 you begin again: keep v, which only fades by such a step."),
    Mistake("divided by the gradient's length", FIRST,
            "    length = np.linalg.norm(dw)\n    dw = dw / length * length\n" + FIRST,
            "Where every gradient is 0 you divide 0 by 0: such a tensor has to stay where it is."),
    Mistake("a loop over len(w)", code=LOOP,
            say="len(w) counts the rows of a matrix, so that your loop meets whole rows: work on arrays, without a loop. Then any "
            "shape is right."),
    Mistake("uphill",                          "w = w - lr",      "w = w + lr", "You walk uphill: subtract the step."),
    Mistake("only the change returned",        "w = w - lr",      "w = -lr",
            "You return the change of w: return w with the change added."),
    Mistake("w changed in place",              "w = w - lr",      "w -= lr",
            "`w -= ...` writes into the caller's array: make a new one with w = w - ..."),
    Mistake("dw changed in place",             "    w = w - lr",  "    dw *= 1 / (np.sqrt(v) + eps)\n    w = w - lr",
            "You write into the caller's gradient: leave dw as it is.", also=[("lr * dw / (np.sqrt(v) + eps)", "lr * dw")]),
    Mistake("float32",                         "return w,",       "return w.astype(np.float32),",
            "You compute in float32, which knows seven digits: keep float64, numpy's default."),
]

families = [  # seen where some gradient is small enough: in other rows on another seed
    Mistake(f"eps fixed at {eps}", DENOMINATOR, f"(np.sqrt(v) + {eps})", "eps is a fixed number: use the argument eps.")
    for eps in ("1e-10", "1e-7")
] + [
    Mistake(f"beta fixed at {beta}", FIRST, f"    beta = {beta}\n" + FIRST, "beta is a fixed number: use the argument beta.")
    for beta in (0.5, 0.8, 0.9, 0.95, 0.999)
] + [
    Mistake("the gradients' mean",       "dw**2",       "dw",
            "You average the gradients themselves, and the root of a negative mean is nan: average their squares, dw**2."),
    Mistake("cubes",                     "dw**2",       "dw**3",    "You average cubes, which may be negative: take dw**2."),
    Mistake("powers of 2",               "dw**2",       "2**dw",    "2**dw is 2 to the power of dw: its square is dw**2."),
    Mistake("doubled, not squared",      "dw**2",       "dw * 2",   "dw * 2 is twice the gradient: its square is dw**2."),
    Mistake("squares subtracted",        f"+ {NEW}",    f"- {NEW}",
            "You subtract the squares, and the root of a negative number is nan: add them."),
    Mistake("1 + beta",                  "1 - beta",    "1 + beta", "The new square has the weight 1 - beta, not 1 + beta."),
    Mistake("divided by beta",           "beta * state", "1 / beta * state", "Multiply the old v by beta: it has to fade."),
    Mistake("the sign of the gradient",  STEP,          "w = w - lr * np.sign(dw)",
            "Your step is lr with the sign of the gradient, which is Rprop without its step sizes: use dw / (np.sqrt(v) + eps)."),
    Mistake("w turned round",            STEP,          "w = lr * dw / (np.sqrt(v) + eps) - w",
            "Your difference is the wrong way round: w minus the step."),
    Mistake("w under the root",          DENOMINATOR,   "(np.sqrt(w) + eps)", "You take the root of w: it is that of v."),
    Mistake("lr left out",               "lr * dw /",   "dw /",     "Your step does not use lr: multiply by it."),
    Mistake("eps subtracted",            DENOMINATOR,   "(np.sqrt(v) - eps)", "You subtract eps: add it to the root."),
    Mistake("divided by the gradient",   "lr * dw /",   "lr / dw /", "You divide by dw: multiply by it, lr * dw."),
    Mistake("the fraction turned round", STEP,          "w = w - (np.sqrt(v) + eps) / (lr * dw)",
            "Your fraction is upside down: lr * dw stands above np.sqrt(v) + eps."),
    Mistake("w kept in place of v",      RETURN,        '{"v": w}', "What you return as `state` is w: return v, the mean square."),
    Mistake("v returned in place of w",  "return w,",   "return v,", "You return v first: the first output is the new w."),
    Mistake("v in place of w",           "w = w - lr",  "w = v - lr", "You subtract the step from v: subtract it from w."),
]
