"""Folders of the user's that the agent may search: walked, cut into passages, indexed with SQLite FTS5."""
