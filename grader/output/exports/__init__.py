"""Write results in the formats of other programs: one module a format, each a function from Results to text or files."""
