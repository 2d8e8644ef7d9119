"""What reading and writing an index both need: lexicon, tokenizer, encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.config import BUNDLED_ENCODER, Settings, corpus_folder
from assistant.encoder import Encoder, open_encoder
from assistant.lexicon import Lexicon
from assistant.text import Segmenter


@dataclass(frozen=True, slots=True)
class Tools:
    """Lexicon, the segmenter that knows its words, and the encoder; of one set of settings."""

    lexicon: Lexicon
    segmenter: Segmenter
    encoder: Encoder


def adapted_folder(home: Path) -> Path:
    """Where the encoder tuned to a home's documents is kept (`ingest train-encoder --from-catalogue`)."""
    return home / "encoder"


def open_tools(settings: Settings) -> Tools:
    """Load lexicon, tokenizer and encoder as the settings say.

    The bundled encoder gives way to the one tuned to the home's documents, where there is one.

    Raises:
        ConfigError: The lexicon is missing or malformed.
        EncoderError: The encoder cannot be used.
    """
    lexicon = Lexicon.load(corpus_folder() / "lexicon")
    adapted = adapted_folder(settings.home)
    tuned = settings.encoder == str(BUNDLED_ENCODER) and adapted.is_dir()
    encoder = open_encoder(str(adapted) if tuned else settings.encoder, allow_hub=settings.allow_hub)
    return Tools(lexicon, Segmenter.with_words(lexicon.words), encoder)
