from grader import Equivalent, Mistake

ONES = "mask = np.ones(x.shape)"
KEEP = "keep = rng.random(x.shape) >= p"
MASK = "mask = keep / (1 - p)"
OUT = "    out = x * mask\n"
BACK = "return dout * mask"

mistakes = [
    # what becomes of an entry
    Mistake(
        "keep and drop flipped",
        was=KEEP,
        now="keep = rng.random(x.shape) < p",
        say="You keep an entry with probability p. p is the probability to drop it: keep where the draw is at least p.",
    ),
    Mistake(
        "p taken as the probability to keep",
        was=KEEP,
        now="keep = rng.random(x.shape) < p",
        also=[(MASK, "mask = keep / p")],
        say="Your p is the probability to keep, as in the paper of 2014. Here, as in PyTorch, it is the probability to drop.",
    ),
    Mistake(
        "scaled at inference instead of in training",
        was=MASK,
        now="mask = keep * 1.0",
        also=[(ONES, "mask = np.full(x.shape, 1 - p)")],
        say="This is the dropout of 2014, which scales by 1 − p when the network is used. Inverted dropout divides by 1 − p "
        "in training, and leaves inference alone.",
    ),
    Mistake(
        "kept entries not scaled",
        was=MASK,
        now="mask = keep * 1.0",
        say="What is kept must be divided by 1 − p; else the layer's output is smaller in training than in inference.",
    ),
    Mistake(
        "divided by p",
        was=MASK,
        now="mask = keep / p",
        say="You divide by p. A share of 1 − p is kept, so divide by 1 − p.",
    ),
    Mistake(
        "multiplied by 1 − p",
        was=MASK,
        now="mask = keep * (1 - p)",
        say="You multiply by 1 − p. Fewer entries are left, so they must grow: divide by 1 − p.",
    ),
    Mistake(
        "scaled twice",
        was=MASK,
        now="mask = keep / (1 - p)\n        x = x / (1 - p)",
        say="The mask is divided by 1 − p already, and you divide by it once more.",
    ),
    Mistake(
        "scaled by the share that happened to be kept",
        was=MASK,
        now="mask = keep * (keep.size / max(keep.sum(), 1))",
        say="Divide by 1 − p, which is known, not by the share that this draw happened to keep: else one entry's output "
        "depends on what became of the others.",
    ),
    Mistake(
        "noise in place of zeros",
        was=MASK,
        now="mask = rng.normal(1, np.sqrt(p / (1 - p)), x.shape)",
        say="You multiply by Gaussian noise (section 10 of the paper). Dropout multiplies by 0 or by 1 / (1 − p).",
    ),
    # how it is drawn
    Mistake(
        "mask from a normal draw",
        was=KEEP,
        now="keep = rng.normal(size=x.shape) >= p",
        say="You compare normal draws with p. Only uniform draws on [0, 1) are at least p with probability 1 − p: rng.random.",
    ),
    Mistake(
        "p ignored",
        was=KEEP,
        now="keep = rng.random(x.shape) >= 0.5",
        also=[(MASK, "mask = keep / 0.5")],
        say="You always drop half of the entries. Use the argument p.",
    ),
    Mistake(
        "p ignored in the draw",
        was=KEEP,
        now="keep = rng.integers(0, 2, x.shape) == 1",
        say="You toss a fair coin for each entry, whatever p is. Keep with probability 1 − p.",
    ),
    Mistake(
        "one mask for all rows",
        was=KEEP,
        now="keep = rng.random(x.shape[1]) >= p",
        say="You draw one number per feature, so that all examples lose the same features. Draw one for each entry: x.shape.",
    ),
    Mistake(
        "whole rows dropped",
        was=KEEP,
        now="keep = rng.random((len(x), 1)) >= p",
        say="You draw one number per example, so that whole examples vanish. Draw one for each entry: x.shape.",
    ),
    Mistake(
        "exactly the share p dropped",
        was=KEEP,
        now="keep = rng.permutation(x.size).reshape(x.shape) >= round(p * x.size)",
        say="You drop exactly p · n · d entries. Each entry has a draw of its own, so that their number is chance, too.",
    ),
    Mistake(
        "np.random in place of rng",
        was=KEEP,
        now="keep = np.random.random(x.shape) >= p",
        say="You draw from another generator than rng, be it numpy's global one or one of your own. Draw from rng, so that a seed "
        "fixes the run.",
    ),
    Mistake(
        "a seed of its own",
        was=KEEP,
        now="keep = np.random.default_rng(0).random(x.shape) >= p",
        say="You make a generator with a fixed seed, so that every call drops the same entries. Draw from rng.",
    ),
    Mistake(
        "one mask kept for all calls",
        was=KEEP,
        now="if KEPT.get('shape') != x.shape:\n            KEPT.update(shape=x.shape, keep=rng.random(x.shape) >= p)\n"
        "        keep = KEPT['keep']",
        also=[("def dropout_forward", "KEPT = {}\n\n\ndef dropout_forward")],
        say="You draw a mask once and use it again. Every forward pass in training draws a new one.",
    ),
    Mistake(
        "rng copied before it draws",
        was=KEEP,
        now="import copy\n        keep = copy.deepcopy(rng).random(x.shape) >= p",
        say="You draw from a copy, so rng itself never moves on and the next call drops the same entries. Draw from rng.",
    ),
    # backward
    Mistake(
        "no mask in backward",
        was=BACK,
        now="return dout",
        say="Your backward passes dout on unchanged. What was dropped has no influence on out, so its gradient is 0.",
    ),
    Mistake(
        "gradient masked but not scaled",
        was=BACK,
        now="return dout * (mask > 0)",
        say="Forward divided what it kept by 1 − p, so its gradient is divided by 1 − p as well.",
    ),
    Mistake(
        "gradient scaled but not masked",
        was="return out, mask",
        now="return out, 1 / (1 - p) if training else 1.0",
        say="You scale the gradient everywhere. Where forward dropped an entry it is 0.",
    ),
    Mistake(
        "mask applied twice in backward",
        was=BACK,
        now="return dout * mask * mask",
        say="The mask goes into the gradient once: dx = dout · mask.",
    ),
    Mistake(
        "dropped and kept swapped in backward",
        was=BACK,
        now="return dout * (mask == 0) * max(mask.max(), 1)",
        say="Your gradient is 0 where entries were kept, and passes where they were dropped: it is the other way round.",
    ),
    Mistake(
        "a new mask in backward",
        code="""
def dropout_forward(x, rng, *, p=0.5, training=True):
    keep = rng.random(x.shape) >= p if training else np.ones(x.shape)
    return x * keep / (1 - p if training else 1), (rng, p, training)


def dropout_backward(dout, cache):
    rng, p, training = cache
    return dout * (rng.random(dout.shape) >= p) / (1 - p) if training else dout
""",
        say="You draw again in backward. The gradient needs the mask that forward used: keep it in the cache.",
    ),
    Mistake(
        "mask kept in a global",
        was="    return out, mask",
        now="    global LAST\n    LAST = mask\n    return out, None",
        also=[("    mask = cache\n", "    mask = LAST\n")],
        say="A global holds the mask of the last call only. All forwards run before the first backward: put it in the cache.",
    ),
    # inference
    Mistake(
        "active at inference",
        was="    if training:\n",
        now="    if True:\n",
        say="You drop entries at inference, too. With training=False, out is x.",
    ),
    Mistake(
        "scaled at inference as well",
        was=ONES,
        now="mask = np.full(x.shape, 1 - p)",
        say="Training has divided by 1 − p already, so nothing is left to scale at inference: out is x.",
    ),
    Mistake(
        "scaled up at inference",
        was=ONES,
        now="mask = np.full(x.shape, 1 / (1 - p))",
        say="At inference nothing is dropped, so nothing is to be made up for: out is x.",
    ),
    Mistake(
        "training and inference swapped",
        was="    if training:\n",
        now="    if not training:\n",
        say="You drop entries when training is False, and none when it is True.",
    ),
    # other people's arrays
    Mistake(
        "x changed in place",
        was=OUT,
        now="    x *= mask\n    out = x\n",
        say="`x *= mask` changes the caller's array. Write x * mask to a new one.",
    ),
    Mistake(
        "dout changed in place",
        was=BACK,
        now="dout *= mask\n    return dout",
        say="`dout *= mask` changes the caller's array. Write dout * mask to a new one.",
    ),
]







equivalents = [
    Equivalent(
        "keep = rng.random(x.shape) >= p",
        "keep = rng.random(x.shape) > p",
        because="A draw of exactly p has probability 2⁻⁵³ at most.",
    ),
]
