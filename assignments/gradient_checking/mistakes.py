"""Known ways to check a gradient wrongly, with what helps the student."""

from grader import Equivalent, Mistake

CENTRAL, STEP = "slope[i] = (f(x + step) - f(x - step)) / (2 * h)", "        step[i] = h\n"
NUMERIC = "    for i in np.ndindex(x.shape):\n        step = np.zeros(x.shape)\n" + STEP + "        " + CENTRAL + "\n"
HERE, BESIDE, AHEAD = "f(x)\n", "        beside = x.copy()\n        beside[i] += h\n", "slope[i] = (f(beside) - here) / h"
SIZES = "sizes = np.linalg.norm(a) + np.linalg.norm(b)"
ERROR, EMPTY = "return np.linalg.norm(a - b) / sizes if sizes > 0 else 0.0", " if sizes > 0 else 0.0"
JUMP = "jump = relative_error(one_sided(f, x, h=-1e-5), one_sided(f, x, h=1e-5))"
KINK = '    if jump > 1e-2:\n        return "kink"\n'
CLAIM = "error = relative_error(claim, numeric_gradient(f, x, h=1e-5))"
VERDICT = 'return "wrong" if error > 1e-6 else "right"'

NO_QUOTIENT = "Your h is not the argument's: use h as it is given, for the step and for the division."
LOOSE = "Your threshold is too loose: a claim that is off by a thousandth is wrong. Right ones are off by 1e-9 at most."
TIGHT = "Your threshold is below the rounding of the quotients, so that right claims are called wrong: they are off by up to 1e-9."
NORMALISED = "The difference is divided by ‖a‖ + ‖b‖, the sum of both sizes."
NORM = "‖a‖ is the Euclidean length, the root of the sum of all squares. You take another norm."
NO_KINK = (
    "You never find a kink at x. There the quotients to the left (h negative) and to the right differ, however small h is; central "
    "ones are their mean for every h, and two on the same side agree."
)

