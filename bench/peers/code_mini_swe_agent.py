"""mini-swe-agent in a repository: `code_mini_swe_agent URL FOLDER GOAL SEED` prints how it ended.

With its own prompts for models that write commands as text, which small ones do better than calling tools.
"""

import sys

from minisweagent.agents.default import DefaultAgent
from minisweagent.config import get_config_from_spec
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_textbased_model import LitellmTextbasedModel


def main() -> None:
    url, folder, goal, seed = sys.argv[1:]
    config = get_config_from_spec("mini_textbased.yaml")
    endpoint = {"api_base": f"{url}/v1", "api_key": "none", "max_tokens": 1024, "temperature": 0.2, "seed": int(seed)}
    model = LitellmTextbasedModel(
        **{**config["model"], "model_kwargs": config["model"]["model_kwargs"] | endpoint},
        model_name="openai/local",
        cost_tracking="ignore_errors",
    )
    prompts = {name: config["agent"][name] for name in ("system_template", "instance_template")}
    agent = DefaultAgent(model, LocalEnvironment(cwd=folder, **config["environment"]), **prompts, cost_limit=0)
    print(agent.run(goal).get("exit_status", ""))


main()
