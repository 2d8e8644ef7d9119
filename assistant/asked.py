"""What kind of answer a question wants, read from its wording."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

MAX_PARTS = 5


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
        r"(?:电话|热线|号码|手机号?|地址|网址|官网|邮箱|微信号?|公众号|联系方式)(?:号码|号)?(?:是|给|发|告诉|有)?(?:多少|好多|几|啥|什么|哪|我|一下|[?？]?$)"
        r"|(?:打|拨)(?:什么|哪个|啥)(?:电话|号|热线)|在哪(?:里|儿)?下载|几楼|坐哪路|(?:礼拜|星期|周)[一二三四五六日天末].{0,4}(?:开|上班|办公)|上不上班|开不开门|办公时间|几点(?:上班|下班|开门)",
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
        rf"多少(?!{_KINDS})|(?<![哪没好就才这那十百千列举说讲])几(?:个|人|名|户|家|次|级|成|支|位)(?!方面|渠道|途径|部分|阶段|环节|步骤|原则|条件)"
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
        rf"(?:几|多少)(?:{_KINDS})|哪些|哪几|哪[二两三四五六七八九十]|分别(?:是|有|叫)|都(?:能|要|有|需|得|包括)|(?:什么|啥|哪些|些)条件|(?:条件|材料|资料|手续|要求)(?:是|有|要|得|需|包括|咋|都|$|[?？，,、])|(?:要|交|带|备|提交|准备)[^，。？?]{0, 6}(?:材料|资料)|什么(?:东西|手续|资料|证件|要求|路子|办法|渠道|内容|任务)|要啥|带啥|有啥|分(?:成|为)?(?:几|哪)|包括|都有",
    ),
    (
        Asked.YES_NO,
        r"吗|(?<![什怎这那])么[?？]?$|能不能|可不可以|可以不|是不是|行不行|要不要|有没有|用不用|该不该|算不算|是否|能否|可否|得不得行|对不对|对吧|是吧|不[?？]?$|没[?？]?$|没有[?？]?$",
    ),
)
_KINDS_ASKED = tuple((kind, re.compile(pattern)) for kind, pattern in _ASKED)
_SPLIT = re.compile(
    r"[?？!！。；;，,、\s]+|(?<=[吧吗呢么])那(?=谁|哪|怎|咋|要|得|几|多)|(?:另外|还有就是|还有|以及|顺便问(?:一下|下)?|再问(?:一下|下)?)[,，:：]?"
)
_ASKS = re.compile(  # 我们这儿有几个阿姨 tells, 要有几个人 asks
    r"多少|(?<![没好就才这那十列举说讲])(?:(?<!(?<![要得需应须该必共总])有)几[个名人]|几(?![个名人乎率何点]|[天年月][前来])|几个(?:点|月|工作日|计划|阶段|部分)|(?:占|超)多少)|谁|哪|什么|啥|怎么|怎样|如何|咋|还是|多[久长大]|几时|能不能|可不可以|有没有|是否|能否|需要.*(?:条件|材料)"
    r"|([一-鿿])(?:[一-鿿]?)不\1(?!定)|.{2}[^好对是行道][吗么啵]$|^.[^好对是行道以][吗么啵]$|(?:能|可以|得).{1,8}[不没伐]$|.{4}(?:行|可以|中)(?:不|吗|么|啵)$|^.{0,4}[一-鿿]{2}(?<![好对是行道要急了说])[不伐]$"
)


_DIGITS = {word: str(value) for value, word in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_ONLY_THEN = re.compile(r"(?<=[\d一二两三四五六七八九十百几])个人才(?=[能给让可行算够准会有])")  # no 人才
_YEAR_IN_WORDS = re.compile(r"(?:[二两][零〇]|一九)[零〇一二三四五六七八九]{2}(?=年)")


def _in_digits(match: re.Match[str]) -> str:
    return "".join(_DIGITS[c] for c in match[0])


_TELLS = re.compile(  # has a question's words and asks nothing: 谁天天跑啊, 院里几个嬢嬢组的队, 讲不清值多少
    r"^谁[^？?]{0,6}[啊呀哦]$|不是骗|里几个|[讲说弄搞记]不[清出得明]|不(?:知道|晓得)|不管|无论|随便"
)


def in_common_speech(text: str) -> str:
    """Dialect question words in the common language, years in digits: 好多 (四川) and 几多 (粤) ask 多少.

    好多 also means "many", so it is a question word only where the text asks nothing else.
    """
    common = _ONLY_THEN.sub("个人 才", _YEAR_IN_WORDS.sub(_in_digits, text.replace("几多", "多少")))
    asks = _ASKS.search(common) or Asked.YES_NO in asked_for(common)
    return common if asks else common.replace("好多", "多少")


_TAIL = re.compile(  # asks nothing by itself: 换届几年一次，有没有规定
    r"(?:到底)?(?:有没有|有没得|有无)(?:个?(?:规定|说法|上限|下限|限制|要求|标准|数))?[吗呢啊]?[?？]?"
    r"|(?:行|可以|对|是|好|合适)(?:不(?:行|可以|对|是|好|合适)?|吗|么|吧)[?？]?|(?:怎么|咋)(?:办|说|讲|规定的?)[呢啊]?[?？]?"
)


def asking_clause(text: str) -> str:
    """The last clause that asks, with what comes after it; the whole text when none does by itself.

    What comes before tells the story: 他自己也讲不清值多少钱 那个票我们能给他开不 asks for no amount.
    """
    starts = [0, *(match.end() for match in _SPLIT.finditer(text))]
    for start in reversed(starts):
        clause = text[start:]
        if (
            len(clause.strip()) > 2
            and not _TAIL.fullmatch(clause.strip())
            and (_ASKS.search(clause) or asked_for(clause) != (Asked.OPEN,))
        ):
            return clause
    return text


@lru_cache(maxsize=4096)  # asked again for every hit a question is compared with
def asked_for(text: str) -> tuple[Asked, ...]:
    """Kinds of answer the text asks for, most specific first; (OPEN,) when none is recognised."""
    return tuple(kind for kind, pattern in _KINDS_ASKED if pattern.search(text)) or (Asked.OPEN,)


_IN_FORCE = re.compile(  # asks whether a text still counts, whatever else it asks
    r"有效(?![期证文材身])|还(?:按|照)[^，,。？?]{1,10}(?:走|办|报|执行|来)|照搬|废(?:掉|除|了)|(?:还)?活着|老古董|约束力|过时|换新|新(?:办法|规定|文件)出来|作(?:不作)?数|算(?:不算)?数|还算不算|还(?:能|可以|可)?(?:不能)?(?:引|照着|当依据|作依据|写进|报名|报得上|报上|执行)"
    r"|(?:能|可以)(?:不能)?(?:引用|照着办)|在不在执行|(?:施行|实施|实行|执行|落地|生效)(?:了|没|吗|么|是吧)"
    r"|[老旧新]版本?|老规矩|来(?:不来)?得及|期限.{0,4}(?:已过|过了)|靠(?:不靠)?得住|管到(?:几时|什么时候|哪[天年])"
    r"|(?:现在|今年|眼下|如今|目前|当前).{0,10}还|还.{0,8}(?:现在|今年|眼下|如今|目前|当前)|当?依据.{0,4}(?:行不行|成不成|可以)"
)


_OF_A_PAPER = re.compile(  # how long a certificate holds is no matter of a text's validity
    r"(?:资格|证书?|意见书|等级|执照|票据)(?:(?!办法|规定|通知|公告|条例|文)[^，,。？?\s]){0,8}(?:有效|到期|过期|失效)"
    r"|有效期[^，,。？?]{0,4}[几多]"
)
_WHEN = r"(?:什么时候|啥时候|啥时|几时|哪[天年](?:哪月)?|哪一年|几月几号)"
_RECORD = re.compile(  # asks for what is known of a text itself: its number, day, issuer, last day
    rf"几号[令文]|文号|哪一?年的|{_WHEN}[^，,。？?]{{0,3}}(?:出|发|印|公布|颁布|施行|实施|生效|修订|修改|换)"
    rf"|从{_WHEN}(?:起|开始|算)|[到用管]{_WHEN}(?:为止|止|了|$)|(?:谁|哪个部门|哪家|哪里)(?:印发?|发|出台?|制?定)的"
    r"|顶替|接班|换成(?:哪|什么|啥)|换了(?:哪|什么|啥)|被(?:哪|什么|谁)[^，,。？?]{0,4}[替代顶换]"
)


def asks_whether_in_force(text: str) -> bool:
    """Whether the text asks if a document, or what it says, still counts: 还作数吗, 今年还能照着办不."""
    asks = Asked.VALIDITY in asked_for(text) or bool(_IN_FORCE.search(text))
    return asks and not _OF_A_PAPER.search(text)


def asks_for_record(text: str) -> bool:
    """Whether the text asks what is known of a document itself: number, day, issuer, what it replaced."""
    return bool(_RECORD.search(text))


_APART = (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT, Asked.WHO)  # kinds told apart in one breath
_BESIDE = re.compile(r"(?<=.{5})吧$")  # asks beside a question
_NEXT = re.compile(r"(?<![着正还里边地们])呢$")  # asks after one: 基金会几月份截止 社团呢
_ONE_BREATH = re.compile(  # 要几个会员|要多少钱|批多久
    r"(?<=.{3})(?=[要得批交给找由收罚补免招送报办等][^，,。？?；;\s]{0,2}(?:多少|多久|多长|几(?![乎率何])|谁|哪))"
)


def separate_questions(text: str) -> tuple[str, ...]:
    """Separate questions in one message, at most MAX_PARTS; () when there is only one."""
    told = ""
    found: list[str] = []
    for piece in _SPLIT.split(text):
        part = piece.strip()
        if _TAIL.fullmatch(part):  # belongs to what is told before it: 他们不让投 对不对
            part = f"{told} {part}" if told else ""
        told = ""
        if len(part) < 2 or _TELLS.search(part):
            continue
        if _ASKS.search(part) or _BESIDE.search(part) or (found and _NEXT.search(part)):
            found.append(part)
        else:
            told = part
    if not any(_ASKS.search(part) for part in found):
        return ()
    asking = [piece for part in found for piece in _in_one_breath(part)]
    return tuple(asking[:MAX_PARTS]) if len(asking) > 1 else ()


def _in_one_breath(part: str) -> list[str]:
    """The questions of a clause without a stop between them, where each wants another kind of answer."""
    pieces: list[str] = []
    for piece in _ONE_BREATH.split(part):
        kinds = _kind_apart(piece)
        if pieces and kinds and len(piece) > 2 and _kind_apart(pieces[-1]) not in ("", kinds):
            pieces.append(piece)
        else:
            pieces[-1:] = ["".join([*pieces[-1:], piece])]
    return pieces


def _kind_apart(text: str) -> str:
    return next((kind for kind in asked_for(text) if kind in _APART), "")
