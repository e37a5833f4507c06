"""Measures of prose: repetition and what generated prose overuses. English and Chinese. Pure."""
