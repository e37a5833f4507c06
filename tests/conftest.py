"""What every test may rely on: its own state folder, no keys, and a named reason for what was skipped."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A busy machine is no failure; and what CI finds must be found again by whoever looks into it.
settings.register_profile("farside", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("farside")

KEYS = ("MOONSHOT_API_KEY", "OPENROUTER_API_KEY", "OPENAI_API_KEY", "FARSIDE_MODEL")
REASONS = {
    "local_model": "needs the 1.1 GB embedded model (make test-all)",
    "slow": "takes minutes (make test-all)",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also run tests marked local_model or slow")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # execnet's workers ignore Ctrl-C, and so would all that a test starts
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    for item in items:
        for marker, reason in REASONS.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's runs, settings and keys out of every test; a test may set its own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FARSIDE_HOME", str(tmp_path_factory.mktemp("farside-home")))
        environment.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for key in KEYS:
            environment.delenv(key, raising=False)
        yield
