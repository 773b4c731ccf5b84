"""Known ways to get dropout wrong, with what helps the student."""

from grader import Equivalent, Mistake

ONES = "mask = np.ones(x.shape)"
KEEP = "keep = rng.random(x.shape) >= p"
MASK = "mask = keep / (1 - p)"
OUT = "    out = x * mask\n"
BACK = "return dout * mask"

mistakes = [
    # what becomes of an entry
    Mistake("keep and drop flipped",                        KEEP, "keep = rng.random(x.shape) < p",
            "You keep an entry with probability p. p is the probability to drop it: keep where the draw is at least p."),
    Mistake("p taken as the probability to keep",           KEEP, "keep = rng.random(x.shape) < p",
            "Your p is the probability to keep, as in the paper of 2014. Here, as in PyTorch, it is the probability to drop.",
            also=[(MASK, "mask = keep / p")]),
    Mistake("scaled at inference instead of in training",   MASK, "mask = keep * 1.0",
            "This is the dropout of 2014, which scales by 1 − p when the network is used. Inverted dropout divides by 1 − p in "
            "training, and leaves inference alone.", also=[(ONES, "mask = np.full(x.shape, 1 - p)")]),
    Mistake("kept entries not scaled",                      MASK, "mask = keep * 1.0",
            "What is kept must be divided by 1 − p; else the layer's output is smaller in training than in inference."),
    Mistake("divided by p",                                 MASK, "mask = keep / p",
            "You divide by p. A share of 1 − p is kept, so divide by 1 − p."),
    Mistake("multiplied by 1 − p",                          MASK, "mask = keep * (1 - p)",
            "You multiply by 1 − p. Fewer entries are left, so they must grow: divide by 1 − p."),
    Mistake("scaled twice",                                 MASK, "mask = keep / (1 - p)\n        x = x / (1 - p)",
            "The mask is divided by 1 − p already, and you divide by it once more."),
    Mistake("scaled by the share that happened to be kept", MASK, "mask = keep * (keep.size / max(keep.sum(), 1))",
            "Divide by 1 − p, which is known, not by the share that this draw happened to keep: else one entry's output depends "
            "on what became of the others."),
    Mistake("noise in place of zeros",                      MASK, "mask = rng.normal(1, np.sqrt(p / (1 - p)), x.shape)",
            "You multiply by Gaussian noise (section 10 of the paper). Dropout multiplies by 0 or by 1 / (1 − p)."),
    # how it is drawn
    Mistake("mask from a normal draw",     KEEP, "keep = rng.normal(size=x.shape) >= p",
            "You compare normal draws with p. Only uniform draws on [0, 1) are at least p with probability 1 − p: rng.random."),
    Mistake("p ignored",                   KEEP, "keep = rng.random(x.shape) >= 0.5",
            "You always drop half of the entries. Use the argument p.", also=[(MASK, "mask = keep / 0.5")]),
    Mistake("p ignored in the draw",       KEEP, "keep = rng.integers(0, 2, x.shape) == 1",
            "You toss a fair coin for each entry, whatever p is. Keep with probability 1 − p."),
    Mistake("one mask for all rows",       KEEP, "keep = rng.random(x.shape[1]) >= p",
            "You draw one number per feature, so that all examples lose the same features. Draw one for each entry: x.shape."),
    Mistake("whole rows dropped",          KEEP, "keep = rng.random((len(x), 1)) >= p",
            "You draw one number per example, so that whole examples vanish. Draw one for each entry: x.shape."),
    Mistake("exactly the share p dropped", KEEP, "keep = rng.permutation(x.size).reshape(x.shape) >= round(p * x.size)",
            "You drop exactly p · n · d entries. Each entry has a draw of its own, so that their number is chance, too."),
    Mistake("np.random in place of rng",   KEEP, "keep = np.random.random(x.shape) >= p",
            "You draw from another generator than rng, be it numpy's global one or one of your own. Draw from rng, so that a "
            "seed fixes the run."),
    Mistake("a seed of its own",           KEEP, "keep = np.random.default_rng(0).random(x.shape) >= p",
            "You make a generator with a fixed seed, so that every call drops the same entries. Draw from rng."),
    Mistake("one mask kept for all calls", KEEP,
            "if KEPT.get('shape') != x.shape:\n            KEPT.update(shape=x.shape, keep=rng.random(x.shape) >= p)\n"
            "        keep = KEPT['keep']",
            "You draw a mask once and use it again. Every forward pass in training draws a new one.",
            also=[("def dropout_forward", "KEPT = {}\n\n\ndef dropout_forward")]),
    Mistake("rng copied before it draws",  KEEP, "import copy\n        keep = copy.deepcopy(rng).random(x.shape) >= p",
            "You draw from a copy, so rng itself never moves on and the next call drops the same entries. Draw from rng."),
    # backward
    Mistake("no mask in backward",                  BACK,               "return dout",
            "Your backward passes dout on unchanged. What was dropped has no influence on out, so its gradient is 0."),
    Mistake("gradient masked but not scaled",       BACK,               "return dout * (mask > 0)",
            "Forward divided what it kept by 1 − p, so its gradient is divided by 1 − p as well."),
    Mistake("gradient scaled but not masked",       "return out, mask", "return out, 1 / (1 - p) if training else 1.0",
            "You scale the gradient everywhere. Where forward dropped an entry it is 0."),
    Mistake("mask applied twice in backward",       BACK,               "return dout * mask * mask",
            "The mask goes into the gradient once: dx = dout · mask."),
    Mistake("dropped and kept swapped in backward", BACK,               "return dout * (mask == 0) * max(mask.max(), 1)",
            "Your gradient is 0 where entries were kept, and passes where they were dropped: it is the other way round."),
    Mistake("a new mask in backward", code="""
def dropout_forward(x, rng, *, p=0.5, training=True):
    keep = rng.random(x.shape) >= p if training else np.ones(x.shape)
    return x * keep / (1 - p if training else 1), (rng, p, training)


def dropout_backward(dout, cache):
    rng, p, training = cache
    return dout * (rng.random(dout.shape) >= p) / (1 - p) if training else dout
""", say="You draw again in backward. The gradient needs the mask that forward used: keep it in the cache."),
    Mistake("mask kept in a global", "    return out, mask", "    global LAST\n    LAST = mask\n    return out, None",
            "A global holds the mask of the last call only. All forwards run before the first backward: put it in the cache.",
            also=[("    mask = cache\n", "    mask = LAST\n")]),
    # inference
    Mistake("active at inference",            "    if training:\n", "    if True:\n",
            "You drop entries at inference, too. With training=False, out is x."),
    Mistake("scaled at inference as well",    ONES,                 "mask = np.full(x.shape, 1 - p)",
            "Training has divided by 1 − p already, so nothing is left to scale at inference: out is x."),
    Mistake("scaled up at inference",         ONES,                 "mask = np.full(x.shape, 1 / (1 - p))",
            "At inference nothing is dropped, so nothing is to be made up for: out is x."),
    Mistake("training and inference swapped", "    if training:\n", "    if not training:\n",
            "You drop entries when training is False, and none when it is True.", costs=3),  # and the rows in which out is x
    # other people's arrays
    Mistake("x changed in place",    OUT,  "    x *= mask\n    out = x\n",
            "`x *= mask` changes the caller's array. Write x * mask to a new one."),
    Mistake("dout changed in place", BACK, "dout *= mask\n    return dout",
            "`dout *= mask` changes the caller's array. Write dout * mask to a new one."),
]

equivalents = [
    Equivalent("keep = rng.random(x.shape) >= p", "keep = rng.random(x.shape) > p",
               "A draw of exactly p has probability 2⁻⁵³ at most."),
]
