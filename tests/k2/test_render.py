"""What is no request body, and many of them."""

import pytest

from farside.errors import FarsideError
from farside.k2.render import body_in, render_body, render_lines
from tests.k2.speaking import SMALL

HI = '{"messages": [{"role": "user", "content": "Hi"}]}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "There is no request body: the input is empty."),
        ("{]", "The request body is not JSON (line 1, column 2: Expecting property name enclosed in double quotes)."),
        ("[]", "The request body is no JSON object."),
        ("[" * 200_000, "The request body holds a number or a nesting beyond all measure."),
        ("9" * 5_000, "The request body holds a number or a nesting beyond all measure."),
    ],
    ids=["empty", "no JSON", "no object", "too deep", "too large a number"],
)
def test_what_is_no_request_body_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(FarsideError) as refused:
        body_in(text)
    assert str(refused.value) == sentence
    assert refused.value.next_step


def test_each_line_is_a_body_and_an_error_names_its_line() -> None:
    prompts = render_lines(f"{HI}\n\n{HI}\n[]\n{HI}", SMALL)
    assert [next(prompts), next(prompts)] == [render_body(body_in(HI), SMALL)] * 2
    with pytest.raises(FarsideError, match=r"^Line 4: The request body is no JSON object\.$"):
        next(prompts)
