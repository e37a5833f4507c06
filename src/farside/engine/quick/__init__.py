"""A small model in fewer operations: their number is its time, not their size."""
