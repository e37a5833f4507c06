"""Tools of MCP servers: child processes in the sandbox, or HTTP endpoints. What they say is data."""
