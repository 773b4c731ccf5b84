"""the penalty as more rows of data"""

import numpy as np


def with_rows(X, y, lam):
    """λ Σ w² is the squared error of d more examples, √(n λ) in one feature each, whose label is 0; b has no part in them."""
    n, d = X.shape
    rows = np.sqrt(n * lam) * np.eye(d)
    ones = np.concatenate([np.ones(n), np.zeros(d)])
    return np.column_stack([np.vstack([X, rows]), ones]), np.concatenate([y, np.zeros(d)])


def ridge_loss(X, y, w, b, *, lam=0.1):
    whole, labels = with_rows(X, y, lam)
    return np.square(whole @ np.append(w, b) - labels).sum() / len(y)


def ridge_gradients(X, y, w, b, *, lam=0.1):
    whole, labels = with_rows(X, y, lam)
    slopes = 2 / len(y) * (whole @ np.append(w, b) - labels) @ whole
    return slopes[:-1], slopes[-1]
