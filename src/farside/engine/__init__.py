"""Running K2: token ids in, sampled ids out, a chat around them. Importing this imports no torch."""
