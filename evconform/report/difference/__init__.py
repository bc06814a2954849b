"""What changed between two runs, two checks, or one of each: for the release of a firmware."""
