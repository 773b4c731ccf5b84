"""Known ways to get softmax regression wrong, with what helps the student."""

import numpy as np

from grader import Equivalent, Mistake

SHIFTED = "shifted = logits - logits.max(axis=1, keepdims=True)"
PICKED = "return -log_probabilities(X, W, b)[np.arange(n), y].mean()"
STEP = "W = W - lr * dW\n            b = b - lr * db"
ORDER = "order = rng.permutation(n)"
BATCHES = "for start in range(0, n, batch):"
KEPT = "        losses.append(loss(X, y, W, b))\n"
GRADIENTS = "X.T @ delta / n, delta.sum(axis=0) / n"

mistakes = [
    # probabilities and loss
    Mistake("softmax down the columns",         SHIFTED,                     "shifted = logits - logits.max(axis=0, keepdims=True)",
            "Each example has its own probabilities: sum along its row, axis=1.",
            also=[("np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=0, keepdims=True)")]),
    Mistake("the largest logit not subtracted", SHIFTED,                     "shifted = logits",
            "np.exp overflows above 709: subtract each row's largest logit first, which changes no probability."),
    Mistake("logarithm of a probability of 0",  PICKED,
            "return -np.log(probabilities(X, W, b)[np.arange(n), y]).mean()",
            "A probability below 1e-308 is 0, and log 0 infinite: use log p = z - log Σ exp z, the row's largest subtracted."),
    Mistake("the bias forgotten",               "logits = X @ W + b",        "logits = X @ W",
            "The logits are X @ W + b: the bias is in the signature because it belongs in the sum."),
    Mistake("loss summed over the batch",       "y].mean()",                 "y].sum()",
            "The loss is the mean over the batch: a sum would grow with the number of examples."),
    Mistake("loss averaged over all entries",   "y].mean()",                 "y].mean() / W.shape[1]",
            "The mean is over the n examples only: each contributes one -log p, that of its own class."),
    Mistake("loss without its minus",           "return -log_probabilities", "return log_probabilities",
            "The logarithm of a probability is negative: the loss is -log p."),
    Mistake("loss of the likeliest class",      PICKED,
            "return -log_probabilities(X, W, b).max(axis=1).mean()",
            "You take the probability of the class that the model prefers: the loss asks for that of the right class, y."),
    Mistake("loss overflows, though the probabilities do not", PICKED,
            "logits = X @ W + b; return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(n), y]).mean()",
            "np.exp overflows above 709, in the loss as in the probabilities: subtract each row's largest logit first.",
            loses="tiny"),
    Mistake("probabilities clipped, as in Keras", PICKED,
            "return -np.log(np.clip(probabilities(X, W, b), 1e-7, 1 - 1e-7)[np.arange(n), y]).mean()",
            "The clip at 1e-7 caps every loss at 16.1: use log p = z - log Σ exp z, the row's largest subtracted.", loses="tiny"),
    Mistake("1e-12 added to the probability", PICKED, "return -np.log(probabilities(X, W, b)[np.arange(n), y] + 1e-12).mean()",
            "The 1e-12 caps every loss at 27.6: use log p = z - log Σ exp z, the row's largest subtracted.", loses="tiny"),
    Mistake("logits taken for probabilities",   PICKED, "return -np.log((X @ W + b)[np.arange(n), y]).mean()",
            "You take the logarithm of the logits: the softmax comes first, -log p."),
    Mistake("softmax twice in the loss",        PICKED,
            "p = probabilities(X, W, b); return -np.log(np.exp(p) / np.exp(p).sum(axis=1, keepdims=True))[np.arange(n), y].mean()",
            "You take the softmax of probabilities: apply it once, to the logits."),
    Mistake("a loss for each example",          "y].mean()",                 "y]",
            "You return each example's loss (in Keras, reduction='none'): their mean is asked, one number."),
    Mistake("labels taken for one-hot",         PICKED, "return -(y[:, None] * log_probabilities(X, W, b)).sum(axis=1).mean()",
            "y holds indices, no factors: pick log p of each example's class, [np.arange(n), y], or make y one-hot first."),
    Mistake("places counted in a byte",         PICKED,
            "return -log_probabilities(X, W, b).ravel()[(np.arange(n) * len(b) + y).astype(np.uint8)].mean()",
            "A uint8 counts to 255, then from 0 again: entries beyond the 256th are mixed up. Leave indices int64.", loses="many"),
    Mistake("examples are columns, as in the notes", "logits = X @ W + b", "logits = (W.T @ X + b[:, None]).T",
            "The notes write an example as a column. Here it is a row of X: the logits are X @ W + b, of shape (n, c)."),
    # gradients
    Mistake("gradients: the largest logit not subtracted", "delta = probabilities(X, W, b)",
            "delta = np.exp(X @ W + b); delta /= delta.sum(axis=1, keepdims=True)",
            "np.exp overflows above 709: use your own `probabilities` here, too.", loses="huge_grad"),
    Mistake("gradients clipped at 1",               GRADIENTS,
            "np.clip(X.T @ delta / n, -1, 1), np.clip(delta.sum(axis=0) / n, -1, 1)",
            "You cut gradients off at ±1. Here a gradient is what it is, however steep the loss.", loses="steep"),
    Mistake("gradients clipped at 5",               GRADIENTS,
            "np.clip(X.T @ delta / n, -5, 5), np.clip(delta.sum(axis=0) / n, -5, 5)",
            "You cut gradients off at ±5. Here a gradient is what it is, however steep the loss.", loses="steep"),
    Mistake("gradients divided by the number of features", GRADIENTS, "X.T @ delta / X.shape[1], delta.sum(axis=0) / X.shape[1]",
            "Examples are rows: divide by their number, len(X), not by that of the features, X.shape[1]."),
    Mistake("dW on its side",                       GRADIENTS, "delta.T @ X / n, delta.sum(axis=0) / n",
            "dW has the shape of W, (d, c): X.T @ delta, not delta.T @ X."),
    Mistake("gradients not divided by n",           GRADIENTS,                     "X.T @ delta, delta.sum(axis=0)",
            "The loss is a mean over the batch, so its gradients are divided by n, too."),
    Mistake("loss and gradients summed",            GRADIENTS,                     "X.T @ delta, delta.sum(axis=0)",
            "Loss and gradients are means over the batch here: divide both by n. Else a step grows with the batch.",
            also=[("y].mean()", "y].sum()")]),
    Mistake("gradients divided by all entries",     GRADIENTS, "X.T @ delta / delta.size, delta.sum(axis=0) / delta.size",
            "Divide by the n examples, not by all n·c entries."),
    Mistake("db divided by n twice",                "delta.sum(axis=0) / n",       "delta.mean(axis=0) / n",
            "delta.mean(axis=0) has 1/n in it already: divide once."),
    Mistake("gradients that point downhill",
            "return X.T @ delta / n, delta.sum(axis=0) / n", "return -X.T @ delta / n, -delta.sum(axis=0) / n",
            "A gradient points uphill: p - t, not t - p. (Your training goes the right way all the same: two minus signs cancel.)",
            also=[(STEP, "W = W + lr * dW\n            b = b + lr * db")]),
    Mistake("the labels forgotten in the gradient", "delta[np.arange(n), y] -= 1", "delta = delta - 0",
            "The gradient is p - t: subtract 1 at the right class of each row."),
    Mistake("1 subtracted in whole columns",        "delta[np.arange(n), y] -= 1", "delta[:, y] -= 1",
            "`delta[:, y]` takes whole columns for every example: pair rows with labels, delta[np.arange(n), y]."),
    # train
    Mistake("uphill",                                  "W = W - lr * dW",         "W = W + lr * dW",
            "The step goes against the gradient: W - lr * dW.", loses="final"),
    Mistake("the bias never moves",                    STEP,                      "W = W - lr * dW",
            "b is learnt as W is: b = b - lr * db after each batch.", loses="epoch"),
    Mistake("labels in another order than the digits", "y[rows]",                 "y[start : start + batch]",
            "X is shuffled and y is not, so every digit gets another one's label: index both with the same rows.", loses="final"),
    Mistake("one class dropped",                       ORDER, "order = rng.permutation(np.flatnonzero(y < classes - 1))",
            "The last class is never learnt from: classes are 0 to classes - 1, and every example belongs in an epoch.",
            also=[(BATCHES, "for start in range(0, len(order), batch):")], loses="final"),
    Mistake("ten steps only",
            "dW, db = gradients", "if Ws or start >= 10 * batch:\n                break\n            dW, db = gradients",
            "Your training stops after ten batches: go through all batches of every epoch.", loses="final"),
    Mistake("one batch an epoch",                      BATCHES,                   "for start in range(0, batch, batch):",
            "An epoch goes through all examples: you take one batch of each order and leave the rest.", loses="epoch"),
    Mistake("the short last batch dropped",            BATCHES,                   "for start in range(0, n - batch + 1, batch):",
            "When batch does not divide n, the last batch is shorter; it is learnt from like the others.", loses="epoch"),
    Mistake("the whole set at every step",             "rows = order[start : start + batch]", "rows = order",
            "A step sees one batch, order[start : start + batch], not all examples.", loses="epoch"),
    Mistake("a start a hundred times too large",       "rng.normal(0, 0.01,",     "rng.normal(0, 1,",
            "The first weights have standard deviation 0.01: large ones begin with confident, wrong answers.", loses="final"),
    Mistake("a uniform start",                         "rng.normal(0, 0.01,",     "rng.uniform(-0.01, 0.01,",
            "You draw W from a uniform distribution: rng.normal(0, 0.01, …) is asked, the bell curve.", loses="start"),
    Mistake("a uniform start of the same quartiles",   "rng.normal(0, 0.01,",     "rng.uniform(-0.0135, 0.0135,",
            "You draw W from a uniform distribution: rng.normal(0, 0.01, …) is asked, the bell curve.", loses="start"),
    Mistake("lr fixed",                                STEP,                      "W = W - 0.2 * dW\n            b = b - 0.2 * db",
            "0.2 is only the default: use the argument lr.", loses="epoch"),
    Mistake("batch fixed",                             "    n, d = X.shape",      "    batch = 48\n    n, d = X.shape",
            "48 is only the default: use the argument batch.", loses="epoch"),
    Mistake("the same order every epoch",              "for _ in range(epochs):\n        order = rng.permutation(n)",
            "order = rng.permutation(n)\n    for _ in range(epochs):",
            "Draw a new order inside the loop over epochs, not once before it.", loses="epoch"),
    Mistake("batches drawn with replacement",          ORDER,                     "order = rng.integers(n, size=n)",
            "rng.integers draws some examples twice and others never: rng.permutation goes through all of them once.",
            loses="epoch"),
    Mistake("epochs fixed",                            "for _ in range(epochs):", "for _ in range(10):",
            "10 is only the default: use the argument epochs."),
    Mistake("one epoch short",                         "for _ in range(epochs):", "for _ in range(1, epochs):",
            "range(1, epochs) is one epoch short: count from 0."),
    Mistake("the losses before each epoch",            KEPT,                      "",
            "Your losses are those before each epoch: keep the loss after it, with the W and b of the same moment.",
            also=[("        order = rng", "        losses.append(loss(X, y, W, b))\n        order = rng")]),
    Mistake("the loss of the last batch",              "loss(X, y, W, b))",       "loss(X[rows], y[rows], W, b))",
            "The loss after an epoch is that on all of X, not on the batch that came last."),
    Mistake("the same array kept each time",           STEP,                      "W -= lr * dW\n            b -= lr * db",
            "`W -= ...` changes the array that you have kept, so all epochs show the last: keep W.copy(), or make a new W."),
    Mistake("numpy's global generator",
            "W = rng.normal(0, 0.01, size=(d, classes))", "W = np.random.normal(0, 0.01, size=(d, classes))",
            "Draw from the rng that you are given (rng.normal, rng.permutation): np.random is another generator.",
            also=[(ORDER, "order = np.random.permutation(n)")]),
    Mistake("a generator of one's own", "    W = rng.normal", "    rng = np.random.default_rng(0)\n    W = rng.normal",
            "You replace rng by a generator that always starts the same: use the one that you are given."),
    Mistake("digits shuffled in place",
            ORDER, "order = rng.permutation(n)\n        X[:], y[:] = X[order], y[order]\n        order = np.arange(n)",
            "You shuffle the caller's arrays: index with the order, X[rows], and leave X and y as they are."),
]

