"""The code mission: from a goal, or an issue in a repository, to a branch whose tests pass in a clean checkout."""
