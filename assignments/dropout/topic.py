"""Dropout: train many thinned networks at once, and use their average."""

from dataclasses import replace

import numpy as np

from grader import (
    Count, Layer, Opaque, Random, Reals, Row, Topic, Wrong, either, gradient, holds, independent, perform, pure, sample, seeded,
    statistical, vjp,
)
from grader.checks import Truth, asking, blocks_of, require_close


class dropout(Layer):
    def forward(
        x: Reals["n d"], rng: Random, *, p=0.5, training=True
    ) -> {"out": Reals["n d"], "cache": Opaque}:
        """In training, each entry of x is dropped (becomes 0) with probability p, or else divided by 1 − p.

        Every entry has a draw of its own, from rng. When not training, out is x."""

    def backward(dout: Reals["n d"], cache: Opaque) -> {"dx": Reals["n d"]}:
        """The derivative of  Σ dout · out  with respect to x, for the entries that this very forward pass dropped."""


def given(rng, **arguments):
    """Arguments in training. One row leaves `training` out, one `p`: a wrong default is to cost that row alone."""
    return sample(dropout, rng, training=True, **arguments)

def cases(rng):
    yield "a batch",              given(rng, n=60, d=70, p=0.5)
    yield "a fifth dropped",      given(rng, n=70, d=60, p=0.2)
    yield "seven tenths dropped", given(rng, n=80, d=50, p=0.7)

def by_default(rng):
    yield "a batch", sample(dropout, rng, n=60, d=70, p=0.5)

def small(rng):
    """While the seed is the same, out is linear in x: smooth enough for numerical derivatives."""
    yield "a small batch", given(rng, n=6, d=5, p=0.3)
    yield "a single row",  given(rng, n=1, d=9, p=0.5)

def nothing_dropped(rng):
    yield "p = 0",               given(rng, n=5, d=4, p=0.0)
    yield "a single row, p = 0", given(rng, n=1, d=3, p=0.0)

def inference(rng):
    yield "inference",          sample(dropout, rng, n=6, d=5, training=False)
    yield "inference, p = 0.2", sample(dropout, rng, n=1, d=7, p=0.2, training=False)
    yield "inference, p = 0.9", sample(dropout, rng, n=8, d=3, p=0.9, training=False)

def signs(n):
    """n entries, of which every third is negative."""
    return np.where(np.arange(n) % 3 == 1, -1.0, 1.0)[None]

def many(rng):
    yield "a million entries",            given(rng, x=signs(1_000_000), p=0.2)
    yield "a million entries, p = 0.235", given(rng, x=signs(1_000_000), p=0.235)
    yield "100,000 entries, p = 0.75",    given(rng, x=signs(100_000), p=0.75)
    yield "100,000 entries, p left out",  given(rng, x=signs(100_000))

SIZES = (-3.0, 0.01, 1.0, 40.0)

def unequal(rng):
    yield "entries of four sizes", given(rng, x=rng.permutation(np.repeat(SIZES, 50_000))[None], p=0.4)

def wide(rng):
    yield "a wide layer", given(rng, x=np.ones((300, 400)), p=0.4)

def long(rng):
    yield "a long row", given(rng, x=np.ones((1, 40_000)), p=0.4)

def tiny(rng):
    yield "640 batches of two entries", given(rng, x=np.ones((1, 2)), p=0.5)


# What becomes of single entries

def some_are_dropped(trial, case):
    out = trial.call(dropout, **case)
    dropped = out == 0
    if np.array_equal(out, case["x"]):
        told = trial.call(dropout, **{**case, "training": True})
        default = "with training=True entries are dropped, with `training` left out none: is its default False?"
        raise Wrong("dropout_forward", "out is x, expected some entries to be 0, as rng has it",
                    because=default if np.isfinite(told).all() and (told == 0).any() and (told != 0).any() else "")
    if dropped.all() or not dropped.any():
        raise Wrong("dropout_forward", f"{'every' if dropped.all() else 'no'} entry of out is 0, expected some")

