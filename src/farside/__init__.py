"""farside: an agent that stays on one goal through 300 tool calls, with its thinking kept between them."""
