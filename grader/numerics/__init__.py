"""Numbers, and words about numbers: comparing, differentiating, describing a difference. Knows no student and no topic."""
