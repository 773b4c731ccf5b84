"""Generated mutants: a rubric is as good as the wrong programs that it catches.

`generate` makes every program that differs from the solution in one slip (`edits`), `judge` puts them to the rubric, each
in a jail, and `teeth` says what was caught, what lives on, and what an author must see to.
"""
