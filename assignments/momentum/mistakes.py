"""Known ways to get momentum wrong, with what helps the student."""

from grader import Mistake

VELOCITY = 'v = beta * state.get("v", 0) + dw'
AVERAGE = 'u = beta * state.get("u", 0) + (1 - beta) * lr * dw'
DOWNHILL = "w = w - lr * v"
LOOP = """
import numpy as np


def {0}(w, dw, state, *, lr=0.01, beta=0.9):
    v, new = list(state or [0.0] * len(w)), np.empty(len(w))
    for i in range(len(w)):
        v[i] = beta * v[i] + {1}
        new[i] = w[i] - lr * v[i]
    return new, v
"""
ROWS = (
    "len(w) counts the rows of a matrix, so that your loop meets whole rows: work on arrays, without a loop. Then any shape is "
    "right."
)

mistakes = [
    # momentum: v ← beta v + dw, w ← w - lr v
    Mistake("an average where a velocity is asked", VELOCITY,   'v = beta * state.get("v", 0) + (1 - beta) * dw',
            "This is `ema_momentum`: in `momentum` the new gradient counts in full, v = beta * v + dw."),
    Mistake("no memory",                            '{"v": v}', "{}",
            "Every step is plain gradient descent: return v in the state (it comes back in the next call) and move along it, "
            "w - lr * v."),
    Mistake("the velocity of the step before",      DOWNHILL,   'w = w - lr * state.get("v", 0 * dw)',
            "You move with the velocity that came in: update v first, then move with the new one."),
    Mistake("Nesterov's look-ahead",                DOWNHILL,   "w = w - lr * (dw + beta * v)",
            "This is Nesterov's momentum, which looks one step ahead: here the step is lr * v."),
    Mistake("dampened from the second step on",     VELOCITY,   'v = beta * state["v"] + (1 - beta) * dw if "v" in state else dw',
            "This is PyTorch with dampening=beta: first dw in full, then (1 - beta) dw. Here every gradient counts in full."),
    Mistake("beta on both terms",                   VELOCITY,   'v = beta * (state.get("v", 0) + dw)',
            "beta fades the old velocity only: v = beta * v + dw."),
    Mistake("beta on the gradient",                 VELOCITY,   'v = state.get("v", 0) + beta * dw',
            "beta belongs to the old velocity: it must fade, or it grows for ever."),
    Mistake("the velocity points uphill",           DOWNHILL,   "w = w + lr * v",
            "You walk uphill: add dw to v and subtract lr * v from w (two minus signs cancel)."),
    Mistake("lr twice",                             VELOCITY,   'v = beta * state.get("v", 0) + lr * dw',
            "lr is in your velocity and in your step: it belongs in one of them."),
    Mistake("beta fixed",                           "    " + VELOCITY, "    beta = 0.9\n    " + VELOCITY,
            "0.9 is only the default: use the argument beta."),
    Mistake("lr fixed",                             DOWNHILL,   "w = w - 0.01 * v",
            "0.01 is only the default: use the argument lr."),
    Mistake("lr of the first step kept",            "    " + VELOCITY, '    lr = state.get("lr", lr)\n    ' + VELOCITY,
            "You keep the lr of the first step: use the argument of each call, for a schedule changes it on the way.",
            also=[('{"v": v}', '{"v": v, "lr": lr}')]),
    Mistake("no step where gradients are 0",
            "    " + VELOCITY, "    if not dw.any():\n        return w, state\n    " + VELOCITY,
            "Where every gradient is 0 you do nothing: v fades, and still moves w."),
    Mistake("forgotten where gradients are 0",      '{"v": v}', '{"v": v} if dw.any() else {}',
            "After a step in which every gradient is 0 you begin again: the velocity only fades by it, v = beta * v."),
    Mistake("divided by the gradient's length",     "    " + VELOCITY,
            "    length = np.linalg.norm(dw)\n    dw = dw / length * length\n    " + VELOCITY,
            "Where every gradient is 0 you divide 0 by 0: such a tensor moves on with what is left of its velocity.",
            also=[("def momentum(", "import numpy as np\n\n\ndef momentum(")]),
    Mistake("a loop over len(w)",                   code=LOOP.format("momentum", "dw[i]"), say=ROWS),
    Mistake("one velocity for all tensors",         "def momentum(", "memory = {}\n\n\ndef momentum(",
            "Your velocity lives in a global, so every tensor and every run shares it: keep it in `state`.",
            also=[("    " + VELOCITY, "    state = memory\n    " + VELOCITY),
                  ('return w, {"v": v}', "memory.update(v=v)\n    return w, {}")]),
    Mistake("only the change returned",             DOWNHILL,   "w = -lr * v",
            "You return the change of w: return w with the change added."),
    Mistake("w changed in place",                   DOWNHILL,   "w -= lr * v",
            "`w -= ...` writes into the caller's array: make a new one with w = w - ..."),
    Mistake("dw changed in place",                  VELOCITY,   'dw += beta * state.get("v", 0)\n    v = dw.copy()\n    dw *= lr',
            "You write into the caller's gradient: make a new array instead of `dw *= ...` or `dw += ...`.",
            also=[(DOWNHILL, "w = w - dw")]),
    # ema_momentum: u ← beta u + (1 - beta) lr dw, w ← w - u
    Mistake("a velocity where an average is asked",     AVERAGE,             'u = beta * state.get("u", 0) + lr * dw',
            "This is `momentum`: in `ema_momentum` the new gradient is weighted by 1 - beta."),
    Mistake("the average starts at the first gradient",
            AVERAGE, 'u = beta * state["u"] + (1 - beta) * lr * dw if "u" in state else lr * dw',
            "Your first step is lr * dw, as PyTorch's with dampening=beta: here u starts at 0, so it is (1 - beta) * lr * dw."),
    Mistake("no memory in the average",                 '{"u": u}',          "{}",
            "Each of your steps starts from u = 0: return u in the state, it comes back in the next call."),
    Mistake("lr left out of the average",               AVERAGE,             'u = beta * state.get("u", 0) + (1 - beta) * dw',
            "The notes' first line forgets the learning rate, their next ones have it: u = beta * u + (1 - beta) * lr * dw."),
    Mistake("lr twice in the average",                  "w = w - u",         "w = w - lr * u",
            "u contains lr already: subtract u itself."),
    Mistake("weights of the average swapped",           AVERAGE,             'u = (1 - beta) * state.get("u", 0) + beta * lr * dw',
            "beta weighs the old average and 1 - beta the new gradient, not the other way round."),
    Mistake("the average is bias corrected",            "w = w - u", 't = state.get("t", 0) + 1\n    w = w - u / (1 - beta**t)',
            "Dividing by 1 - beta**t is Adam's; the notes' momentum does not correct its start at 0.",
            also=[('{"u": u}', '{"u": u, "t": t}')]),
    Mistake("the average points uphill",                "w = w - u",         "w = w + u", "You walk uphill: subtract u."),
    Mistake("beta fixed in the average",                "    " + AVERAGE,    "    beta = 0.9\n    " + AVERAGE,
            "0.9 is only the default: use the argument beta."),
    Mistake("the average keeps the lr of the first step", "    " + AVERAGE, '    lr = state.get("lr", lr)\n    ' + AVERAGE,
            "You keep the lr of the first step: use the argument of each call, for a schedule changes it on the way.",
            also=[('{"u": u}', '{"u": u, "lr": lr}')]),
    Mistake("no step of the average where gradients are 0",
            "    " + AVERAGE, "    if not dw.any():\n        return w, state\n    " + AVERAGE,
            "Where every gradient is 0 you do nothing: u fades, and still moves w."),
    Mistake("the average forgotten where gradients are 0", '{"u": u}', '{"u": u} if dw.any() else {}',
            "After a step in which every gradient is 0 you begin again: the average only fades by it, u = beta * u."),
    Mistake("the average divided by the gradient's length", "    " + AVERAGE,
            "    length = np.linalg.norm(dw)\n    dw = dw / length * length\n    " + AVERAGE,
            "Where every gradient is 0 you divide 0 by 0: such a tensor moves on with what is left of its average.",
            also=[("def ema_momentum(", "import numpy as np\n\n\ndef ema_momentum(")]),
    Mistake("a loop over len(w) in the average", code=LOOP.format("ema_momentum", "(1 - beta) * dw[i]"), say=ROWS),
    Mistake("one average for all tensors",              "def ema_momentum(", "averages = {}\n\n\ndef ema_momentum(",
            "Your average lives in a global, so every tensor and every run shares it: keep it in `state`.",
            also=[("    " + AVERAGE, "    state = averages\n    " + AVERAGE),
                  ('return w, {"u": u}', "averages.update(u=u)\n    return w, {}")]),
    Mistake("w changed in place by the average",        "w = w - u",         "w -= u",
            "`w -= ...` writes into the caller's array: make a new one with w = w - ..."),
]
