"""Batch normalisation: give each feature of a batch mean 0 and variance 1, then let the network choose others."""

import numpy as np

from grader import Layer, Opaque, Reals, Row, Topic, cheap, either, gradient, matches, pure, rowwise, sample, unchanged, vjp


class batch_norm(Layer):
    def forward(
        x: Reals["n d"], gamma: Reals["d"], beta: Reals["d"], *, eps=1e-5
    ) -> {"out": Reals["n d"], "cache": Opaque}:
        """In training:  out = gamma · (x − mean) / √(var + eps) + beta,  feature by feature.

        mean and var are those of the batch (axis 0); var is the biased one: the mean of (x − mean)²."""

    def backward(
        dout: Reals["n d"], cache: Opaque
    ) -> {"dx": Reals["n d"], "dgamma": Reals["d"], "dbeta": Reals["d"]}:
        """The derivatives of  Σ dout · out  with respect to x, gamma and beta. mean and var depend on x, too."""

def moving_statistics(
    x: Reals["n d"], moving_mean: Reals["d"], moving_var: Reals["d"], *, momentum=0.9
) -> {"moving_mean": Reals["d"], "moving_var": Reals["d"]}:
    """After a batch x, each moving average is  momentum · moving + (1 − momentum) · batch.

    The batch's variance is the biased one, as in training."""

def batch_norm_inference(
    x: Reals["n d"], gamma: Reals["d"], beta: Reals["d"], moving_mean: Reals["d"], moving_var: Reals["d"], *, eps=1e-5
) -> Reals["n d"]:
    """In use:  gamma · (x − moving_mean) / √(moving_var + eps) + beta.  The batch x has no say in the statistics."""


def cases(rng):
    yield "a batch",                       sample(batch_norm, rng, n=7, d=4)
    yield "a large eps",                   sample(batch_norm, rng, n=5, d=3, eps=0.1)
    yield "fewer examples than features",  sample(batch_norm, rng, n=3, d=6)
    yield "features that hardly vary",     sample(batch_norm, rng, x=0.01 * rng.normal(size=(6, 2)), d=2)
    yield "a single feature",              sample(batch_norm, rng, n=9, d=1)

def edges(rng):
    yield "a batch of one",                sample(batch_norm, rng, n=1, d=3)
    yield "a constant feature, a gamma 0", sample(batch_norm, rng, x=half_constant(rng), gamma=np.array([1.5, 0]), d=2)
    yield "two examples, thousands apart", sample(batch_norm, rng, x=apart(rng), d=3)
    yield "an example far out",            {**sample(batch_norm, rng, x=far_out(rng), d=2), "dout": 100 * rng.normal(size=(150, 2))}

def all_of_them(rng):
    yield from cases(rng)
    yield from edges(rng)

def apart(rng):
    """Every xhat is ±1, nearly: dx cancels to a billionth of the terms that it is summed from."""
    return np.array([[1], [-1]]) * rng.uniform(500, 1500, size=(2, 3))

def half_constant(rng):
    return np.stack([np.full(8, 3.0), rng.normal(size=8)], axis=1)

def far_out(rng):
    """Of n examples an xhat can be as large as √(n − 1), and the first one's is."""
    return np.concatenate([np.full((1, 2), 1000.0), rng.normal(size=(149, 2))])

def smooth(rng):
    """Features so spread that the layer is smooth at the step of a numerical derivative."""
    yield "a batch",     sample(batch_norm, rng, x=spread(rng, 7, 4), d=4)
    yield "a large eps", sample(batch_norm, rng, x=spread(rng, 5, 3), d=3, eps=0.1)

def spread(rng, n, d):
    ladder = np.repeat(np.linspace(-3, 3, n)[:, None], d, axis=1)
    return rng.permuted(ladder, axis=0) + 0.3 * rng.normal(size=(n, d))

def large(rng):
    yield "a large batch", sample(batch_norm, rng, n=1000, d=3)

def averages(rng, d, scale=1):
    return {"moving_mean": rng.normal(size=d), "moving_var": scale * rng.uniform(0.5, 3, size=d), "d": d}

def moving(rng):
    yield "a batch",                        sample(moving_statistics, rng, n=6, **averages(rng, 4))
    yield "a batch far from the average",   sample(moving_statistics, rng, n=20, scale=1000, **averages(rng, 2))
    yield "a batch that counts for little", sample(moving_statistics, rng, n=5, **averages(rng, 3), momentum=0.99)
    yield "two examples",                   sample(moving_statistics, rng, n=2, **averages(rng, 5), momentum=0.6)
    yield "a batch of one",                 sample(moving_statistics, rng, n=1, **averages(rng, 3))

def inference(rng):
    yield "a batch",               sample(batch_norm_inference, rng, n=6, **averages(rng, 4))
    yield "a large eps",           sample(batch_norm_inference, rng, n=3, **averages(rng, 5), eps=0.1)
    yield "tiny moving variances", sample(batch_norm_inference, rng, n=4, **averages(rng, 2, scale=1e-5))
    yield "a single example",      sample(batch_norm_inference, rng, n=1, **averages(rng, 3))
    yield "examples far out",      sample(batch_norm_inference, rng, n=50, scale=1000, **averages(rng, 1))

def far_away(case):
    """It leaves x - mean as it was; mean(x²) - mean(x)² does not survive it."""
    yield "10,000,000 is added to every entry of x", {"x": case["x"] + 1e7}


def gradient_of(argument, output):
    """The output of backward is right, or right for the student's own forward."""
    return either(vjp(batch_norm, output=output, on=all_of_them), gradient(of=batch_norm, wrt=argument, on=smooth))


topic = Topic("Batch normalisation", cases, rubric=[
    Row("fwd",    3, "each feature is normalised, scaled, shifted", matches(batch_norm)),
    Row("edges",  1, "a single example, one far out, a feature that stands still", matches(batch_norm, on=edges)),
    Row("offset", 1, "a large offset does not drown the variance",
                     unchanged(batch_norm, when=far_away, within=1e-6, on=smooth)),
    Row("dx",     3, "the gradient flows through mean and variance, too",
                     either(vjp(batch_norm, output="dx"), gradient(of=batch_norm, wrt="x", on=smooth))),
    Row("dx_edges", 1, "dx is right for such examples and features, too",  vjp(batch_norm, output="dx", on=edges)),
    Row("dgamma", 2, "the gradient of gamma is right",              gradient_of("gamma", "dgamma")),
    Row("dbeta",  1, "the gradient of beta is right",               gradient_of("beta", "dbeta")),
    Row("cheap",  1, "backward costs a few forwards",               cheap(batch_norm, on=large)),
    Row("moving_mean", 1, "the moving mean follows the batches",
                     matches(moving_statistics, output="moving_mean", on=moving)),
    Row("moving_var",  2, "the moving variance follows the batches",
                     matches(moving_statistics, output="moving_var", on=moving)),
    Row("infer",  2, "inference uses the moving statistics",        matches(batch_norm_inference, on=inference)),
    Row("alone",  1, "in inference no example depends on another",  rowwise(batch_norm_inference, on=inference)),
    Row("pure",   1, "the inputs are left alone",
                     pure(batch_norm, moving_statistics, batch_norm_inference, on=inference)),
])
