"""mini-swe-agent: DefaultAgent over litellm, no trajectory file (its default), commands answered in-process."""

from typing import Any

from minisweagent.agents.default import DefaultAgent
from minisweagent.exceptions import Submitted
from minisweagent.models.litellm_model import LitellmModel

from bench.peers.samples import GOAL, Samples


class InProcess:
    """An environment that runs no command: the agent's `bash` tool ends here."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def execute(self, action: dict[str, Any], cwd: str = "") -> dict[str, Any]:
        if action["command"] == "finish":
            raise Submitted({"role": "exit", "content": "", "extra": {"exit_status": "Submitted", "submission": ""}})
        return {"output": self._samples.take(), "returncode": 0, "exception_info": ""}

    def get_template_vars(self) -> dict[str, Any]:
        return {}

    def serialize(self) -> dict[str, Any]:
        return {}


def main() -> None:
    samples = Samples("mini-swe-agent")
    endpoint = {"api_base": samples.base_url, "api_key": "none"}
    model = LitellmModel(model_name="openai/instant", model_kwargs=endpoint, cost_tracking="ignore_errors")
    agent = DefaultAgent(
        model,
        InProcess(samples),
        system_template="You can run commands.",
        instance_template="{{task}}",
        step_limit=0,
        cost_limit=0,
    )
    agent.run(GOAL)
    samples.save()


main()
