import numpy as np


def l2(w, *, lam=0.1):
    return lam * np.sum(w**2)


def l2_grad(w, *, lam=0.1):
    return 2 * lam * w


def l1(w, *, lam=0.1):
    return lam * np.sum(np.abs(w))


def l1_grad(w, *, lam=0.1):
    return lam * np.sign(w)


def elastic(w, *, lam1=0.1, lam2=0.1):
    return l2(w, lam=lam1) + l1(w, lam=lam2)


def elastic_grad(w, *, lam1=0.1, lam2=0.1):
    return l2_grad(w, lam=lam1) + l1_grad(w, lam=lam2)


def ridge_loss(X, y, w, b, *, lam=0.1):
    error = X @ w + b - y
    return np.mean(error**2) + l2(w, lam=lam)


def ridge_gradients(X, y, w, b, *, lam=0.1):
    error = X @ w + b - y
    dw = 2 * X.T @ error / len(y) + l2_grad(w, lam=lam)
    db = 2 * np.mean(error)
    return dw, db


def train(X, y, w, b, *, lam=0.1, lr=0.1, steps=200):
    for _ in range(steps):
        dw, db = ridge_gradients(X, y, w, b, lam=lam)
        w = w - lr * dw
        b = b - lr * db
    return w, b
