"""Where submissions run."""