mistakes = [
    # --------------------------------------------------------------------------------------------- the central quotient
    Mistake("numeric: divided by h",            CENTRAL, "slope[i] = (f(x + step) - f(x - step)) / h",
            "The two points are 2h apart: divide by 2h."),
    Mistake("numeric: / 2 * h",                 CENTRAL, "slope[i] = (f(x + step) - f(x - step)) / 2 * h",
            "/ 2 * h divides by 2 and then multiplies by h: write / (2 * h)."),
    Mistake("numeric: one-sided, ahead",        CENTRAL, "slope[i] = (f(x + step) - f(x)) / h",
            "That is the one-sided quotient, which errs by h. The central one, from x − h to x + h, errs by h²."),
    Mistake("numeric: one-sided, behind",       CENTRAL, "slope[i] = (f(x) - f(x - step)) / h",
            "That is the one-sided quotient behind x, which errs by h. The central one, from x − h to x + h, errs by h²."),
    Mistake("numeric: the sign",                CENTRAL, "slope[i] = (f(x - step) - f(x + step)) / (2 * h)",
            "Your difference is the wrong way round: f(x + h) − f(x − h)."),
    Mistake("numeric: all entries at once",     STEP, "        step[:] = h\n",
            "You move all entries at once, and get the sum of all slopes: move one entry at a time.", loses="numeric"),
    Mistake("numeric: steps left in place",     "    for i in np.ndindex(x.shape):\n        step = np.zeros(x.shape)\n" + STEP,
            "    step = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n" + STEP,
            "The step of one entry is still there when the next one is moved: begin each with zeros."),
    Mistake("numeric: h fixed",                 STEP, "        h = 1e-5\n" + STEP, NO_QUOTIENT, loses="h"),
    Mistake("numeric: h far too small",         STEP, "        h = 1e-13\n" + STEP,
            "With a step near 1e-13 the difference of two values is all rounding. Use h as it is given."),
    Mistake("numeric: h times the size of x",   STEP + "        " + CENTRAL,
            "        own = h * abs(x[i])\n        step[i] = own\n        slope[i] = (f(x + step) - f(x - step)) / (2 * own)",
            "You scale h by the size of x[i]: use h as it is given, for the step and for the division.", loses="h"),
    Mistake("numeric: put back in the caller's x", NUMERIC,
            "    for i in np.ndindex(x.shape):\n        x[i] += h\n        up = f(x)\n        x[i] -= 2 * h\n"
            "        slope[i] = (up - f(x)) / (2 * h)\n        x[i] += h\n",
            "x + h − 2h + h is x but for rounding: your caller's x has other digits afterwards. Work on a copy.", loses="pure"),
    Mistake("numeric: a loop over len(x)",      NUMERIC,
            "    for i in range(len(x)):\n        step = np.zeros(x.shape)\n" + STEP + "        " + CENTRAL + "\n",
            "len(x) counts the rows of a matrix, so that you move whole rows: np.ndindex(x.shape) yields each entry of any array.",
            loses="any"),
    Mistake("numeric: the first axis flattened", "return slope\n\n\ndef one_sided", "return slope.ravel()\n\n\ndef one_sided",
            "A gradient has the shape of x: yours is flat.", loses="any"),
    Mistake("numeric: Richardson's",            CENTRAL,
            "slope[i] = (8 * (f(x + step) - f(x - step)) - f(x + 2 * step) + f(x - 2 * step)) / (12 * h)",
            "That is a quotient of four points, which errs by h⁴, and a good one. Graded is that of two, f(x + h) − f(x − h).",
            loses="h"),
    Mistake("numeric: an imaginary step",       CENTRAL, "slope[i] = f(x + 1j * step).imag / h",
            "An imaginary step is exact where f takes complex numbers, which most code does not. Graded is the central quotient.",
            loses="h"),
    Mistake("numeric: another default",         "numeric_gradient(f, x, *, h=1e-5)", "numeric_gradient(f, x, *, h=1e-6)",
            "h has another default in your numeric_gradient: leave the first line of the function as it was given.",
            loses="default"),
    # ------------------------------------------------------------------------------------------------ one-sided quotients
    Mistake("one_sided: central",               AHEAD, "slope[i] = (f(beside) - f(2 * x - beside)) / (2 * h)",
            "That is the central quotient, which is the same for h and −h: the one-sided one begins at x, (f(x + h) − f(x)) / h."),
    Mistake("one_sided: divided by 2h",         AHEAD, "slope[i] = (f(beside) - here) / (2 * h)",
            "x + h and x are h apart, not 2h."),
    Mistake("one_sided: divided by |h|",        AHEAD, "slope[i] = (f(beside) - here) / abs(h)",
            "Where h is negative, f(x + h) − f(x) has its sign turned: divide by h itself, which turns it back."),
    Mistake("one_sided: always ahead",          BESIDE, "        h = abs(h)\n" + BESIDE,
            "A negative h is a step to the left of x: you always step to the right."),
    Mistake("one_sided: behind",                AHEAD, "slope[i] = (here - f(2 * x - beside)) / h",
            "You take (f(x) − f(x − h)) / h: x + h is the other point, to the right of x where h is positive."),
    Mistake("one_sided: the sign",              AHEAD, "slope[i] = (here - f(beside)) / h",
            "Your difference is the wrong way round: f(x + h) − f(x)."),
    Mistake("one_sided: entries stay moved",    "    for i in np.ndindex(x.shape):\n" + BESIDE,
            "    beside = x.copy()\n    for i in np.ndindex(x.shape):\n        beside[i] += h\n",
            "An entry that was moved stays so for the next ones: begin each with a fresh copy of x."),
    Mistake("one_sided: x moved",               BESIDE, "        beside = x\n        beside[i] += h\n",
            "`beside = x` is another name for the caller's array, and no copy: x.copy() is one.", loses="pure"),
    Mistake("one_sided: h fixed",               BESIDE, "        h = 1e-5 if h > 0 else -1e-5\n" + BESIDE, NO_QUOTIENT),
    # ------------------------------------------------------------------------------------------------- the relative error
    Mistake("error: absolute",                  ERROR, "return np.linalg.norm(a - b)",
            "That is the absolute error. " + NORMALISED),
    Mistake("error: divided by one size",       SIZES, "sizes = np.linalg.norm(a)",
            "You divide by the size of one of them: it depends on which comes first, and a 0 there divides by 0. " + NORMALISED),
    Mistake("error: divided by the larger size", SIZES, "sizes = max(np.linalg.norm(a), np.linalg.norm(b))",
            "You divide by the larger size, as some courses do. " + NORMALISED),
    Mistake("error: divided by the mean size",  SIZES, "sizes = (np.linalg.norm(a) + np.linalg.norm(b)) / 2",
            "You divide by the mean of both sizes. " + NORMALISED),
    Mistake("error: divided by the size of the sum", SIZES, "sizes = np.linalg.norm(a + b)",
            "‖a + b‖ is 0 for opposite vectors. " + NORMALISED),
    Mistake("error: divided by both sizes, squared", SIZES, "sizes = np.sqrt(np.sum(a**2) + np.sum(b**2))",
            "You divide by √(‖a‖² + ‖b‖²), the length of both together. " + NORMALISED),
    Mistake("error: 0 / 0",                     EMPTY, "",
            "Where both are 0 you divide 0 by 0: such vectors are equal, and the error is 0.", loses="zero"),
    Mistake("error: 1 where both are 0",        EMPTY, " if sizes > 0 else 1.0",
            "Where both are 0 they are equal: the error is 0, not 1.", loses="zero"),
    Mistake("error: a small number below",      ERROR, "return np.linalg.norm(a - b) / (sizes + 1e-8)",
            "You add 1e-8 to the sizes, which hides the error of small vectors: only where both are 0 something else is needed.",
            loses="far"),
    Mistake("error: 0 where the sizes are small", EMPTY, " if sizes > 1e-8 else 0.0",
            "You call vectors equal that are merely small: the error is 0 by definition only where both are 0.", loses="far"),
    Mistake("error: squares",                   ERROR,
            "return np.sum((a - b) ** 2) / (np.sum(a**2) + np.sum(b**2)) if sizes > 0 else 0.0",
            "You take squared lengths: the root is missing."),
    Mistake("error: sums of absolute values",   ERROR,
            "return np.sum(np.abs(a - b)) / np.sum(np.abs(a) + np.abs(b)) if sizes > 0 else 0.0", NORM + " (The sum of |a|.)"),
    Mistake("error: largest entries",           ERROR,
            "return np.max(np.abs(a - b)) / (np.max(np.abs(a)) + np.max(np.abs(b))) if sizes > 0 else 0.0",
            NORM + " (The largest |a|.)"),
    Mistake("error: the largest singular value", SIZES, "sizes = np.linalg.norm(a, 2) + np.linalg.norm(b, 2)",
            "np.linalg.norm(a, 2) of a matrix is its largest singular value: leave the 2 out.", loses="arrays",
            also=[(ERROR, "return np.linalg.norm(a - b, 2) / sizes if sizes > 0 else 0.0")]),
    # --------------------------------------------------------------------------------------------------------- the verdict
    Mistake("check: threshold of a hundredth",  VERDICT, 'return "wrong" if error > 1e-2 else "right"', LOOSE, loses="fine"),
    Mistake("check: threshold below rounding",  VERDICT, 'return "wrong" if error > 1e-13 else "right"', TIGHT, loses="bugs"),
    Mistake("check: absolute error",            CLAIM, "error = np.linalg.norm(claim - numeric_gradient(f, x))",
            "You look at the absolute error: of a small gradient all are small, of a large one none. Use the relative one.",
            loses="size"),
    Mistake("check: np.allclose",               VERDICT,
            'return "right" if np.allclose(claim, numeric_gradient(f, x)) else "wrong"',
            "np.allclose forgives an absolute error of 1e-8, which is all of a small gradient: use the relative error.",
            loses="size"),
    Mistake("check: PyTorch's tolerances",      VERDICT,
            'return "right" if np.allclose(claim, numeric_gradient(f, x), rtol=1e-3, atol=1e-5) else "wrong"',
            "Those are the tolerances of PyTorch's gradcheck, which miss a bug of a thousandth, and any in a small gradient.",
            loses="size"),
    Mistake("check: right and wrong swapped",   VERDICT, 'return "right" if error > 1e-6 else "wrong"',
            "A large error is a wrong claim: your words are swapped."),
    Mistake("check: the first entry only",      CLAIM,
            "error = relative_error(claim.flat[0], numeric_gradient(f, x).flat[0])",
            "You look at the first entry only: a bug may be in any.", loses="bugs"),
    Mistake("check: lengths only",              CLAIM,
            "error = relative_error(np.linalg.norm(claim), np.linalg.norm(numeric_gradient(f, x)))",
            "You compare lengths: a gradient that points elsewhere may be as long. Compare the vectors.", loses="bugs"),
    Mistake("check: sums only",                 CLAIM, "error = relative_error(np.sum(claim), np.sum(numeric_gradient(f, x)))",
            "You compare the sums of all entries: entries in another order have the same sum. Compare the vectors.", loses="bugs"),
    Mistake("check: against one-sided quotients", CLAIM, "error = relative_error(claim, one_sided(f, x, h=1e-5))",
            "One-sided quotients err by about h, so that right claims look wrong: compare with the central ones.", loses="bugs"),
    Mistake("check: no kinks",                  KINK, "", NO_KINK, loses="kink"),
    Mistake("check: kinks where the claim is wrong only", KINK, "",
            "At a kink f has no gradient: no claim is right there, not even one that the quotients bear out.",
            also=[(VERDICT, 'return "right" if error <= 1e-6 else "kink" if jump > 1e-2 else "wrong"')], loses="kink"),
    Mistake("check: kinks where the claim is right only", KINK, "",
            "At a kink the answer is 'kink', whatever is claimed: look for it first.",
            also=[(VERDICT, 'return "wrong" if error > 1e-6 else "kink" if jump > 1e-2 else "right"')], loses="kink"),
    Mistake("check: every curve is a kink",     KINK, KINK.replace("1e-2", "1e-7"),
            "The quotients on both sides of any curve differ a little, by about h. A kink is where they differ by more than 1e-2.",
            loses="bugs"),
    Mistake("check: the claim changed",         CLAIM,
            "numeric = numeric_gradient(f, x)\n    error = relative_error(claim, numeric)\n    claim -= numeric",
            "`claim -= …` writes into the caller's array: make a new one, claim − numeric.", loses="pure"),
]

