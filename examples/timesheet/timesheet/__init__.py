"""Adds up the hours of a work sheet."""
