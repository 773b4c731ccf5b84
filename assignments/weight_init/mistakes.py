"""Known ways to begin badly, with what helps the student."""

from grader import Equivalent, Mistake

NORMAL = "return rng.normal(0, sigma, size=(fan_in, fan_out))"
ZEROS = "return np.zeros((fan_in, fan_out))"
SMALL = "return normal(rng, scale, fan_in, fan_out)"
XAVIER, HE = "sigma = np.sqrt(2 / (fan_in + fan_out))", "sigma = np.sqrt(2 / fan_in)"
N = "    n = len(X)\n"
STEPS = "for _ in range(steps):"
A1 = "A1 = np.tanh(X @ W1 + b1)"
DOUT = "dout = 2 * (A1 @ W2 + b2 - Y) / n"
DZ1 = "dZ1 = dout @ W2.T * (1 - A1**2)"
W2, B2 = "        W2 = W2 - lr * A1.T @ dout\n", "        b2 = b2 - lr * dout.sum(axis=0)\n"
W1, B1 = "        W1 = W1 - lr * X.T @ dZ1\n", "        b1 = b1 - lr * dZ1.sum(axis=0)\n"
LAYER, STD = "A = np.maximum(A @ W, 0)", "found.append(A.std())"
DRAW = "    W = rng.normal(0, sigma, size=(fan_in, fan_out))\n    "
TRUNCATED = "while (far := np.abs(W) > 2 * sigma).any():\n        W[far] = rng.normal(0, sigma, size=far.sum())\n    return W"
ENTRY = "Each entry has a draw of its own: size=(fan_in, fan_out)."
UNIFORM = "You draw from a uniform distribution: rng.normal is asked, the bell curve."
BELL = "is a uniform law of the same deviation, as Keras' default {} has it: rng.normal is asked, the bell curve."

