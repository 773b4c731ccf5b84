"""What goes wrong with a logistic neuron, and what to tell the student."""

import numpy as np

from grader import Equivalent, Mistake

SIGMOID = "return np.exp(-np.logaddexp(0, -z))  # 1 / (1 + exp(-z)), without overflow"
FORWARD = "return sigmoid(X @ w + b)"
RIGHT = "right = np.where(y == 1, a, 1 - a)  # the probability that was given to the true label\n    "
LOSS = "return -np.log(right).mean()"
DA, DZ = "da = -y / a + (1 - y) / (1 - a)", "dz = a - y"
DW, DB = "dw = X.T @ dz / len(y)", "db = dz.sum() / len(y)"
LOOP = "    for k in range(steps):\n"
AHEAD, KEPT = "        a = forward(X, w, b)\n", "        losses[k] = log_loss(a, y)\n"
BACK = "        _, _, dw, db = gradients(X, y, a)\n"
STEP_W, STEP_B = "        w = w - lr * dw\n", "        b = b - lr * db\n"
STEPS = STEP_W + STEP_B
END = "    return w, b, losses\n"
DEVIATION = "deviation = X_train.std(axis=0)"
SCALED = "return (X - X_train.mean(axis=0)) / np.where(deviation == 0, 1, deviation)"
FEATURES = "[x1, x2, x1**2, x1 * x2, x2**2]"
PAIRS = "An array of shape (n, 1) beside one of (n,) makes n × n pairs, each guess beside every label: keep both (n,)."

