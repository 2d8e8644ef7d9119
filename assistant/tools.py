"""What reading and writing an index both need: lexicon, tokenizer, encoder."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.config import Settings, corpus_folder
from assistant.encoder import Encoder, open_encoder
from assistant.lexicon import Lexicon
from assistant.text import Segmenter


@dataclass(frozen=True, slots=True)
class Tools:
    """Lexicon, the segmenter that knows its words, and the encoder; of one set of settings."""

    lexicon: Lexicon
    segmenter: Segmenter
    encoder: Encoder


def open_tools(settings: Settings) -> Tools:
    """Load lexicon, tokenizer and encoder as the settings say.

    Raises:
        ConfigError: The lexicon is missing or malformed.
        EncoderError: The encoder cannot be used.
    """
    lexicon = Lexicon.load(corpus_folder() / "lexicon")
    encoder = open_encoder(settings.encoder, allow_hub=settings.allow_hub)
    return Tools(lexicon, Segmenter.with_words(lexicon.words), encoder)
