from grader import Mistake

MEAN = "    mean = x.mean(axis=0)\n"
VAR = "    var = x.var(axis=0)\n"
SIGMA = "    sigma = np.sqrt(var + eps)\n"
OUT = "    out = gamma * normal + beta\n    return out,"
DX = "dx = (dnormal - through_mean - through_var) / sigma"
NEW_VAR = "(1 - momentum) * x.var(axis=0)"
INFER = "normal = (x - moving_mean) / np.sqrt(moving_var + eps)\n    return gamma * normal + beta"

mistakes = [
    # the forward pass
    Mistake(
        "unbiased variance, carried through backward",
        was=VAR,
        now="    var = x.var(axis=0, ddof=1)\n",
        also=[("(dnormal * normal).mean(axis=0)", "(dnormal * normal).sum(axis=0) / (len(dout) - 1)")],
        say="You divide by n − 1, forward and backward. The variance that normalises is the biased one: divide by n.",
    ),
    Mistake(
        "unbiased variance",
        was=VAR,
        now="    var = x.var(axis=0, ddof=1)\n",
        say="You divide by n − 1. Batch normalisation normalises by the biased variance: divide by n (ddof=0).",
    ),
    Mistake(
        "eps outside the root",
        was=SIGMA,
        now="    sigma = np.sqrt(var) + eps\n",
        say="You add eps to the standard deviation. It belongs under the root: √(var + eps).",
    ),
    Mistake(
        "eps left out",
        was=SIGMA,
        now="    sigma = np.sqrt(var)\n",
        say="Without eps a feature that does not vary divides 0 by 0: use √(var + eps).",
    ),
    Mistake(
        "eps ignored as an argument",
        was=SIGMA,
        now="    sigma = np.sqrt(var + 1e-5)\n",
        say="You always use 1e-5. Use the argument eps.",
    ),
    Mistake(
        "divided by the variance",
        was=SIGMA,
        now="    sigma = var + eps\n",
        say="You divide by the variance. Divide by the standard deviation, √(var + eps).",
    ),
    Mistake(
        "gamma and beta forgotten",
        was=OUT,
        now="    out = normal\n    return out,",
        say="You return the normalised batch. Scale it by gamma and shift it by beta.",
    ),
    Mistake(
        "gamma and beta swapped",
        was=OUT,
        now="    out = beta * normal + gamma\n    return out,",
        say="gamma scales and beta shifts; you use them the other way round.",
    ),
    Mistake(
        "beta added before gamma multiplies",
        was=OUT,
        now="    out = gamma * (normal + beta)\n    return out,",
        say="Scale first, then shift: gamma · normal + beta, so that beta is not multiplied by gamma.",
    ),
    Mistake(
        "each example normalised, not each feature",
        was=MEAN + VAR,
        now="    mean = x.mean(axis=1, keepdims=True)\n    var = x.var(axis=1, keepdims=True)\n",
        say="You take mean and variance along each row (that is layer normalisation). The batch is axis 0.",
    ),
    Mistake(
        "one mean and variance for all features",
        was=MEAN + VAR,
        now="    mean = x.mean()\n    var = x.var()\n",
        say="Every feature has a mean and a variance of its own: reduce over axis 0 only.",
    ),
    Mistake(
        "variance as mean(x²) − mean(x)²",
        was=VAR,
        now="    var = (x**2).mean(axis=0) - mean**2\n",
        say="mean(x²) − mean(x)² loses all digits when x has a large offset: average (x − mean)² instead.",
    ),
    # the backward pass
    Mistake(
        "mean and variance taken as constants",
        was=DX,
        now="dx = dnormal / sigma",
        say="Your dx treats mean and variance as constants. Both depend on x, so each adds a term.",
    ),
    Mistake(
        "variance taken as a constant",
        was=DX,
        now="dx = (dnormal - through_mean) / sigma",
        say="Your dx lacks the path through the variance: − normal · mean(dnormal · normal).",
    ),
    Mistake(
        "mean taken as a constant",
        was=DX,
        now="dx = (dnormal - through_var) / sigma",
        say="Your dx lacks the path through the mean: − mean(dnormal).",
    ),
    Mistake(
        "sums where means belong in dx",
        was="through_mean = dnormal.mean(axis=0)",
        now="through_mean = dnormal.sum(axis=0)",
        also=[("(dnormal * normal).mean(axis=0)", "(dnormal * normal).sum(axis=0)")],
        say="The paths through mean and variance each carry a 1/n: use means, not sums.",
    ),
    Mistake(
        "path through the variance added",
        was=DX,
        now="dx = (dnormal - through_mean + through_var) / sigma",
        say="The path through the variance has the wrong sign: a larger spread shrinks the output.",
    ),
    Mistake(
        "gamma missing in dx",
        was="dnormal = dout * gamma",
        now="dnormal = dout",
        say="out = gamma · normal + beta, so dout reaches normal multiplied by gamma.",
    ),
    Mistake(
        "dx not divided by sigma",
        was=DX,
        now="dx = dnormal - through_mean - through_var",
        say="normal = (x − mean) / σ, so dx still has to be divided by σ = √(var + eps).",
    ),
    Mistake(
        "eps left out backward",
        was="return out, (normal, gamma, sigma)",
        now="return out, (normal, gamma, np.sqrt(var))",
        say="Backward divides by √var, forward by √(var + eps): use the same σ in both.",
    ),
    Mistake(
        "gradients of gamma and beta averaged",
        was="dbeta = dout.sum(axis=0)\n    dgamma = (dout * normal).sum(axis=0)",
        now="dbeta = dout.mean(axis=0)\n    dgamma = (dout * normal).mean(axis=0)",
        say="gamma and beta touch every example: their gradients are sums over the batch, not means.",
    ),
    Mistake(
        "dgamma over the wrong axis",
        was="dgamma = (dout * normal).sum(axis=0)",
        now="dgamma = (dout * normal).sum(axis=1)",
        say="There is one gamma for each feature: sum over the batch, axis 0.",
    ),
    Mistake(
        "dgamma with x − mean in place of normal",
        was="dgamma = (dout * normal).sum(axis=0)",
        now="dgamma = (dout * normal * sigma).sum(axis=0)",
        say="gamma multiplies (x − mean) / σ: dgamma = Σ dout · normal, after the division.",
    ),
    Mistake(
        "dgamma with out in place of normal",
        was="dgamma = (dout * normal).sum(axis=0)",
        now="dgamma = (dout * out).sum(axis=0)",
        also=[
            ("return out, (normal, gamma, sigma)", "return out, (normal, gamma, sigma, out)"),
            ("normal, gamma, sigma = cache", "normal, gamma, sigma, out = cache"),
        ],
        say="gamma multiplies the normalised x before beta is added: dgamma = Σ dout · normal.",
    ),
    Mistake(
        "dgamma and dbeta swapped",
        was="return dx, dgamma, dbeta",
        now="return dx, dbeta, dgamma",
        say="The order of the answers is dx, dgamma, dbeta.",
    ),
    Mistake(
        "cache kept in a global",
        was="return out, (normal, gamma, sigma)",
        now="global kept\n    kept = (normal, gamma, sigma)\n    return out, None",
        also=[("normal, gamma, sigma = cache", "normal, gamma, sigma = kept")],
        say="A second layer overwrites your global before the first one's backward: return what you need as the cache.",
    ),
    Mistake(
        "backward differentiates numerically",
        was="    normal, gamma, sigma = cache\n",
        now="    normal, gamma, sigma, x, eps = cache\n",
        also=[
            ("return out, (normal, gamma, sigma)", "return out, (normal, gamma, sigma, x, eps)"),
            (
                "    " + DX,
                """    dx = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = x + np.zeros(x.shape) * 1j
        step[i] += 1e-30j
        centred = step - step.mean(axis=0)
        moved = gamma * centred / np.sqrt((centred**2).mean(axis=0) + eps)
        dx[i] = (dout * moved.imag).sum() / 1e-30""",
            ),
        ],
        say="Right, but every entry of x costs a forward pass. The formula gives them all for the price of a few.",
    ),
    # moving statistics
    Mistake(
        "momentum swapped",
        was="momentum * moving_mean + (1 - momentum) * x.mean(axis=0)",
        now="(1 - momentum) * moving_mean + momentum * x.mean(axis=0)",
        also=[
            (
                "momentum * moving_var + (1 - momentum) * x.var(axis=0)",
                "(1 - momentum) * moving_var + momentum * x.var(axis=0)",
            )
        ],
        say="Here momentum is the share of the old average (PyTorch's momentum is the share of the new batch).",
    ),
    Mistake(
        "momentum ignored as an argument",
        was="    new_mean = momentum",
        now="    momentum = 0.9\n    new_mean = momentum",
        say="You always use 0.9. Use the argument momentum.",
    ),
    Mistake(
        "unbiased variance in the moving average",
        was=NEW_VAR,
        now="(1 - momentum) * x.var(axis=0, ddof=1)",
        say="That is PyTorch's convention. Here the biased variance of the batch is averaged: divide by n.",
    ),
    Mistake(
        "standard deviation in the moving average",
        was=NEW_VAR,
        now="(1 - momentum) * x.std(axis=0)",
        say="You average the standard deviation into the moving variance.",
    ),
    Mistake(
        "moving variance about the moving mean",
        was=NEW_VAR,
        now="(1 - momentum) * ((x - new_mean) ** 2).mean(axis=0)",
        say="You measure the spread about the moving mean. The batch's variance is about the batch's own mean.",
    ),
    Mistake(
        "moving averages changed in place",
        was="    new_mean = momentum * moving_mean + (1 - momentum) * x.mean(axis=0)",
        now="    moving_mean *= momentum\n    new_mean = moving_mean + (1 - momentum) * x.mean(axis=0)",
        say="`*=` changes the caller's array. Compute a new one.",
    ),
    # inference
    Mistake(
        "batch statistics at inference",
        was=INFER,
        now="normal = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)\n    return gamma * normal + beta",
        say="Inference must not look at the batch: use moving_mean and moving_var.",
    ),
    Mistake(
        "moving averages updated at inference",
        was=INFER,
        now="moving_mean = 0.9 * moving_mean + 0.1 * x.mean(axis=0)\n    " + INFER,
        say="Inference only reads the moving averages; they are updated in training.",
    ),
    Mistake(
        "gamma and beta missing at inference",
        was=INFER,
        now="return (x - moving_mean) / np.sqrt(moving_var + eps)",
        say="gamma and beta belong to the layer in inference, too.",
    ),
    Mistake(
        "eps outside the root at inference",
        was=INFER,
        now="normal = (x - moving_mean) / (np.sqrt(moving_var) + eps)\n    return gamma * normal + beta",
        say="eps belongs under the root in inference, too: √(moving_var + eps).",
    ),
    Mistake(
        "inference divides by the variance",
        was=INFER,
        now="normal = (x - moving_mean) / (moving_var + eps)\n    return gamma * normal + beta",
        say="moving_var is a variance: take its root.",
    ),
    # other people's arrays
    Mistake(
        "x centred in place",
        was="    normal = (x - mean) / sigma\n",
        now="    x -= mean\n    normal = x / sigma\n",
        say="`x -= mean` changes the caller's array. Write x − mean to a new one.",
    ),
    Mistake(
        "dout changed in place",
        was="    dnormal = dout * gamma\n",
        now="    dnormal = dout\n    dnormal *= gamma\n",
        say="`*=` changes the caller's dout, for dnormal is the same array. Write dout * gamma.",
    ),
]
