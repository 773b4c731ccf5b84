"""Attacks on the grader, and the range where they are fired."""
