"""The baseline: what most tutorials build. Split by length, encode with a transformer, search by vector.

The transformer is small (4 layers, 512 wide) and has random weights: speed does not
depend on what it learnt, and nothing has to be downloaded.
"""

from __future__ import annotations

import string
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.vector_writing import write
from assistant.vectors import PASSAGES, QUESTIONS, VectorIndex, VectorRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.encoder import Encoder

LABEL = "LangChain 切分 + 4 层 512 维转换器 + Chroma"
_CHUNK, _OVERLAP = 500, 50
_LAYERS, _WIDTH, _HEADS, _MAX_TOKENS = 4, 512, 8, 512


@dataclass(frozen=True, slots=True)
class UsualPipeline:
    """Chunks in a Chroma folder; `seconds` is what splitting, encoding and writing took."""

    encoder: Encoder
    index: VectorIndex
    chunks: tuple[str, ...]
    characters: int
    seconds: float

    def search(self, question: str, *, top_k: int = 10) -> list[str]:
        """The nearest chunks' texts, best first."""
        near = self.index.nearest(PASSAGES, self.encoder.encode([question], query=True)[0], top_k=top_k)
        return [self.chunks[int(hit.id)] for hit in near]


def usual_encoder(folder: Path, texts: Sequence[str]) -> Encoder:
    """A random transformer over the characters of `texts`, saved to `folder` and opened from there."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer
    from transformers.utils import logging as transformers_logging

    from assistant.encoder import open_encoder

    transformers_logging.disable_progress_bar()
    torch.manual_seed(0)
    characters = sorted(set("".join(texts)) | set(string.printable))
    vocabulary = folder / "vocab.txt"
    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(c for c in characters if not c.isspace())]
    vocabulary.write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=_WIDTH,
        num_hidden_layers=_LAYERS,
        num_attention_heads=_HEADS,
        intermediate_size=4 * _WIDTH,
        max_position_embeddings=_MAX_TOKENS,
    )
    bare = folder / "bert"
    BertModel(config).save_pretrained(bare)
    BertTokenizer(vocab=str(vocabulary), do_lower_case=True).save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=_MAX_TOKENS)
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "encoder"))
    return open_encoder(str(folder / "encoder"))


def build_usual(texts: Sequence[str], folder: Path) -> UsualPipeline:
    """Index texts the usual way; making the random model is not counted."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    encoder = usual_encoder(folder / "model", texts)
    started = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHUNK, chunk_overlap=_OVERLAP, separators=["\n\n", "\n", "。", "；", "，", ""]
    )
    chunks = tuple(chunk for text in texts for chunk in splitter.split_text(text))

    def encode(_name: str, ids: Sequence[str]) -> NDArray[np.float32]:
        return encoder.encode([chunks[int(id_)] for id_ in ids])

    rows = [VectorRow(str(number), "全国") for number in range(len(chunks))]
    write(folder / "chroma", {PASSAGES: rows, QUESTIONS: []}, encode, own_least=0)  # all in Chroma's graph
    seconds = time.perf_counter() - started
    index = VectorIndex.open(folder / "chroma", private=False)
    return UsualPipeline(encoder, index, chunks, sum(map(len, texts)), seconds)
