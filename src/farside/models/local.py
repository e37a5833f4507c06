"""The embedded model: a GGUF file on llama.cpp in this process, reached by nobody else."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from farside.errors import FarsideError
from farside.messages import Finish, Message, Part, Reply, Request, Usage
from farside.models.base import ContextTooLong, OnNotice, OnPart, Profile, Rejected, Unusable
from farside.models.download import EMBEDDED, folder, locate

WINDOW = 16_384
PREFILL = 256
"""Prompt tokens between two looks at whether the reply is still wanted: about 4 s on two cores."""

Chunk = dict[str, Any]


def open_local(name: str = "local") -> LocalModel:
    """Load the embedded model, or for `local/PATH.gguf` that file; takes seconds, and needs the file in place.

    Raises:
        FarsideError: xllamacpp is not installed, there is no such file, or it is no GGUF file that loads.
    """
    if find_spec("xllamacpp") is None:
        raise FarsideError("The embedded model needs xllamacpp, which is not here.", "pip install 'farside[local]'")
    return LocalModel(name, model_file(name))


def local_profile(name: str) -> Profile:
    """Return what is known of an embedded model, here or not."""
    return Profile(name=name, window=WINDOW, max_tokens=1_024, tools="code", output_cap=4_000, attempts=3)


def model_file(name: str) -> Path:
    """Return the file behind `local` or `local/PATH.gguf`."""
    named = name.partition("/")[2]
    if named.endswith(".gguf"):
        path = Path(named).expanduser()
        if not path.is_file():
            raise FarsideError(f"There is no model file {path}.", "Name a GGUF file: --model local/PATH.gguf")
        return path
    if named and named != EMBEDDED.file.removesuffix(".gguf"):
        raise FarsideError(f"There is no embedded model {named!r}.", "Use `local`, or local/PATH.gguf for a file.")
    path_or_none = locate()
    if path_or_none is None:
        raise FarsideError(
            f"The embedded model is not in {folder()} yet.",
            "`farside run` downloads it (1.1 GB, once), or set FARSIDE_GGUF to a GGUF file.",
        )
    return path_or_none


class LocalModel:
    """One loaded file. Replies come one at a time; the prompt's prefix stays cached between them."""

    def __init__(self, name: str, path: Path) -> None:
        self.profile = local_profile(name)
        self._socket = tempfile.TemporaryDirectory(prefix="farside-")
        try:
            self._server: Any = load(path, Path(self._socket.name) / "llama.sock")
        except FarsideError:
            self._socket.cleanup()
            raise

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Stream one reply; KeyboardInterrupt stops the generation within a few seconds.

        Raises:
            ContextTooLong: the prompt does not fit the window.
            Rejected: llama.cpp refuses the request.
            Unusable: it answered with nothing.
        """
        text: list[str] = []
        finish: Finish = "stop"
        usage = Usage()
        for chunk in self._stream(body(request)):
            if "error" in chunk:
                raise explained(chunk["error"], self.profile.window)
            if chunk.get("usage"):
                usage = spent(chunk["usage"])
            for choice in chunk.get("choices", []):
                if new := choice["delta"].get("content"):
                    text.append(new)
                    on_part(Part("text", new))
                if choice.get("finish_reason") == "length":
                    finish = "length"
        if not "".join(text).strip():
            raise Unusable(
                "The embedded model answered with nothing.", "Run the command again, or name another model."
            )
        return Reply(Message("assistant", "".join(text)), usage, finish, self.profile.name)

    def _stream(self, wire: Chunk) -> Iterator[Chunk]:
        """Yield chunks as they come. llama.cpp blocks its caller, so it is called from a thread of its own."""
        chunks: SimpleQueue[Chunk | None] = SimpleQueue()
        unwanted = Event()

        def receive(chunk: Chunk) -> bool:
            chunks.put(chunk)
            return unwanted.is_set()

        def generate() -> None:
            try:
                self._server.handle_chat_completions(wire, receive)
            except RuntimeError as error:
                chunks.put({"error": {"message": str(error)}})
            finally:
                chunks.put(None)

        thread = Thread(target=generate, daemon=True)
        thread.start()
        try:
            while (chunk := chunks.get()) is not None:
                yield chunk
        finally:
            unwanted.set()
            thread.join()

    def close(self) -> None:
        """Free the memory and the socket."""
        self._server = None
        self._socket.cleanup()


def load(path: Path, socket: Path) -> Any:
    """Load `path` quietly. llama.cpp insists on listening: here on a socket in a folder that only we can enter."""
    xllamacpp = import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = [str(socket)]
    parameters.verbosity = -1
    parameters.n_ctx = WINDOW
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = PREFILL
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = len(os.sched_getaffinity(0))
    parameters.endpoint_slots = False
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise FarsideError(
            f"{path} could not be loaded ({error}).", "Remove it and fetch it again, or name another GGUF file."
        ) from error


def body(request: Request) -> Chunk:
    """Return the request as llama.cpp takes it."""
    wire: Chunk = {
        "messages": [{"role": message.role, "content": message.text} for message in request.messages],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "cache_prompt": True,
    }
    if request.temperature is not None:
        wire["temperature"] = request.temperature
    if request.seed is not None:
        wire["seed"] = request.seed
    if request.stop:
        wire["stop"] = [request.stop]
    if request.schema:
        schema = {"schema": json.loads(request.schema)}
        wire["response_format"] = {"type": "json_schema", "json_schema": schema}
    return wire


def spent(usage: Chunk) -> Usage:
    """Read the usage that the last chunk brings."""
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    return Usage(usage["prompt_tokens"], cached, usage["completion_tokens"])


def explained(error: Chunk, window: int) -> FarsideError:
    """Return what llama.cpp's refusal means."""
    if error.get("type") == "exceed_context_size_error":
        tokens = error.get("n_prompt_tokens", "more")
        return ContextTooLong(f"The prompt has {tokens} tokens; the window has {window}.", limit=window)
    return Rejected(f"llama.cpp refused the request: {error.get('message', 'no reason given')}.")