mistakes = [
    # ---------------------------------------------------------------------------------------------------- how entries are drawn
    Mistake("transposed shape",                    NORMAL, "return rng.normal(0, sigma, size=(fan_out, fan_in))",
            "Your arrays are (fan_out, fan_in), as PyTorch keeps them. Here each input has a row, each unit a column: (fan_in, "
            "fan_out)."),
    Mistake("the variance in place of the deviation", NORMAL, "return rng.normal(0, sigma**2, size=(fan_in, fan_out))",
            "You give rng.normal the variance σ²: it takes the standard deviation σ."),
    Mistake("uniform between ±σ",                  NORMAL, "return rng.uniform(-sigma, sigma, size=(fan_in, fan_out))", UNIFORM),
    Mistake("uniform of the same deviation",       NORMAL,
            "return rng.uniform(-(3**0.5) * sigma, 3**0.5 * sigma, size=(fan_in, fan_out))",
            "Your deviation is right, but your distribution is uniform: rng.normal is asked, the bell curve."),
    Mistake("positive only",                       NORMAL, "return np.abs(rng.normal(0, sigma, size=(fan_in, fan_out)))",
            "Your weights are never negative: leave the draws as they are, half of them below 0."),
    Mistake("a draw for each input",               NORMAL, "return rng.normal(0, sigma, size=(fan_in, 1)) * np.ones((1, fan_out))",
            "You draw one number for each input, so that all units have equal weights. " + ENTRY),
    Mistake("a draw for each unit",                NORMAL, "return rng.normal(0, sigma, size=(1, fan_out)) * np.ones((fan_in, 1))",
            "You draw one number for each unit, so that it weighs all its inputs alike. " + ENTRY),
    Mistake("centred",                             NORMAL, DRAW.lstrip() + "return W - W.mean()",
            "You subtract the mean of what was drawn. Leave chance alone: entries are to know nothing of each other."),
    Mistake("rescaled to the exact deviation",     NORMAL, DRAW.lstrip() + "return sigma * W / np.sqrt((W**2).mean())",
            "You rescale what was drawn. Leave chance alone: entries are to know nothing of each other."),
    Mistake("np.random in place of rng",           NORMAL, "return np.random.normal(0, sigma, size=(fan_in, fan_out))",
            "You draw from another generator than rng, be it numpy's global one or one of your own. Draw from rng, so that a seed "
            "fixes the start."),
    Mistake("a seed of its own",                   NORMAL,
            "return np.random.default_rng(0).normal(0, sigma, size=(fan_in, fan_out))",
            "You make a generator with a fixed seed, so that all layers of one shape are the same. Draw from rng."),
    Mistake("zeros: ones",                         ZEROS,
            "return np.ones((fan_in, fan_out))", "Your weights are 1: `zeros` asks for 0."),
    Mistake("small_normal: scale ignored",         SMALL,  "return normal(rng, 0.01, fan_in, fan_out)",
            "0.01 is only the default: use the argument scale."),
    Mistake("small_normal: Keras' default of 0.05", "scale=0.01", "scale=0.05",
            "0.05 is the default of Keras' RandomNormal; here it is 0.01. Leave the first line of the function as it was given."),
    # --------------------------------------------------------------------------------------------------------------- xavier, he
    Mistake("xavier: no root",                     XAVIER, "sigma = 2 / (fan_in + fan_out)",
            "2 / (fan_in + fan_out) is the variance: rng.normal takes its root, the standard deviation."),
    Mistake("xavier: 2 / fan_in + fan_out",        XAVIER, "sigma = np.sqrt(2 / fan_in + fan_out)",
            "Python divides first: your variance is 2/fan_in, plus fan_out. Write 2 / (fan_in + fan_out)."),
    Mistake("xavier: 1 / fan_in",                  XAVIER, "sigma = np.sqrt(1 / fan_in)",
            "1/fan_in looks at the inputs only (some courses call that Xavier, too). Here it is 2 / (fan_in + fan_out)."),
    Mistake("xavier: the uniform limit as a deviation", XAVIER, "sigma = np.sqrt(6 / (fan_in + fan_out))",
            "√(6 / (fan_in + fan_out)) is the limit of the uniform law. The normal one has the deviation √(2 / (fan_in + "
            "fan_out))."),
    Mistake("xavier: He's",                        XAVIER, "sigma = np.sqrt(2 / fan_in)",
            "2/fan_in is He's variance: Xavier's is 2 / (fan_in + fan_out)."),
    Mistake("xavier: uniform, as in Keras", "    " + XAVIER + "\n    " + SMALL.replace("scale", "sigma"),
            "    limit = np.sqrt(6 / (fan_in + fan_out))\n    return rng.uniform(-limit, limit, size=(fan_in, fan_out))",
            "That " + BELL.format("(glorot_uniform)")),
    Mistake("he: no root",                         HE,     "sigma = 2 / fan_in",
            "2/fan_in is the variance: rng.normal takes its root, the standard deviation."),
    Mistake("he: fan_out for fan_in",              HE,     "sigma = np.sqrt(2 / fan_out)",
            "You divide by fan_out: a unit sums over its inputs, so it is 2/fan_in."),
    Mistake("he: 1 / fan_in",                      HE,     "sigma = np.sqrt(1 / fan_in)",
            "1/fan_in lets the signal shrink, as ReLU cuts off half of it: the variance is 2/fan_in."),
    Mistake("he: Xavier's",                        HE,     "sigma = np.sqrt(2 / (fan_in + fan_out))",
            "2 / (fan_in + fan_out) is Xavier's variance: He's is 2/fan_in."),
    # ----------------------------------------------------------------------------------------------------------------- training
    Mistake("the slope of tanh left out",          DZ1,    "dZ1 = dout @ W2.T",
            "Your dZ1 lacks the slope of tanh, 1 - A1**2."),
    Mistake("the slope of tanh at A1",             DZ1,    "dZ1 = dout @ W2.T * (1 - np.tanh(A1) ** 2)",
            "A1 is the tanh already: its slope is 1 - A1**2."),
    Mistake("a ReLU hidden layer",                 A1,     "A1 = np.maximum(X @ W1 + b1, 0)",
            "Your hidden layer is a ReLU: here it is tanh.", also=[(DZ1, "dZ1 = dout @ W2.T * (A1 > 0)")]),
    Mistake("b1 left out",                         A1,
            "A1 = np.tanh(X @ W1)", "Your hidden layer lacks b1: np.tanh(X @ W1 + b1)."),
    Mistake("the gradient without the 2",          DOUT,   "dout = (A1 @ W2 + b2 - Y) / n",
            "The derivative of a square is twice what is squared: the 2 is missing."),
    Mistake("the gradient not averaged",           DOUT,   "dout = 2 * (A1 @ W2 + b2 - Y)",
            "That is the gradient of the sum: the loss is a mean over n examples, which puts 1/n in front."),
    Mistake("uphill",                              DOUT,   "dout = 2 * (Y - A1 @ W2 - b2) / n",
            "You walk uphill: the difference is the prediction minus the label."),
    Mistake("the gradient clipped at ±1",          DZ1,    DZ1 + "\n        dZ1 = np.clip(dZ1, -1, 1)",
            "You cut off large gradients: leave them as they are.", loses="step"),
    Mistake("W2 moved first",                      "        " + DZ1 + "\n" + W2, W2 + "        " + DZ1 + "\n",
            "You move W2 before dZ1 is computed from it: all gradients of a step are those of the same parameters."),
    Mistake("W2 never moves",                      W2,
            "", "Your W2 stays where it began: every parameter moves at each step.", loses="run"),
    Mistake("W1 never moves",                      W1,     "", "Your W1 stays where it began: every parameter moves at each step."),
    Mistake("lr fixed",                            N,      N + "    lr = 0.1\n", "0.1 is only the default: use the argument lr."),
    Mistake("another default for lr",              "lr=0.1", "lr=0.01",
            "The default of lr is 0.1: leave the first line of the function as it was given."),
    Mistake("one step fewer",                      STEPS,  "for _ in range(steps - 1):", "You make one step less than `steps`."),
    Mistake("stops where the loss is small",       DZ1,
            DZ1 + "\n        if (dout**2).mean() * n**2 / 4 < 1e-3:\n            break",
            "Your training ends early where the loss is small: make all `steps` steps.", loses="run"),
    Mistake("noise that breaks the symmetry",      N,
            N + "    W1 = W1 + 1e-3 * np.random.default_rng(0).normal(size=W1.shape)\n",
            "You add noise to W1. Begin where you are told: that equal units stay equal is what is to be seen.", loses="same"),
    Mistake("W1 changed in place",                 W1,     "        W1 -= lr * X.T @ dZ1\n",
            "`W1 -= ...` writes into the caller's array: make a new one with W1 = W1 - ..."),
    # --------------------------------------------------------------------------------------------------------------- deviations
    Mistake("deviations: the variance",            STD,    "found.append(A.var())",
            "You return variances: the standard deviation is their root."),
    Mistake("deviations: divided by N − 1",        STD,    "found.append(A.std(ddof=1))",
            "You divide by N − 1, as PyTorch's std does. Here, as in np.std, it is N, the number of entries."),
    Mistake("deviations: the root mean square",    STD,    "found.append(np.sqrt((A**2).mean()))",
            "You take the root of the mean square: subtract the mean of the entries first."),
    Mistake("deviations: of each unit, averaged",  STD,    "found.append(A.std(axis=0).mean())",
            "You average the deviations of the units: take one over all entries, A.std()."),
    Mistake("deviations: before the ReLU",         LAYER,  "Z = A @ W\n        A = np.maximum(Z, 0)",
            "You measure A @ W: take the deviation behind the ReLU.", also=[(STD, "found.append(Z.std())")]),
    Mistake("deviations: no ReLU",                 LAYER,  "A = A @ W", "Your layers lack the ReLU: A = np.maximum(A @ W, 0)."),
    Mistake("deviations: each layer is given X",   LAYER,  "A = np.maximum(X @ W, 0)",
            "Each of your layers is given X: a layer is given the output of the one before."),
    Mistake("deviations: the input first",         "        " + LAYER + "\n        " + STD, "        " + STD + "\n        " + LAYER,
            "Your first number is the deviation of X: it is that of the first layer's output."),
    Mistake("deviations: from the last layer to the first", "for W in Ws:", "for W in Ws[::-1]:",
            "You begin with the last of the layers: X goes into Ws[0]."),
    Mistake("deviations: X changed in place",      LAYER,  "A[:] = np.maximum(A @ W, 0)",
            "`A[:] = ...` writes into the caller's X, which A is at first: make a new array with A = ..."),
]

