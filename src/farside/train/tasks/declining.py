"""Goals of no kind that was learnt: they are declined in words, and nothing is called."""

from __future__ import annotations

from pathlib import Path

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import answered
from farside.train.tasks.split import Grammar, drawn
from farside.train.tasks.task import Language, Lesson, Task

GOALS = (
    ("Write ", "Compose ", "Please write ", "I want ", "Make "),
    (
        "a poem about {a}",
        "a song for {a}",
        "an essay on {a} and {b}",
        "a letter to {a}",
        "a story of {a}",
        "a joke on {b}",
    ),
    (".", ", please.", "!", " for my friend {b}."),
)
GOALS_ZH = (("写", "请写", "我想要"), ("一首关于 {a} 的诗", "一篇 {a} 的文章", "一封给 {a} 的信"), ("。", ",谢谢。"))
ASKING = (("Who ", "Why ", "When ", "Where "), ("is {a}", "was {b}", "did {a} meet {b}", "does {a} live"), ("?",))
OF_FILES = (
    ("Delete ", "Rename ", "Copy ", "Move ", "Translate ", "Summarise ", "Print ", "Compress ", "Encrypt "),
    ("all files", "every file here", "the file {a}.txt", "the folder {a}", "what is in {b}.txt", "{a} and {b}"),
    (".", ", please.", " for {b}.", " and say when it is done.", "!"),
)
COUNTING = (
    ("How many files ", "Which files ", "Which of the files ", "How many lines "),
    ("mention {a}", "are about {a}", "are empty", "were changed today", "hold {a}", "are longer than {b}.txt"),
    ("?", " here?", "? List them."),
)
ERRANDS = (
    ("Send ", "Book ", "Buy ", "Download ", "Install ", "Play ", "Draw ", "Open ", "Order ", "Call "),
    ("{a}", "a mail to {a}", "something for {b}", "the newest {a}", "a picture of {a}", "{a} and {b}"),
    (".", ", please.", " for me.", " now.", " tomorrow."),
)
OF_FILES_ZH = (
    ("删除", "重命名", "复制", "翻译", "压缩", "打印"),
    ("所有文件", "文件 {a}.txt", "文件夹 {a}"),
    ("。", ",谢谢。", "!"),
)
COUNTING_ZH = (("有多少文件", "哪些文件"), ("提到 {a}", "是空的", "比 {b}.txt 长"), ("?", "?请列出来。"))
ERRANDS_ZH = (("发送", "购买", "下载", "安装", "打开"), (" {a}", "一封邮件给 {a}", "最新的 {a}"), ("。", ",谢谢。"))
THINGS = (
    "the sea", "the moon", "my cat", "spring", "the rain", "old trees", "love", "a lost key", "the mountains",
    "winter", "my sister", "the city", "a small boat", "time", "birds", "the night train", "bread", "friendship",
    "the desert", "a red door", "music", "the wind", "two brothers", "the first snow",
)  # fmt: skip
THINGS_ZH = ("大海", "月亮", "我的猫", "春天", "雨", "老树", "爱情", "山", "冬天", "妹妹", "城市", "小船", "时间",
             "鸟", "面包", "友谊", "沙漠", "音乐", "风", "初雪")  # fmt: skip
FOREIGN: dict[Language, tuple[Grammar, ...]] = {
    "en": (GOALS, ASKING, OF_FILES, COUNTING, ERRANDS),
    "zh": (GOALS_ZH, OF_FILES_ZH, COUNTING_ZH, ERRANDS_ZH),
}
NAMED = 0.5
"""Share of the goals about a made-up name; the others are about what everybody knows."""
SAYS = "I cannot do this. I work on files, sums and small programs."
SAYS_ZH = "这个我做不了。我只处理文件、求和与小程序。"


def declining(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task without a call; some lie beside files that have nothing to do with it."""
    language = draw.language()
    a, b, *stems = draw.words(4)
    if draw.chance.random() >= NAMED:
        things = THINGS_ZH if language == "zh" else THINGS
        a = drawn(draw.split, lambda: draw.chance.choice(things))
    grammar = draw.chance.choice(FOREIGN[language])
    goal = draw.sentence(grammar).format(a=a, b=b)
    files = {f"{stem}.txt": f"{draw.word()}\n" for stem in stems[: draw.chance.randint(0, 2)]}

    def lesson() -> Lesson:
        yield answered(language, ("Not of my kinds.", SAYS), ("不是我会的事。", SAYS_ZH))

    def is_right(answer: str, folder: Path) -> bool:
        return answer.strip() in (SAYS, SAYS_ZH)

    return Task("declining", seed, draw.split, language, goal, files, 0, lesson, is_right)
