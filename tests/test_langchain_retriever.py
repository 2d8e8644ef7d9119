"""The retriever plugs into a LangChain chain and keeps text verbatim and regions apart."""

from __future__ import annotations

from assistant.answer import Assistant
from assistant.langchain_retriever import PolicyRetriever


def test_gives_verbatim_passages_of_the_askers_region(builtin_assistant: Assistant):
    from langchain_core.runnables import RunnableLambda

    retriever = PolicyRetriever.over(builtin_assistant, region="吉林", top_k=5)
    chain = retriever | RunnableLambda(lambda found: [d.metadata["document_id"] for d in found])
    assert "jilin-2017" in chain.invoke("几个党员可以单独建支部")
    for document in retriever.invoke("几个党员可以单独建支部"):
        place = document.metadata
        text = builtin_assistant.document(place["document_id"]).text
        assert text[place["start"] : place["end"]] == document.page_content
        assert place["region"] in ("全国", "吉林省")