# Rarer ones, and those that some rows see by luck only.
families = [
    Mistake("half of the rows copied",             NORMAL,
            "half = rng.normal(0, sigma, size=((fan_in + 1) // 2, fan_out))\n    return np.vstack([half, half])[:fan_in]",
            "Your rows come twice. " + ENTRY),
    Mistake("rng copied before it draws",          NORMAL,
            "import copy\n    return copy.deepcopy(rng).normal(0, sigma, size=(fan_in, fan_out))",
            "You draw from a copy, so that rng itself never moves on and the next layer is the same. Draw from rng."),
    # ------------------------------------------------------------------------------------------------------ zeros, small_normal
    Mistake("truncated and rescaled, as in Keras", NORMAL,
            "sigma = sigma / 0.87962566\n" + DRAW + TRUNCATED,
            "You draw from a truncated normal distribution, as Keras' he_normal does: here nothing is cut off."),
    Mistake("uniform between 0 and σ",             NORMAL, "return sigma * rng.random(size=(fan_in, fan_out))",
            "rng.random draws uniformly from 0 to 1, so that no weight is negative: rng.normal is asked, the bell curve around 0."),
    Mistake("either σ or −σ",                      NORMAL, "return sigma * rng.choice([-1.0, 1.0], size=(fan_in, fan_out))",
            "Your entries have but two values: draw them from the bell curve, rng.normal."),
    Mistake("truncated at two deviations",         NORMAL,
            DRAW.lstrip() + TRUNCATED,
            "You draw again what is more than two deviations from 0. One entry in 22 of a normal distribution is: keep it."),
    Mistake("zeros: nearly 0",                     ZEROS,  "return np.full((fan_in, fan_out), 1e-8)",
            "Your weights are a tiny number. `zeros` asks for exactly 0."),
    Mistake("small_normal: a default of 1",        "scale=0.01", "scale=1",
            "Your weights are not small: the default of scale is 0.01. Leave the first line of the function as it was given."),
    Mistake("small_normal: scale over the root of fan_in", SMALL, "return normal(rng, scale / np.sqrt(fan_in), fan_in, fan_out)",
            "You divide scale by √fan_in: small_normal does not look at the size of the layer."),
    Mistake("xavier: 1 / fan_out",                 XAVIER, "sigma = np.sqrt(1 / fan_out)",
            "1/fan_out looks at the units only: the variance is 2 / (fan_in + fan_out)."),
    Mistake("xavier: without the 2",               XAVIER, "sigma = np.sqrt(1 / (fan_in + fan_out))",
            "Your variance is half as large: it is 2 / (fan_in + fan_out)."),
    Mistake("xavier: the root of the 2 only",      XAVIER, "sigma = np.sqrt(2) / (fan_in + fan_out)",
            "The root is over the whole fraction: np.sqrt(2 / (fan_in + fan_out))."),
    Mistake("xavier: fan_in times fan_out",        XAVIER, "sigma = np.sqrt(2 / (fan_in * fan_out))",
            "You multiply fan_in and fan_out: add them."),
    Mistake("xavier: the gain of tanh",            XAVIER, "sigma = 5 / 3 * np.sqrt(2 / (fan_in + fan_out))",
            "5/3 is the gain that PyTorch recommends for tanh. Here there is none: the variance is 2 / (fan_in + fan_out)."),
    Mistake("he: the uniform limit as a deviation", HE,    "sigma = np.sqrt(6 / fan_in)",
            "√(6/fan_in) is the limit of the uniform law. The normal one has the deviation √(2/fan_in)."),
    Mistake("he: the root of the 2 only",          HE,     "sigma = np.sqrt(2) / fan_in",
            "The root is over the whole fraction: np.sqrt(2 / fan_in)."),
    Mistake("he: the bias counted",                HE,     "sigma = np.sqrt(2 / (fan_in + 1))",
            "You count the bias as an input: the variance is 2/fan_in."),
    Mistake("the sigmoid's slope",                 DZ1,    "dZ1 = dout @ W2.T * A1 * (1 - A1)",
            "A1 * (1 - A1) is the slope of the sigmoid: that of tanh is 1 - A1**2."),
    Mistake("a linear hidden layer",               A1,     "A1 = X @ W1 + b1",
            "Your hidden layer is linear: A1 = np.tanh(X @ W1 + b1).", also=[(DZ1, "dZ1 = dout @ W2.T")]),
    Mistake("a sigmoid hidden layer",              A1,     "A1 = 1 / (1 + np.exp(-(X @ W1 + b1)))",
            "Your hidden layer is a sigmoid: here it is tanh.", also=[(DZ1, "dZ1 = dout @ W2.T * A1 * (1 - A1)")]),
    Mistake("a tanh output",                       DOUT,
            "out = np.tanh(A1 @ W2 + b2)\n        dout = 2 * (out - Y) * (1 - out**2) / n",
            "Your output goes through a tanh: here it is linear, A1 @ W2 + b2."),
    Mistake("b2 left out",                         DOUT,   "dout = 2 * (A1 @ W2 - Y) / n", "Your output lacks b2: A1 @ W2 + b2."),
    Mistake("b2 never moves",                      B2,
            "", "Your b2 stays where it began: every parameter moves at each step."),
    Mistake("b1 never moves",                      B1,
            "", "Your b1 stays where it began: every parameter moves at each step."),
    Mistake("another default for steps",           "steps=50", "steps=100",
            "The default of steps is 50: leave the first line of the function as it was given."),
    Mistake("steps fixed",                         STEPS,
            "for _ in range(50):", "50 is only the default: use the argument steps."),
    Mistake("one step more",                       STEPS,  "for _ in range(steps + 1):", "You make one step more than `steps`."),
    Mistake("a start of its own",                  N,      N + "    W1 = 0.3 * np.random.default_rng(11).normal(size=W1.shape)\n",
            "You draw a W1 of your own: begin with the one that you are given."),
    Mistake("units averaged",                      DZ1,    DZ1 + "\n        dZ1 = dZ1.mean(axis=1, keepdims=True) + 0 * dZ1",
            "You give every unit the mean gradient of all units: each column of dZ1 is one unit's own."),
    Mistake("deviations: of each example, averaged", STD,  "found.append(A.std(axis=1).mean())",
            "You average the deviations of the examples: take one over all entries, A.std()."),
    Mistake("deviations: tanh",                    LAYER,  "A = np.tanh(A @ W)", "Your layers end in a tanh: here it is a ReLU."),
    Mistake("deviations: absolute values",         LAYER,
            "A = np.abs(A @ W)", "A ReLU makes 0 of what is negative: you turn its sign."),
    Mistake("deviations: normalised on the way",   STD,    STD + "\n        A = A / max(found[-1], 1e-300)",
            "You divide each output by its deviation before the next layer: pass it on as it is."),
    Mistake("deviations: each by that of X",       STD,    "found.append(A.std() / X.std())",
            "You divide by the deviation of X: return the deviations themselves."),
    Mistake("the root of the deviation",           NORMAL, "return rng.normal(0, np.sqrt(sigma), size=(fan_in, fan_out))",
            "You take the root once too often: rng.normal takes the standard deviation, `scale` or √(2/fan_in), as it is."),
    Mistake("clipped at two deviations",           NORMAL,
            "return np.clip(rng.normal(0, sigma, size=(fan_in, fan_out)), -2 * sigma, 2 * sigma)",
            "You clip at two deviations. One entry in 22 of a normal distribution is farther out: leave it there."),
    Mistake("xavier: the bias counted",            XAVIER, "sigma = np.sqrt(2 / (fan_in + 1 + fan_out))",
            "You count the bias as an input: the variance is 2 / (fan_in + fan_out)."),
    Mistake("deviations: the first layer, again and again", LAYER, "A = np.maximum(A @ Ws[0], 0)",
            "You use the weights of the first layer everywhere: each layer has its own."),
]

