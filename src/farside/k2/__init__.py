"""Kimi K2 itself: its protocol, which needs no torch, and its model. Importing this imports neither."""
