"""The client: one open connection to one peer, a reply per request."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from farside.arguments import object_of
from farside.messages import Part, Reply, Request, Usage
from farside.models.base import OnNotice, OnPart, Profile, Unreachable, Unusable
from farside.models.http import httpx
from farside.models.openai_wire.encode import Encoder
from farside.models.openai_wire.failure import Peer, failure
from farside.models.openai_wire.patience import Passing, Patience
from farside.models.openai_wire.reply import finish
from farside.models.openai_wire.stream import Draft, events
from farside.models.secret import Secret

_CONNECT_S = 20.0
_KEEP_OPEN_S = 300.0


class OpenAIWire:
    """A Model behind `base_url`/chat/completions.

    It learns from the first reply in which field the peer speaks thinking. What it learned ends with it: after a
    resume the first request speaks in the profile's field again, which an older vLLM may overlook. `farside check`
    tells the field, and keeps it.
    """

    def __init__(
        self,
        profile: Profile,
        base_url: str,
        key: Secret,
        key_name: str = "",
        patience: Patience | None = None,
    ) -> None:
        """Open nothing yet. `key` goes out as a bearer token; `key_name` is the variable that holds it."""
        self._patience = patience or Patience.from_environment()
        self._url = httpx.URL(base_url.rstrip("/") + "/chat/completions")
        self._peer = Peer(profile.name, base_url, key_name, key)
        self._encoder = Encoder(profile)
        self._client = httpx.Client(
            headers={"Accept": "text/event-stream", "Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {key.reveal()}"} if key else {}),
            timeout=httpx.Timeout(self._patience.stall, connect=min(_CONNECT_S, self._patience.stall)),
            limits=httpx.Limits(keepalive_expiry=_KEEP_OPEN_S),
            verify=_trust(self._url),
        )

    @property
    def profile(self) -> Profile:
        """What is known of the model, with the field in which it turned out to speak its thinking."""
        return self._encoder.profile

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        """Stream one reply; see Model.reply."""
        body = self._encoder.body(request)
        wasted = Usage()

        def attempt() -> Reply:
            nonlocal wasted
            try:
                return replace(self._once(request, body, on_part), wasted=wasted)
            except Passing as fault:
                if isinstance(fault.final, Unusable):
                    wasted += fault.final.wasted
                    fault.final.wasted = wasted
                raise

        return self._patience.persist(attempt, on_notice)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _once(self, request: Request, body: bytes, on_part: OnPart) -> Reply:
        draft, sent_at = Draft(), time.monotonic()
        try:
            with self._client.stream("POST", self._url, content=body) as response:
                if response.status_code != 200:
                    raise failure(self._peer, response.status_code, response.headers, response.read())
                self._fill(draft, self._spoken(response, sent_at), on_part)
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            raise self._broken(error) from error
        if draft.spoken != "none":
            self._encoder.learn(draft.spoken)
        return finish(draft, request, len(body))

    def _spoken(self, response: httpx.Response, heard_at: float) -> Iterator[bytes]:
        """Yield the data of a reply; a peer that only keeps the connection open has stalled like a silent one."""
        for data in _data(response):
            if data:
                yield data
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > self._patience.stall:
                raise self._passing(f"nothing but signs of life came for {self._patience.stall:g} s")

    def _fill(self, draft: Draft, spoken: Iterable[bytes], on_part: OnPart) -> None:
        """Read the stream to its end, past [DONE], so that the connection can be used again."""
        done = False
        for data in spoken:
            if data == b"[DONE]":
                done = True
                continue
            for part in self._parts(draft, data):
                on_part(part)
        if not (done or draft.finish):
            raise self._passing("the stream broke off before the reply was complete")

    def _parts(self, draft: Draft, data: bytes) -> list[Part]:
        chunk = self._chunk(data)
        try:
            return list(draft.add(chunk))
        except (AttributeError, KeyError, TypeError):
            raise self._passing("the stream held a chunk of an unknown shape") from None

    def _chunk(self, data: bytes) -> dict[str, object]:
        chunk = object_of(data, strict=True)
        if chunk is None:
            raise self._passing("the stream held a chunk that is no JSON object")
        if chunk.get("error"):
            code = chunk["error"].get("code") if isinstance(chunk["error"], dict) else None
            raise failure(self._peer, code if isinstance(code, int) else 500, {}, data)
        return chunk

    def _broken(self, error: Exception) -> Passing:
        said = self._peer.key.cut_from(str(error))
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                return self._passing(f"no connection ({said})")
            case httpx.TimeoutException():
                return self._passing(f"no byte came for {self._patience.stall:g} s")
            case httpx.LocalProtocolError():  # its words quote our headers
                return self._passing("the request is no valid HTTP")
            case _:
                return self._passing(f"the connection broke ({said})")

    def _passing(self, what: str) -> Passing:
        step = f"is the server running? See: farside models, farside check {self._peer.name}"
        return Passing(Unreachable(f"{self._peer.name} at {self._peer.url}: {what}.", step))


def _trust(url: httpx.URL) -> ssl.SSLContext | bool:
    """Reading the certificate authorities takes 40 ms, and a plain http address never needs them."""
    return True if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _data(response: httpx.Response) -> Iterator[bytes]:
    """Yield the chunks of a stream, or the whole of a reply that is not streamed; b"" for what says nothing yet."""
    if not response.headers.get("content-type", "").startswith("application/json"):
        yield from events(response.iter_bytes())
        return
    whole = b""
    for piece in response.iter_bytes():
        whole += piece
        yield b""
    yield whole
    yield b"[DONE]"
