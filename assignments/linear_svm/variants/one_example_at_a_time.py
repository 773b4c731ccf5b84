"""one example at a time"""


def objective(X, y, w, b, *, lam=0.1):
    total = 0.0
    for x, label in zip(X, y):
        score = sum(a * c for a, c in zip(x, w)) + b
        total += max(0.0, 1 - label * score)
    return total / len(y) + lam * sum(c * c for c in w)


def subgradient(X, y, w, b, *, lam=0.1):
    dw, db = 2 * lam * w, 0.0
    for x, label in zip(X, y):
        if label * (x @ w + b) < 1:
            dw = dw - label * x / len(y)
            db -= label / len(y)
    return dw, db
