"""All that the student's process loads: the standard library, numpy, and each other. This folder is the trust boundary."""