mistakes = [
    # ------------------------------------------------------------------------------------------------ the probability
    Mistake("sigmoid: overflows",             SIGMOID, "return np.exp(z) / (1 + np.exp(z))",
            "exp(1000) / (1 + exp(1000)) is ∞/∞, which is NaN. 1 / (1 + np.exp(-z)) is right on both sides.", loses="huge"),
    Mistake("sigmoid: without the minus",     SIGMOID, "return 1 / (1 + np.exp(z))",
            "Your sigmoid falls where it should climb: it is 1 / (1 + exp(-z)), with a minus."),
    Mistake("sigmoid: tanh",                  SIGMOID, "return np.tanh(z)",
            "That is tanh, which goes from -1 to 1. The sigmoid goes from 0 to 1: 1 / (1 + exp(-z))."),
    Mistake("sigmoid: its slope",             SIGMOID, "a = 1 / (1 + np.exp(-z))\n    return a * (1 - a)",
            "You return the sigmoid's derivative, a (1 - a): here its value a is asked."),
    Mistake("sigmoid: softmax",               SIGMOID, "return np.exp(z - z.max()) / np.exp(z - z.max()).sum()",
            "That is softmax, which shares one probability out among all examples. Each z has a sigmoid of its own."),
    Mistake("sigmoid: clipped",               SIGMOID, "return np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)",
            "You clip a as Keras does inside its loss: here the sigmoid of -1000 is 0, and that of 1000 is 1.", loses="huge"),
    Mistake("forward: b left out",            FORWARD, "return sigmoid(X @ w)", "The bias is missing: z = X @ w + b."),
    Mistake("forward: b subtracted",          FORWARD, "return sigmoid(X @ w - b)", "You subtract the bias: z = X @ w + b."),
    Mistake("forward: no sigmoid",            FORWARD, "return X @ w + b",
            "You return z, any number. The probability is its sigmoid: a = sigmoid(z)."),
    Mistake("forward: the sigmoid twice",     FORWARD, "return sigmoid(sigmoid(X @ w + b))",
            "You take the sigmoid twice: a = sigmoid(X @ w + b)."),
    Mistake("forward: yes or no",             FORWARD, "return (X @ w + b > 0).astype(float)",
            "You answer 0 or 1, as a perceptron does. A logistic neuron answers with the probability in between."),
    Mistake("forward: a column",              FORWARD, "return sigmoid(X @ w[:, None] + b)",
            "You return a column, (n, 1). Here w is (d,), and so X @ w and a are (n,)."),
    # ------------------------------------------------------------------------------------------------------- the loss
    Mistake("loss: summed",                   LOSS, "return -np.log(right).sum()",
            "You add the losses of the examples up: take their mean."),
    Mistake("loss: sign",                     LOSS, "return np.log(right).mean()",
            "The logarithm of a probability is negative, a loss is not: the minus in front is missing."),
    Mistake("loss: halved",                   LOSS, "return -np.log(right).mean() / 2",
            "There is no 1/2 in this loss: just the mean."),
    Mistake("loss: logarithm to base 10",     LOSS, "return -np.log10(right).mean()",
            "You took the logarithm to base 10 (as do some numbers of the notes): ours is the natural one, np.log."),
    Mistake("loss: logarithm to base 2",      LOSS, "return -np.log2(right).mean()",
            "You took the logarithm to base 2, which counts bits: ours is the natural one, np.log."),
    Mistake("loss: labels swapped",           "np.where(y == 1, a, 1 - a)", "np.where(y == 1, 1 - a, a)",
            "a is the probability of label 1: -log a is paid where y is 1, and -log(1 - a) where y is 0."),
    Mistake("loss: only where the label is 1", RIGHT + LOSS, "return -(y * np.log(a)).mean()",
            "Where y is 0 your loss is 0, whatever a is: (1 - y) log(1 - a) is missing."),
    Mistake("loss: squared differences",      RIGHT + LOSS, "return ((a - y) ** 2).mean()",
            "That is the mean squared error: asked is the log loss."),
    Mistake("loss: the log of the mean",      LOSS, "return -np.log(right.mean())",
            "Take the logarithm of each example's probability first, and then the mean."),
    Mistake("loss: a number for each example", LOSS, "return -np.log(right)",
            "You return each example's loss (in Keras, reduction='none'): their mean is asked, one number."),
    Mistake("loss: n × n pairs",              "np.where(y == 1, a, 1 - a)", "np.where(y[:, None] == 1, a, 1 - a)", PAIRS),
    Mistake("loss: 0 · log 0",                RIGHT + LOSS, "return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()",
            "Where a is exactly 0 or 1, 0 · log 0 is NaN, not 0: take the logarithm of the true label's probability only.",
            loses="sure"),
    Mistake("loss: 1e-5 added",               LOSS, "return -np.log(right + 1e-5).mean()",
            "The 1e-5 changes every loss, and caps it at 11.5: leave the probability as it is."),
    Mistake("loss: clipped at 1e-7",          "np.where(y == 1, a, 1 - a)", "np.clip(np.where(y == 1, a, 1 - a), 1e-7, 1 - 1e-7)",
            "The clip at 1e-7 (as in Keras) caps the loss of an example at 16.1: leave the probability as it is.",
            loses="unlikely"),
    Mistake("loss: the sigmoid once more",    RIGHT, "a = sigmoid(a)\n    " + RIGHT,
            "a is a probability already, and you take its sigmoid (in Keras, from_logits=True)."),
    # ---------------------------------------------------------------------------------------------------- derivatives
    Mistake("da: the second sign",            DA, "da = -y / a - (1 - y) / (1 - a)",
            "-log(1 - a) grows with a: its derivative is +1/(1 - a)."),
    Mistake("da: sign",                       DA, "da = y / a - (1 - y) / (1 - a)",
            "The sign: where y is 1 a larger a costs less, so da = -1/a is negative there."),
    Mistake("da: only where the label is 1",  DA, "da = -y / a",
            "Where y is 0 the loss is -log(1 - a), and da is 1/(1 - a), not 0."),
    Mistake("da: divided by n",               DA, "da = (-y / a + (1 - y) / (1 - a)) / len(y)",
            "da is the derivative of each example's own loss, as in the notes: the 1/n comes with dw and db."),
    Mistake("da: that of dz",                 DA, "da = a - y",
            "a - y is dz. By a the derivative is -y/a + (1 - y)/(1 - a)."),
    Mistake("dz: sign",                       DZ, "dz = y - a",
            "The sign: dz = a - y points uphill, as a derivative does; `train` subtracts it."),
    Mistake("dz: divided by n already",       DZ, "dz = (a - y) / len(y)",
            "You differentiate the mean loss at once, as PyTorch does. Here dz = a - y as in the notes; dw and db take the mean.",
            also=[(DW, "dw = X.T @ dz"), (DB, "db = dz.sum()")]),
    Mistake("dz: the slope once more",        DZ, "dz = (a - y) * a * (1 - a)",
            "a - y contains the sigmoid's slope a (1 - a) already: it cancels da's denominator. (Yours is of a squared error.)"),
    Mistake("dz: the slope left out",         DZ, "dz = da",
            "You leave the sigmoid's slope out: dz = da · a (1 - a), and that is a - y."),
    Mistake("dz: the slope of tanh",          DZ, "dz = da * (1 - a**2)",
            "1 - a² is the slope of tanh. That of the sigmoid is a (1 - a)."),
    Mistake("dz: of a squared error",         DZ, "dz = 2 * (a - y)",
            "There is a factor 2, as from a squared error: for the log loss dz = a - y."),
    Mistake("dz: the product with da",        DZ, "dz = da * a * (1 - a)",
            "Where a is exactly 0 or 1 da is infinite or 0/0, and the product NaN. Multiply on paper: dz = a - y.",
            loses="certain"),
    Mistake("dz: n × n pairs",                DZ, "dz = a - y[:, None]", PAIRS),
    Mistake("dw: not averaged",               DW, "dw = X.T @ dz", "dw is the derivative of the mean loss: divide by n."),
    Mistake("dw: from da",                    DW, "dw = X.T @ da / len(y)",
            "It is dz that comes back through z = x·w + b: dw = X.T @ dz / n."),
    Mistake("dw: without X",                  DW, "dw = np.full(X.shape[1], dz.mean())",
            "z = x·w + b, so w moves with its x: dw = X.T @ dz / n. (Yours is db.)"),
    Mistake("dw: divided by d",               DW, "dw = X.T @ dz / X.shape[1]",
            "The mean is over the n examples, not over the d features."),
    Mistake("db: not averaged",               DB, "db = dz.sum()", "db is the derivative of the mean loss: divide by n."),
    Mistake("db: an array",                   DB, "db = dz.mean(keepdims=True)",
            "The number is right, but it stands in an array of shape (1,): b is a number, and so is db."),
    Mistake("db: one for each example",       DB, "db = dz / len(y)", "There is one b for all examples: add their dz up, over n."),
    Mistake("dw and db: not averaged",        DW, "dw = X.T @ dz",
            "You differentiate the sum of the losses: divide dw and db by n.", also=[(DB, "db = dz.sum()")]),
    Mistake("gradients: clipped at 1",        "return da, dz, dw, db", "return da, dz, np.clip(dw, -1, 1), np.clip(db, -1, 1)",
            "You cut gradients off at ±1. Here a gradient is what it is, however steep the loss.", loses="steep"),
    # ------------------------------------------------------------------------------------------------------- training
    Mistake("train: the loss after the step", KEPT + BACK + STEPS, BACK + STEPS + AHEAD + KEPT,
            "Your losses are those after each step: `losses[0]` is the loss at the w and b that you are given."),
    Mistake("train: losses added up",         END, "    return w, b, np.cumsum(losses)\n",
            "Each of `losses` is that of one moment: yours adds up those before."),
    Mistake("train: the last loss only",      END, "    return w, b, np.full(steps, losses[-1])\n",
            "All your losses are the last one: keep the loss before each step."),
    Mistake("train: a loss too many",         END, "    return w, b, np.append(losses, log_loss(forward(X, w, b), y))\n",
            "You return a loss more than there are steps: one before each step is asked, none at the end."),
    Mistake("train: one step too few",        LOOP, "    for k in range(steps - 1):\n", "You make one step less than `steps`."),
    Mistake("train: one step too many",       END, (AHEAD + BACK + STEPS).replace("        ", "    ") + END,
            "You make one step more than `steps`."),
    Mistake("train: a single step",           STEP_B + END, STEP_B + "        break\n" + END,
            "You stop after the first step: does a `return` stand inside the loop?"),
    Mistake("train: lr fixed",                LOOP, "    lr = 0.1\n" + LOOP, "0.1 is only the default: use the argument lr."),
    Mistake("train: uphill",                  STEPS, STEPS.replace(" - lr", " + lr"),
            "You walk uphill: subtract lr times the gradient."),
    Mistake("train: w stays",                 STEP_W, "", "You never move w: w = w - lr * dw."),
    Mistake("train: b stays",                 STEP_B, "", "You never move b: b = b - lr * db."),
    Mistake("train: starts at zeros",         LOOP, "    w, b = 0 * w, 0.0\n" + LOOP,
            "You start at zeros: start from the w and b that you are given."),
    Mistake("train: one example a step",      BACK,
            "        i = [k % len(y)]\n        _, _, dw, db = gradients(X[i], y[i], a[i])\n",
            "Each of your steps is on one example (stochastic descent): here each is on all rows."),
    Mistake("train: forward only once",       LOOP + AHEAD, AHEAD[4:] + LOOP,
            "You compute a once, before the loop: it changes with every step."),
    Mistake("train: gradients only once",     LOOP + AHEAD + KEPT + BACK, AHEAD[4:] + BACK[4:] + LOOP + AHEAD + KEPT,
            "You compute the gradients once, before the loop: they change with every step."),
    Mistake("train: stops at a small loss",   BACK, "        if losses[k] < 0.01:\n            break\n" + BACK,
            "You stop where the loss is small: make all the steps.", loses="far"),
    Mistake("train: gradients clipped at 1",  BACK, BACK + "        dw, db = np.clip(dw, -1, 1), np.clip(db, -1, 1)\n",
            "You cut gradients off at ±1 before the step: a step is lr times the gradient, however long.", loses="far"),
    Mistake("train: a clipped at 1e-7",       BACK, "        a = np.clip(a, 1e-7, 1 - 1e-7)\n" + BACK,
            "Clip a for the loss, if you must, not for the gradient: dz = a - y has no logarithm.", loses="far"),
    Mistake("train: w changed in place",      STEP_W, "        w -= lr * dw\n",
            "`w -= …` writes into the caller's array, and the next training starts where this one ended: w = w - lr * dw."),
    # ------------------------------------------------------------------------------------------------------- features
    Mistake("standardise: by its own statistics", DEVIATION, "X_train = X\n    " + DEVIATION,
            "You standardise new rows by their own mean and deviation: use those of X_train, the scale that was learnt on."),
    Mistake("standardise: over n - 1",        DEVIATION, "deviation = X_train.std(axis=0, ddof=1 if len(X_train) > 1 else 0)",
            "Your deviation divides by n - 1 (as torch.std and pandas do). Here it is over n, as np.std and scikit-learn have it."),
    Mistake("standardise: over all columns",  DEVIATION, "deviation = X_train.std()",
            "Each column has a mean and a deviation of its own: axis=0.", also=[("X_train.mean(axis=0)", "X_train.mean()")]),
    Mistake("standardise: row by row",        DEVIATION, "deviation = X.std(axis=1, keepdims=True)",
            "You standardise each row. It is columns, the features, whose sizes differ: mean and deviation of X_train over axis 0.",
            also=[("X_train.mean(axis=0)", "X.mean(axis=1, keepdims=True)")]),
    Mistake("standardise: by the variance",   DEVIATION, "deviation = X_train.var(axis=0)",
            "You divide by the variance: take its root, the deviation."),
    Mistake("standardise: not centred",       "(X - X_train.mean(axis=0))", "X",
            "The mean is not subtracted: (X - mean) / deviation."),
    Mistake("standardise: only centred",      SCALED, "return X - X_train.mean(axis=0)",
            "You subtract the mean, but do not divide by the deviation.", also=[(DEVIATION + "\n", "\n")]),
    Mistake("standardise: to between 0 and 1", SCALED,
            "low, high = X_train.min(axis=0), X_train.max(axis=0)\n    return (X - low) / np.where(high == low, 1, high - low)",
            "You bring the training set to between 0 and 1. Here: minus the mean, over the standard deviation."),
    Mistake("standardise: 1e-8 added",        "np.where(deviation == 0, 1, deviation)", "(deviation + 1e-8)",
            "The 1e-8 makes a constant column 10⁸ times as large, and changes all others: divide by 1 where the deviation is 0."),
    Mistake("standardise: kept above 1e-7",   "np.where(deviation == 0, 1, deviation)", "np.maximum(deviation, 1e-7)",
            "You keep the deviation above 1e-7, as Keras does, and a new row is huge in a constant column: divide by 1 there.",
            loses="constant"),
    Mistake("standardise: 0 / 0",             "np.where(deviation == 0, 1, deviation)", "deviation",
            "A column that is constant in X_train has the deviation 0, and you divide by it: take 1 there.", loses="constant"),
    Mistake("standardise: constant columns 0", SCALED,
            "return np.where(deviation == 0, 0, (X - X_train.mean(axis=0)) / np.where(deviation == 0, 1, deviation))",
            "A column that is constant in X_train need not be so in X: there it is X minus the mean, divided by 1.",
            loses="constant"),
    Mistake("polynomial: squares first",      FEATURES, "[x1, x2, x1**2, x2**2, x1 * x2]",
            "The order is x1, x2, x1², x1 x2, x2²: you have x2² before x1 x2."),
    Mistake("polynomial: no product",         FEATURES, "[x1, x2, x1**2, x2**2]",
            "x1 x2 is missing, the one feature that solves XOR."),
    Mistake("polynomial: a column of ones",   FEATURES, "[np.ones(len(X)), x1, x2, x1**2, x1 * x2, x2**2]",
            "There is a column of ones in front (scikit-learn's include_bias=True): the neuron has its bias b already."),
    Mistake("polynomial: the product twice",  FEATURES, "[x1, x2, x1**2, 2 * x1 * x2, x2**2]",
            "x1 x2 stands in (x1 + x2)² twice, but as a feature once, without the 2."),
    Mistake("polynomial: the kernel's scale", FEATURES, "[x1, x2, x1**2, np.sqrt(2) * x1 * x2, x2**2]",
            "With √2 these are the features of a polynomial kernel. Here x1 x2 has no factor."),
    Mistake("polynomial: cubes",              FEATURES, "[x1, x2, x1**3, x1 * x2, x2**3]",
            "You have cubes where squares are asked: x1² and x2²."),
]

