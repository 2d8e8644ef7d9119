from __future__ import annotations

import pytest
from fake_llm_server import fake_llm_server

from assistant.config import Settings
from assistant.doctor import Finding, examine


def model_finding(**given: object) -> Finding:
    """The last of the findings is the language model's."""
    return examine(Settings(llm_timeout_s=2.0, **given))[-1]  # type: ignore[arg-type]


@pytest.fixture
def nowhere(tmp_path, encoder_folder):
    return {"home": tmp_path, "encoder": str(encoder_folder)}


def test_examine_is_content_without_a_model(nowhere):
    assert model_finding(**nowhere) == Finding("大模型", True, "未配置，按原文摘录回答")


def test_examine_names_half_a_configuration(nowhere):
    finding = model_finding(**nowhere, llm_model="m")
    assert not finding.sound
    assert "ASSISTANT_LLM_BASE_URL" in finding.detail


def test_examine_asks_the_model_once(nowhere):
    with fake_llm_server() as server:
        server.answers()
        assert model_finding(**nowhere, llm_base_url=server.url, llm_model="m").sound
        server.behave = lambda exchange: exchange.send(b"{}", status=401)
        finding = model_finding(**nowhere, llm_base_url=server.url, llm_model="m")
    assert not finding.sound
    assert "密钥未被接受" in finding.detail and "docs/model.md" in finding.detail
