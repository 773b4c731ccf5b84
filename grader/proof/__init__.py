"""An assignment is proven before a student sees it: `verify` over many seeds, and `bite`, with mutants and pairs of mistakes."""