# What is taken for the probability of the true label and for the loss, which loss training keeps, and what stands in for a
# deviation of 0.
WRONG_RIGHT = {
    "1 - a":                   "For every label you take 1 - a: where y is 1 the probability is a.",
    "a":                       "For every label you take a: where y is 0 the probability is 1 - a.",
    "np.where(y == 1, a, 1)":  "Where y is 0 your loss is 0, whatever a is: -log(1 - a) is missing.",
    "np.where(y == 1, 1, 1 - a)": "Where y is 1 your loss is 0, whatever a is: -log a is missing.",
    "np.where(y == 1, a, 1 + a)": "Where y is 0 you take the logarithm of 1 + a: it is that of 1 - a.",
    "np.where(y == 1, a, 2 - a)": "Where y is 0 you take the logarithm of 2 - a: it is that of 1 - a.",
    "np.where(a == 1, a, 1 - a)": "You compare a with 1: it is the label y that tells whose probability counts.",
}
WRONG_LOSS = {
    "-np.exp(right).mean()":   "You take exp where the logarithm belongs.",
    "-right.mean()":           "The logarithm is left out: that is minus the mean probability of the true labels.",
    "1 - right.mean()":        "The logarithm is left out: that is the mean probability of the wrong labels.",
    "-np.log(right).max()":    "That is the smallest loss of an example: take the mean.",
    "-np.log(right).min()":    "That is the largest loss of an example: take the mean.",
}
WRONG_DA = {
    "-y / a + (1 - y) * (1 - a)": "Where y is 0 you multiply by 1 - a: the slope of -log(1 - a) is 1/(1 - a).",
    "-y / a + (1 - y) / (1 + a)": "Where y is 0 you divide by 1 + a: the slope of -log(1 - a) is 1/(1 - a).",
    "-y / a + (1 - y) / (2 - a)": "Where y is 0 you divide by 2 - a: the slope of -log(1 - a) is 1/(1 - a).",
    "-y / a + (1 - y) / a":    "Where y is 0 you divide by a: the slope of -log(1 - a) is 1/(1 - a).",
    "-y * a + (1 - y) / (1 - a)": "Where y is 1 you multiply by a: the slope of -log a is -1/a.",
    "-y / a + (1 - a) / (1 - y)": "The second term is upside down, and infinite where y is 1: (1 - y)/(1 - a).",
    "-a / y + (1 - y) / (1 - a)": "The first term is upside down, and infinite where y is 0: -y/a.",
    "(1 - y) / (1 - a)":       "Where y is 1 the loss is -log a, and da is -1/a, not 0.",
}
KEPT_LOSS = {
    "log_loss(y, a)":          "You give log_loss its arguments the wrong way round: it is log_loss(a, y).",
    "log_loss(a, a)":          "You give log_loss a twice: the second argument is the label y.",
    "1 - log_loss(a, y)":      "You keep 1 minus the loss: `losses` has the loss itself.",
    "np.mean((a > 0.5) == y)": "You keep the share of right answers: asked is the loss.",
    "np.mean((a > 0.5) != y)": "You keep the share of wrong answers: asked is the loss.",
    "np.mean((a - y) ** 2)":   "You keep the mean squared error: asked is the log loss.",
    "log_loss(a, y) * len(y)": "You keep the sum of the losses: asked is their mean.",
    "-log_loss(a, y)":         "You keep the loss with a minus: a loss is positive.",
}
ZERO = "You put {:g} in the way of a deviation of 0, and a new row becomes huge in such a column: divide by 1 there."
CAP = "The {:g} caps the loss of an example at {:.1f}: take the logarithm of the true label's probability only."

