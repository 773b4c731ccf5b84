"""A class over a term: autograder.yml, grading every submission, and the gradebook."""
