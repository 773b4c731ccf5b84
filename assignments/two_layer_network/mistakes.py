"""Known ways to get a network of two layers wrong, with what helps the student."""

import numpy as np

from grader import Equivalent, Mistake

Z1 = "Z1 = X @ W1 + b1"
A1 = "A1 = np.tanh(Z1)"
Z2 = "Z2 = A1 @ W2 + b2"
A2 = "A2 = np.exp(-np.logaddexp(0, -Z2))  # 1 / (1 + exp(-Z2)), without overflow"
RIGHT = "right = np.where(Y == 1, A2, 1 - A2)  # the probability that was given to the true label\n    "
LOSS = "return -np.log(right).mean()"
DZ2 = "dZ2 = A2 - Y"
DW2 = "dW2 = A1.T @ dZ2 / n"
DB2 = "db2 = dZ2.sum(axis=0) / n"
DZ1 = "dZ1 = dZ2 @ W2.T * (1 - A1**2)"
DW1 = "dW1 = X.T @ dZ1 / n"
DB1 = "db1 = dZ1.sum(axis=0) / n"
LOOP = "    for batch in batches:\n"
BATCH = "x, y = X[batch], Y[batch]"
AHEAD = "_, A1, _, A2 = forward(x, W1, b1, W2, b2)"
BACK = "_, dW2, db2, _, dW1, db1 = backward(x, y, W2, A1, A2)"
STEPS = """        W1 = W1 - lr * dW1
        b1 = b1 - lr * db1
        W2 = W2 - lr * dW2
        b2 = b2 - lr * db2
"""
END = STEPS + "    return W1, b1, W2, b2\n"

