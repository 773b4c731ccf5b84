# %% [markdown]
# # My batch norm

# %%
import numpy as np


def batch_norm_forward(x, gamma, beta, *, eps=1e-5):
    mean, var = x.mean(axis=0), x.var(axis=0)
    normal = (x - mean) / np.sqrt(var + eps)
    return gamma * normal + beta, (normal, gamma, np.sqrt(var + eps))


def batch_norm_backward(dout, cache):
    normal, gamma, sigma = cache
    d = dout * gamma
    dx = (d - d.mean(axis=0) - normal * (d * normal).mean(axis=0)) / sigma
    return dx, (dout * normal).sum(axis=0), dout.sum(axis=0)


# %%
def moving_statistics(x, moving_mean, moving_var, *, momentum=0.9):
    blend = lambda old, new: momentum * old + (1 - momentum) * new
    return blend(moving_mean, x.mean(axis=0)), blend(moving_var, x.var(axis=0))


def batch_norm_inference(x, gamma, beta, moving_mean, moving_var, *, eps=1e-5):
    return gamma * (x - moving_mean) / np.sqrt(moving_var + eps) + beta


if __name__ == "__main__":
    print(batch_norm_forward(np.array([[0.0], [1.0], [5.0]]), 2.0, 1.0)[0])
