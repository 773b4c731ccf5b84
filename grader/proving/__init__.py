"""Is the topic right? Proves an assignment before a student sees it; never runs in a grading."""
