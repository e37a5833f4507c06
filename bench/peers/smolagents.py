"""smolagents: ToolCallingAgent, not streaming (its default), console output off."""

from smolagents import LogLevel, OpenAIModel, ToolCallingAgent, tool

from bench.peers.samples import GOAL, Samples


def main() -> None:
    samples = Samples("smolagents")

    def look(part: int) -> str:
        """Look at one part of the data.

        Args:
            part: Number of the part.
        """
        return samples.take()

    model = OpenAIModel("instant", api_base=samples.base_url, api_key="none")
    agent = ToolCallingAgent([tool(look)], model, max_steps=samples.steps + 10, verbosity_level=LogLevel.OFF)
    agent.run(GOAL)
    samples.save()


main()
