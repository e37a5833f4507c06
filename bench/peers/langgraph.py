"""langgraph: its prebuilt tool-calling agent without a checkpointer (its default), recursion limit raised."""

import warnings

from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

from bench.peers.samples import GOAL, Samples


def main() -> None:
    samples = Samples("langgraph")

    def look(part: int) -> str:
        """Look at one part of the data."""
        return samples.take()

    warnings.simplefilter("ignore")
    model = ChatOpenAI(model="instant", base_url=samples.base_url, api_key="none")
    agent = create_react_agent(model, [look])
    agent.invoke({"messages": [("user", GOAL)]}, {"recursion_limit": 2 * samples.steps + 10})
    samples.save()


main()
