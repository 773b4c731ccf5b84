"""What goes wrong with the perceptron, and what to tell the student."""

from grader import Equivalent, Mistake

PREDICT = "return (X @ w + b > 0).astype(int)"
ERROR, MOVED = "error = y - predict(x[None], w, b)[0]", "return w + error * x, b + error"
START = "w, b = np.zeros(X.shape[1]), 0.0"
EPOCHS, LOOP = "for epoch in range(epochs):", "        for x, label in zip(X, y):\n"
COUNT = "            mistakes[epoch] += predict(x[None], w, b)[0] != label\n"
STEP = "            w, b = step(x, label, w, b)\n"
STOPPED, STOP = "        stopped = epoch + 1\n", "        if mistakes[epoch] == 0:\n            break\n"
RETURN = "return w, b, mistakes, stopped"

mistakes = [
    Mistake("predict: 1 on the line",           PREDICT, "return (X @ w + b >= 0).astype(int)",
            "Exactly on the line, where x·w + b is 0, the answer is 0 here: ask for > 0, not ≥ 0 (the notes have both)."),
    Mistake("predict: the activation",          PREDICT, "return X @ w + b",
            "You return x·w + b itself. A perceptron answers 1 where that is positive, and 0 elsewhere."),
    Mistake("predict: a sigmoid",               PREDICT, "return 1 / (1 + np.exp(-(X @ w + b)))",
            "You return a sigmoid, a probability. A perceptron answers 1 or 0: is x·w + b > 0?"),
    Mistake("predict: without b",               PREDICT, "return (X @ w > 0).astype(int)",
            "The bias is missing: it is x·w + b that is compared with 0."),
    Mistake("predict: b on the other side",     PREDICT, "return (X @ w > b).astype(int)",
            "You compare x·w with b, but the line is x·w + b = 0: compare with −b."),
    Mistake("predict: answers -1 and 1",        PREDICT, "return np.where(X @ w + b > 0, 1, -1)",
            "Some books call the classes −1 and 1. Here they are 0 and 1."),
    Mistake("predict: the classes swapped",     PREDICT, "return (X @ w + b <= 0).astype(int)",
            "1 belongs where x·w + b is positive: your classes are swapped."),
    Mistake("step: y + ŷ",                      ERROR, "error = y + predict(x[None], w, b)[0]",
            "It is the difference y − ŷ that moves w: 1 for a missed 1, −1 for a missed 0, and 0 for a right answer."),
    Mistake("step: ŷ - y",                      ERROR, "error = predict(x[None], w, b)[0] - y",
            "You move away from the right answer: it is y − ŷ, not ŷ − y."),
    Mistake("step: moved by every example",     ERROR, "error = 2 * y - 1",
            "You move w for every example. A right answer moves nothing: y − ŷ is 0."),
    Mistake("step: the rule for labels -1 and 1", ERROR, "error = y * (y * (x @ w + b) <= 0)",
            "A missed 0 moves nothing in your step, as in the rule for labels −1 and 1 when it is given 0 and 1: use y − ŷ."),
    Mistake("step: the error of the activation", ERROR, "error = y - (x @ w + b)",
            "That is the rule of least squares (Adaline's). Rosenblatt's takes the answer ŷ, 0 or 1, not x·w + b."),
    Mistake("step: a rate of 0.5",              ERROR, "error = 0.5 * (y - predict(x[None], w, b)[0])",
            "There is no learning rate here: w moves by x itself, b by 1. (From zeros a rate changes no prediction.)"),
    Mistake("step: without x",                  MOVED, "return w + error, b + error",
            "w moves along the example: by (y − ŷ) x. Only b moves by y − ŷ itself."),
    Mistake("step: b never moves",              MOVED, "return w + error * x, b",
            "b stays where it was: it moves by y − ŷ, as the weight of an input that is always 1."),
    Mistake("step: b moved by y",               MOVED, "return w + error * x, b + y",
            "b moves by the error y − ŷ, not by the label."),
    Mistake("step: b moved the other way",      MOVED, "return w + error * x, b - error",
            "b moves in the direction in which w does: it is x·w + b that is to grow for a missed 1."),
    Mistake("step: w changed in place",         MOVED, "w += error * x\n    return w, b + error",
            "`w += …` writes into the caller's array: make a new one with w = w + …"),
    Mistake("train: starts at ones",            START, "w, b = np.ones(X.shape[1]), 0.0", "Training starts at w = 0 and b = 0."),
    Mistake("train: b starts at 1",             START, "w, b = np.zeros(X.shape[1]), 1.0", "Training starts at w = 0 and b = 0."),
    Mistake("train: rows backwards",            LOOP, "        for x, label in zip(X[::-1], y[::-1]):\n",
            "You go through the rows from the last to the first: take them in the order in which they are given."),
    Mistake("train: the first row left out",    LOOP, "        for x, label in zip(X[1:], y[1:]):\n",
            "Your epochs leave out the first row."),
    Mistake("train: the last row left out",     LOOP, "        for x, label in zip(X[:-1], y[:-1]):\n",
            "Your epochs leave out the last row."),
    Mistake("train: moved at the epoch's end",  LOOP + COUNT + STEP,
            "        error = y - predict(X, w, b)\n        mistakes[epoch] = np.abs(error).sum()\n"
            "        w, b = w + error @ X, b + error.sum()\n",
            "You predict all rows first, and move once at the epoch's end: each example meets what the one before left."),
    Mistake("train: one epoch too few",         EPOCHS, "for epoch in range(epochs - 1):",
            "You go through one epoch less than `epochs`."),
    Mistake("train: a single epoch",            STOP, "        break\n",
            "You stop after the first epoch: go on until one is free of mistakes, or `epochs` have been run."),
    Mistake("train: never stops early",         STOP, "",
            "An epoch without a mistake is the last: what follows changes nothing, and `stopped` counts the epochs run."),
    Mistake("train: stops at the first right example", COUNT,
            "            if predict(x[None], w, b)[0] == label:\n                break\n            mistakes[epoch] += 1\n",
            "You end the epoch at the first right answer: go on with the next row."),
    Mistake("train: the clean epoch not counted", RETURN, "return w, b, mistakes, stopped - (mistakes[stopped - 1] == 0)",
            "`stopped` counts the epochs that were run, also the last one, which had no mistakes."),
    Mistake("train: epochs counted from 0",     RETURN, "return w, b, mistakes, stopped - 1",
            "`stopped` is how many epochs were run, not the number of the last one counted from 0."),
    Mistake("train: mistakes counted after the step", COUNT + STEP, STEP + COUNT,
            "You count after w has moved: a mistake is a wrong prediction before the step."),
    Mistake("train: mistakes added up",         RETURN, "return w, b, np.cumsum(mistakes), stopped",
            "`mistakes` is of each epoch alone: yours adds up those before."),
    Mistake("train: the share of mistakes",     RETURN, "return w, b, mistakes / len(X), stopped",
            "`mistakes` is a number of examples: do not divide it by n."),
    Mistake("train: mistakes of the epochs run only", RETURN, "return w, b, mistakes[:stopped], stopped",
            "`mistakes` has an entry for each of the `epochs`, 0 for those that were not run."),
]

equivalents = [
    Equivalent("mistakes, stopped = (np.zeros(epochs), 0)", "mistakes, stopped = (np.zeros(epochs), 1)", "the first epoch sets it"),
]
