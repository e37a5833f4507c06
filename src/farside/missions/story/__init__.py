"""The story mission: a long work as a folder that its author can read and edit."""
