"""a choice of two factors"""


def dropout_forward(x, rng, *, p=0.5, training=True):
    factor = rng.choice([0, 1 / (1 - p)], size=x.shape, p=[p, 1 - p]) if training else 1.0
    return factor * x, factor


def dropout_backward(dout, cache):
    return cache * dout