def dropped_or_scaled(trial, case):
    x, out, scale = case["x"], trial.exact(dropout, **case), 1 / (1 - case["p"])
    kept = out != 0
    if not kept.any():
        raise Wrong("dropout_forward", "every entry of out is 0, expected some to be kept")
    if not np.allclose(out[kept], scale * x[kept], rtol=1e-9, atol=0):
        found = factors(out, x, kept)
        raise one_number(Wrong("dropout_forward", f"what is kept is x times {found}, expected 1 / (1 − p) = {scale:.10g}"),
                         out[kept] / x[kept], scale, p=case["p"])

def one_number(wrong, ratios, right, **given):
    """The same, with the number that all entries are multiplied by, if they are, as the answer."""
    if not np.isfinite(ratios).all() or not np.allclose(ratios, ratios[0], rtol=1e-9, atol=0):
        return wrong
    return Wrong.of(replace(wrong.evidence, answer=np.asarray(ratios[0]), truth=Truth.of(right), given=given))

def nothing_is_dropped(trial, case):
    """At p = 0, and in inference, out is x; and it is not for a hundred ones in training at p = 0.5."""
    if case["p"] > 0 and case["training"]:
        return None  # entries may be dropped: no single answer is right
    require_close(trial.exact(dropout, **case), Truth.of(case["x"]), "`out` of dropout_forward", given=case)
    ones = np.ones((10, 10))
    if np.array_equal(trial.call(dropout, x=ones, rng=case["rng"], p=0.5, training=True), ones):
        return "out is x, and so it is in training with p = 0.5, where about half of the entries should be 0"
    return None

def through_zeros(rng):
    yield from cases(rng)
    yield "p = 0", given(rng, n=40, d=50, p=0.0)

def the_same_mask(trial, case):
    """Two layers share a generator; both forwards run before the backwards. Where x is 0, `out` does not show the mask: some
    of these entries are dropped and some are kept, all but surely (not so with probability 0.7³³⁰ or 0.8³⁵⁰). A forward that
    scales by another factor has that one in its gradient, too: its fault is in the row `scale`."""
    def script(world, case):
        rng = world.let(case["rng"])
        one, two = (world.dropout_forward(**{**case, "x": x, "rng": rng}) for x in (x1, x2))
        yield "`out` of dropout_forward", one.out
        yield "`out` of dropout_forward", two.out
        yield "`dx` of dropout_backward", world.dropout_backward(dout1, one.cache)
        yield "`dx` of dropout_backward", world.dropout_backward(dout2, two.cache)

    blank = np.add.outer(*map(np.arange, case["x"].shape)) % 12 == 0  # in every row and every column
    x1, x2, dout1, dout2 = case["x"] * ~blank, 1 - 2 * case["x"], *trial.normal((2, *case["x"].shape))
    out1, out2, dx1, dx2 = perform(trial, script, case, dropout)
    p = case["p"]
    scale = 1 / (1 - p)
    for x, out, dout, dx in ((x1, out1, dout1, dx1), (x2, out2, dout2, dx2)):
        kept = np.where(x == 0, dx != 0, out != 0)
        seen = (x != 0) & (out != 0) & np.isfinite(out)
        own = (out[seen] / x[seen])[:1]
        if not any(np.allclose(dx, factor * dout * kept, rtol=1e-9, atol=0) for factor in (scale, *own)):
            wrong = Wrong("dropout_backward", f"dx is dout times {factors(dx, dout, kept)} where an entry was kept "
                                            f"(expected {scale:.10g}) and times {factors(dx, dout, ~kept)} "
                                            "where it was dropped (expected 0)")
            told = x != 0
            parts = {"dout": dout[told], "mask": scale * kept[told]}
            raise Wrong.of(replace(wrong.evidence, answer=dx[told], truth=Truth.of(parts["dout"] * parts["mask"]), given=parts))
    if p > 0 and (out2 != 0).all():
        raise Wrong("dropout_forward", "no entry of out is 0, expected some: then there is no mask")
    passed = dx1[blank] != 0
    if not passed.any() or (passed.all() and p > 0):
        raise Wrong("dropout_backward", f"where x is 0, dx is {'never' if passed.all() else 'always'} 0, expected the mask: "
                                        "`out` is 0 there whether an entry was kept or not")

