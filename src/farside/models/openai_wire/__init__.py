"""The OpenAI-compatible chat/completions wire: one client for every peer that speaks it, by Profile."""
