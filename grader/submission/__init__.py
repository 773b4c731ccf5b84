"""One student's file: found, read, run in a jail, and asked."""
