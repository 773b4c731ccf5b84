"""norms and dot products"""

import numpy as np


def l2(w, *, lam=0.1):
    return lam * np.linalg.norm(w.ravel()) ** 2


def l2_grad(w, *, lam=0.1):
    return lam * w + lam * w


def l1(w, *, lam=0.1):
    return lam * np.linalg.norm(w.ravel(), ord=1)


def l1_grad(w, *, lam=0.1):
    return np.copysign(lam, w) * (w != 0)


def elastic(w, *, lam1=0.1, lam2=0.1):
    flat = w.ravel()
    return lam1 * np.vdot(flat, flat) + lam2 * np.vdot(np.sign(flat), flat)


def elastic_grad(w, *, lam1=0.1, lam2=0.1):
    return 2 * lam1 * w + np.where(w > 0, lam2, np.where(w < 0, -lam2, 0.0))
