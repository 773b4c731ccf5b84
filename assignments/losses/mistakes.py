"""What goes wrong with losses, and what to tell the student."""

import numpy as np

from grader import Equivalent, Mistake

MSE, MSE_GRAD = "np.mean((p - y) ** 2)", "2 * (p - y) / p.size"
RIGHT = "right = np.where(y == 1, a, 1 - a)  # the probability of the true label"
BCE, BCE_GRAD = "return -np.mean(np.log(right))", "return (a - y) / (a * (1 - a)) / len(a)"
LOGITS = "np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))"
SIGMOID, LOGITS_GRAD = "np.where(z >= 0, 1, small) / (1 + small)", "return (sigmoid(z) - y) / len(z)"
HINGE, HINGE_GRAD = "np.mean(np.maximum(0, 1 - y * s))", "np.where(y * s < 1, -y, 0) / len(s)"
SUM = "You add up the losses: take their mean, as PyTorch and Keras do (some notes write the sum)."
SUMMED = "That is the gradient of the sum: the loss is a mean over n examples, which puts 1/n in front."
UPHILL = "The gradient points to where the loss grows. Yours points downhill: its sign is the wrong way round."
COLUMN = "An array of shape (n, 1) beside one of (n,) makes n × n pairs: each guess meets every label. Leave both (n,)."
CAPPED = "The clip at 1e-7 (as in Keras) caps the loss at 16.1, and a certain right answer costs 1e-7: leave a as it is."
UNDEFINED = "0 · log 0 is NaN, not 0: take the logarithm only of the true label's own probability, a or 1 − a."
OVERFLOW = "exp(1000) is infinite. With exp(−|z|) nothing overflows: log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|))."
NEGATIVE = "The logarithm of a probability is negative, a loss is not: the minus sign is missing."