families = [
    *(Mistake(f"loss: of {now}", "np.where(y == 1, a, 1 - a)", now, say) for now, say in WRONG_RIGHT.items()),
    *(Mistake(f"loss: {now}", LOSS, f"return {now}", say) for now, say in WRONG_LOSS.items()),
    *(Mistake(f"da: {now}", DA, f"da = {now}", say) for now, say in WRONG_DA.items()),
    *(Mistake(f"train: {now} kept", KEPT, f"        losses[k] = {now}\n", say) for now, say in KEPT_LOSS.items()),
    *(Mistake(f"loss: {c:g} keeps a from 0 and 1", RIGHT + LOSS, now.format(c=c), CAP.format(c, -np.log(c)))
      for c in [10.0**-k for k in range(3, 17)]
      for now in ["return -(y * np.log(a + {c}) + (1 - y) * np.log(1 - a + {c})).mean()",
                  "p = np.clip(a, {c}, 1 - {c})\n    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()"]),
    *(Mistake(f"standardise: {now}", "np.where(deviation == 0, 1, deviation)", now, ZERO.format(c))
      for c in [10.0**-k for k in range(3, 17)]
      for now in [f"(deviation + {c})", f"np.maximum(deviation, {c})", f"np.where(deviation == 0, {c}, deviation)"]),
]

equivalents = [
    Equivalent(DW, DW.replace("len(y)", "len(X)"), "X and y have as many rows as each other"),
    Equivalent(DW, DW.replace("len(y)", "len(a)"), "y and a have one shape"),
    Equivalent(DB, DB.replace("len(y)", "len(X)"), "X and y have as many rows as each other"),
    Equivalent(DB, DB.replace("len(y)", "len(a)"), "y and a have one shape"),
    Equivalent("losses = np.zeros(steps)", "losses = np.ones(steps)", "every entry is written over"),
    Equivalent("b = b - lr * db", "b -= lr * db", "b is a number, which nothing changes in place"),
]