def factors(after, before, where):
    """What `before` was multiplied by: in words that are the same for every draw."""
    numbers = sorted({f"{ratio:.10g}" for ratio in after[where] / before[where] + 0.0}, key=float)
    if len(numbers) <= 3:
        return " or ".join(numbers) or "nothing"
    return "many different numbers"


# What chance must do

def require_default(out, x):
    """Where p is left out: its default is not 0, at which nothing is dropped, and not 1, at which 1 − p is 0."""
    if np.array_equal(out, x):
        raise Wrong("dropout_forward", "nothing is dropped", because="with `p` left out, out is x, as is right with p = 0 only")
    if np.isnan(out).all():
        raise Wrong("dropout_forward", "every entry of out is nan",
                    because="with `p` left out, every entry of out is nan: is its default 1, and 1 - p 0?")

def kept_as_often(trial, case):
    out, keep = trial.call(dropout, **case), 1 - case["p"]
    if "p" not in case:
        require_default(out, case["x"])
    kept = out != 0
    negative = kept[case["x"] < 0]
    return [Count(int(kept.sum()), kept.size, keep, "entries are kept"),
            Count(int(negative.sum()), negative.size, keep, "negative entries are kept")]

def as_much_on_average(trial, case):
    """The sum of out over the entries of one size, as a number of kept entries."""
    x, out, keep = case["x"], trial.call(dropout, **case), 1 - case["p"]
    if not np.isfinite(out).all():
        return "an entry of out is not finite"
    if np.array_equal(out, x):
        return "out is x: nothing was dropped"
    shares = [np.clip(out[x == size].mean() / size * keep, -1, 2) for size in SIZES]
    return [Count(round(50_000 * share), 50_000, keep, f"entries of {size:g}, by the sum of out, seem to be kept")
            for size, share in zip(SIZES, shares, strict=True)]

def how_many_is_chance(trial, case):
    mask = np.concatenate(trial.repeat(dropout, 640, **case)) != 0
    return blocks_of((mask[0::2], mask[1::2], "row", "pairs of kept entries come from one call"), most=60)

def kept(case, out):
    return out != 0


forward = asking(dropout)

topic = Topic("Dropout", cases, rubric=[
    Row("drops",     1, "in training some entries become 0, and not all", holds(some_are_dropped, forward, on=by_default)),
    Row("zero",      1, "p = 0 drops nothing",                 holds(nothing_is_dropped, forward, on=nothing_dropped)),
    Row("scale",     2, "what is kept is divided by 1 − p",    holds(dropped_or_scaled, forward)),
    Row("infer",     2, "inference leaves x as it is",         holds(nothing_is_dropped, forward, on=inference)),
    Row("rate",      3, "an entry is dropped with probability p",      statistical(kept_as_often, dropout, on=many)),
    Row("mean",      1, "on average out is x, for small and large x",
                        statistical(as_much_on_average, dropout, on=unequal)),
    Row("single",    3, "entries are dropped one by one",              independent(kept, dropout, on=wide)),
    Row("number",    2, "how many are dropped is chance, too",         statistical(how_many_is_chance, dropout, on=tiny)),
    Row("calls",     2, "each call drops other entries",               independent(kept, dropout, among="calls", on=long)),
    Row("rng",       1, "all chance comes from rng",
                        seeded(dropout, idle=("at inference", {"training": False}), on=wide)),
    Row("bwd",       3, "the gradient goes through forward's own mask",
                        either(holds(the_same_mask, dropout, on=through_zeros), gradient(of=dropout, on=small))),
    Row("infer_bwd", 1, "at inference the gradient passes unchanged",
                        either(vjp(dropout, on=inference), gradient(of=dropout, on=inference)), needs="drops"),
    Row("pure",      1, "the inputs are left alone",           pure(dropout)),
])
