"""a class behind the functions"""

import numpy as np


class Classifier:
    def __init__(self, logits):
        self.n = len(logits)
        self.scores = logits - np.amax(logits, axis=-1, keepdims=True)
        self.weights = np.exp(self.scores)
        self.total = self.weights.sum(axis=-1, keepdims=True)

    @property
    def probabilities(self):
        return self.weights / self.total

    def loss(self, chosen):
        return float((np.log(self.total[:, 0]) - self.scores[chosen]).sum()) / self.n


def softmax(logits):
    return Classifier(logits).probabilities


def categorical_cross_entropy(logits, targets):
    return Classifier(logits).loss(targets.astype(bool))


def sparse_cross_entropy(logits, labels):
    return Classifier(logits).loss((np.arange(len(labels)), labels))


def cross_entropy_gradient(logits, targets):
    model = Classifier(logits)
    slope = model.probabilities.copy()
    slope[targets == 1] -= 1
    return np.divide(slope, model.n)
