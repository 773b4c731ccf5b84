"""What was handed in, as it comes: folders, zips and exports of platforms, each file of which ends as a submission or in a line."""
