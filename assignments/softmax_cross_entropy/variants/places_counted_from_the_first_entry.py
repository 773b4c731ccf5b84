"""places counted from the first entry, in 32 bits"""

import numpy as np


def one_hot(labels, *, classes):
    rows = np.zeros(len(labels) * classes, dtype=np.int8)
    rows[np.arange(len(labels), dtype=np.int32) * classes + labels.astype(np.int32)] = 1
    return rows.reshape(-1, classes)


def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=1)[:, None])
    return e / np.sum(e, axis=1)[:, None]


def sparse_cross_entropy(logits, labels):
    n, c = logits.shape
    return -np.take(log_softmax(logits), np.arange(n, dtype=np.int32) * c + labels.astype(np.int32)).sum() / n
