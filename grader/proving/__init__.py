"""Prove an assignment right before a student sees it. Nothing here runs in a grading."""
