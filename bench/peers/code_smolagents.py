"""smolagents' CodeAgent in a repository: `code_smolagents URL FOLDER GOAL SEED` prints its answer.

As generous as it gets: all modules are authorised, `open` among the functions, and it is told where it is.
"""

import os
import sys

from smolagents import CodeAgent, LogLevel, OpenAIModel


def main() -> None:
    url, folder, goal, seed = sys.argv[1:]
    os.chdir(folder)
    endpoint = {"api_base": f"{url}/v1", "api_key": "none"}
    model = OpenAIModel("local", **endpoint, max_tokens=1024, temperature=0.2, seed=int(seed))
    agent = CodeAgent(
        tools=[],
        model=model,
        additional_authorized_imports=["*"],
        max_steps=60,
        executor_kwargs={"additional_functions": {"open": open}},
        verbosity_level=LogLevel.OFF,
    )
    print(agent.run(f"{goal}\n\nThe repository is {folder}, which is the current folder."))


main()