mistakes = [
    # --------------------------------------------------------------------------------------------------- mean squares
    Mistake("mse: mean over rows only",            MSE, "np.sum((p - y) ** 2) / len(p)",
            "The mean is over all n·k entries, as in PyTorch, not over the n rows.", also=[(MSE_GRAD, "2 * (p - y) / len(p)")]),
    Mistake("mse: mean over columns only",         MSE, "np.sum((p - y) ** 2) / p.shape[1]",
            "The mean is over all n·k entries: divide by `p.size`, not by the number of columns."),
    Mistake("mse: summed",       MSE, "np.sum((p - y) ** 2)", SUM, also=[(MSE_GRAD, "2 * (p - y)")]),
    Mistake("mse: halved", MSE, "np.mean((p - y) ** 2) / 2",
            "Some books put ½ before this loss, so that the 2 of its gradient cancels. Here it is the mean of the squares.",
            also=[(MSE_GRAD, "(p - y) / p.size")]),
    Mistake("mse: the absolute error",             MSE, "np.mean(np.abs(p - y))",
            "That is the mean absolute error: the differences are to be squared."),
    Mistake("mse: the root",                       MSE, "np.sqrt(np.mean((p - y) ** 2))",
            "You took the root (often called RMSE): the mean squared error has none."),
    Mistake("mse: a number for each row",          MSE, "np.mean((p - y) ** 2, axis=1)",
            "You return a number for each row (as Keras' function of that name does): the mean over all entries is one number."),
    Mistake("mse: the square of the mean",         MSE, "np.mean(p - y) ** 2",
            "Square first, then take the mean: else errors up and down cancel."),
    Mistake("mse: the gradient without the 2",     MSE_GRAD, "(p - y) / p.size",
            "The derivative of a square is twice what is squared: the 2 is missing."),
    Mistake("mse: the gradient not divided",       MSE_GRAD, "2 * (p - y)",
            "That is the gradient of the sum: the loss is a mean over n·k entries, which puts 1/(n·k) in front."),
    Mistake("mse: the gradient divided by rows",   MSE_GRAD, "2 * (p - y) / len(p)",
            "The mean is over all n·k entries: divide by `p.size`, not by `len(p)`."),
    Mistake("mse: the gradient downhill",          MSE_GRAD, "2 * (y - p) / p.size", UPHILL),
    Mistake("mse: the gradient is the loss",       MSE_GRAD, "(p - y) ** 2 / p.size",
            "You return each entry's part of the loss. The derivative of (p − y)² with respect to p is 2 (p − y)."),
    # ------------------------------------------------------------------------------------ cross-entropy of probabilities
    Mistake("bce: summed",       BCE, "return -np.sum(np.log(right))", SUM,
            also=[(BCE_GRAD, "return (a - y) / (a * (1 - a))")]),
    Mistake("bce: the minus sign",                 BCE, "return np.mean(np.log(right))", NEGATIVE),
    Mistake("bce: logarithm to base 10",           BCE, "return -np.mean(np.log10(right))",
            "You took the logarithm to base 10 (as do the numbers of some lecture notes): ours is the natural one, `np.log`."),
    Mistake("bce: logarithm to base 2",            BCE, "return -np.mean(np.log2(right))",
            "You took the logarithm to base 2, which counts bits: ours is the natural one, `np.log`."),
    Mistake("bce: labels swapped",                 RIGHT, "right = np.where(y == 1, 1 - a, a)",
            "a is the probability of label 1: its −log is paid where y is 1, and −log(1 − a) where y is 0."),
    Mistake("bce: only where the label is 1",      BCE, "return -np.mean(y * np.log(a))",
            "Where y is 0 your loss is 0, whatever a is: −log(1 − a) is missing. (In softmax cross-entropy every row has a 1.)"),
    Mistake("bce: a mean for each label",          BCE, "return -np.mean(np.log(a[y == 1])) - np.mean(np.log(1 - a[y == 0]))",
            "You take a mean over the ones and one over the zeros: add up all the losses, and divide by all n."),
    Mistake("bce: the log of the mean",            BCE, "return -np.log(np.mean(right))",
            "Take the logarithm of each example's probability first, and then the mean."),
    Mistake("bce: the squared error",              BCE, "return np.mean((a - y) ** 2)",
            "That is the mean squared error. Cross-entropy is the mean of −log a where y is 1, and −log(1 − a) where it is 0."),
    Mistake("bce: 1e-7 inside the logarithm",      BCE, "return -np.mean(np.log(right + 1e-7))",
            "The 1e-7 changes every loss, and caps it at 16.1: leave the probability as it is."),
    Mistake("bce: clipped at 1e-7, as in Keras",   RIGHT, "right = np.clip(np.where(y == 1, a, 1 - a), 1e-7, 1 - 1e-7)", CAPPED,
            loses="unlikely"),
    Mistake("bce: 0 times log 0",                  BCE, "return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))", UNDEFINED,
            loses="sure"),
    Mistake("bce: a number for each example",      BCE, "return -np.log(right)",
            "You return each example's loss (in PyTorch, reduction='none'): their mean is asked, one number."),
    Mistake("bce: n × n pairs", "    " + RIGHT,    "    a = a[:, None]\n    right = np.where(y == 1, a, 1 - a)", COLUMN),
    Mistake("bce: logits taken",                   "    " + RIGHT, "    a = sigmoid(a)\n    right = np.where(y == 1, a, 1 - a)",
            "`bce` gets probabilities, and you take their sigmoid: that belongs to `bce_logits`."),
    Mistake("bce: the gradient without its denominator", BCE_GRAD, "return (a - y) / len(a)",
            "a − y is the derivative with respect to the logit. With respect to a it is (a − y) / (a (1 − a))."),
    Mistake("bce: the gradient not divided",       BCE_GRAD, "return (a - y) / (a * (1 - a))", SUMMED),
    Mistake("bce: the gradient downhill",          BCE_GRAD, "return (y - a) / (a * (1 - a)) / len(a)", UPHILL),
    Mistake("bce: the gradient's second sign",     BCE_GRAD, "return (-y / a - (1 - y) / (1 - a)) / len(a)",
            "−log(1 − a) grows with a: its derivative is +1/(1 − a). (The minus inside cancels that in front.)"),
    Mistake("bce: the gradient where the label is 1", BCE_GRAD, "return -y / a / len(a)",
            "Where y is 0 your gradient is 0, but the loss there, −log(1 − a), has the slope 1/(1 − a)."),
    Mistake("bce: the gradient times its denominator", BCE_GRAD, "return (a - y) * a * (1 - a) / len(a)",
            "That is the slope of half the squared error behind a sigmoid. With respect to a you divide by a (1 − a)."),
    Mistake("bce: the gradient's denominator kept from 0", BCE_GRAD, "return (a - y) / np.maximum(a * (1 - a), 1e-7) / len(a)",
            "The 1e-7 caps the gradient just where the model is most wrong, and it should be steepest: leave it out.",
            loses="unlikely_grad"),
    # -------------------------------------------------------------------------------------------- cross-entropy of logits
    Mistake("logits: summed",    LOGITS, "np.sum(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))", SUM,
            also=[(LOGITS_GRAD, "return sigmoid(z) - y")]),
    Mistake("logits: the sigmoid taken twice",     LOGITS, "bce(sigmoid(sigmoid(z)), y)",
            "You took the sigmoid twice: once makes probabilities of the logits."),
    Mistake("logits: taken for probabilities",     LOGITS, "bce(z, y)",
            "Logits are no probabilities, and may be negative: a is sigmoid(z)."),
    Mistake("logits: only where the label is 1",   LOGITS, "np.mean(y * np.log1p(np.exp(-np.abs(z))) + y * np.maximum(-z, 0))",
            "Where y is 0 your loss is 0, whatever z is: log(1 + exp(z)) is missing there."),
    Mistake("logits: without the logarithm's part", LOGITS, "np.mean(np.maximum(z, 0) - y * z)",
            "log(1 + exp(z)) is about max(z, 0) only for large z: log(1 + exp(−|z|)) is missing."),
    Mistake("logits: the label's part twice negated", LOGITS, "np.mean(np.maximum(z, 0) + y * z + np.log1p(np.exp(-np.abs(z))))",
            "The label's part is −y z: where y is 1 a large logit is right, and costs little."),
    Mistake("logits: exp without the absolute value", LOGITS, "np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z)))",
            "Inside stands exp(−|z|): with exp(−z) negative logits are paid twice."),
    Mistake("logits: overflow",                    LOGITS, "np.mean(np.log(1 + np.exp(z)) - y * z)", OVERFLOW, loses="huge"),
    Mistake("logits: log of a sigmoid of 0",       LOGITS, "bce(sigmoid(z), y)",
            "sigmoid(−1000) is 0 in float64, and that of 40 is 1: log 0 is −∞. Work out log(1 + exp(z)) − y z on paper first.",
            loses="huge"),
    Mistake("logits: clipped",                     LOGITS, "bce(np.clip(sigmoid(z), 1e-15, 1 - 1e-15), y)",
            "The clip at 1e-15 caps every loss at 34.5, but that of a logit of 1000 for the wrong label is 1000.", loses="huge"),
    Mistake("logits: n × n pairs",                 "    return " + LOGITS, f"    z = z[:, None]\n    return {LOGITS}", COLUMN),
    Mistake("logits: the gradient not divided",    LOGITS_GRAD, "return sigmoid(z) - y", SUMMED),
    Mistake("logits: the gradient downhill",       LOGITS_GRAD, "return (y - sigmoid(z)) / len(z)", UPHILL),
    Mistake("logits: the sigmoid's slope once more", LOGITS_GRAD, "a = sigmoid(z)\n    return (a - y) * a * (1 - a) / len(z)",
            "a − y is the derivative by z already: a (1 − a) has cancelled with the denominator of the loss's slope."),
    Mistake("logits: the gradient by the probability", LOGITS_GRAD, "return bce_grad(sigmoid(z), y)",
            "That is the derivative with respect to a. Go on to z by the chain rule, times a (1 − a): a − y remains."),
    Mistake("logits: the gradient without a sigmoid", LOGITS_GRAD, "return (z - y) / len(z)",
            "z is a logit. The gradient is a − y, with the probability a = sigmoid(z)."),
    Mistake("logits: the gradient overflows",      SIGMOID, "np.exp(z) / (1 + np.exp(z))",
            "exp(1000)/(1 + exp(1000)) is ∞/∞, NaN: write the sigmoid as 1/(1 + exp(−z)), or with exp(−|z|).", loses="huge_grad"),
    Mistake("logits: the sigmoid's exponent",      SIGMOID, "np.where(z >= 0, small, 1) / (1 + small)",
            "Your sigmoid falls where it should climb: it is 1/(1 + exp(−z)), with the minus."),
    # ---------------------------------------------------------------------------------------------------------- hinge
    Mistake("hinge: summed",     HINGE, "np.sum(np.maximum(0, 1 - y * s))", SUM,
            also=[(HINGE_GRAD, "np.where(y * s < 1, -y, 0)")]),
    Mistake("hinge: labels taken for 0 and 1",     "    return " + HINGE, f"    y = 2 * y - 1\n    return {HINGE}",
            "The labels are −1 and 1 already here: 2 y − 1 makes −3 of −1."),
    Mistake("hinge: without the 1",                HINGE, "np.mean(np.maximum(0, -y * s))",
            "That is the perceptron's loss. The hinge asks for a margin: it costs 1 − y s as long as y s is below 1.",
            also=[(HINGE_GRAD, "np.where(y * s < 0, -y, 0) / len(s)")]),
    Mistake("hinge: squared",                      HINGE, "np.mean(np.maximum(0, 1 - y * s) ** 2)",
            "That is the squared hinge (squared_hinge in Keras): leave the square out."),
    Mistake("hinge: without the labels",           HINGE, "np.mean(np.maximum(0, 1 - s))",
            "The label is missing: where y is −1 a negative score is right. The margin is y s."),
    Mistake("hinge: sign of the margin",           HINGE, "np.mean(np.maximum(0, 1 + y * s))",
            "A large margin y s is good, and costs nothing: the loss is max(0, 1 − y s)."),
    Mistake("hinge: cut off after the mean",       HINGE, "max(0, np.mean(1 - y * s))",
            "Each example's loss is cut off at 0, and then the mean is taken. Yours lets safe examples pay for wrong ones.",
            also=[(HINGE_GRAD, "np.where(np.mean(y * s) < 1, -y, 0) / len(s)")]),
    Mistake("hinge: not cut off",                  HINGE, "np.mean(1 - y * s)",
            "Beyond a margin of 1 an example costs nothing, not less than nothing: the max(0, …) is missing.",
            also=[(HINGE_GRAD, "-y / len(s)")]),
    Mistake("hinge: n × n pairs",                  HINGE, "np.mean(np.maximum(0, 1 - y[:, None] * s))", COLUMN),
    Mistake("hinge: a number for each example",    HINGE, "np.maximum(0, 1 - y * s)",
            "You return each example's loss: their mean is asked, one number."),
    Mistake("hinge: the gradient of satisfied examples", HINGE_GRAD, "-y / len(s)",
            "An example whose margin is above 1 costs nothing, and pulls at nothing: its slope is 0."),
    Mistake("hinge: the gradient active below 0",  HINGE_GRAD, "np.where(y * s < 0, -y, 0) / len(s)",
            "An example pulls as long as its margin y s is below 1, not only below 0, where it is on the wrong side."),
    Mistake("hinge: the gradient without y",       HINGE_GRAD, "np.where(y * s < 1, -1, 0) / len(s)",
            "The derivative of 1 − y s with respect to s is −y: −1 is right only where the label is 1."),
    Mistake("hinge: the gradient times s",         HINGE_GRAD, "np.where(y * s < 1, -y * s, 0) / len(s)",
            "The derivative of 1 − y s with respect to s is −y, without the s."),
    Mistake("hinge: the gradient not divided",     HINGE_GRAD, "np.where(y * s < 1, -y, 0)", SUMMED),
    Mistake("hinge: the gradient divided by the active", HINGE_GRAD, "np.where(y * s < 1, -y, 0) / max(1, np.sum(y * s < 1))",
            "The mean is over all n examples, also those that cost nothing: divide by n, not by the number of the others."),
    Mistake("hinge: the gradient downhill",        HINGE_GRAD, "np.where(y * s < 1, y, 0) / len(s)", UPHILL),
    # ----------------------------------------------------------------------------------------------------- good manners
    Mistake("probabilities changed in place",      "    " + RIGHT, "    a[y == 0] = 1 - a[y == 0]\n    right = a",
            "`a[…] = …` writes into the caller's array: make a new one, with np.where or a copy."),
    Mistake("predictions changed in place",        MSE, "np.mean(np.square(np.subtract(p, y, out=p)))",
            "You write into the caller's array, which others may still need: make a new one."),
]

