"""The language that an author writes a topic in: signatures, cases, rubric, mistakes, and the folder that holds them."""
