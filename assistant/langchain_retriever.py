"""The retriever as a LangChain `BaseRetriever`, for other people's chains."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from assistant.answer import Assistant


class PolicyRetriever(BaseRetriever):
    """Passages that may carry an answer in the asker's region, best first.

    Each document's `page_content` is verbatim text; `metadata` names document_id, title,
    doc_number, region, section, start, end and score. Passages of other regions are left
    out (invariant I4).
    """

    assistant: Any  # an Assistant; pydantic cannot check a class that is no model
    region: str | None = None
    top_k: int = 8

    @classmethod
    def over(cls, assistant: Assistant, *, region: str | None = None, top_k: int = 8) -> PolicyRetriever:
        """A retriever over an open assistant."""
        return cls(assistant=assistant, region=region, top_k=top_k)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        hits = self.assistant.search(query, region=self.region, top_k=self.top_k)
        return [
            LangChainDocument(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "document_id": hit.document.id,
                    "title": hit.document.title,
                    "doc_number": hit.document.doc_number,
                    "region": hit.document.region,
                    "section": hit.passage.section,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": hit.score,
                },
            )
            for hit in hits
            if not hit.rejected
        ]
