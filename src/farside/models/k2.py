"""`k2/PATH`: a checkpoint folder of the Kimi K2 family, run in this process. It must fit in memory."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farside.errors import FarsideError
from farside.k2.extra import need
from farside.messages import Finish, Reply, Request, Usage
from farside.models.base import ContextTooLong, OnNotice, OnPart, Profile, Rejected, Unusable
from farside.models.k2_wire import message_of, messages_of, part_of, tools_of
from farside.models.mini import MINI, shipped
from farside.models.profiles import profile_for

if TYPE_CHECKING:
    from farside.engine.base import Engine, Sampling
    from farside.engine.chat import Answer
    from farside.k2.config import Config
    from farside.k2.tokenizer import Tokenizer

OWN = "farside.toml"
"""The file of a checkpoint folder that says how farside drives the model."""
TRIES = 3
"""How often a turn is sampled that is empty, or only thinks."""
AHEAD = 12
"""Tokens that a small model guesses: running them costs it little more than one."""
USUAL_DISK = 6.5e9
"""Bytes a second, as `farside k2 plan` assumes them."""


def open_k2(name: str, overrides: Mapping[str, object] | None = None) -> K2Model:
    """Load `k2/PATH`; takes as long as reading it from disk. `overrides`: fields of the profile.

    Raises:
        FarsideError: PATH is no checkpoint that can be run here, or its config.json, tokenizer or weights are not
            whole.
    """
    path = folder(name)
    config = examined(path)
    from farside.engine.memory import is_small
    from farside.engine.plain import PlainEngine
    from farside.engine.quick.model import quicken
    from farside.engine.threads import take_one_thread
    from farside.k2.load import load
    from farside.k2.precision import fast_type
    from farside.k2.tokenizer_files import read_tokenizer

    tokenizer = read_tokenizer(path)
    if tokenizer.size != config.vocab_size:
        raise FarsideError(
            f"{path}: the tokenizer has {tokenizer.size} ids, the model {config.vocab_size}.",
            "take config.json and the tokenizer's files from one checkpoint",
        )
    profile = k2_profile(name, overrides)
    usual = usual_sampling(profile)
    if is_small(config):
        engine = PlainEngine(quicken(load(path)), profile.window, ahead=AHEAD, cached=fast_type())
        take_one_thread()
    else:
        engine = PlainEngine(load(path), profile.window)
    return K2Model(profile, engine, tokenizer, usual)


def k2_profile(name: str, overrides: Mapping[str, object] | None = None) -> Profile:
    """Return what is known of `k2/PATH` from its folder and the `overrides`; no window is larger than its own.

    A checkpoint that was trained for farside has a file farside.toml beside its config.json: fields of the profile.

    Raises:
        FarsideError: PATH is no folder with a config.json that is understood, or an override is wrong.
    """
    from farside.k2.config import read_config

    path = folder(name)
    window = read_config(path).max_position_embeddings
    profile = profile_for(name, {"window": window, **_own_fields(path), **(overrides or {})})
    return replace(profile, window=min(profile.window, window))


def _own_fields(path: Path) -> dict[str, object]:
    file = path / OWN
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise FarsideError(
            f"{file} cannot be read: {error}.", "take it anew from where the checkpoint came"
        ) from None


def folder(name: str) -> Path:
    """Return the folder behind `k2/PATH`.

    Raises:
        FarsideError: none is named, or there is none.
    """
    if name == MINI:
        return shipped()
    named = name.partition("/")[2]
    path = Path(named).expanduser()
    if not named or not path.is_dir():
        what = f"There is no folder {path}." if named else f"{name!r} names no checkpoint."
        raise FarsideError(what, "name the folder of a Kimi K2 checkpoint: --model k2/PATH")
    return path


def examined(path: Path) -> Config:
    """Check what can be checked without torch and without opening the weights; return the config.

    Raises:
        FarsideError: the extra is not installed, a file is missing, or there is too little memory.
    """
    check_packages()
    from farside.k2.config import read_config
    from farside.k2.tokenizer_files import NAMES, RANKS

    config = read_config(path)
    for file in (RANKS, NAMES):
        if not (path / file).is_file():
            message = f"{path} has no tokenizer: {file} is missing."
            raise FarsideError(message, f"copy {RANKS} and {NAMES} from where the checkpoint came")
    _check_memory(path, config)
    return config


def check_packages() -> None:
    """Raise FarsideError where the extra `k2` is not installed."""
    need("k2/PATH", "torch", "tiktoken")


def _check_memory(path: Path, config: Config) -> None:
    from farside.engine.memory import free_memory, is_small
    from farside.k2.plan import plan

    free = free_memory()
    planned = plan(config, free, USUAL_DISK)
    needed = 4 * planned.parameters if is_small(config) else planned.octets
    if needed <= free:
        return
    fit = planned.fits[-1]
    speed = f", {fit.tokens_a_second:.2g} tokens a second" if fit.tokens_a_second else ""
    raise FarsideError(
        f"The weights in {path} take {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory are free.",
        f"farside k2 plan {path} --ram {free // 10**9}G   (with experts on disk, which is not part of this version: "
        f"{fit.limit}{speed})",
    )


class K2Model:
    """A model on an engine. Replies come one at a time; what a request shares with earlier ones is not run again."""

    def __init__(self, profile: Profile, engine: Engine, tokenizer: Tokenizer, usual: Sampling) -> None:
        """`usual`: how tokens are chosen where a request does not say."""
        from farside.engine.chat import Chat

        self.profile = profile
        self._engine = engine
        self._chat = Chat(engine, tokenizer)
        self._usual = usual

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Stream one reply; KeyboardInterrupt ends it within a token.

        Raises:
            ContextTooLong: the prompt fills the window.
            Rejected: the request is none that the protocol can express.
            Unusable: the model said nothing, or only thought, `TRIES` times.
        """
        wasted = Usage()
        for attempt in range(TRIES):
            reply = self._once(request, attempt, on_part)
            if reply.message.text.strip() or reply.message.calls:
                return replace(reply, wasted=wasted)
            wasted += reply.usage
            if reply.finish == "length" and reply.message.thinking:
                break
            on_notice(f"The reply was {'only thinking' if reply.message.thinking else 'empty'}; sampling it again.")
        raise _unusable(reply, wasted)

    def _once(self, request: Request, attempt: int, on_part: OnPart) -> Reply:
        with closing(self._ask(request, attempt)) as answer:
            for delta in answer:
                if part := part_of(delta):
                    on_part(part)
        turn = answer.turn
        message, anomalies = message_of(turn)
        if turn.left_open and answer.finish == "stop":
            anomalies.append(f"the reply ended within its {turn.left_open}")
        finish: Finish = "length" if answer.finish == "length" else "calls" if message.calls else "stop"
        usage = Usage(answer.prompt_tokens, answer.cached, len(answer.ids))
        return Reply(message, usage, finish, self.profile.name, tuple(anomalies))

    def _ask(self, request: Request, attempt: int) -> Answer:
        from farside.engine.chat import PromptTooLong

        warmth = self._usual.temperature if request.temperature is None else request.temperature
        sampling = replace(self._usual, temperature=warmth, seed=_seed(request, attempt))
        try:
            return self._chat.ask(
                messages_of(request), request.max_tokens, tools_of(request.tools), sampling, request.stop
            )
        except PromptTooLong as error:
            raise ContextTooLong(str(error), limit=error.limit) from None
        except FarsideError as error:
            raise Rejected(str(error), error.next_step) from None

    def close(self) -> None:
        """Free the memory."""
        self._engine.close()


