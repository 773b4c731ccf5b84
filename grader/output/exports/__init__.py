"""Results in the formats of other programs. One module a format, each a function from Results to text or files."""
