"""Settings: the only place that reads or writes the environment."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from assistant.errors import ConfigError

PREFIX = "ASSISTANT_"
BUNDLED_ENCODER = Path(__file__).parent / "models" / "encoder"
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set; each field is the variable ASSISTANT_<NAME>.

    `home` holds catalogue, originals and published generations. `encoder` is a
    sentence-transformers folder, or a hub id when `allow_hub`. `fetch_hosts` are hosts of
    the office's own network, parted by commas, that documents may be fetched from by
    address; others must be public. The language model is
    used only when both `llm_base_url` and `llm_model` are set. `questions_per_minute`
    is what one browser may ask. `public_url` is the address users type when it is not
    this machine's own, e.g. https://policy.example.gov.cn/zhengce behind a proxy. `login`
    says who logs in: "admin" the administrator only, "all" whoever asks too; empty is
    as "admin", and only this machine can reach the page. `keep_days` is how long questions
    and answers are kept; the audit log is kept as long, and at least 180 days.
    """

    home: Path = Path("var")
    encoder: str = str(BUNDLED_ENCODER)
    allow_hub: bool = False
    max_question_chars: int = 300
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_timeout_s: float = 15.0
    questions_per_minute: int = 15
    public_url: str = ""
    fetch_hosts: str = ""
    login: str = ""
    keep_days: int = 180
    log_level: str = "WARNING"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **overrides: object) -> Settings:
        """Read ASSISTANT_* variables; keyword arguments that are not None win, empty values are unset.

        Raises:
            ConfigError: An ASSISTANT_* name is unknown, a value has the wrong type, or a
                number is not above zero.
        """
        env = os.environ if env is None else env
        known = {f.name: f for f in fields(cls)}
        values: dict[str, object] = {}
        for name, raw in env.items():
            if not name.startswith(PREFIX):
                continue
            key = name.removeprefix(PREFIX).lower()
            if key not in known:
                raise ConfigError(f"不认识的设置 {name}。可用的设置见 README“设置”一节，请检查拼写。")
            if raw.strip():
                values[key] = _convert(name, raw.strip(), default=known[key].default)
        values.update({key: value for key, value in overrides.items() if value is not None})
        return cls(**values)  # type: ignore[arg-type]


def tell_libraries(**variables: str) -> None:
    """Set environment variables that third-party libraries read when they are imported."""
    os.environ.update(variables)


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child process of ours has these very settings."""
    own = {PREFIX + f.name.upper(): str(getattr(settings, f.name)) for f in fields(settings)}
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | own


def _convert(name: str, raw: str, *, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() in _TRUE | _FALSE:
            return raw.lower() in _TRUE
        raise ConfigError(f"{name} 应为 true 或 false，现在是“{raw}”。")
    if isinstance(default, Path | str):
        return Path(raw) if isinstance(default, Path) else raw
    try:
        number = int(raw) if isinstance(default, int) else float(raw)
    except ValueError as exc:
        raise ConfigError(f"{name} 应为数字，现在是“{raw}”。") from exc
    if not (number > 0 and math.isfinite(number)):
        raise ConfigError(f"{name} 应为大于 0 的数字，现在是“{raw}”。")
    return number


def corpus_folder() -> Path:
    """The built-in corpus: inside an installed wheel, or beside the source tree.

    Raises:
        ConfigError: Neither place holds it (a broken installation).
    """
    here = Path(__file__).parent
    for candidate in (here / "corpus", here.parent / "corpus"):
        if (candidate / "lexicon").is_dir():
            return candidate
    raise ConfigError("找不到内置文件库 corpus/，安装不完整，请重新安装本软件。")


def compute_on_one_core() -> None:
    """Keep numpy from using threads, unless the operator chose; call before numpy is first imported.

    A question's matrices are small, and threads that wait for one another take ten times as
    long on a busy machine.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
