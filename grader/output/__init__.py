"""Show results to people and to other programs: the HTML report and the exports."""