def usual_sampling(profile: Profile) -> Sampling:
    """Return the temperature of a profile, and top_p and min_p where it has them in its body.

    Raises:
        FarsideError: a number makes no sense, or the body holds something else.
    """
    from farside.engine.base import Sampling

    shares: dict[str, Any] = {}
    for name, value in profile.body.items():
        if name not in ("top_p", "min_p") or not isinstance(value, int | float):
            message = f"The profile of {profile.name} has a body with {name} = {value!r}."
            raise FarsideError(message, "k2/… knows body = { top_p = 0.95, min_p = 0.05 }")
        shares[name] = float(value)
    return Sampling(1.0 if profile.temperature is None else profile.temperature, **shares)


def _seed(request: Request, attempt: int) -> int | None:
    """Return the seed of one reply: a run asks with one seed throughout, and each turn needs noise of its own."""
    return None if request.seed is None else request.seed + TRIES * (len(request.messages) - 1) + attempt


def _unusable(reply: Reply, wasted: Usage) -> Unusable:
    if not reply.message.thinking:
        return Unusable("The model answered with nothing.", "try again, or another model: farside resume RUN", wasted)
    if reply.finish == "length":
        what = "The model used all its tokens for thinking."
        return Unusable(what, "raise the room for a reply: --max-thinking N", wasted)
    return Unusable("The model only thought and neither answered nor called a tool.", "farside resume RUN", wasted)
