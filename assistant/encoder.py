"""Encoders: text to unit vectors. The bundled static one by numpy, any other by sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.config import tell_libraries
from assistant.errors import EncoderError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

MODULES_FILE = "modules.json"
WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
_CUT_AT_ONCE = 500  # texts; a cut text takes a hundred bytes for each of its tokens


class Encoder(Protocol):
    """What the index needs of an encoder.

    `fingerprint` names model and version: vectors of different fingerprints are never
    compared (invariant I8). `encode` gives float32 of shape (n, dim), rows of length 1,
    all-zero rows for texts without a known token; empty input gives shape (0, dim).
    """

    fingerprint: str
    dim: int

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Encode documents, or questions when `query`."""


class StaticEncoder:
    """Mean of token vectors, read by numpy from a sentence-transformers StaticEmbedding folder.

    Same vectors as sentence-transformers gives (a test proves it), without importing torch.
    """

    def __init__(self, tokenizer: Tokenizer, vectors: NDArray[np.float32], *, fingerprint: str) -> None:
        """Use `open`; this only assigns."""
        self._tokenizer = tokenizer
        self._vectors = vectors
        self.dim = int(vectors.shape[1])
        self.fingerprint = fingerprint

    @property
    def tokenizer(self) -> Tokenizer:
        """Cuts texts into token ids."""
        return self._tokenizer

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Token vectors, shape (tokens, dim)."""
        return self._vectors

    def with_vectors(self, vectors: NDArray[np.float32]) -> StaticEncoder:
        """The same tokens with other vectors; it has no fingerprint until it is saved and opened."""
        return StaticEncoder(self._tokenizer, vectors, fingerprint="")

    @classmethod
    def open(cls, folder: Path) -> StaticEncoder:
        """Read tokenizer.json and model.safetensors of a StaticEmbedding folder.

        Raises:
            EncoderError: A file is missing or damaged.
        """
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            vectors = load_file(folder / WEIGHTS_FILE)["embedding.weight"].astype(np.float32)
        except Exception as exc:
            raise EncoderError(
                f"向量模型文件夹 {folder} 不完整或已损坏（{exc}），请重新复制整个文件夹。"
            ) from exc
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(tokenizer, vectors, fingerprint=_folder_fingerprint(folder))

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """See `Encoder`; questions and documents share one space, so `query` changes nothing."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for first in range(0, len(texts), _CUT_AT_ONCE):
            part = list(texts[first : first + _CUT_AT_ONCE])
            encodings = self._tokenizer.encode_batch_fast(part, add_special_tokens=False)
            for row, encoding in enumerate(encodings, first):
                if ids := encoding.ids:
                    out[row] = self._vectors[ids].mean(axis=0)
        return _unit(out)


class TransformerEncoder:
    """Any sentence-transformers model, with its own query and document prompts."""

    def __init__(self, model: SentenceTransformer, *, fingerprint: str) -> None:
        """Use `open`; this only assigns."""
        self._model = model
        self.fingerprint = fingerprint
        self.dim = int(model.get_embedding_dimension() or 0)

    @classmethod
    def open(cls, name: str, *, allow_hub: bool) -> TransformerEncoder:
        """Load a local folder, or a hub id when `allow_hub`.

        Raises:
            EncoderError: The folder is unusable, or a hub id was given without permission.
        """
        if not Path(name).is_dir() and not allow_hub:
            raise EncoderError(
                f"找不到向量模型文件夹“{name}”。请把模型整个文件夹复制到本机并把 ASSISTANT_ENCODER 设为其路径；"
                "确需联网下载时再设置 ASSISTANT_ALLOW_HUB=true。"
            )
        if not allow_hub:  # unset, an unreachable hub blocks for over a minute in retries
            tell_libraries(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(name, device="cpu", local_files_only=not allow_hub)
        except Exception as exc:
            raise EncoderError(f"向量模型“{name}”无法加载：{exc}。请检查文件夹是否完整。") from exc
        tag = _folder_fingerprint(Path(name)) if Path(name).is_dir() else name
        return cls(model, fingerprint=tag)

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """See `Encoder`."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        encode = self._model.encode_query if query else self._model.encode_document
        vectors = np.asarray(encode(list(texts), show_progress_bar=False), dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise EncoderError("向量模型输出了无效数值，请换用完好的模型文件夹。")
        return _unit(vectors)


def open_encoder(name: str, *, allow_hub: bool = False) -> Encoder:
    """Open an encoder folder or hub id; static folders without torch.

    Raises:
        EncoderError: It cannot be used; the message says what to do.
    """
    folder = Path(name)
    if _is_static(folder):
        return StaticEncoder.open(folder)
    return TransformerEncoder.open(name, allow_hub=allow_hub)


def _is_static(folder: Path) -> bool:
    modules = folder / MODULES_FILE
    if not modules.is_file():
        return False
    kinds = [str(module.get("type", "")) for module in json.loads(modules.read_text("utf-8"))]
    return any(kind.endswith("StaticEmbedding") for kind in kinds) and len(kinds) <= 2


def _folder_fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{folder.name}-{digest.hexdigest()[:16]}"


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
