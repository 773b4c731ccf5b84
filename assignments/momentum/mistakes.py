"""Known ways to get momentum wrong, with what helps the student; and other ways to get it right."""

from grader import Mistake

VELOCITY = 'v = beta * state.get("v", 0) + dw'
AVERAGE = 'u = beta * state.get("u", 0) + (1 - beta) * lr * dw'
DOWNHILL = "w = w - lr * v"

mistakes = [
    # momentum: v ← beta v + dw, w ← w - lr v
    Mistake(
        "an average where a velocity is asked",
        VELOCITY,
        'v = beta * state.get("v", 0) + (1 - beta) * dw',
        say="This is `ema_momentum`: in `momentum` the new gradient counts in full, v = beta * v + dw.",
    ),
    Mistake(
        "no memory",
        '{"v": v}',
        "{}",
        say="Every step is plain gradient descent: return v in the state (it comes back in the next call) and move along it, "
        "w - lr * v.",
    ),
    Mistake(
        "the velocity of the step before",
        DOWNHILL,
        'w = w - lr * state.get("v", 0 * dw)',
        say="You move with the velocity that came in: update v first, then move with the new one.",
    ),
    Mistake(
        "Nesterov's look-ahead",
        DOWNHILL,
        "w = w - lr * (dw + beta * v)",
        say="This is Nesterov's momentum, which looks one step ahead: here the step is lr * v.",
    ),
    Mistake(
        "dampened from the second step on",
        VELOCITY,
        'v = beta * state["v"] + (1 - beta) * dw if "v" in state else dw',
        say="This is PyTorch with dampening=beta: first dw in full, then (1 - beta) dw. Here every gradient counts in full.",
    ),
    Mistake(
        "beta on both terms",
        VELOCITY,
        'v = beta * (state.get("v", 0) + dw)',
        say="beta fades the old velocity only: v = beta * v + dw.",
    ),
    Mistake(
        "beta on the gradient",
        VELOCITY,
        'v = state.get("v", 0) + beta * dw',
        say="beta belongs to the old velocity: it must fade, or it grows for ever.",
    ),
    Mistake(
        "the velocity points uphill",
        DOWNHILL,
        "w = w + lr * v",
        say="You walk uphill: add dw to v and subtract lr * v from w (two minus signs cancel).",
    ),
    Mistake(
        "lr twice",
        VELOCITY,
        'v = beta * state.get("v", 0) + lr * dw',
        say="lr is in your velocity and in your step: it belongs in one of them.",
    ),
    Mistake(
        "beta fixed",
        "    " + VELOCITY,
        "    beta = 0.9\n    " + VELOCITY,
        say="0.9 is only the default: use the argument beta.",
    ),
    Mistake("lr fixed", DOWNHILL, "w = w - 0.01 * v", say="0.01 is only the default: use the argument lr."),
    Mistake(
        "one velocity for all tensors",
        "def momentum(",
        "memory = {}\n\n\ndef momentum(",
        also=[
            ("    " + VELOCITY, "    state = memory\n    " + VELOCITY),
            ('return w, {"v": v}', "memory.update(v=v)\n    return w, {}"),
        ],
        say="Your velocity lives in a global, so every tensor and every run shares it: keep it in `state`.",
    ),
    Mistake(
        "only the change returned",
        DOWNHILL,
        "w = -lr * v",
        say="You return the change of w: return w with the change added.",
    ),
    Mistake(
        "w changed in place",
        DOWNHILL,
        "w -= lr * v",
        say="`w -= ...` writes into the caller's array: make a new one with w = w - ...",
    ),
    Mistake(
        "dw changed in place",
        VELOCITY,
        'dw += beta * state.get("v", 0)\n    v = dw.copy()\n    dw *= lr',
        also=[(DOWNHILL, "w = w - dw")],
        say="You write into the caller's gradient: make a new array instead of `dw *= ...` or `dw += ...`.",
    ),
    # ema_momentum: u ← beta u + (1 - beta) lr dw, w ← w - u
    Mistake(
        "a velocity where an average is asked",
        AVERAGE,
        'u = beta * state.get("u", 0) + lr * dw',
        say="This is `momentum`: in `ema_momentum` the new gradient is weighted by 1 - beta.",
    ),
    Mistake(
        "the average starts at the first gradient",
        AVERAGE,
        'u = beta * state["u"] + (1 - beta) * lr * dw if "u" in state else lr * dw',
        say="Your first step is lr * dw, as PyTorch's with dampening=beta: here u starts at 0, so it is (1 - beta) * lr * dw.",
    ),
    Mistake(
        "no memory in the average",
        '{"u": u}',
        "{}",
        say="Each of your steps starts from u = 0: return u in the state, it comes back in the next call.",
    ),
    Mistake(
        "lr left out of the average",
        AVERAGE,
        'u = beta * state.get("u", 0) + (1 - beta) * dw',
        say="The notes' first line forgets the learning rate, their next ones have it: u = beta * u + (1 - beta) * lr * dw.",
    ),
    Mistake("lr twice in the average", "w = w - u", "w = w - lr * u", say="u contains lr already: subtract u itself."),
    Mistake(
        "weights of the average swapped",
        AVERAGE,
        'u = (1 - beta) * state.get("u", 0) + beta * lr * dw',
        say="beta weighs the old average and 1 - beta the new gradient, not the other way round.",
    ),
    Mistake(
        "the average is bias corrected",
        "w = w - u",
        't = state.get("t", 0) + 1\n    w = w - u / (1 - beta**t)',
        also=[('{"u": u}', '{"u": u, "t": t}')],
        say="Dividing by 1 - beta**t is Adam's; the notes' momentum does not correct its start at 0.",
    ),
    Mistake("the average points uphill", "w = w - u", "w = w + u", say="You walk uphill: subtract u."),
    Mistake(
        "beta fixed in the average",
        "    " + AVERAGE,
        "    beta = 0.9\n    " + AVERAGE,
        say="0.9 is only the default: use the argument beta.",
    ),
    Mistake(
        "one average for all tensors",
        "def ema_momentum(",
        "averages = {}\n\n\ndef ema_momentum(",
        also=[
            ("    " + AVERAGE, "    state = averages\n    " + AVERAGE),
            ('return w, {"u": u}', "averages.update(u=u)\n    return w, {}"),
        ],
        say="Your average lives in a global, so every tensor and every run shares it: keep it in `state`.",
    ),
    Mistake(
        "w changed in place by the average",
        "w = w - u",
        "w -= u",
        say="`w -= ...` writes into the caller's array: make a new one with w = w - ...",
    ),
]
