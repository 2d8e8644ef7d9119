"""Every word the page shows that is not part of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain import DocumentStatus


@dataclass(frozen=True, slots=True)
class Badge:
    """How a validity is shown: its words and the CSS class of its colour."""

    words: str
    colour: str


TITLE = "社区社会组织政策助手"
SUBTITLE = "只依据政策文件回答，逐字引用，注明地区与效力"
FIXED_LINE = "仅供参考，以原文为准"
PROMPT = "请用平常的话写下问题，例如：跳广场舞的队伍要不要登记？"
SEND = "发送"
NEW_CONVERSATION = "新对话"
CONVERSATION = "对话"
QUESTION = "问题"
PROVINCE = "所在省份"
CITY = "所在市州"
ALL_COUNTRY = "未选省份"
WHOLE_PROVINCE = "全省"
NO_PROVINCE = "先选省份"
WELCOME = "您想了解哪方面？点一个问题，或者在下面直接提问。"
SOURCES = "依据"
RELATED = "相关但未回答"
FACT_CARD = "要点整理，非原文"
RECOGNISED = "OCR 识别，请核对原件"
HISTORY = "历史对话"
TO_ASK, TO_TOPICS, TO_LIBRARY, TO_HISTORY = "提问", "主题", "文件库", "历史"
TO_ADMIN, TO_PASSWORD, LOG_OUT, MENU = "管理", "修改密码", "退出", "菜单"
HISTORY_NOTE = "对话保存在本系统里，只有这个浏览器能看到。"
HISTORY_NOTE_OF_ACCOUNT = "对话保存在本系统里，只有您登录后能看到。"
LIBRARY = "政策文件库"
TOPICS = "政策主题"
ORIGINAL = "原始文件"
NO_ORIGINAL = "没有保存这份文件的原始文件，可以看本系统里的全文，或从原始网址查看。"
NO_CONVERSATION = "没有找到这段对话，可能已经删除。请刷新页面。"
ANSWERED_FOR = "按{region}回答"
ANSWERED_NATIONALLY = "未选地区，按全国规定回答"
REGION_MATTERS = "各地规定不一样，这次没有按您所在地区回答。您在哪个省？选一次，以后都按当地回答。"
CHOOSE_REGION = "选择省份"
SEARCHED_FOR = "按{region}查找"
NO_REGION = "未选地区"
NO_SOURCES_YET = "点答复里的 [1]、[2]，这里会显示条款原文、发文字号和效力。"

CHECKED = "人工核对：{name}，{time}，{outcome}"
OUTCOMES = ("与原文一致", "有出入")
REASONS = ("答非所问", "依据有误", "已过期", "不完整", "请人工核对")

API_ABOUT = (
    "供其他程序使用，回答与网页相同：只依据政策文件，逐字引用，注明地区与效力。"
    "每个来源每分钟能问的次数有限。设了 ASSISTANT_LOGIN=all 时，先用 POST /login（表单 name、password）登录，带上 Cookie 再调用。"
)
FAULT = "出了点问题，这次没有答成。请再问一次；如果还不行，请联系管理员查看运行日志。"
BUSY = "系统繁忙，请过几秒再发一次。"
TOO_MANY = "问得太快了，请等 {wait} 秒再问。"
TOO_LARGE = "提交的内容太大，请缩短后再试。"
NOT_YOURS = "这个页面是别人打开的，请刷新页面再试。"
FOREIGN = "不接受来自其他网站的请求，请直接打开本系统的网址。"
WRONG_HOST = "不认识的网址。请用本机地址打开；如用域名访问，请管理员设置 ASSISTANT_PUBLIC_URL。"
NOT_FOUND = "没有找到"
NOT_DONE = "没有办成"
NOT_HERE = "没有这个页面。"
BAD_REQUEST = "请求格式不对：{detail}。请对照接口说明检查。"
EXPOSED = "提醒：监听 {host}，同一网络里的其他电脑都能打开本页面，请只在可信的内网使用。"
PORT_TAKEN = "端口 {port} 无法使用（{reason}）。可能已有一个在运行；请换一个端口，例如 --port {other}。"
READY = "页面已就绪：{address}（按 Ctrl+C 停止）"

EXAMPLES: dict[str, tuple[str, str]] = {
    "登记条件": ("跳广场舞的队伍要不要去民政局登记？", "成立社会团体要多少会员、多少钱？"),
    "备案程序": ("够不上登记条件的社区社会组织归谁管？", "社区社会组织备案怎么办？"),
    "备案材料": ("社区社会组织备案要交哪些材料？", "备案的章程有没有范本？"),
    "资金渠道": ("社区社会组织的经费可以从哪里来？", "备案的组织能不能承接政府购买服务？"),
    "培育孵化": ("社区社会组织怎么培育孵化？", "重点培育哪几类社区社会组织？"),
    "规范管理": ("社区社会组织平时怎么管理？", "社会团体年检什么时候报？"),
    "党建": ("社区社会组织的党建由谁负责？", "社区党组织怎么领导社区社会组织？"),
    "变更注销": ("社会团体不办了怎么注销？", "换负责人要办什么手续？"),
}

BADGES: dict[DocumentStatus, Badge] = {
    DocumentStatus.IN_FORCE: Badge("现行有效", "good"),
    DocumentStatus.PENDING: Badge("尚未施行", "warn"),
    DocumentStatus.REVISED: Badge("已修订", "warn"),
    DocumentStatus.EXPIRED: Badge("实施期已满", "warn"),
    DocumentStatus.REPEALED: Badge("已废止", "bad"),
    DocumentStatus.DRAFT: Badge("征求意见稿", "info"),
    DocumentStatus.UNKNOWN: Badge("效力未知", "plain"),
}