families = [  # the first six are seen in other rows on another seed
    Mistake("one_sided: all entries at once",   "beside[i] += h", "beside += h",
            "You move all entries at once, and get the sum of all slopes: move one entry at a time."),
    Mistake("error: entry by entry",            ERROR,
            "return np.mean(np.abs(a - b) / (np.abs(a) + np.abs(b))) if sizes > 0 else 0.0",
            "You divide entry by entry and average: it is one fraction, of the length of the difference and both lengths."),
    Mistake("error: sizes only",                ERROR,
            "return abs(np.linalg.norm(a) - np.linalg.norm(b)) / sizes if sizes > 0 else 0.0",
            "You compare lengths: vectors as long as each other may point anywhere. Take the length of the difference, ‖a − b‖."),
    Mistake("check: signs only",                CLAIM, "error = np.sum(np.sign(claim) != np.sign(numeric_gradient(f, x)))",
            "You compare signs: a gradient twice as long is wrong, too.", loses="bugs"),
    Mistake("numeric: x not put back",          NUMERIC,
            "    for i in np.ndindex(x.shape):\n        x[i] += h\n        up = f(x)\n        x[i] -= 2 * h\n"
            "        slope[i] = (up - f(x)) / (2 * h)\n",
            "You leave x[i] at x − h, for your next entry and for your caller: work on a copy, and put each entry back.",
            loses="pure"),
    Mistake("check: kinks a step away",         JUMP, JUMP.replace("1e-5", "1e-2"),
            "You look for kinks within 1e-2 of x: f has its gradient where the kink is beside x. Use a small h.", loses="kink"),
    Mistake("one_sided: a step back",           BESIDE, BESIDE.replace("+= h", "-= h"),
            "You move to x − h: the other point is x + h, which lies to the left where h is negative."),
    Mistake("error: divided by the second size", SIZES, "sizes = np.linalg.norm(b)",
            "You divide by the size of b alone. " + NORMALISED),
    *(Mistake(f"error: divided by {each} twice", SIZES, f"sizes = 2 * np.linalg.norm({each})",
              f"You divide by the size of {each}, twice. " + NORMALISED) for each in "ab"),
    Mistake("error: 0 where the sizes are below 1", EMPTY, " if sizes > 1 else 0.0",
            "Where the sizes add up to less than 1 you answer 0: that is right only where both are 0.", loses="far"),
    Mistake("error: multiplied by the sizes",   ERROR, "return np.linalg.norm(a - b) * sizes",
            "You multiply by the sizes: the difference is divided by them."),
    *(Mistake(f"check: threshold {t}", VERDICT, f'return "wrong" if error > {t} else "right"', LOOSE)
      for t in ("0.5", "1e-1", "1e-3")),
    *(Mistake(f"check: threshold {t}", VERDICT, f'return "wrong" if error > {t} else "right"', TIGHT)
      for t in ("1e-12", "1e-15")),
    *(Mistake(f"{name}: h={h} by default", f"{name}(f, x, *, h=1e-5)", f"{name}(f, x, *, h={h})",
              f"h has another default in your {name}: leave the first line of the function as it was given.")
      for name in ("numeric_gradient", "one_sided") for h in ("1e-8", "2e-5", "1e-4", "1e-3")),
]

