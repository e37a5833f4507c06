"""deepagents: its agent as it comes, over langchain-openai: a summary at 170,000 tokens, the last messages kept."""

import sys
from importlib.metadata import version

from deepagents import create_deep_agent  # type: ignore[import-not-found]
from langchain_openai import ChatOpenAI

from bench import parts


def main() -> None:
    base_url, *numbers = sys.argv[1:]
    steps, output, planted, needed = map(int, numbers)

    def look(part: int) -> str:
        """Look at one part of the data."""
        return parts.part(part, 4 * output, planted if part == needed else 0)

    model = ChatOpenAI(model="kimi-k2-thinking", base_url=base_url, api_key="none")
    agent = create_deep_agent(model, [look])
    agent.invoke({"messages": [("user", parts.GOAL)]}, {"recursion_limit": 20 * steps})
    print(version("deepagents"))


main()
