"""Snapshots of the workspace: a git repository of the run's own, written without touching the user's."""