EVERY, SIGNS = "every entry is written", "the length of a difference does not depend on its sign"
WIDE = "any step near 1e-5 tells a kink from a curve, and has a central quotient that is right to 9 digits"
BETWEEN = "right claims and wrong ones are decades apart, and so are curves and kinks: each threshold has room"
equivalents = [
    Equivalent("slope = np.zeros(x.shape)", "slope = np.ones(x.shape)", EVERY),
    Equivalent("slope, here = np.zeros(x.shape), f(x)", "slope, here = np.ones(x.shape), f(x)", EVERY),
    Equivalent(ERROR, ERROR.replace("a - b", "b - a"), SIGNS),
    Equivalent(JUMP, "jump = relative_error(one_sided(f, x, h=1e-5), one_sided(f, x, h=-1e-5))", SIGNS),
    Equivalent(JUMP, JUMP.replace("h=-1e-5", "h=-2e-5"), WIDE),
    Equivalent(JUMP, JUMP.replace("h=1e-5", "h=2e-5"), WIDE),
    Equivalent(JUMP, JUMP.replace(", h=1e-5", ""), "1e-5 is the default of h"),
    Equivalent("if jump > 1e-2:", "if jump >= 1e-2:", BETWEEN),
    Equivalent("if jump > 1e-2:", "if jump > 2e-2:", BETWEEN),
    Equivalent(CLAIM, "error = relative_error(numeric_gradient(f, x, h=1e-5), claim)", SIGNS),
    Equivalent(CLAIM, CLAIM.replace(", h=1e-5", ""), "1e-5 is the default of h"),
    Equivalent(CLAIM, CLAIM.replace("h=1e-5", "h=2e-5"), WIDE),
    Equivalent(VERDICT, VERDICT.replace(">", ">="), BETWEEN),
    Equivalent(VERDICT, VERDICT.replace("1e-6", "2e-6"), BETWEEN),
]
