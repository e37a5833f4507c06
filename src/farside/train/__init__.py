"""How a model like Kimi K2 Thinking is trained, at a size that two CPU cores train from nothing."""