WRONG_RIGHT = {  # the probability of the true label
    "1 - a":                       "For every label you take 1 − a: where y is 1 its probability is a.",
    "a":                           "For every label you take a: where y is 0 its probability is 1 − a.",
    "np.where(y == 1, a, 1)":      "Where y is 0 your loss is 0, whatever a is: −log(1 − a) is missing.",
    "np.where(y == 1, 1, 1 - a)":  "Where y is 1 your loss is 0, whatever a is: −log a is missing.",
    "np.where(y == 1, a, 1 + a)":  "Where y is 0 you take the logarithm of 1 + a: it is that of 1 − a.",
    "np.where(y == 1, a, 2 - a)":  "Where y is 0 you take the logarithm of 2 − a: it is that of 1 − a.",
}
WRONG_LOGITS = {
    "np.maximum(z, 0) - y * z - np.log1p(np.exp(-np.abs(z)))": "log(1 + exp(−|z|)) is added, not subtracted.",
    "np.maximum(z, 0) - y * z + np.exp(-np.abs(z))":           "You add exp(−|z|) itself: log(1 + …) is left out.",
    "np.maximum(z, 0) - y * z + np.log1p(np.exp(np.abs(z)))":  "In log(1 + exp(−|z|)) the minus sign is missing.",
    "np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(y)))": "In log(1 + exp(−|z|)) you take the label y for z.",
    "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))":         "The label is missing: that is the loss where y is 0. Subtract y z.",
    "np.log1p(np.exp(-np.abs(z)))":                            "That is log(1 + exp(−|z|)) alone: max(z, 0) − y z is missing.",
    "np.log1p(np.exp(-np.abs(z))) - y * z":                    "Your loss is max(z, 0) too small: it is log(1 + exp(z)) − y z.",
    "np.minimum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))": "log(1 + exp(z)) is max(z, 0) + …, with max, not min.",
    "np.maximum(y, 0) - y * z + np.log1p(np.exp(-np.abs(z)))": "In max(z, 0) you take the label y for z.",
    **{f"np.maximum(z, 0) - {part} + np.log1p(np.exp(-np.abs(z)))": f"You subtract {part}, where y z belongs."
       for part in ("y", "z", "y / z", "z * z")},
}
WRONG_SIGMOID = {
    "np.where(z >= 0, 1, small)":                "Your sigmoid lacks its denominator, 1 + exp(−|z|).",
    "np.where(z >= 0, 1, small) * (1 + small)":  "Your sigmoid is multiplied by 1 + exp(−|z|): divide by it.",
    "np.where(z >= 0, 1, small) / (1 - small)":  "Your sigmoid is divided by 1 − exp(−|z|): it is 1 + exp(−|z|).",
    "np.where(z >= 0, 1, small) / (2 + small)":  "Your sigmoid is divided by 2 + exp(−|z|): it is 1 + exp(−|z|).",
    "np.where(z >= 0, 1, small) / small":        "Your sigmoid is divided by exp(−|z|): it is 1 + exp(−|z|).",
    "1 / (1 + small)":                           "You take the sigmoid of |z|: below 0 it is 1/(1 + exp(|z|)).",
    "(z >= 0) / (1 + small)":                    "Below 0 your sigmoid is 0: it is exp(z)/(1 + exp(z)) there.",
    "np.where(z >= 0, 1, -np.abs(z)) / (1 - np.abs(z))": "Your sigmoid has −|z| where exp(−|z|) belongs.",
}
WRONG_HINGE = {
    "np.minimum(0, 1 - y * s)":  "Cut off below at 0: max(0, 1 − y s), with max, not min.",
    "np.maximum(1, 1 - y * s)":  "You cut off at 1: an example whose margin is above 1 costs 0.",
    "np.maximum(0, y * s - 1)":  "You pay for margins above 1: it is 1 − y s, not y s − 1.",
    "np.maximum(0, 2 - y * s)":  "You ask for a margin of 2: it is 1.",
    "np.maximum(0, 0.5 - y * s)": "You ask for a margin of 0.5: it is 1.",
    "np.maximum(0, 1 - y)":      "The score is missing: the margin is y s.",
    "np.maximum(0, 1 - s * s)":  "You take s² for the margin, which is y s.",
    "np.maximum(0, 1 - y / s)":  "You take y / s for the margin, which is y s.",
}
WRONG_HINGE_GRAD = {
    "np.where(s < 1, -y, 0)":     "You compare the score with 1: it is the margin y s that tells who pulls.",
    "np.where(s * s < 1, -y, 0)": "You compare s² with 1: it is the margin y s that tells who pulls.",
    "np.where(y / s < 1, -y, 0)": "You compare y / s with 1: it is the margin y s that tells who pulls.",
    "np.where(y * s < 2, -y, 0)": "Examples pull while their margin is below 1: yours do below 2.",
    "np.where(y * s < 1, -y, 1)": "Above a margin of 1 your slope is 1/n: it is 0 there.",
}

