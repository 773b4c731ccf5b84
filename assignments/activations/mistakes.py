"""What goes wrong with activations, and what to tell the student."""

from grader import Equivalent, Mistake

SIGMOID, SIGMOID_BACK = "np.where(x >= 0, 1, small) / (1 + small)", "s = cache\n    return dout * s * (1 - s)"
CACHE = "return out, out\n\n\ndef sigmoid_backward"  # the sigmoid's, not that of tanh
TANH, TANH_BACK = "out = np.tanh(x)\n    return out, out", "return dout * (1 - t**2)"
RELU, SLOPES = "return np.maximum(x, 0), x > 0", "slope = np.where(x > 0, 1, alpha)"
PASS_ON = "That is the slope alone. `backward` passes a derivative on: multiply the slope by `dout`."

mistakes = [
    # ------------------------------------------------------------------------------------------------------- linear
    Mistake("linear: ones come back", "return alpha * dout",     "return alpha * np.ones_like(dout)", PASS_ON),
    Mistake("linear: dout times x",   "return alpha * x, alpha", "return alpha * x, x",
            "x is what you derive by, not the slope: the derivative of alpha·x is alpha, so `dx` is alpha·dout."),
    Mistake("linear: alpha ignored",  "return alpha * x, alpha", "return x, 1.0",
            "`linear` has a slope: its answer is alpha·x, and only by default is alpha 1."),
    # ------------------------------------------------------------------------------------------------------ sigmoid
    Mistake("sigmoid: the sign of the exponent",   SIGMOID,                     "np.where(x >= 0, small, 1) / (1 + small)",
            "Your sigmoid falls where it should climb: the exponent is −x, so large x give answers near 1."),
    Mistake("sigmoid: exp(x) overflows",           SIGMOID,                     "np.exp(x) / (1 + np.exp(x))",
            "exp(1000) is infinite, and inf/inf is NaN: arrange that only exp(−|x|) is ever computed."),
    Mistake("sigmoid: exp overflows in the slope", CACHE,                       CACHE.replace("out, out", "out, x"),
            "exp(−x)/(1 + exp(−x))² is inf/inf for x near −1000. Use the answer that you have: s·(1 − s).",
            also=[(SIGMOID_BACK, "e = np.exp(-cache)\n    return dout * e / (1 + e) ** 2")]),
    Mistake("sigmoid: x clipped at ±10", "small = np.exp(-np.abs(x))", "x = np.clip(x, -10, 10)\n    small = np.exp(-np.abs(x))",
            "Clipping x at 10 changes the answer: sigmoid(−30) is 9.4e-14, not 4.5e-5. Compute only exp(−|x|) instead, "
            "and there is nothing to clip."),
    Mistake("sigmoid: slope of the answer",        "s = cache\n",               "s = 1 / (1 + np.exp(-cache))\n",
            "You took the sigmoid twice: your cache holds s = sigmoid(x) already, and the slope is s·(1 − s)."),
    Mistake("sigmoid: x in place of the answer",   CACHE,                       CACHE.replace("out, out", "out, x"),
            "s·(1 − s) wants s = sigmoid(x), and your cache holds x: keep the answer, or take the sigmoid again."),
    Mistake("sigmoid: dout ignored",               "return dout * s * (1 - s)", "return s * (1 - s)", PASS_ON),
    Mistake("sigmoid: a matrix product",           "return dout * s * (1 - s)", "return dout @ (s * (1 - s)).T",
            "An activation acts entry by entry, so its slope multiplies `dout` entry by entry: `*`, not `@`."),
    # --------------------------------------------------------------------------------------------------------- tanh
    Mistake("tanh: exp(x) overflows",             "out = np.tanh(x)", "out = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
            "The formula is right, but exp(1000) is infinite and inf/inf is NaN. `np.tanh` knows how to avoid it."),
    Mistake("tanh: 1 - x² in place of 1 - tanh²", TANH,               "out = np.tanh(x)\n    return out, x",
            "The slope is 1 − tanh(x)²: the square is of the answer, not of x."),
    Mistake("tanh: the square forgotten",         "(1 - t**2)",       "(1 - t)", "The slope of tanh is 1 − t², with the square."),
    Mistake("tanh: the slope of sigmoid",         TANH_BACK,          "return dout * t * (1 - t)",
            "s·(1 − s) is the slope of sigmoid. That of tanh is 1 − t²."),
    Mistake("tanh: of x/2",                       TANH,               "out = 2 / (1 + np.exp(-x)) - 1\n    return out, out",
            "tanh(x) is 2·sigmoid(2x) − 1: the 2 inside is missing, and what you have is tanh(x/2).",
            also=[(TANH_BACK, f"{TANH_BACK} / 2")]),
    # --------------------------------------------------------------------------------------------------------- ReLU
    Mistake("ReLU: the mask is returned",            RELU,                     "return (x > 0) * 1.0, x > 0",
            "You return where x is positive, as 0 and 1. ReLU returns x itself there."),
    Mistake("ReLU: the wrong side",                  RELU,                     "return np.minimum(x, 0), x < 0",
            "ReLU keeps what is positive: the larger of x and 0, not the smaller."),
    Mistake("ReLU: the larger of all",               RELU,                     "return max(0, x), x > 0",
            "Python's `max` wants one verdict for the whole array. `np.maximum(x, 0)` compares entry by entry."),
    Mistake("ReLU: leaks",                           RELU, "return np.where(x > 0, x, 0.01 * x), np.where(x > 0, 1, 0.01)",
            "That is the leaky ReLU (some lecture notes call it ReLU): plain ReLU is exactly 0 for negative x."),
    Mistake("ReLU: mask omitted",                    "return dout * positive", "return dout",
            "Where x was negative the answer does not move with it: multiply `dout` by the mask x > 0."),
    Mistake("ReLU: mask of dout",                    "return dout * positive", "return dout * (dout > 0)",
            "The mask asks where x was positive, in the forward pass. The sign of `dout` has no say."),
    Mistake("ReLU: the answer in place of the mask", RELU,                     "return np.maximum(x, 0), np.maximum(x, 0)",
            "You multiply `dout` by the answer. The slope is 1 where x > 0, however large x is: use the mask."),
    Mistake("ReLU: slope 1 at 0",                    RELU,                     "return np.maximum(x, 0), x >= 0",
            "At exactly 0 this course, like PyTorch, takes the slope 0: the mask is x > 0, not x ≥ 0."),
    Mistake("ReLU: slope 1/2 at 0",                  RELU,                     "return np.maximum(x, 0), np.heaviside(x, 0.5)",
            "1/2 is a fair choice at the kink, but this course, like PyTorch, takes the slope 0 at exactly 0."),
    Mistake("ReLU: x changed in place",              RELU,                     "x[x < 0] = 0\n    return x, x > 0",
            "`x[x < 0] = 0` writes into the caller's array, which others may still need: make a new one."),
    Mistake("ReLU: dout changed in place",           "return dout * positive", "dout[~positive] = 0\n    return dout",
            "`dout` belongs to the caller: two branches of a network may share it. Multiply by the mask instead."),
    Mistake("ReLU: the mask kept in a global", RELU, "global MASK\n    MASK = x > 0\n    return np.maximum(x, 0), None",
            "A global holds the mask of the last call only. All forwards run before the first backward: put it in the cache.",
            also=[("positive = cache\n", "positive = MASK\n")]),
    # --------------------------------------------------------------------------------------------------- leaky ReLU
    Mistake("leaky ReLU: another default",             "alpha=0.01",              "alpha=0.3",
            "Unless the caller says otherwise alpha is 0.01, as in the lecture notes and PyTorch (Keras takes 0.3)."),
    Mistake("leaky ReLU: alpha ignored",               SLOPES,                    "slope = np.where(x > 0, 1, 0.01)",
            "You wrote 0.01 into the function: use `alpha`, which the caller may choose."),
    Mistake("leaky ReLU: the leak has the wrong sign", SLOPES,                    "slope = np.where(x > 0, 1, -alpha)",
            "For negative x the answer is alpha·x, which is negative too: there is no minus sign."),
    Mistake("leaky ReLU: the leak is a constant",      "return slope * x, slope", "return np.maximum(x, alpha), slope",
            "`np.maximum(x, alpha)` is a constant for negative x. The leak is alpha·x: compare x with alpha·x."),
    Mistake("leaky ReLU: the slope of ReLU",           "return slope * dout",     "return dout * (slope == 1)",
            "A leaky ReLU lets alpha·dout through where x was negative: that is what it is for."),
    Mistake("leaky ReLU: slope 1 at 0",                SLOPES,                    "slope = np.where(x >= 0, 1, alpha)",
            "At exactly 0 this course, like PyTorch, takes the slope alpha: ask for x > 0, not x ≥ 0."),
]

equivalents = [
    Equivalent("out = np.where(x >= 0, 1, small) / (1 + small)", "out = np.where(x > 0, 1, small) / (1 + small)",
               "at x = 0 both sides are the same number: small is exp(-|0|) = 1"),
]
