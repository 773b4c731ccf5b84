"""What people and other programs read: the HTML report and the exports."""
