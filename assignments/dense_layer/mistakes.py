"""Known ways to get a dense layer wrong, with what helps the student."""

from grader import Equivalent, Mistake

OUT, DX, DW, DB = "x @ W + b", "dx = dout @ W.T", "dW = rows.T @ slopes", "db = np.sum(slopes, axis=0)"
RETURN = "return dx, dW, db"
NUMERICALLY = """dW = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        step = np.zeros(W.shape)
        step[i] = 1
        dW[i] = (dout * (x @ step)).sum()"""

mistakes = [
    # ------------------------------------------------------------------------------------------------------- forward
    Mistake("b left out",                     OUT, "x @ W", "b is missing: out = x W + b."),
    Mistake("b subtracted",                   OUT, "x @ W - b", "b is subtracted: out = x W + b, with a plus."),
    Mistake("b multiplied",                   OUT, "x @ W * b", "b is a factor in your forward: it is added, out = x W + b."),
    Mistake("b summed up",                    OUT, "x @ W + b.sum()",
            "You add the sum of b to all outputs: each output has a bias of its own, and numpy adds b to every row."),
    Mistake("a ReLU behind it",               OUT + ", (x, W)", "np.maximum(x @ W + b, 0), (x, W, x @ W + b > 0)",
            "There is a ReLU in your layer. A dense layer ends with x W + b; an activation is a layer of its own.",
            also=[("    x, W = cache\n", "    x, W, active = cache\n    dout = dout * active\n")]),
    Mistake("a sigmoid behind it",            OUT, "1 / (1 + np.exp(-(x @ W + b)))",
            "There is a sigmoid in your forward. A dense layer ends with x W + b; an activation is a layer of its own."),
    Mistake("W has a row for each output",    OUT, "x @ W.T + b",
            "Here W is (d, h), a row for each input, as in Keras: x W, not x Wᵀ. (PyTorch keeps the transpose, (h, d).)",
            also=[("len(W)", "x.shape[-1]"), (DX, "dx = dout @ W"), (DW, "dW = slopes.T @ rows")]),
    Mistake("examples left in one row",       OUT, "x.reshape(-1, len(W)) @ W + b",
            "You make a matrix of x, and return one: out keeps the leading axes, (2, 3, h) of (2, 3, d).", loses="lead"),
    # ----------------------------------------------------------------------------------------------------------- dx
    Mistake("dx: the sum over W",             DX, "dx = np.zeros(x.shape) + W.sum(axis=1)",
            "That is the slope of Σ out. Each output counts as much as dout says: dx = dout Wᵀ."),
    Mistake("dx: without W",                  DX, "dx = dout",
            "dout is the slope with respect to out, and comes back to x through the weights: dx = dout Wᵀ."),
    Mistake("dx: averaged",                   DX, "dx = dout @ W.T / len(dout)",
            "dx is divided by n. If the loss is a mean, dout has the 1/n already."),
    Mistake("dx: W not transposed",           DX, "dx = dout @ W.reshape(W.shape[::-1])",
            "reshape does not transpose: it fills the rows anew from the same numbers. Wᵀ is W.T."),
    # ----------------------------------------------------------------------------------------------------------- dW
    Mistake("dW: averaged",                   DW, "dW = rows.T @ slopes / len(rows)",
            "dW is divided by n. In a network's formulas 1/n stands because the loss is a mean; here dout has it already."),
    Mistake("dW: without x",                  DW, "dW = np.ones(rows.shape).T @ slopes",
            "x is missing: the slope of x W with respect to W[j, k] is x[j], so dW = xᵀ dout."),
    Mistake("dW: without dout",               DW, "dW = rows.T @ np.ones(slopes.shape)",
            "dout is missing: that is the slope of Σ out. dW = xᵀ dout."),
    Mistake("dW: transposed",                 DW, "dW = slopes.T @ rows",
            "dW has the shape of W, (d, h): xᵀ dout, not doutᵀ x (which is right for a W of PyTorch's shape, (h, d))."),
    Mistake("dW: sums multiplied",            DW, "dW = np.outer(rows.sum(axis=0), slopes.sum(axis=0))",
            "You add up the examples first and multiply then. Multiply each example's x with its own dout, and add that up."),
    Mistake("dW: the last example's",         DW, "dW = np.outer(rows[-1], slopes[-1])",
            "That is the last example's part of dW: add up those of all examples."),
    Mistake("dW: leading axes kept",          DW, "dW = np.swapaxes(np.atleast_2d(x), -1, -2) @ np.atleast_2d(dout)",
            "swapaxes(x) @ dout makes a matrix for each leading place: there is one W for all of them, so add these up.",
            loses="lead"),
    # ----------------------------------------------------------------------------------------------------------- db
    Mistake("db: not summed",                 DB, "db = dout",
            "There is one b for all examples, of shape (h,): add up the rows of dout."),
    Mistake("db: averaged",                   DB, "db = slopes.mean(axis=0)",
            "db is the mean of dout's rows: it is their sum. If the loss is a mean, dout has the 1/n already."),
    Mistake("db: over the wrong axis",        DB, "db = slopes.sum(axis=1)",
            "You add up the outputs of each example. There is a b for each output: add up the examples, axis 0."),
    Mistake("db: one number",                 DB, "db = slopes.sum()",
            "You add up all of dout. There is a b for each output: add up the examples only, axis 0."),
    Mistake("db: a row",                      DB, "db = slopes.sum(axis=0, keepdims=True)",
            "db has the shape of b, (h,), not (1, h): leave out keepdims=True."),
    Mistake("db: the number of examples",     DB, "db = np.full(len(slopes[0]), 1.0 * len(slopes))",
            "dout is missing: that is the slope of Σ out. db is the sum of dout's rows."),
    Mistake("db: over the first axis only",   DB, "db = dout.sum(axis=0)",
            "With two leading axes, dout.sum(axis=0) leaves one of them: add up over all axes but the last.", loses="lead"),
    # --------------------------------------------------------------------------------------------------- all of them
    Mistake("all three averaged",             RETURN, "return dx / len(rows), dW / len(rows), db / len(rows)",
            "All three are divided by n. If the loss is a mean, dout has the 1/n already: divide by nothing here."),
    Mistake("the order of the three",         RETURN, "return dW, db, dx", "The order of the answers is dx, dW, db."),
    Mistake("dout ignored",                   "    x, W = cache\n", "    x, W = cache\n    dout = np.ones(dout.shape)\n",
            "dout is not used: that is the slope of Σ out. Each output counts as much as dout says."),
    Mistake("gradients clipped at ±1",        RETURN, "return tuple(np.clip(slope, -1, 1) for slope in (dx, dW, db))",
            "You cut gradients off at ±1. Here a gradient is what it is, however steep."),
    Mistake("cache kept in a global",         OUT + ", (x, W)", OUT + ", KEPT.update(x=x, W=W)",
            "Every layer writes into the one global: return what backward needs as the cache.",
            also=[("x, W = cache", 'x, W = KEPT["x"], KEPT["W"]'), ("def dense_forward", "KEPT = {}\n\n\ndef dense_forward")]),
    Mistake("backward differentiates numerically", DW, NUMERICALLY,
            "Right, but each entry of W costs a forward pass. xᵀ dout gives them all for the price of one.", loses="cheap"),
    # -------------------------------------------------------------------------------------------- other people's arrays
    Mistake("W moves in backward",            RETURN, "W -= 0.01 * dW\n    return dx, dW, db",
            "`W -= …` trains the caller's W behind their back: backward returns slopes, and whoever called it takes the step."),
    Mistake("dx written into x",              RETURN, "return np.matmul(dout, W.T, out=x), dW, db",
            "You write dx into the caller's x, which others may still need: make a new array."),
]

ANY_NEGATIVE = "numpy takes any negative size for the one that is left"
equivalents = [
    Equivalent("rows = x.reshape(-1, len(W))", "rows = x.reshape(-2, len(W))", ANY_NEGATIVE),
    Equivalent("slopes = dout.reshape(len(rows), -1)", "slopes = dout.reshape(len(rows), -2)", ANY_NEGATIVE),
]
