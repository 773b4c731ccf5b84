"""What is right: the reference in PyTorch, its answers on disk, and trials that ask it."""
