"""Known ways to get batch normalisation wrong, with what helps the student."""

from grader import Mistake

MEAN = "    mean = x.mean(axis=0)\n"
VAR = "    var = x.var(axis=0)\n"
SIGMA = "    sigma = np.sqrt(var + eps)\n"
OUT = "    out = gamma * normal + beta\n    return out,"
DX = "dx = (dnormal - through_mean - through_var) / sigma"
NEW_VAR = "(1 - momentum) * x.var(axis=0)"
INFER = "normal = (x - moving_mean) / np.sqrt(moving_var + eps)\n    return gamma * normal + beta"
NUMERICALLY = """    dx = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = x + np.zeros(x.shape) * 1j
        step[i] += 1e-30j
        centred = step - step.mean(axis=0)
        moved = gamma * centred / np.sqrt((centred**2).mean(axis=0) + eps)
        dx[i] = (dout * moved.imag).sum() / 1e-30"""

mistakes = [
    # the forward pass
    Mistake("unbiased variance, carried through backward", VAR,        "    var = x.var(axis=0, ddof=1)\n",
            "You divide by n − 1, forward and backward. The variance that normalises is the biased one: divide by n.",
            also=[("(dnormal * normal).mean(axis=0)", "(dnormal * normal).sum(axis=0) / (len(dout) - 1)")]),
    Mistake("unbiased variance",                           VAR,        "    var = x.var(axis=0, ddof=1)\n",
            "You divide by n − 1. Batch normalisation normalises by the biased variance: divide by n (ddof=0)."),
    Mistake("eps outside the root",                        SIGMA,      "    sigma = np.sqrt(var) + eps\n",
            "You add eps to the standard deviation. It belongs under the root: √(var + eps)."),
    Mistake("eps left out",                                SIGMA,      "    sigma = np.sqrt(var)\n",
            "Without eps a feature that does not vary divides 0 by 0: use √(var + eps)."),
    Mistake("eps ignored as an argument",                  SIGMA,      "    sigma = np.sqrt(var + 1e-5)\n",
            "You always use 1e-5. Use the argument eps."),
    Mistake("divided by the variance",                     SIGMA,      "    sigma = var + eps\n",
            "You divide by the variance. Divide by the standard deviation, √(var + eps)."),
    Mistake("gamma and beta forgotten",                    OUT,        "    out = normal\n    return out,",
            "You return the normalised batch. Scale it by gamma and shift it by beta."),
    Mistake("gamma and beta swapped",                      OUT,        "    out = beta * normal + gamma\n    return out,",
            "gamma scales and beta shifts; you use them the other way round."),
    Mistake("beta added before gamma multiplies",          OUT,        "    out = gamma * (normal + beta)\n    return out,",
            "Scale first, then shift: gamma · normal + beta, so that beta is not multiplied by gamma."),
    Mistake("each example normalised, not each feature",
            MEAN + VAR, "    mean = x.mean(axis=1, keepdims=True)\n    var = x.var(axis=1, keepdims=True)\n",
            "You take mean and variance along each row (that is layer normalisation). The batch is axis 0."),
    Mistake("one mean and variance for all features",      MEAN + VAR, "    mean = x.mean()\n    var = x.var()\n",
            "Every feature has a mean and a variance of its own: reduce over axis 0 only."),
    Mistake("variance as mean(x²) − mean(x)²",             VAR,        "    var = (x**2).mean(axis=0) - mean**2\n",
            "mean(x²) − mean(x)² loses all digits when x has a large offset: average (x − mean)² instead."),
    # the backward pass
    Mistake("mean and variance taken as constants",    DX,                         "dx = dnormal / sigma",
            "Your dx treats mean and variance as constants. Both depend on x, so each adds a term."),
    Mistake("variance taken as a constant",            DX,                         "dx = (dnormal - through_mean) / sigma",
            "Your dx lacks the path through the variance: − normal · mean(dnormal · normal)."),
    Mistake("mean taken as a constant",                DX,                         "dx = (dnormal - through_var) / sigma",
            "Your dx lacks the path through the mean: − mean(dnormal)."),
    Mistake("sums where means belong in dx",           "through_mean = dnormal.mean(axis=0)", "through_mean = dnormal.sum(axis=0)",
            "The paths through mean and variance each carry a 1/n: use means, not sums.",
            also=[("(dnormal * normal).mean(axis=0)", "(dnormal * normal).sum(axis=0)")]),
    Mistake("path through the variance added",         DX, "dx = (dnormal - through_mean + through_var) / sigma",
            "The path through the variance has the wrong sign: a larger spread shrinks the output."),
    Mistake("gamma missing in dx",                     "dnormal = dout * gamma",   "dnormal = dout",
            "out = gamma · normal + beta, so dout reaches normal multiplied by gamma."),
    Mistake("dx not divided by sigma",                 DX,                         "dx = dnormal - through_mean - through_var",
            "normal = (x − mean) / σ, so dx still has to be divided by σ = √(var + eps)."),
    Mistake("eps left out backward", "return out, (normal, gamma, sigma)", "return out, (normal, gamma, np.sqrt(var))",
            "Backward divides by √var, forward by √(var + eps): use the same σ in both."),
    Mistake("gradients of gamma and beta averaged",    "dbeta = dout.sum(axis=0)\n    dgamma = (dout * normal).sum(axis=0)",
            "dbeta = dout.mean(axis=0)\n    dgamma = (dout * normal).mean(axis=0)",
            "gamma and beta touch every example: their gradients are sums over the batch, not means."),
    Mistake("dgamma over the wrong axis", "dgamma = (dout * normal).sum(axis=0)", "dgamma = (dout * normal).sum(axis=1)",
            "There is one gamma for each feature: sum over the batch, axis 0."),
    Mistake("dgamma with x − mean in place of normal",
            "dgamma = (dout * normal).sum(axis=0)", "dgamma = (dout * normal * sigma).sum(axis=0)",
            "gamma multiplies (x − mean) / σ: dgamma = Σ dout · normal, after the division."),
    Mistake("dgamma with out in place of normal",      "dgamma = (dout * normal).sum(axis=0)", "dgamma = (dout * out).sum(axis=0)",
            "gamma multiplies the normalised x before beta is added: dgamma = Σ dout · normal.",
            also=[("return out, (normal, gamma, sigma)", "return out, (normal, gamma, sigma, out)"),
                  ("normal, gamma, sigma = cache", "normal, gamma, sigma, out = cache")]),
    Mistake("dgamma and dbeta swapped",                "return dx, dgamma, dbeta", "return dx, dbeta, dgamma",
            "The order of the answers is dx, dgamma, dbeta."),
    Mistake("cache kept in a global",
            "return out, (normal, gamma, sigma)", "global kept\n    kept = (normal, gamma, sigma)\n    return out, None",
            "A second layer overwrites your global before the first one's backward: return what you need as the cache.",
            also=[("normal, gamma, sigma = cache", "normal, gamma, sigma = kept")]),
    Mistake("backward differentiates numerically",
            "    normal, gamma, sigma = cache\n", "    normal, gamma, sigma, x, eps = cache\n",
            "Right, but every entry of x costs a forward pass. The formula gives them all for the price of a few.",
            also=[("return out, (normal, gamma, sigma)", "return out, (normal, gamma, sigma, x, eps)"),
                  ("    " + DX, NUMERICALLY)]),
    # moving statistics
    Mistake("momentum swapped",
            "momentum * moving_mean + (1 - momentum) * x.mean(axis=0)", "(1 - momentum) * moving_mean + momentum * x.mean(axis=0)",
            "Here momentum is the share of the old average (PyTorch's momentum is the share of the new batch).",
            also=[("momentum * moving_var + (1 - momentum) * x.var(axis=0)",
                   "(1 - momentum) * moving_var + momentum * x.var(axis=0)")]),
    Mistake("momentum ignored as an argument",          "    new_mean = momentum", "    momentum = 0.9\n    new_mean = momentum",
            "You always use 0.9. Use the argument momentum."),
    Mistake("unbiased variance in the moving average",  NEW_VAR, "(1 - momentum) * x.var(axis=0, ddof=1)",
            "That is PyTorch's convention. Here the biased variance of the batch is averaged: divide by n."),
    Mistake("standard deviation in the moving average", NEW_VAR, "(1 - momentum) * x.std(axis=0)",
            "You average the standard deviation into the moving variance."),
    Mistake("moving variance about the moving mean",    NEW_VAR, "(1 - momentum) * ((x - new_mean) ** 2).mean(axis=0)",
            "You measure the spread about the moving mean. The batch's variance is about the batch's own mean."),
    Mistake("moving averages changed in place",         "    new_mean = momentum * moving_mean + (1 - momentum) * x.mean(axis=0)",
            "    moving_mean *= momentum\n    new_mean = moving_mean + (1 - momentum) * x.mean(axis=0)",
            "`*=` changes the caller's array. Compute a new one."),
    # inference
    Mistake("batch statistics at inference",
            INFER, "normal = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)\n    return gamma * normal + beta",
            "Inference must not look at the batch: use moving_mean and moving_var."),
    Mistake("moving averages updated at inference", INFER, "moving_mean = 0.9 * moving_mean + 0.1 * x.mean(axis=0)\n    " + INFER,
            "Inference only reads the moving averages; they are updated in training."),
    Mistake("gamma and beta missing at inference",  INFER, "return (x - moving_mean) / np.sqrt(moving_var + eps)",
            "gamma and beta belong to the layer in inference, too."),
    Mistake("eps outside the root at inference",
            INFER, "normal = (x - moving_mean) / (np.sqrt(moving_var) + eps)\n    return gamma * normal + beta",
            "eps belongs under the root in inference, too: √(moving_var + eps)."),
    Mistake("inference divides by the variance",
            INFER, "normal = (x - moving_mean) / (moving_var + eps)\n    return gamma * normal + beta",
            "moving_var is a variance: take its root."),
    # other people's arrays
    Mistake("x centred in place",    "    normal = (x - mean) / sigma\n", "    x -= mean\n    normal = x / sigma\n",
            "`x -= mean` changes the caller's array. Write x − mean to a new one."),
    Mistake("dout changed in place", "    dnormal = dout * gamma\n",      "    dnormal = dout\n    dnormal *= gamma\n",
            "`*=` changes the caller's dout, for dnormal is the same array. Write dout * gamma."),
]
