"""What students take home: the notebook, recorded answers, and `check`, which needs neither torch nor a jail."""
