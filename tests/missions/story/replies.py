"""What a model replies in the tests: each step of each task, on the copies of real books."""

from __future__ import annotations

PLAN = """Ines comes by the post office with Teo and Pim before school. Mr Sallow sweeps. He wants to have the number
right; Ines wants to be counted. He counts them and gets five, and nobody corrects him. S3 hides in the broom that
stops one short and goes on. We are with Ines, who does not notice that Teo has begun to write. It ends with Pim
holding up a sixth finger behind his back."""
OPENINGS = """## 1
The broom went along them and came to the end one short.

## 2
Teo had ruled a page of his exercise book into streets before either of them was awake enough to ask.

## 3
"Five," said Mr Sallow, and leaned the broom in the doorway, and began to look for the sixth in his apron.
"""
DIRECTIONS = """## 1 The log-keeper's book, in one week

## 2 The old postman's book, who loses count of it

## 3 The salt's book, which is a list of names
"""
CHOICE = "1. It begins with the deed, and the number can be wrong before anybody knows what it counts."
DRAFT = """# The Step

The broom went along them and came to the end one short. Mr Sallow looked at the place where the number stopped.

"Five," he said.

Ines stood with her bag in both arms. Teo, beside her, had his pencil out; he had ruled a page into streets, and he
did not look up from it. Pim looked from the broom to Ines and back.

"There were six on Monday," said Pim.

"Was it Monday?" said Mr Sallow. He thought about it with real courtesy. "Then it will have been six."

He swept the step, which was clean, and went in. Behind his back Pim held up the thumb of her other hand, and kept it
up, as one does for a bus."""
READING = """<<<<
Mr Sallow looked at the place where the number stopped.
====
Mr Sallow looked at the end of it.
>>>>"""
FACTS = """- day | 2 | "There were six on Monday"
- place | The post office | "He swept the step, which was clean, and went in."
- person | Ines Marrow | "Ines stood with her bag in both arms."
- person | Teo Aldous | "Teo, beside her, had his pencil out"
- person | Pim Dray | "Pim looked from the broom to Ines and back."
- person | Mr Sallow | "Mr Sallow looked at the end of it."
- seed | S3 | paid | "The broom went along them and came to the end one short."
"""
DRAFTING = (PLAN, OPENINGS, CHOICE, DRAFT, READING, FACTS)

CHINESE = (
    """小满先到码头，海生后来。小满想知道第七级刻的是什么，海生不想让她看。
第八级也露出来了，上面又有字，S1 就藏在海生的鞋底下：他站着不动，小满用手把他的脚搬开。
她看见三个字，没念出来。用海生的眼睛看，他没注意到小满的红绳松了。结尾停在小满把脚踩回去。""",
    "## 1\n潮水又退了一寸，石阶底下露出来一条白边。\n\n## 2\n小满坐在第五级上，脚边放着两个冷馒头。"
    "\n\n## 3\n“你挪开。”小满说，她的手已经按在他的鞋面上了。",
    "选 3。从一句话、一个动作进去，字还没露面，已经有人要藏、有人要看。",
    """# 刻字

“你挪开。”小满说，她的手已经按在他的鞋面上了。

海生没有挪。他站在第七级，水在第八级，一下一下舔着石头的边。他说码头上风大，他说馒头凉了，他说老魏一会儿要来扫地。小满都听着，手没有松。

她最后是用两只手把他的脚搬开的，像搬一盆花。石头上三个字：起来了。字是湿的，比石头黑一点。

小满蹲着看了很久，没有念。她手腕上的红绳垂下来，绳头沾了水。

“谁刻的？”

“石头自己。”海生说。

她点点头，站起来，往下又走了一级，这是她从没站过的地方。她把自己的脚踩在那三个字上，踩得很稳，替他踩着。

“风是大。”她说。""",
    "不改。",
    """- 日 | 2 | "他站在第七级，水在第八级"
- 地点 | 码头 | "他说码头上风大"
- 人物 | 林海生 | "海生没有挪。"
- 人物 | 周小满 | "小满蹲着看了很久，没有念。"
- 物件 | 红绳 | 由周小满持有 | "她手腕上的红绳垂下来，绳头沾了水。"
- 伏笔 | S1 | 兑现 | "石头上三个字：起来了。"
""",
)

SCOPE = "25\nPim's answer should be shorter."
EDIT = """<<<<
"I left the money," said Pim, and licked her wrist, and looked up the road for a bus that was not due for ten minutes.
====
"I left it," said Pim, and licked her wrist, and looked up the road for a bus that was not due for ten minutes.
>>>>"""
