"""pydantic-ai: an Agent with a plain tool, run without streaming (its default), request limit lifted."""

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.usage import UsageLimits

from bench.peers.samples import GOAL, Samples


def main() -> None:
    samples = Samples("pydantic-ai-slim")

    def look(part: int) -> str:
        """Look at one part of the data."""
        return samples.take()

    agent = Agent(OpenAIChatModel("instant", provider=OpenAIProvider(base_url=samples.base_url, api_key="none")))
    agent.tool_plain(look)
    agent.run_sync(GOAL, usage_limits=UsageLimits(request_limit=None))
    samples.save()


main()
