"""The `farside` command, as its own tests have it."""

from tests.cli.conftest import farside

__all__ = ["farside"]