GRADIENTS = {"W2": (W2, "A1.T @ dout"), "b2": (B2, "dout.sum(axis=0)"), "W1": (W1, "X.T @ dZ1"), "b1": (B1, "dZ1.sum(axis=0)")}
for name, (step, slope) in GRADIENTS.items():
    families += [
        Mistake(f"{name} walks uphill", step, step.replace("- lr", "+ lr"),
                f"You add the step of {name}, which is uphill: subtract lr times its gradient."),
        Mistake(f"{name} turned round", step, f"        {name} = lr * {slope} - {name}\n",
                f"Your difference is the wrong way round: {name} minus lr times its gradient."),
        Mistake(f"{name}: only the step kept", step, f"        {name} = -(lr * {slope})\n",
                f"Your new {name} is the step alone: subtract the step from the old {name}."),
        Mistake(f"{name}: lr left out", step, step.replace("lr * ", ""),
                f"The step of {name} lacks lr."),
        Mistake(f"{name}: averaged once more", step, step.replace("lr * ", "lr / n * "),
                f"The 1/n of the mean is in dout already, and you divide the gradient of {name} by n once more."),
    ]
families += [
    Mistake(f"{init}: a variance of {law}", right, f"sigma = np.sqrt({law})", f"Your variance is {law}, expected {variance}.")
    for init, right, variance, laws in (
        ("xavier", XAVIER, "2 / (fan_in + fan_out)", (
            "2 * (fan_in + fan_out)", "(fan_in + fan_out) / 2", "2", "3 / (fan_in + fan_out)",
            "4 / (fan_in + fan_out)", "2 / abs(fan_in - fan_out)", "1")),
        ("he", HE, "2 / fan_in", ("2 * fan_in", "fan_in / 2", "2", "3 / fan_in", "4 / fan_in", "1 / fan_out", "1")),
    )
    for law in laws
]
families += [
    Mistake(f"small_normal: a default of {scale:g}", "scale=0.01", f"scale={scale}",
            f"The default of scale is 0.01, not {scale:g}: leave the first line of the function as it was given.")
    for scale in (0.0, 0.001, 0.02, 0.1)
] + [
    Mistake(f"a mean of {mean}", NORMAL, NORMAL.replace("normal(0", f"normal({mean}"),
            f"Your entries have the mean {mean}: the first argument of rng.normal is the mean, 0.")
    for mean in (0.5, 1)
] + [
    Mistake(f"the slope: {slope}", DZ1, f"dZ1 = dout @ W2.T * ({slope})", f"The slope of tanh is 1 - A1**2, not {slope}.")
    for slope in ("1 + A1**2", "A1**2 - 1", "1 - A1", "1 - A1 * 2", "1 - A1**3", "2 - A1**2", "-(A1**2)", "-1", "1 - 2**A1",
                  "1 / (1 - A1**2)")
] + [
    Mistake(f"the gradient by the output: {slope}", DOUT, f"dout = {slope}",
            f"The derivative of the loss by the output is 2 * (A1 @ W2 + b2 - Y) / n, not {slope}.")
    for slope in ("2 * (A1 @ W2 + b2 - Y) * n", "3 * (A1 @ W2 + b2 - Y) / n", "2 * (A1 @ W2 + b2 + Y) / n",
                  "2 * (A1 @ W2 + b2) / n",
                  "2 * -Y / n", "2 * (A1 @ W2 - b2 - Y) / n", "2 * (b2 - Y) / n + 0 * A1 @ W2", "2 / (A1 @ W2 + b2 - Y) / n")
] + [
    Mistake("b1 subtracted",                       A1,     "A1 = np.tanh(X @ W1 - b1)", "You subtract b1: np.tanh(X @ W1 + b1)."),
    Mistake("dZ1 without W2",                      DZ1,  "dZ1 = dout * (1 - A1**2)",
            "Your dZ1 lacks W2: dout @ W2.T, times the slope."),
    Mistake("dZ1 without dout",                    DZ1,  "dZ1 = W2.T * (1 - A1**2)",
            "Your dZ1 lacks dout: dout @ W2.T, times the slope."),
    Mistake("dZ1: the slope alone",                DZ1,  "dZ1 = 1 - A1**2",
            "Your dZ1 is the slope of tanh alone: multiply it by dout @ W2.T."),
    Mistake("b1: summed over all units",           B1,     "        b1 = b1 - lr * dZ1.sum()\n",
            "You sum over the units, too: each has a bias of its own, dZ1.sum(axis=0)."),
    Mistake("another default for lr: 0.2",         "lr=0.1", "lr=0.2",
            "The default of lr is 0.1: leave the first line of the function as it was given."),
    Mistake("deviations: negative parts",          LAYER,  "A = np.minimum(A @ W, 0)",
            "You keep what is negative: a ReLU keeps what is positive."),
    Mistake("deviations: W left out",              LAYER,  "A = np.maximum(A, 0)", "Your layers lack their weights: A @ W."),
    Mistake("deviations: A left out",              LAYER,  "A = np.maximum(W, 0)",
            "Your layers look at their weights alone: A @ W."),
    Mistake("deviations: W @ W",                   LAYER,  "A = np.maximum(W @ W, 0)",
            "Your layers look at their weights alone: A @ W."),
    Mistake("deviations: at least 1",              LAYER,  "A = np.maximum(A @ W, 1)",
            "A ReLU makes 0 of what is negative, not 1."),
    Mistake("deviations: of X",                    STD,  "found.append(X.std())",
            "You measure X again and again: measure A, the layer's output."),
    Mistake("deviations: of W",                    STD,  "found.append(W.std())",
            "You measure the weights: measure A, the layer's output."),
]

equivalents = [
    Equivalent("n = len(X)", "n = len(Y)", "Each example has one label."),
    Equivalent("dZ1 = dout @ W2.T * (1 - A1 ** 2)", "dZ1 = dout * W2.T * (1 - A1 ** 2)",
               "There is one output: (n, 1) times (1, h) is the same whether multiplied out or broadcast."),
    Equivalent("b2 = b2 - lr * dout.sum(axis=0)", "b2 = b2 - lr * dout.sum()", "dout has one column."),
    Equivalent("return np.array(found)", "return found", "A list of numbers is taken as an array."),
]
