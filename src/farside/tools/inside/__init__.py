"""What runs inside the sandbox: the warden, its jobs and the Python session. The host imports nothing of it."""