CAP = "The {:g} caps the loss of an example at {:.1f}: take the logarithm of the true label's own probability, as it is."
CAP_LOGITS = "The {:g} caps the loss of an example at {:.1f}, but it grows with |z|: work out log(1 + exp(z)) − y z on paper."

families = [
    *(Mistake(f"mse: the power {k}", MSE, f"np.mean((p - y) ** {k})", f"You raise the differences to the power {k}: square them.")
      for k in (1, 3, 4)),
    Mistake("mse: twice the differences", MSE, "np.mean((p - y) * 2)", "You double the differences: square them."),
    Mistake("mse: 2 to the power",        MSE, "np.mean(2 ** (p - y))", "You take powers of 2: the square is (p − y) ** 2."),
    Mistake("mse: p + y",                 MSE, "np.mean((p + y) ** 2)", "You square the sums p + y: it is the differences, p − y."),
    Mistake("mse: p alone",               MSE, "np.mean(p**2)", "The labels are missing: you average p², not (p − y)²."),
    Mistake("mse: y alone",               MSE, "np.mean(y**2)", "The predictions are missing: you average y², not (p − y)²."),
    *(Mistake(f"{name}: the {word}", was, f"np.{reduce}({losses})", f"You return the {word} of the losses: their mean is asked.")
      for name, was, losses in (("mse", MSE, "(p - y) ** 2"), ("bce", BCE.removeprefix("return "), "-np.log(right)"),
                                ("logits", LOGITS, LOGITS[8:-1]), ("hinge", HINGE, HINGE[8:-1]))
      for reduce, word in (("max", "maximum"), ("min", "minimum"), ("median", "median"))),
    *(Mistake(f"bce: log of {now}", RIGHT, f"right = {now}", say) for now, say in WRONG_RIGHT.items()),
    Mistake("bce: no logarithm", BCE, "return -np.mean(right)",
            "The logarithm is missing: you average the probabilities of the true labels themselves."),
    Mistake("bce: y log a", BCE, "return -np.mean(y * np.log(a))", WRONG_RIGHT["np.where(y == 1, a, 1)"]),
    *(Mistake(f"bce: {c:g} keeps a from 0 and 1", RIGHT, now.format(c=c), CAP.format(c, -np.log(c)))
      for c in [10.0**-k for k in range(3, 17)]
      for now in ["right = np.where(y == 1, a, 1 - a) + {c}", "right = np.clip(np.where(y == 1, a, 1 - a), {c}, 1 - {c})"]),
    *(Mistake(f"logits: {c:g} keeps sigmoid(z) from 0 and 1", LOGITS, now.format(c=c), CAP_LOGITS.format(c, -np.log(c)))
      for c in [10.0**-k for k in range(3, 17)]
      for now in ["bce(np.clip(sigmoid(z), {c}, 1 - {c}), y)",
                  "-np.mean(y * np.log(sigmoid(z) + {c}) + (1 - y) * np.log(1 - sigmoid(z) + {c}))"]),
    *(Mistake(f"bce: the gradient divided by {it}", "(a * (1 - a))", f"({it})",
              f"You divide by {it}: the denominator is a (1 − a).")
      for it in ("a * (1 + a)", "a * (2 - a)", "a / (1 - a)", "a * (1 - y)", "y * (1 - a)")),
    *(Mistake(f"logits: {now}", LOGITS, f"np.mean({now})", say) for now, say in WRONG_LOGITS.items()),
    *(Mistake(f"logits: the sigmoid {now}", SIGMOID, now, say) for now, say in WRONG_SIGMOID.items()),
    *(Mistake(f"hinge: {now}", HINGE, f"np.mean({now})", say) for now, say in WRONG_HINGE.items()),
    *(Mistake(f"hinge: the gradient {now}", HINGE_GRAD, f"{now} / len(s)", say) for now, say in WRONG_HINGE_GRAD.items()),
]

equivalents = [
    Equivalent("return np.mean((p - y) ** 2)", "return np.mean((y - p) ** 2)", "it is squared: its sign does not matter"),
    Equivalent("return 2 * (p - y) / p.size", "return 2 * (p - y) / y.size", "p and y have one shape"),
    Equivalent(BCE_GRAD, BCE_GRAD.replace("len(a)", "len(y)"), "a and y have one shape"),
    Equivalent(f"return {SIGMOID}", f"return {SIGMOID.replace('>=', '>')}",
               "at z = 0 both sides are the same number: small is exp(-|0|) = 1"),
    Equivalent(LOGITS_GRAD, LOGITS_GRAD.replace("len(z)", "len(y)"), "z and y have one shape"),
    Equivalent(f"return {HINGE_GRAD}", f"return {HINGE_GRAD.replace('<', '<=')}", "the kink, y s = 1, is not judged"),
    Equivalent(f"return {HINGE_GRAD}", f"return {HINGE_GRAD.replace('len(s)', 'len(y)')}", "s and y have one shape"),
]
