"""The smallest input on which a row is lost: `shrink` looks for it, among the cases that `simpler` makes."""
