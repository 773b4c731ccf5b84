"""Slips of a model solution that no author lists: programs with one change in one statement, made from its syntax tree."""
