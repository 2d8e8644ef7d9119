"""kill -9 of a real `python -m ingest sync` at random moments, and what must hold afterwards.

The tests run a few rounds; by hand, any number: python tests/kill_rounds.py 50 --seed 7
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from small_home import ROOT, clean_environment, copy_corpus, silent, write_encoder

from assistant.answer import Assistant
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.domain import Document, Passage
from assistant.generations import GENERATIONS, published
from assistant.index import Index
from assistant.lock import LOCK
from assistant.tools import Tools, open_tools
from ingest.home import prepare_locked

PROBE, PROBED = "登记社会团体要多少会员和资金", "个人会员不少于五十名"
OWN = "mine"  # a user's own document
RECOVER_EVERY = 3  # rounds; kills in between pile up
NEW = "---\nid: {id}\ntitle: 第{n}号增补办法\nregion: 全国\nstatus: 现行有效\n---\n第一条 第{n}号事项由街道办事处备案。\n"


@dataclass(frozen=True, slots=True)
class Kill:
    """When a child was killed, in seconds after it took the lock, and how far it had come."""

    after_s: float
    reached: str


class Story:
    """A home that is synchronised with a growing corpus by children that get killed."""

    def __init__(self, folder: Path, *, tools: Tools, encoder: Path, seed: int) -> None:
        self.home = folder / "home"
        self.corpus = copy_corpus(folder / "corpus")
        self.tools = tools
        self.settings = Settings(home=self.home, encoder=str(encoder))
        self.rng = random.Random(seed)
        self.known: set[str] = set()  # ids once seen in the catalogue: acknowledged
        self.working_s = 1.0  # how long a child holds the lock when nobody kills it

    def begin(self) -> None:
        """A document of the user's own, then a first synchronisation that nobody disturbs."""
        catalogue = Catalogue.open(self.home)
        with catalogue.transaction() as connection:
            document = Document(OWN, "我们街道的通知", "自己的文件。")
            catalogue.put(connection, document, [Passage(f"{OWN}#0-6", OWN, 0, 6, document.text, "")])
        catalogue.close()
        child = self._child()
        begun = time.monotonic()
        assert child.wait() == 0
        self.working_s = time.monotonic() - begun
        self._look()

    def round(self, number: int) -> Kill:
        """Change the corpus, kill a synchronisation of it, look at what is left."""
        id_ = f"new-{number:03d}"
        (self.corpus / "documents" / f"{id_}.md").write_text(NEW.format(id=id_, n=number), "utf-8")
        before = published(self.home)
        child = self._child()
        after_s = self.rng.uniform(0, self.working_s)
        time.sleep(after_s)
        child.kill()
        child.wait()
        held = self._look()
        if published(self.home) != before:
            return Kill(after_s, "published")
        return Kill(after_s, "stored" if id_ in held else "nothing")

    def recover(self) -> None:
        """A synchronisation that nobody disturbs: everything is there, nothing is left over."""
        prepare_locked(self.settings, self.tools, corpus=self.corpus, progress=silent)
        wanted = {OWN, *(path.stem for path in (self.corpus / "documents").glob("*.md"))}
        assert wanted <= self._look()
        index = self._index()
        assert wanted <= set(index.documents)
        index.close()
        leftovers = [path.name for path in (self.home / GENERATIONS).iterdir() if path.suffix == ".tmp"]
        assert leftovers == [], leftovers

    def _child(self) -> subprocess.Popen[bytes]:
        """A synchronisation in a process of its own that has just taken the lock."""
        said = self.corpus.with_name("said.txt")
        with said.open("wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "ingest", "sync", "--home", self.home, "--corpus", self.corpus],
                cwd=ROOT,
                env=clean_environment() | {"ASSISTANT_ENCODER": self.settings.encoder},
                stdout=file,
                stderr=file,
            )
        lock = self.home / LOCK
        while f"进程 {child.pid}）" not in (lock.read_text("utf-8") if lock.exists() else ""):
            assert child.poll() in (None, 0), said.read_text("utf-8")
            time.sleep(0.005)
        return child

    def _look(self) -> set[str]:
        """Ids in the catalogue, after checking that nothing is lost, mixed or unanswerable."""
        catalogue = Catalogue.open(self.home)
        documents = catalogue.documents(with_text=True)
        passages = list(catalogue.passages())
        catalogue.close()
        held = {document.id for document in documents}
        assert self.known <= held, f"lost: {self.known - held}"
        assert {passage.document_id for passage in passages} == held
        assert len({passage.id for passage in passages}) == len(passages)
        self.known |= held
        index = self._index()
        assert not index.vectors_lost
        assistant = Assistant(self.settings, index, self.tools)
        assert PROBED in assistant.search(PROBE)[0].passage.text
        assistant.close()
        return held

    def _index(self) -> Index:
        return Index.open(self.home, encoder=self.tools.encoder, segmenter=self.tools.segmenter)


def kill_rounds(folder: Path, rounds: int, *, tools: Tools, encoder: Path, seed: int) -> list[Kill]:
    """Run the story; raises AssertionError when something that must hold does not."""
    story = Story(folder, tools=tools, encoder=encoder, seed=seed)
    story.begin()
    kills = []
    for number in range(1, rounds + 1):
        kills.append(story.round(number))
        if number % RECOVER_EVERY == 0 or number == rounds:
            story.recover()
    return kills


def main() -> None:
    """Run as many rounds as asked for and print how far the killed children had come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-rounds-") as name:
        folder = Path(name)
        encoder = write_encoder(folder / "encoder")
        tools = open_tools(Settings(encoder=str(encoder)))
        kills = kill_rounds(folder, chosen.rounds, tools=tools, encoder=encoder, seed=chosen.seed)
    print(dict(Counter(kill.reached for kill in kills)), f"of {len(kills)} kills; nothing lost")  # noqa: T201 - run by hand


if __name__ == "__main__":
    main()