ROWS = "X and y have as many rows as each other."
EMPTY = "All three are empty lists: it does not matter which is called what, as long as each fills its own."
LISTS = "A list of arrays of one shape is an array to whoever asks."
NAMES = "Ws, bs, losses = ([], [], [])"
RETURN = "return (np.array(Ws), np.array(bs), np.array(losses))"

equivalents = [
    Equivalent("n = len(X)", "n = len(y)", ROWS, of="loss"),
    Equivalent("n = len(X)", "n = len(y)", ROWS, of="gradients"),
    Equivalent(NAMES, "bs, Ws, losses = ([], [], [])", EMPTY),
    Equivalent(NAMES, "Ws, losses, bs = ([], [], [])", EMPTY),
    Equivalent(RETURN, "return (Ws, np.array(bs), np.array(losses))", LISTS),
    Equivalent(RETURN, "return (np.array(Ws), bs, np.array(losses))", LISTS),
    Equivalent(RETURN, "return (np.array(Ws), np.array(bs), losses)", LISTS),
]

# A small number that is added to p, or p at least that small number: where p underflows, the two are the same.
families = [
    Mistake(f"{c:g} keeps p from 0", PICKED, f"return -np.log({now}).mean()".format(c=c),
            f"The {c:g} caps every loss at {-np.log(c):.1f}: use log p = z - log Σ exp z, the row's largest subtracted.")
    for c in [10.0**-k for k in range(3, 17)]
    for now in ["probabilities(X, W, b)[np.arange(n), y] + {c}", "np.maximum(probabilities(X, W, b)[np.arange(n), y], {c})"]
]
