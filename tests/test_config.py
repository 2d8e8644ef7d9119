import re
from dataclasses import fields
from pathlib import Path

import pytest

from assistant.config import BUNDLED_ENCODER, PREFIX, Settings, child_environment, corpus_folder
from assistant.errors import ConfigError


def test_nothing_set_gives_the_defaults():
    assert Settings.from_env({}) == Settings()
    assert Settings().home == Path("var")
    assert Settings().encoder == str(BUNDLED_ENCODER)
    assert not Settings().allow_hub


def test_variables_are_read_with_their_types():
    settings = Settings.from_env(
        {
            "ASSISTANT_HOME": "/srv/数据",
            "ASSISTANT_ALLOW_HUB": "Yes",
            "ASSISTANT_MAX_QUESTION_CHARS": "200",
            "ASSISTANT_LLM_TIMEOUT_S": " 7.5 ",
            "ASSISTANT_LLM_MODEL": "qwen",
            "PATH": "/bin",
        }
    )
    assert settings.home == Path("/srv/数据")
    assert settings.allow_hub is True
    assert settings.max_question_chars == 200
    assert settings.llm_timeout_s == 7.5
    assert settings.llm_model == "qwen"


def test_every_setting_has_a_variable():
    settings = Settings.from_env({PREFIX + f.name.upper(): "1" for f in fields(Settings)})
    assert [f.name for f in fields(Settings) if getattr(settings, f.name) == f.default] == []


def test_arguments_win_over_variables_and_none_does_not():
    env = {"ASSISTANT_HOME": "a", "ASSISTANT_ENCODER": "b"}
    settings = Settings.from_env(env, home=Path("c"), encoder=None)
    assert (settings.home, settings.encoder) == (Path("c"), "b")


def test_an_empty_variable_is_as_good_as_none():
    env = {PREFIX + f.name.upper(): " " for f in fields(Settings)}
    assert Settings.from_env(env) == Settings()


def test_a_misspelt_variable_is_refused_by_name():
    with pytest.raises(ConfigError, match="ASSISTANT_HOEM"):
        Settings.from_env({"ASSISTANT_HOEM": "/srv"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSISTANT_MAX_QUESTION_CHARS", "many"),
        ("ASSISTANT_MAX_QUESTION_CHARS", "3.5"),
        ("ASSISTANT_MAX_QUESTION_CHARS", "-1"),
        ("ASSISTANT_QUESTIONS_PER_MINUTE", "0"),
        ("ASSISTANT_LLM_TIMEOUT_S", "nan"),
        ("ASSISTANT_LLM_TIMEOUT_S", "inf"),
        ("ASSISTANT_ALLOW_HUB", "perhaps"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_name_and_value(name, value):
    with pytest.raises(ConfigError, match=f"{name}.*“{value}”"):
        Settings.from_env({name: value})


def test_the_key_is_not_shown():
    assert "secret" not in repr(Settings(llm_api_key="secret"))


def test_the_readme_lists_every_setting_with_its_default():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `ASSISTANT_(\w+)` \| ([^|]+) \|", readme, re.MULTILINE)
    shown = {f.name: str(f.default) for f in fields(Settings)}
    shown |= {"encoder": "内置模型", "allow_hub": "false", "llm_timeout_s": "15"}
    listed = {name.lower(): default.strip(" `").replace("空", "") for name, default in rows}
    assert listed == shown


def test_the_built_in_corpus_is_found():
    assert (corpus_folder() / "lexicon" / "regions.yaml").is_file()


def test_child_process_has_the_very_settings():
    given = Settings(home=Path("elsewhere"), allow_hub=True, llm_timeout_s=2.5, login="all")
    assert Settings.from_env(child_environment(given)) == given