mistakes = [
    # forward
    Mistake("b1 left out",                          Z1, "Z1 = X @ W1", "Your Z1 lacks b1: Z1 = X @ W1 + b1."),
    Mistake("b1 subtracted",                        Z1, "Z1 = X @ W1 - b1", "You subtract b1: Z1 = X @ W1 + b1."),
    Mistake("b2 left out",                          Z2, "Z2 = A1 @ W2", "Your Z2 lacks b2: Z2 = A1 @ W2 + b2."),
    Mistake("a linear hidden layer",                A1, "A1 = Z1",
            "Your hidden layer is linear, and two linear layers are one: no line divides a disc from a ring. A1 = np.tanh(Z1), "
            "and its slope, 1 - A1**2, belongs in dZ1.", also=[(DZ1, "dZ1 = dZ2 @ W2.T")], loses="A1 dZ1"),
    Mistake("a sigmoid hidden layer, backward too", A1, "A1 = 1 / (1 + np.exp(-Z1))",
            "Your hidden layer is a sigmoid. Here it is tanh, whose derivative is 1 - A1**2.",
            also=[(DZ1, "dZ1 = dZ2 @ W2.T * A1 * (1 - A1)")]),
    Mistake("a ReLU hidden layer, backward too",    A1, "A1 = np.maximum(Z1, 0)",
            "Your hidden layer is a ReLU. Here it is tanh, whose derivative is 1 - A1**2.",
            also=[(DZ1, "dZ1 = dZ2 @ W2.T * (A1 > 0)")]),
    Mistake("the output layer is fed Z1",           Z2, "Z2 = Z1 @ W2 + b2",
            "Your output layer takes Z1: it takes what the hidden layer puts out, Z2 = A1 @ W2 + b2."),
    Mistake("no sigmoid",                           A2, "A2 = Z2",
            "A2 is Z2 itself: apply the sigmoid, A2 = 1 / (1 + np.exp(-Z2))."),
    Mistake("tanh at the output",                   A2, "A2 = np.tanh(Z2)",
            "A2 is a probability: the output layer's activation is the sigmoid, not tanh."),
    Mistake("the sigmoid overflows",                A2, "A2 = np.exp(Z2) / (1 + np.exp(Z2))",
            "exp(1000) / (1 + exp(1000)) is inf / inf, which is NaN. 1 / (1 + np.exp(-Z2)) is right on both sides."),
    Mistake("A2 clipped at 1e-7",                   A2, "A2 = np.clip(np.exp(-np.logaddexp(0, -Z2)), 1e-7, 1 - 1e-7)",
            "You clip A2 as Keras does: in `forward` it is the sigmoid itself, 0 and 1 included.", loses="far"),
    Mistake("examples are columns in what forward returns", "return Z1, A1, Z2, A2", "return Z1.T, A1.T, Z2.T, A2.T",
            "The slides write an example as a column. Here it is a row: Z1 and A1 are (n, h), Z2 and A2 (n, 1)."),
    Mistake("the slides' order of products",        Z1, "Z1 = W1 @ X + b1",
            "On the slides an example is a column, here a row: Z1 = X @ W1 + b1."),
    # the loss
    Mistake("loss: summed",                           LOSS,            "return -np.log(right).sum()",
            "You add the losses of the examples up: take their mean."),
    Mistake("loss: sign",                             LOSS,            "return np.log(right).mean()",
            "A loss is positive: the minus before the logarithm is missing."),
    Mistake("loss: halved",                           LOSS,            "return -np.log(right).mean() / 2",
            "There is no 1/2 in the cross-entropy: just the mean."),
    Mistake("loss: examples of label 0 ignored",      RIGHT + LOSS,    "return -(Y * np.log(A2)).mean()",
            "Examples of label 0 count, too: -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))."),
    Mistake("loss: labels swapped",                   "np.where(Y == 1, A2, 1 - A2)", "np.where(Y == 0, A2, 1 - A2)",
            "A2 is the probability of label 1: Y goes with np.log(A2), and 1 - Y with np.log(1 - A2)."),
    Mistake("loss: squared differences",              LOSS,            "return ((A2 - Y) ** 2).mean()",
            "This is the mean squared error: asked is the binary cross-entropy."),
    Mistake("loss: logarithm to base 2",              "np.log(right)", "np.log2(right)",
            "The logarithm is the natural one, np.log."),
    Mistake("loss: n examples become n² pairs",       "np.where(Y == 1, A2, 1 - A2)", "np.where(Y.ravel() == 1, A2, 1 - A2)",
            "(n,) beside (n, 1) broadcasts to (n, n): you compare every example with every label. Keep both (n, 1)."),
    Mistake("loss: an array",                         LOSS,            "return -np.log(right).mean(axis=0, keepdims=True)",
            "The number is right, but it is inside an array, as Y.T @ np.log(A2) is. Return a number: np.mean, or entry [0, 0]."),
    Mistake("loss: 0 · log 0",                        RIGHT + LOSS,    "return -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).mean()",
            "Where A2 is exactly 0 or 1, 0 * log(0) is NaN. Take the logarithm of the true label's probability only, or keep A2 "
            "between 1e-12 and 1 - 1e-12 with np.clip."),
    Mistake("loss: 1e-7 added inside the logarithms",
            RIGHT + LOSS, "return -(Y * np.log(A2 + 1e-7) + (1 - Y) * np.log(1 - A2 + 1e-7)).mean()",
            "Adding 1e-7 shifts every loss. np.clip(A2, 1e-12, 1 - 1e-12) avoids log(0) and changes nothing elsewhere."),
    Mistake("loss: clipped at 1e-7",
            RIGHT + LOSS, "p = np.clip(A2, 1e-7, 1 - 1e-7)\n    return -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).mean()",
            "Clipping at 1e-7, as Keras does, caps the loss at 16. np.clip(A2, 1e-12, 1 - 1e-12) avoids log(0), too.",
            loses="capped"),
    Mistake("loss: the sigmoid once more",            RIGHT, "A2 = 1 / (1 + np.exp(-A2))\n    " + RIGHT,
            "A2 is a probability already: you take its sigmoid, as for Z2 (in Keras, from_logits=True)."),
    Mistake("loss: a number for each example",        LOSS,            "return -np.log(right)",
            "You return each example's loss (in Keras, reduction='none'): their mean is asked, one number."),
    # backward, the output layer
    Mistake("dZ2: sign",                           DZ2, "dZ2 = Y - A2",
            "The sign: dZ2 = A2 - Y points uphill, as a derivative does; `train` subtracts."),
    Mistake("dZ2: divided by n already",           DZ2, "dZ2 = (A2 - Y) / n",
            "You differentiate the mean loss from the start. That is right, too, but here dZ2 = A2 - Y as in the notes, and dW "
            "and db take the mean.",
            also=[(DW2, "dW2 = A1.T @ dZ2"), (DB2, "db2 = dZ2.sum(axis=0)"), (DW1, "dW1 = X.T @ dZ1"),
                  (DB1, "db1 = dZ1.sum(axis=0)")]),
    Mistake("dZ2: sigmoid' once more",             DZ2, "dZ2 = (A2 - Y) * A2 * (1 - A2)",
            "A2 - Y contains the sigmoid's derivative already: it cancels against the cross-entropy's. (Your dZ2 belongs to the "
            "squared error.)"),
    Mistake("dZ2: the derivative by A2",           DZ2, "dZ2 = (A2 - Y) / (A2 * (1 - A2))",
            "This is dA2. Multiply it by the sigmoid's derivative, A2 * (1 - A2), and A2 - Y is left."),
    Mistake("dZ2: squared error without sigmoid'", DZ2, "dZ2 = 2 * (A2 - Y)",
            "There is a factor 2, as from a squared error: for the cross-entropy dZ2 = A2 - Y."),
    Mistake("dZ2: n examples become n² pairs",     DZ2, "dZ2 = A2 - Y.ravel()",
            "(n, 1) minus (n,) broadcasts to (n, n): every example minus every label. Keep both (n, 1)."),
    Mistake("dW2: not averaged",                   DW2, "dW2 = A1.T @ dZ2", "dW2 is the derivative of the mean loss: divide by n."),
    Mistake("db2: not averaged",                   DB2, "db2 = dZ2.sum(axis=0)",
            "db2 is the derivative of the mean loss: divide by n."),
    Mistake("db2: one number",                     DB2, "db2 = dZ2.mean()",
            "db2 has the shape of b2, (1,): take the mean over axis 0 only."),
    # backward, the hidden layer
    Mistake("dZ1: tanh' left out",        DZ1, "dZ1 = dZ2 @ W2.T", "dZ1 lacks the slope of tanh: multiply by 1 - A1**2."),
    Mistake("dZ1: the sigmoid's slope",   DZ1, "dZ1 = dZ2 @ W2.T * A1 * (1 - A1)",
            "A1 * (1 - A1) is the slope of the sigmoid: that of tanh is 1 - A1**2."),
    Mistake("dZ1: A1 not squared",        DZ1, "dZ1 = dZ2 @ W2.T * (1 - A1)",
            "The slope of tanh is 1 - A1**2: the square is missing."),
    Mistake("dZ1: tanh of A1",            DZ1, "dZ1 = dZ2 @ W2.T * (1 - np.tanh(A1) ** 2)",
            "A1 is tanh(Z1) already: the slope is 1 - A1**2, not 1 - tanh(A1)**2."),
    Mistake("dZ1: without W2",            DZ1, "dZ1 = dZ2 * (1 - A1**2)",
            "The error comes back through W2: dZ1 = dZ2 @ W2.T * (1 - A1**2)."),
    Mistake("dW1: not averaged",          DW1, "dW1 = X.T @ dZ1",
            "The slide forgets it, but dW1 is a mean as dW2 is: divide by n."),
    Mistake("db1: over the wrong axis",   DB1, "db1 = dZ1.mean(axis=1)",
            "Every hidden unit has one bias, for all examples: take the mean over the examples, axis 0."),
    Mistake("db1: one number",            DB1, "db1 = dZ1.mean()",
            "Every hidden unit has a bias of its own: take the mean over the examples only, axis 0."),
    Mistake("db1: not averaged",          DB1, "db1 = dZ1.sum(axis=0)", "db1 is the derivative of the mean loss: divide by n."),
    Mistake("sums in all four gradients", DW2, "dW2 = A1.T @ dZ2",
            "You differentiate the sum of the losses: divide dW2, db2, dW1 and db1 by n.",
            also=[(DB2, "db2 = dZ2.sum(axis=0)"), (DW1, "dW1 = X.T @ dZ1"), (DB1, "db1 = dZ1.sum(axis=0)")]),
    Mistake("rows kept in db1 and db2",   DB1, "db1 = dZ1.mean(axis=0, keepdims=True)",
            "With keepdims=True a bias becomes a row, (1, h): here biases are (h,) and (1,), so leave it out.",
            also=[(DB2, "db2 = dZ2.mean(axis=0, keepdims=True)")]),
    Mistake("gradients clipped at 1", "return dZ2, dW2, db2, dZ1, dW1, db1",
            "return tuple(np.clip(g, -1, 1) for g in (dZ2, dW2, db2, dZ1, dW1, db1))",
            "You cut gradients off at ±1. Here a gradient is what it is, however steep the loss.", loses="steep"),
    # train
    Mistake("train: gradients clipped at 1", STEPS,
            "        dW1, db1, dW2, db2 = (np.clip(g, -1, 1) for g in (dW1, db1, dW2, db2))\n" + STEPS,
            "You cut gradients off at ±1 before the step. Here a step is lr times the gradient, however long.", loses="leap"),
    Mistake("train: stops below a loss of 0.01", "        " + BACK + "\n",
            "        if loss(A2, y) < 0.01:\n            break\n        " + BACK + "\n",
            "You stop where the loss is small: s batches are s steps.", loses="goes_on"),
    Mistake("train: A2 clipped at 1e-7", "        " + BACK + "\n",
            "        A2 = np.clip(A2, 1e-7, 1 - 1e-7)\n        " + BACK + "\n",
            "Clip A2 for the loss, if you must, not for the gradient: dZ2 = A2 - Y has no logarithm.", loses="goes_on"),
    Mistake("train: batches counted in a byte", BATCH, "x, y = X[batch.astype(np.uint8)], Y[batch.astype(np.uint8)]",
            "A uint8 counts to 255, then from 0 again: example 256 becomes example 0. Leave indices int64.", loses="run"),
    Mistake("train: W2 moves before dZ1 is computed", "        " + BACK + "\n",
            "        n = len(x)\n        dZ2 = A2 - y\n        W2 = W2 - lr * A1.T @ dZ2 / n\n"
            "        b2 = b2 - lr * dZ2.mean(axis=0)\n        dZ1 = dZ2 @ W2.T * (1 - A1**2)\n"
            "        dW1, db1 = x.T @ dZ1 / n, dZ1.mean(axis=0)\n        dW2 = db2 = 0\n",
            "Your dZ1 is made with the new W2. Compute all gradients first, then move the parameters."),
    Mistake("train: a linear network",                "        " + AHEAD + "\n        " + BACK + "\n",
            "        A1 = x @ W1 + b1\n        dZ2 = 1 / (1 + np.exp(-A1 @ W2 - b2)) - y\n        dZ1 = dZ2 @ W2.T\n"
            "        dW1, db1, dW2, db2 = x.T @ dZ1 / len(x), dZ1.mean(axis=0), A1.T @ dZ2 / len(x), dZ2.mean(axis=0)\n",
            "Your training loop leaves tanh out. Two linear layers are one, and no line divides a disc from a ring: use your own "
            "forward and backward.", loses="circles"),
    Mistake("train: X shuffled, Y in order",          LOOP,                           "    for t, batch in enumerate(batches):\n",
            "X is shuffled and Y is not: an example must keep its label, X[batch] and Y[batch].",
            also=[(BATCH, "x, y = X[batch], Y[np.arange(t * len(batch), (t + 1) * len(batch)) % len(Y)]")], loses="circles"),
    Mistake("train: all examples at each step",       BATCH,                          "x, y = X, Y",
            "Each step uses its batch only: X[batch], Y[batch]."),
    Mistake("train: the batches' order ignored",      LOOP,
            "    for t, order in enumerate(batches):\n        batch = np.arange(t * len(order), (t + 1) * len(order)) % len(X)\n",
            "You cut X into batches yourself: the rows of step t are batches[t]."),
    Mistake("train: the first batch left out",        LOOP,                           "    for batch in batches[1:]:\n",
            "You skip batches[0]: s batches are s steps."),
    Mistake("train: the last batch left out",         LOOP,                           "    for batch in batches[:-1]:\n",
            "You skip the last batch: s batches are s steps."),
    Mistake("train: one step too many",               LOOP,                           "    for batch in [*batches, batches[-1]]:\n",
            "You make s + 1 steps of s batches."),
    Mistake("train: ends after one step",             END,                            END.replace("    return", "        return"),
            "You return inside the loop."),
    Mistake("train: lr fixed",                        LOOP,                           "    lr = 1.0\n" + LOOP,
            "1.0 is only the default: use the argument lr."),
    Mistake("train: a start of its own",              LOOP,
            "    rng = np.random.default_rng(0)\n    W1, W2 = (rng.normal(size=W.shape) for W in (W1, W2))\n"
            "    b1, b2 = 0 * b1, 0 * b2\n" + LOOP,
            "You draw your own start: start from the W1, b1, W2, b2 that you are given."),
    Mistake("train: the output layer only",           STEPS, "        W2 = W2 - lr * dW2\n        b2 = b2 - lr * db2\n",
            "You train the output layer only, and leave the hidden one as it was: move W1 and b1, too.", loses="circles"),
    Mistake("train: b1 stays",                        "        b1 = b1 - lr * db1\n", "", "You never move b1: b1 = b1 - lr * db1."),
    Mistake("train: b2 stays",                        "        b2 = b2 - lr * db2\n", "", "You never move b2: b2 = b2 - lr * db2."),
    Mistake("train: uphill",                          STEPS,                          STEPS.replace(" - lr", " + lr"),
            "You walk uphill: subtract lr times the gradient.", loses="circles"),
    # manners
    Mistake("A2 changed in place",         DZ2, "A2 -= Y\n    dZ2 = A2",
            "`A2 -= Y` writes into the caller's array: make a new one, dZ2 = A2 - Y."),
    Mistake("parameters changed in place", STEPS,
            "".join(f"        {p} -= lr * d{p}\n" for p in ("W1", "b1", "W2", "b2")),
            "`W1 -= ...` writes into the caller's array: make a new one, W1 = W1 - lr * dW1, or copy the parameters first."),
]

equivalents = [
    Equivalent("n = len(X)", "n = len(Y)", "X and Y have as many rows as each other.", of="backward"),
    Equivalent("dZ1 = dZ2 @ W2.T * (1 - A1 ** 2)", "dZ1 = dZ2 * W2.T * (1 - A1 ** 2)",
               "dZ2 is (n, 1) and W2.T is (1, h): with one output their product entry by entry is the matrix product."),
]

# A small number that keeps the logarithm finite, added or by a clip.
families = [
    Mistake(f"loss: {c:g} keeps A2 from 0 and 1", RIGHT + LOSS, now.format(c=c),
            f"The {c:g} caps the loss of an example at {-np.log(c):.1f}: take the logarithm of the true label's probability only.")
    for c in [10.0**-k for k in range(3, 17)]
    for now in [
        "return -(Y * np.log(A2 + {c}) + (1 - Y) * np.log(1 - A2 + {c})).mean()",
        "p = np.clip(A2, {c}, 1 - {c})\n    return -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).mean()",
    ]
]
