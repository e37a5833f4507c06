"""strands-agents: its agent as it comes, over its OpenAI client: a sliding window of 40 messages."""

import sys
from importlib.metadata import version

from strands import Agent, tool  # type: ignore[import-not-found]
from strands.models.openai import OpenAIModel  # type: ignore[import-not-found]

from bench import parts


def main() -> None:
    base_url, *numbers = sys.argv[1:]
    _, output, planted, needed = map(int, numbers)

    def look(part: int) -> str:
        """Look at one part of the data.

        Args:
            part: Number of the part.
        """
        return parts.part(part, 4 * output, planted if part == needed else 0)

    client = {"base_url": base_url, "api_key": "none"}
    agent = Agent(
        OpenAIModel(client_args=client, model_id="kimi-k2-thinking"), tools=[tool(look)], callback_handler=None
    )
    agent(parts.GOAL)
    print(version("strands-agents"))


main()
