import json
import time
from email.utils import formatdate

import pytest

from farside.models.base import ContextTooLong, ModelError, QuotaSpent, Refused, Rejected, Unreachable
from farside.models.openai_wire.failure import Peer, failure, retry_after
from farside.models.openai_wire.patience import Passing
from farside.models.secret import Secret

PEER = Peer("moonshot/kimi-k2.6", "https://peer.test/v1", "MOONSHOT_API_KEY", Secret("sk-secret-123"))


def met(status: int, body: object, headers: dict[str, str] | None = None) -> ModelError | Passing:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return failure(PEER, status, headers or {}, data)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)", 262144),
        ("This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.", 4096),
        ("The decoder prompt (length 5000) is longer than the maximum model length of 4096.", 4096),
        ("The input (5000 tokens) is longer than the model's context length (4096 tokens).", 4096),
        ("This endpoint's maximum context length is 131,072 tokens. However, you requested 2.", 131072),
        ("request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", 4096),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200000),
        ("Input token length too long", None),
        ("model max length exceeded, max length:8192", 8192),
    ],
)
def test_a_window_exceeded_is_known_with_its_limit(said: str, limit: int | None) -> None:
    error = met(400, {"error": {"message": said, "type": "invalid_request_error"}})
    assert isinstance(error, ContextTooLong)
    assert error.limit == limit


def test_the_limit_is_taken_from_a_field_where_there_is_one() -> None:
    said = {"code": 400, "message": "exceeds the context size", "type": "exceed_context_size_error", "n_ctx": 8192}
    error = met(400, {"error": said})
    assert isinstance(error, ContextTooLong)
    assert error.limit == 8192


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "thinking is enabled but reasoning_content is missing in assistant tool call message at index 4"),
        (400, "`max_tokens` must be less than or equal to 16384, less than the `context_window` of this model"),
        (404, "Not found the model kimi-k9"),
        (422, "temperature: Input should be less than 1"),
        (302, ""),
    ],
)
def test_a_wrong_request_is_explained_with_the_peers_words(status: int, said: str) -> None:
    error = met(status, {"error": {"message": said}})
    assert isinstance(error, Rejected)
    assert said in str(error)
    assert error.next_step


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_variable_and_shows_no_key(status: int) -> None:
    error = met(status, {"error": {"message": "Incorrect API key provided: sk-secret-123"}})
    assert isinstance(error, Refused)
    assert "MOONSHOT_API_KEY" in error.next_step
    assert "sk-secret" not in str(error) + error.next_step


def test_a_key_in_the_peers_words_is_cut_out() -> None:
    assert "sk-secret" not in str(met(400, "bad header Bearer sk-secret-123"))


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (
            429,
            "You exceeded your current token quota, please check your account balance",
            "exceeded_current_quota_error",
        ),
        (429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota"),
        (429, "Rate limit exceeded: free-models-per-day", ""),
        (429, "request reached organization TPD rate limit, current: 1512345, limit: 1500000", ""),
        (402, "This request requires more credits", ""),
        (403, "You've reached your usage limit for this billing cycle.", ""),
    ],
)
def test_a_spent_quota_is_told_from_throttling(status: int, said: str, kind: str) -> None:
    assert isinstance(met(status, {"error": {"message": said, "type": kind}}), QuotaSpent)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (429, "Your account request reached organization max RPM: 3, please try again after 1 seconds"),
        (429, "Rate limit reached. Upgrade at https://console.peer.test/settings/billing-quota"),
        (408, "timeout"),
        (409, "conflict"),
        (500, "internal"),
        (529, "overloaded"),
    ],
)
def test_what_may_pass_is_asked_again(status: int, said: str) -> None:
    fault = met(status, {"error": {"message": said, "type": "rate_limit_reached_error"}})
    assert isinstance(fault, Passing)
    assert isinstance(fault.final, Unreachable)


def test_a_wait_of_hours_is_a_spent_quota_with_its_time() -> None:
    error = met(429, "slow down", {"retry-after": "7200"})
    assert isinstance(error, QuotaSpent)
    assert error.wake_at == pytest.approx(time.time() + 7200, abs=5)


@pytest.mark.parametrize(
    "headers", [{"retry-after": "1e18"}, {"x-ratelimit-reset": "9" * 400}, {"x-ratelimit-reset": "99999999999"}]
)
def test_no_reset_is_believed_to_be_further_than_a_week(headers: dict[str, str]) -> None:
    error = met(402, "no credits", headers)
    assert isinstance(error, QuotaSpent)
    assert error.wake_at == pytest.approx(time.time() + 7 * 86_400, abs=5)


@pytest.mark.parametrize("headers", [{"retry-after": text} for text in ("inf", "-inf", "nan", "1e999")])
def test_a_wait_that_is_no_time_counts_as_absent(headers: dict[str, str]) -> None:
    assert retry_after(headers) is None
    error = met(402, "no credits", headers)
    assert isinstance(error, QuotaSpent)
    assert error.wake_at is None


def test_a_reset_in_digits_of_another_kind_counts_as_absent() -> None:
    error = met(402, "no credits", {"x-ratelimit-reset": "\u00b2"})
    assert isinstance(error, QuotaSpent)
    assert error.wake_at is None


def test_a_reset_in_milliseconds_is_understood() -> None:
    at = int(time.time()) + 3600
    error = met(429, "Rate limit exceeded: free-models-per-day", {"x-ratelimit-reset": str(at * 1000)})
    assert isinstance(error, QuotaSpent)
    assert error.wake_at == at


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after({"retry-after": "12"}) == 12
    assert retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)}) == pytest.approx(30, abs=2)
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize(
    "body", ["<html>Bad gateway</html>", "", '["x"]', '{"error": "overloaded"}', "null", "[" * 9999]
)
def test_any_body_is_understood(body: str) -> None:
    fault = met(502, body)
    assert isinstance(fault, Passing)
    assert "HTTP 502" in str(fault)
