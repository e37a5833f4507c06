"""smolagents' CodeAgent on a folder: `small_model_smolagents URL FOLDER GOAL` prints its answer as JSON.

As generous as it gets: all that its code may need is authorised, `open` among it, and it is told where the files are.
"""

import json
import os
import sys

from smolagents import CodeAgent, LogLevel, OpenAIModel

IMPORTS = (
    "collections csv datetime decimal fractions functools glob io itertools json math operator os os.path pathlib "
    "posixpath re statistics string typing"
)


def main() -> None:
    url, folder, goal = sys.argv[1:]
    os.chdir(folder)
    model = OpenAIModel("local", api_base=f"{url}/v1", api_key="none", max_tokens=1024, temperature=0.2)
    agent = CodeAgent(
        tools=[],
        model=model,
        additional_authorized_imports=IMPORTS.split(),
        max_steps=30,
        executor_kwargs={"additional_functions": {"open": open}},
        verbosity_level=LogLevel.OFF,
    )
    print(json.dumps({"answer": str(agent.run(f"{goal}\n\nThe folder is {folder}"))}))


main()
