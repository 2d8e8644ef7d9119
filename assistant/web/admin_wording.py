"""Every word the administrator's pages and the login show that is not in a template."""

from __future__ import annotations

from assistant.asked import Asked
from assistant.conversations import Verdict
from assistant.domain import FIELD_NAMES, AnswerStatus
from assistant.stages import STAGE_NAMES

STATUSES: dict[AnswerStatus, str] = {
    AnswerStatus.ANSWERED: "已答",
    AnswerStatus.PARTIAL: "部分回答",
    AnswerStatus.NO_EVIDENCE: "没有依据",
    AnswerStatus.OTHER_REGION_ONLY: "只有外地文件",
    AnswerStatus.OUT_OF_SCOPE: "不在范围",
    AnswerStatus.UNCLEAR: "没问清楚",
    AnswerStatus.ERROR: "出错",
}
ASKED: dict[Asked, str] = {
    Asked.AMOUNT: "多少钱",
    Asked.NUMBER: "多少、几个",
    Asked.TIME_LIMIT: "多久、期限",
    Asked.WHEN: "什么时候",
    Asked.WHO: "谁、哪个部门",
    Asked.LIST: "有哪些",
    Asked.STEPS: "怎么办",
    Asked.YES_NO: "是不是、能不能",
    Asked.COMPARISON: "比较",
    Asked.VALIDITY: "还有没有效",
    Asked.CONTACT: "联系方式",
    Asked.OPEN: "没有限定",
}
VERDICTS: dict[Verdict, str] = {Verdict.UP: "有用", Verdict.DOWN: "没用", Verdict.NONE: ""}
BY_PROGRAM, ON_PAGE = "接口", "网页"  # where a question came from
ROLES = {"admin": "管理员", "worker": "工作人员"}
OUTCOMES = {"added": "新增", "known": "已有", "replaced": "新版", "refused": "未读"}
FIELDS = FIELD_NAMES
STAGES = STAGE_NAMES

EXPIRES_SOON = "{day} 到期"
SUPERSEDED = "已被修订、废止或替代"
FIRST_PASSWORD = (
    "管理页 {address}admin/ 的账号：admin，初始密码：{password}（只显示这一次，第一次登录后须改成自己的）"
)
LOG_IN_FIRST = "请先登录。"
ADMIN_ONLY = "这个页面只有管理员能用。"
LOGIN_UNDECIDED = (
    "监听 {host} 会让同一网络里的电脑都能打开本页面，须先定好谁要登录：设 ASSISTANT_LOGIN=all"
    "（提问的人也要登录，账号由管理员在管理页添加）或 ASSISTANT_LOGIN=admin（打开就能提问，只有管理页要登录）。"
)
LOGIN_UNKNOWN = "ASSISTANT_LOGIN 应为 admin 或 all，现在是“{login}”。"
PASSWORD_UNCHANGED = (
    "监听 {host} 之前，须先设好管理员自己的密码：在本机运行 assistant password，按提示输入两次，再启动。"
)
VERSION = "第 {number} 版"
FIELD_UNCHANGED = "没有改动任何内容。"


def version(generation: str) -> str:
    """What a published generation (gen-000017) is called here: 第 17 版; empty for none."""
    number = generation.rpartition("-")[2]
    return VERSION.format(number=int(number)) if number.isdecimal() else generation
