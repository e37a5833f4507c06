"""What the agent can do: tools with a declared effect, and the sandbox they run in."""
