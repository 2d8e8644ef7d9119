"""What kind of answer a question wants, read from its wording."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Asked(StrEnum):
    """Kind of answer a question wants."""

    AMOUNT = "amount"
    NUMBER = "number"
    TIME_LIMIT = "time_limit"
    WHEN = "when"
    WHO = "who"
    LIST = "list"
    STEPS = "steps"
    YES_NO = "yes_no"
    COMPARISON = "comparison"
    VALIDITY = "validity"
    CONTACT = "contact"
    OPEN = "open"


_MONEY_WORDS = "钱|资金|经费|费用|奖金|补贴|补助|罚款|金额|工资|拨款|会费|费"
_KINDS = "种|类|样|条路|条渠道|个方面|方面|点|步|项|大类|个渠道|个途径|个环节|个步骤|个原则|个阶段|个条件"
_ASKED = (
    (
        Asked.CONTACT,
        r"(?:电话|热线|号码|手机号?|地址|网址|官网|邮箱|微信号?|公众号|联系方式)(?:号码|号)?(?:是|给|发|告诉|有)?(?:多少|好多|几|啥|什么|哪|我|一下)"
        r"|(?:(?:给我?|发我|哪个|什么|啥|求|问一?下?|查一?下?|有没有)(?:个|一下)?|(?:民政局?|街道|社区|居委会?|窗口|办事处|服务中心|基地)的?)"
        r"(?:电话|热线|号码|手机号?|地址|网址|官网|邮箱|微信号?|公众号|联系方式)(?:号码|号)?(?:在哪[里儿]?)?[呢吗啊?？]?$"
        r"|(?:打|拨)(?:什么|哪个|啥)(?:电话|号|热线)|在哪(?:里|儿)?下载|几楼|坐哪路|(?:礼拜|星期|周)[一二三四五六日天末].{0,4}(?:开门?|上班|办公)(?:不|吗|么|没|嘛|伐|[?？]|$)|上不上班|开不开门|办公时间|几点(?:上班|下班|开门)",
    ),
    (
        Asked.COMPARISON,
        r"区别|(?:差|多了|少了|增加了|涨了|增长了)(?:多少|几)|不同|不一样|分别(?:如何|怎么|怎样|咋|规定|要求|(?:是|有|要|得)?(?:多少|几))|各(?:有|自)|相比|对比|比较|哪(?:个(?!人)|样|种)[^，,。？?]{0,6}(?:更|[高多严宽低少快慢长短大小早晚松紧重轻](?![久长人个家会队要]))|多(?:了)?还是(?:变)?少|[^，,。？?]的多还是[^，,。？?]+的多|谁(?:更|多|少|严|[^，,。？?]{0,3}(?:[久长快慢早晚](?![要得])))|差别|差在|一样[长多高久大严吗么不没噻啵]|是不是一样|一个样|有?(?:啥|什么)两样|哪[边头](?!的)|比一?比(?!赛)|还是.*(?:好|划算)|各[是自要等给交]?(?:多少|几|要)",
    ),
    (
        Asked.VALIDITY,
        r"管用|有效吗|还有效|过期|作废|废止|失效|还(?:能|可以)?(?:用|执行|算数|适用)|到期|有效期|最新(?:的|版)?|现行",
    ),
    (
        Asked.AMOUNT,
        rf"多少(?:{_MONEY_WORDS}|块|元|万)|多少(?:活动|启动|补助|注册|办公|扶持|起始)?(?:{_MONEY_WORDS})|几(?:万|块|千|百)"
        rf"|(?:{_MONEY_WORDS})[^，。,？?]{{0,10}}(?:(?<!占)多少(?![天日年月])|几(?:个钱|块|万))|(?:补|拨|给|发|罚|奖|投|出|交|花|资助|补贴)(?:了)?多少(?![个人名户家次天日年月项条种类])",
    ),
    (
        Asked.TIME_LIMIT,
        r"多久|多长时间|多少(?:天|日|个月|年|个?工作日)|几(?:天|日|个月|个工作日|年)|期限|时限|什么时候(?:前|之前)|多少时间",
    ),
    (Asked.WHEN, r"什么时候|啥时候|何时|哪(?:天|年|一年|个月)|几月|几号|什么时间|啥时间"),
    (
        Asked.NUMBER,
        rf"多少(?!{_KINDS})|(?<![哪没好就才这那十百千列举说讲])几(?!个(?:队|团|社|家|单位)[一-鿿]{{0,3}}(?:挤|合|一起|共))(?:个|人|名|户|家|次|级|成|支|位)(?!方面|渠道|途径|部分|阶段|环节|步骤|原则|条件)"
        r"|比例|百分之|人数|数量(?=是|有|要|得|该|上限|下限|不[得能]|限制|[?？,，]|$)|至少|最少|最多|起码",
    ),
    (
        Asked.WHO,
        r"谁|哪个(?:部门|单位|机关|科|局)|哪(?:家|里)(?:管|批|办|登记|备案|审)|归(?:哪|谁|什么)|找(?:谁|哪)|去哪|上哪|向(?:谁|哪)|到哪|哪儿|哪级|什么部门|啥部门|由(?:谁|哪)|牵头|主管|负责的?是",
    ),
    (
        Asked.STEPS,
        r"怎么(?:办|弄|做|申请|登记|备案|注册|成立|搞|走|报)|如何(?:办|申请|登记|备案|成立)|流程|程序|步骤|手续|咋(?:办|弄|整|搞|申请)|先.*再",
    ),
    (
        Asked.LIST,
        rf"(?:几|多少)(?:{_KINDS})|哪些|哪几|哪[二两三四五六七八九十]|分别(?:是|有|叫)|都(?:能|要|有|需|得|包括)|(?:什么|啥|哪些|些)条件|(?:条件|材料|资料|手续|要求)(?:是|有|要|得|需|包括|咋|都|$|[?？，,、])|(?:要|交|带|备|提交|准备)[^，。？?]{{0,6}}(?:材料|资料)|什么(?:东西|手续|资料|证件|要求|路子|办法|渠道|内容|任务)|要啥|带啥|有啥|分(?:成|为)?(?:几|哪)|包括|都有",
    ),
    (
        Asked.YES_NO,
        r"吗|(?<![什怎这那])么[?？]?$|能不能|可不可以|可以不|是不是|行不行|要不要|有没有|用不用|该不该|算不算|是否|能否|可否|得不得行|对不对|对吧|是吧|不[?？]?$|没[?？]?$|没有[?？]?$",
    ),
)
_KINDS_ASKED = tuple((kind, re.compile(pattern)) for kind, pattern in _ASKED)
_ASKS = re.compile(  # 我们这儿有几个阿姨 tells, 要有几个人 asks
    r"多少|(?<![没好就才这那十列举说讲])(?:(?<!(?<![要得需应须该必共总])有)几[个名人]|几(?![个名人乎率何点]|[天年月][前来])|几个(?:点|月|工作日|计划|阶段|部分)|(?:占|超)多少)|谁|哪|什么|啥|怎么|怎样|如何|咋|还是|多[久长大]|几时|能不能|可不可以|有没有|是否|能否|需要.*(?:条件|材料)"
    r"|([一-鿿])(?:[一-鿿]?)不\1(?!定)|.{2}[^好对是行道][吗么啵]$|^.[^好对是行道以][吗么啵]$|(?:能|可以|得).{1,8}[不没伐]$|.{4}(?:行|可以|中)(?:不|吗|么|啵)$|^.{0,4}[一-鿿]{2}(?<![好对是行道要急了说])[不伐]$"
)


_DIGITS = {word: str(value) for value, word in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_ONLY_THEN = re.compile(r"(?<=[\d一二两三四五六七八九十百几])个人才(?=[能给让可行算够准会有])")  # no 人才
_WU_NOT = re.compile(r"([一-鿿])勿\1")  # 出勿出
_YEAR_IN_WORDS = re.compile(r"(?:[二两][零〇]|一九)[零〇一二三四五六七八九]{2}(?=年)")


def _in_digits(match: re.Match[str]) -> str:
    return "".join(_DIGITS[c] for c in match[0])


_TELLS = re.compile(  # has a question's words and asks nothing: 谁天天跑啊, 院里几个嬢嬢组的队, 讲不清值多少
    r"^谁[^？?]{0,6}[啊呀哦]$|不是骗|里几个|[讲说弄搞记]不[清出得明]|不(?:知道|晓得)|不管|无论|随便|[着正还里边地们]呢$"
)


_WHAT_TO_DO = re.compile(r"(?:咋|怎么|如何|怎样)(?:办|整|弄|处理)[呢啊好]?$")


def in_common_speech(text: str) -> str:
    """Dialect question words in the common language, years in digits: 好多 (四川) and 几多 (粤) ask 多少.

    好多 also means "many", so it is a question word only where the text asks nothing else.
    """
    plain = _WU_NOT.sub(r"\1不\1", text.replace("几多", "多少"))
    common = _ONLY_THEN.sub("个人 才", _YEAR_IN_WORDS.sub(_in_digits, plain))
    asks = _ASKS.search(common) or Asked.YES_NO in asked_for(common)
    return common if asks else common.replace("好多", "多少")


def has_question_word(text: str) -> bool:
    """Whether a clause has words that questions have, as far as they can be listed: 谁, 多少, 能不能."""
    return bool(_ASKS.search(text))


def tells(text: str) -> bool:
    """Whether a clause has a question's words and surely asks nothing: 谁天天跑啊, but 讲不清值多少咋办 does."""
    return bool(_TELLS.search(text)) and not _WHAT_TO_DO.search(text)


@lru_cache(maxsize=4096)  # asked again for every hit a question is compared with
def asked_for(text: str) -> tuple[Asked, ...]:
    """Kinds of answer the text asks for, most specific first; (OPEN,) when none is recognised."""
    return tuple(kind for kind, pattern in _KINDS_ASKED if pattern.search(text)) or (Asked.OPEN,)
