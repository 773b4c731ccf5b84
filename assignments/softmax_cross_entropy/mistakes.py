"""What goes wrong with softmax cross-entropy, and what to tell the student."""

import numpy as np

from grader import Mistake

SHIFT, TOTAL = "logits - logits.max(axis=1, keepdims=True)", "np.exp(below).sum(axis=1, keepdims=True)"
CATEGORICAL = "-np.mean(np.sum(targets * log_softmax(logits), axis=1))"
SPARSE = "-np.mean(log_softmax(logits)[np.arange(len(labels)), labels])"
GRADIENT = "return (softmax(logits) - targets) / len(logits)"
OVERFLOW = "exp(1000) is infinite: take log p from logits that had each row's maximum subtracted, also here."
PROBABILITIES = "You take what is given for probabilities, as the notes and Keras do. Here it is logits: apply the softmax first."
TWICE = "You took the softmax twice: apply it once to the logits."
LOG_ZERO = "p can underflow to 0, and log 0 is −∞: work out log p from the logits, (z − max) − log Σ exp(z − max)."

mistakes = [
    # ------------------------------------------------------------------------------------------------------ one-hot
    Mistake("one-hot: as many columns as labels seen",
            "np.zeros((len(labels), classes))", "np.zeros((len(labels), labels.max() + 1))",
            "A batch may lack the last class: the number of columns is `classes`, not the largest label plus one."),
    Mistake("one-hot: a column per example",           "    return rows\n",                        "    return rows.T\n",
            "Your table lies on its side: examples are rows, classes are columns."),
    Mistake("one-hot: classes counted from 1",
            "rows[np.arange(len(labels)), labels] = 1", "rows[np.arange(len(labels)), labels - 1] = 1",
            "Labels count from 0: label 0 is the first column. With labels − 1 it lands in the last one."),
    Mistake("one-hot: whole columns set",              "rows[np.arange(len(labels)), labels] = 1", "rows[:, labels] = 1",
            "`rows[:, labels]` are whole columns. One entry per row is `rows[np.arange(n), labels]`."),
    Mistake("one-hot: places counted in a byte",
            "rows[np.arange(len(labels)), labels] = 1",
            "rows.flat[(np.arange(len(labels)) * classes + labels).astype(np.uint8)] = 1",
            "A uint8 counts to 255, then from 0 again: entries beyond the 256th are lost. Leave indices int64.", loses="many"),
    # ------------------------------------------------------------------------------------------------------ softmax
    Mistake("softmax down the batch",           SHIFT,              "logits - logits.max(axis=0, keepdims=True)",
            "You share out the probability between the examples. Each row has its own: the classes are axis 1.",
            also=[(TOTAL, "np.exp(below).sum(axis=0, keepdims=True)")]),
    Mistake("softmax over the whole batch",     TOTAL,              "np.exp(below).sum()",
            "`sum()` without an axis adds up all the rows. Each row has its own total: axis=1, keepdims=True."),
    Mistake("softmax without the maximum", code="""
def softmax(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)

def log_softmax(logits):
    return np.log(softmax(logits))
""", say="exp(1000) is infinite, and exp(−1000) is 0 in every class: subtract each row's maximum first."),
    Mistake("softmax: the maximum is added", code="""
def softmax(logits):
    e = np.exp(logits + logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""", say="Adding the maximum makes the overflow worse: subtract it, so that the largest exponent is 0."),
    Mistake("softmax: the mean subtracted", code="""
def softmax(logits):
    e = np.exp(logits - logits.mean(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""", say="If one logit towers over the mean, its exponential still overflows: subtract the row's maximum, not its mean."),
    Mistake("softmax: one maximum for all rows", code="""
def softmax(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum(axis=1, keepdims=True)
""", say="The maximum of the batch is far above the other rows, which then underflow to 0/0: take each row's own."),
    Mistake("softmax: logits changed in place", f"below = {SHIFT}", "logits -= logits.max(axis=1, keepdims=True); below = logits",
            "`logits -= …` writes into the caller's array: write `logits - …` into a new one."),
    Mistake("softmax: two to the power",        "return np.exp(log_softmax(logits))",
            "e = 2.0 ** (logits - logits.max(axis=1, keepdims=True)); return e / e.sum(axis=1, keepdims=True)",
            "Softmax takes powers of e: `np.exp`."),
    # ------------------------------------------------------------------------------------------------------- losses
    Mistake("loss: summed over the batch",              CATEGORICAL, "-np.sum(targets * log_softmax(logits))",
            "Your loss grows with the batch: take the mean over the rows, as PyTorch does (some notes take the sum)."),
    Mistake("loss and gradient: summed over the batch", CATEGORICAL, "-np.sum(targets * log_softmax(logits))",
            "Your losses grow with the batch: take the mean over the rows, and the gradient gets its 1/n.",
            also=[(SPARSE, "-np.sum(log_softmax(logits)[np.arange(len(labels)), labels])"),
                  (GRADIENT, "return softmax(logits) - targets")]),
    Mistake("loss: averaged over all entries",          CATEGORICAL, "-np.mean(targets * log_softmax(logits))",
            "`np.mean` divides by n·c, but a row has one true class: sum over the classes, average over the rows."),
    Mistake("loss: the minus sign",                     CATEGORICAL, "np.mean(np.sum(targets * log_softmax(logits), axis=1))",
            "The logarithm of a probability is negative, a loss is not: the minus sign is missing."),
    Mistake("loss: logarithm to base 10", CATEGORICAL, "-np.mean(np.sum(targets * log_softmax(logits), axis=1)) / np.log(10)",
            "You took the logarithm to base 10 (as do the numbers of some lecture notes): ours is the natural one, `np.log`."),
    Mistake("loss: logits taken for probabilities", CATEGORICAL, "-np.mean(np.sum(targets * log_softmax(softmax(logits)), axis=1))",
            TWICE),
    Mistake("losses: logits taken for probabilities", CATEGORICAL,
            "-np.mean(np.sum(targets * log_softmax(softmax(logits)), axis=1))",
            TWICE, also=[(SPARSE, "-np.mean(log_softmax(softmax(logits))[np.arange(len(labels)), labels])")]),
    Mistake("losses: of probabilities, as in the notes", CATEGORICAL, "-np.mean(np.sum(targets * np.log(logits), axis=1))",
            PROBABILITIES, also=[(SPARSE, "-np.mean(np.log(logits)[np.arange(len(labels)), labels])")]),
    Mistake("losses: of probabilities, as in Keras", code="""
def log_clipped(p):
    return np.log(np.clip(p / p.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7))

def categorical_cross_entropy(logits, targets):
    return -np.mean(np.sum(targets * log_clipped(logits), axis=1))

def sparse_cross_entropy(logits, labels):
    return -np.mean(log_clipped(logits)[np.arange(len(labels)), labels])
""", say=PROBABILITIES),
    Mistake("losses: of clipped logits", CATEGORICAL, "-np.mean(np.sum(targets * np.log(np.clip(logits, 1e-7, 1 - 1e-7)), axis=1))",
            PROBABILITIES,
            also=[(SPARSE, "-np.mean(np.log(np.clip(logits, 1e-7, 1 - 1e-7))[np.arange(len(labels)), labels])")]),
    Mistake("losses: probabilities clipped, as in Keras", code="""
def log_clipped(logits):
    return np.log(np.clip(softmax(logits), 1e-7, 1 - 1e-7))

def categorical_cross_entropy(logits, targets):
    return -np.mean(np.sum(targets * log_clipped(logits), axis=1))

def sparse_cross_entropy(logits, labels):
    return -np.mean(log_clipped(logits)[np.arange(len(labels)), labels])
""", say="The clip at 1e-7 caps every loss at 16.1: work out log p from the logits, (z − max) − log Σ exp(z − max)."),
    Mistake("loss: a number for each row",              CATEGORICAL, "-np.sum(targets * log_softmax(logits), axis=1)",
            "You return each row's loss (in Keras, reduction='none'): their mean is asked, one number."),
    Mistake("loss: divided by the number of classes",   CATEGORICAL, "-np.sum(targets * log_softmax(logits)) / logits.shape[1]",
            "Examples are rows: divide by their number, len(logits), not by that of the classes, logits.shape[1]."),
    Mistake("loss: targets taken for labels",           CATEGORICAL,
            "-np.mean(log_softmax(logits)[np.arange(len(targets)), targets.astype(int)])",
            "`targets` is one-hot, an array of shape (n, c), no list of indices: multiply by it, and sum over the classes."),
    Mistake("loss: overflows", CATEGORICAL,
            "-np.mean(np.log(np.sum(targets * np.exp(logits), axis=1) / np.exp(logits).sum(axis=1)))", OVERFLOW, loses="huge_loss"),
    Mistake("sparse: overflows", SPARSE,
            "-np.mean(np.log(np.exp(logits)[np.arange(len(labels)), labels] / np.exp(logits).sum(axis=1)))", OVERFLOW,
            loses="huge_sparse"),
    Mistake("loss: one yes-or-no question per class",
            CATEGORICAL, "-np.mean(np.sum(targets * log_softmax(logits) + (1 - targets) * np.log1p(-softmax(logits)), axis=1))",
            "That is binary cross-entropy for each class. Only the true class counts: drop the (1 − y) log(1 − p)."),
    Mistake("loss: log of a probability of 0",          CATEGORICAL, "-np.mean(np.log(np.sum(targets * softmax(logits), axis=1)))",
            LOG_ZERO),
    Mistake("loss: log(p + tiny)", CATEGORICAL, "-np.mean(np.sum(targets * np.log(softmax(logits) + 1e-12), axis=1))",
            "The 1e-12 caps every loss at 27.6: work out log p from the logits, (z − max) − log Σ exp(z − max)."),
    Mistake("sparse: log of a probability of 0",        SPARSE, "-np.mean(np.log(softmax(logits)[np.arange(len(labels)), labels]))",
            LOG_ZERO),
    Mistake("sparse: whole columns taken",              SPARSE,      "-np.mean(log_softmax(logits)[:, labels])",
            "`[:, labels]` takes those columns of every row, n × n numbers. One per row is `[np.arange(n), labels]`."),
    Mistake("sparse: the winning class",                SPARSE,      "-np.mean(log_softmax(logits).max(axis=1))",
            "That is the loss of the class that the model likes best. Ask for the true one, `labels`, however unlikely."),
    Mistake("sparse: classes counted from 1",           SPARSE, "-np.mean(log_softmax(logits)[np.arange(len(labels)), labels - 1])",
            "Labels count from 0: label 0 is the first column. With labels − 1 it is the last one."),
    Mistake("sparse: the minus sign",                   SPARSE,      "np.mean(log_softmax(logits)[np.arange(len(labels)), labels])",
            "The logarithm of a probability is negative, a loss is not: the minus sign is missing."),
    Mistake("sparse: a number for each row",            SPARSE,      "-log_softmax(logits)[np.arange(len(labels)), labels]",
            "You return each row's loss (in Keras, reduction='none'): their mean is asked, one number."),
    Mistake("sparse: logits taken for probabilities", SPARSE,
            "-np.mean(log_softmax(softmax(logits))[np.arange(len(labels)), labels])", TWICE),
    Mistake("sparse: labels taken for one-hot", SPARSE, "-np.mean(np.sum(labels[:, None] * log_softmax(logits), axis=1))",
            "`labels` are indices, not factors: pick an entry of each row, [np.arange(n), labels], or make them one-hot first."),
    Mistake("sparse: places counted in a byte", SPARSE,
            "-np.mean(log_softmax(logits).ravel()[(np.arange(len(labels)) * logits.shape[1] + labels).astype(np.uint8)])",
            "A uint8 counts to 255, then from 0 again: entries beyond the 256th are mixed up. Leave indices int64.",
            loses="many_sparse"),
    # ----------------------------------------------------------------------------------------------------- gradient
    Mistake("gradient: not divided by n",                  GRADIENT, "return softmax(logits) - targets",
            "That is the gradient of the summed loss: the mean over n rows puts 1/n in front."),
    Mistake("gradient: divided by all entries",            GRADIENT, "return (softmax(logits) - targets) / logits.size",
            "Divide by the number of rows n, not by the n·c entries: the mean is over the rows."),
    Mistake("gradient: uphill",                            GRADIENT, "return (targets - softmax(logits)) / len(logits)",
            "y − p points downhill, which is minus the gradient: the gradient is p − y."),
    Mistake("gradient: the targets forgotten",             GRADIENT, "return softmax(logits) / len(logits)",
            "That is p alone, but the derivative is p − y: subtract 1 at the true class."),
    Mistake("gradient: the Jacobian's diagonal only",      GRADIENT, "p = softmax(logits); return -targets * (1 - p) / len(logits)",
            "You derived p of a class by its own logit only. Every logit moves every p: all in all, that is p − y."),
    Mistake("gradient: a sigmoid's slope behind it",
            GRADIENT, "p = softmax(logits); return (p - targets) * p * (1 - p) / len(logits)",
            "p − y is the derivative by the logits already: the p·(1 − p) belongs to a squared error behind a sigmoid."),
    Mistake("gradient: with respect to the probabilities", GRADIENT, "return -targets / softmax(logits) / len(logits)",
            "−y/p is the derivative by the probabilities. Go on through the softmax to the logits: p − y remains."),
    Mistake("gradient: the softmax left out",              GRADIENT, "return (logits - targets) / len(logits)",
            "You take the logits for probabilities. The gradient is p − y, with p = softmax(logits)."),
    Mistake("gradient: of a loss of probabilities",        GRADIENT, "return -targets / logits / len(logits)",
            "−y/p is the derivative by probabilities, and these are logits: the gradient is p − y, with p = softmax(logits)."),
    Mistake("gradient: divided by the number of classes",  GRADIENT, "return (softmax(logits) - targets) / logits.shape[1]",
            "Examples are rows: divide by their number, len(logits), not by that of the classes, logits.shape[1]."),
    Mistake("gradient: overflows",                         GRADIENT,
            "p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True); return (p - targets) / len(logits)",
            "exp(1000) is infinite: use your softmax, which subtracts each row's maximum, here, too.", loses="huge_gradient"),
    Mistake("classes are rows, as in the notes", code="""
def log_softmax(logits):
    below = logits - logits.max(axis=0, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=0, keepdims=True))

def one_hot(labels, *, classes):
    return (np.arange(classes)[:, None] == labels) * 1.0

def categorical_cross_entropy(logits, targets):
    return -np.mean(np.sum(targets * log_softmax(logits), axis=0))

def sparse_cross_entropy(logits, labels):
    return categorical_cross_entropy(logits, one_hot(labels, classes=len(logits)))

def cross_entropy_gradient(logits, targets):
    return (softmax(logits) - targets) / logits.shape[1]
""", say="The notes write an example as a column. Here it is a row: classes are axis 1, and n is len(logits)."),
    Mistake("gradient: targets changed in place",          GRADIENT, "targets -= softmax(logits); return -targets / len(logits)",
            "`targets -= …` writes into the caller's array: write `softmax(logits) - targets` into a new one."),
]

# A small number that is added to p, or p at least that small number: where p underflows, the two are the same.
P, PICKED = "softmax(logits)", "softmax(logits)[np.arange(len(labels)), labels]"

families = [
    Mistake(f"{loss}: {c:g} keeps p from 0", was, now.format(c=c),
            f"The {c:g} caps every loss at {-np.log(c):.1f}: work out log p from the logits, (z − max) − log Σ exp(z − max).")
    for c in [10.0**-k for k in range(3, 17)]
    for loss, was, now in [
        ("loss",   CATEGORICAL, f"-np.mean(np.sum(targets * np.log({P} + {{c}}), axis=1))"),
        ("loss",   CATEGORICAL, f"-np.mean(np.sum(targets * np.log(np.maximum({P}, {{c}})), axis=1))"),
        ("sparse", SPARSE,      f"-np.mean(np.log({PICKED} + {{c}}))"),
        ("sparse", SPARSE,      f"-np.mean(np.log(np.maximum({PICKED}, {{c}})))"),
    ]
]
