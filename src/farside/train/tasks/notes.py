"""Notes that point to notes: follow them to the last, and say what it holds."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import answered, followed
from farside.train.tasks.task import Lesson, Task, Turn, says_word

POINTING = (
    ("", "Not here. ", "Nothing here. ", "You are on the way. ", "Keep looking. "),
    ("Go on with {next}", "The next note is {next}", "Look into {next}", "See {next}", "Read {next} now"),
    (".", "!", ", please."),
)
POINTING_ZH = (("", "不在这里。", "继续找。"), ("请看 {next}", "下一张是 {next}", "去读 {next}"), ("", "。"))
ENDING = (
    ("", "Here it is. ", "You are there. ", "This is the last note. "),
    ("The word is {word}", "The secret word is {word}", "Remember {word}", "The answer is {word}"),
    (".", "!"),
)
ENDING_ZH = (("", "到了。", "这是最后一张。"), ("口令是 {word}", "答案是 {word}", "秘密是 {word}"), ("", "。"))
GOALS = (
    ("The note {first} points to another note. ", "Begin with {first}. ", "Start at the note {first}. "),
    (
        "Follow the notes to the last one",
        "Go from note to note until the last",
        "Read on from note to note to the end",
    ),
    (" and say its word.", " and tell me the word there.", ". Which word does it hold?", ". What is the word?"),
)
GOALS_ZH = (
    ("从 {first} 开始,", "便条 {first} 指向下一张,"),
    ("沿着便条一直读到最后一张", "一张一张读到最后"),
    (",说出口令。", ",答案是什么?", ",告诉我那个词。"),
)


def notes(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of `steps` calls: a note is read with each; a few notes more lie about."""
    language = draw.language()
    *stems, word = draw.words(steps + 1 + draw.chance.randint(0, 3))
    names = [f"{stem}.txt" for stem in stems]
    on, end = (POINTING_ZH, ENDING_ZH) if language == "zh" else (POINTING, ENDING)
    chain, aside = names[:steps], names[steps:]
    files = {name: draw.sentence(on).format(next=after) for name, after in pairwise(chain)}
    files[chain[-1]] = draw.sentence(end).format(word=word)
    wrong = {name: draw.word() for name in aside}
    files |= {name: draw.sentence(end).format(word=other) for name, other in wrong.items()}
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS).format(first=chain[0])
    lesson = partial(taught, chain, word, language, draw.chance.getrandbits(32))
    shuffled = dict(draw.chance.sample(sorted(files.items()), len(files)))
    right = says_word(word, frozenset(wrong.values()))
    return Task("notes", seed, draw.split, language, goal, shuffled, steps, lesson, right)


def taught(chain: list[str], word: str, language: str, seed: int) -> Lesson:
    """Read each note that the one before names."""
    thinking = "读 {name}。" if language == "zh" else "Next is {name}."

    def go(said: str, name: str) -> Turn:
        return Turn(thinking.format(name=said), "read_file", {"path": name})

    shown = yield from followed(chain, chain[0], go, seed)
    assert word in shown
    yield answered(language, ("It names no other note.", f"The word is {word}"), ("这是最后一张。", f"答案是 {word}"))
