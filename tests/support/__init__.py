"""What tests share: small courses, notebooks, processes, and the repository's own scripts."""
