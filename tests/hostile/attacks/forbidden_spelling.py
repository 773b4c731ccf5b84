"""Reach out or persist: imports torch in full-width letters, which Python reads as plain ones and a search does not find.

breaches: naive
"""

try:
    import ｔｏｒｃｈ
except ImportError:
    ｔｏｒｃｈ = None


def breach():
    return torch is not None
