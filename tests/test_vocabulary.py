import numpy as np

from assistant.vocabulary import Pairs, Vocabulary, pairs_of

TEXTS = ["备案，街道备案", "", "a案b\n道", "𠮷备"]


def test_pairs_of_texts_stay_with_their_text():
    pairs = Pairs.of(TEXTS)
    vocabulary = Vocabulary({}, pairs_of(pairs.codes))
    terms = list(vocabulary.terms())
    found = [
        (int(text), terms[number])
        for text, number in zip(pairs.texts, vocabulary.numbers(pairs.codes), strict=True)
    ]
    assert found == [(0, "#备案"), (0, "#街道"), (0, "#道备"), (0, "#备案"), (3, "#𠮷备")]
    assert len(Pairs.of([]).codes) == len(Pairs.of(["", "一"]).codes) == 0


def test_terms_are_numbered_words_first():
    vocabulary = Vocabulary({"备案": 0, "#费用": 1}, pairs_of(Pairs.of(["街道备案"]).codes))
    assert len(vocabulary) == 2 + 3
    assert [vocabulary.number(term) for term in vocabulary.terms()] == [0, 1, 2, 3, 4]
    assert [vocabulary.number(term) for term in ("没有", "#没有", "#ab", "", "备")] == [None] * 5


def test_saved_vocabulary_comes_back(tmp_path):
    vocabulary = Vocabulary({"备案": 0, "街道": 1}, pairs_of(Pairs.of(TEXTS).codes))
    vocabulary.save(tmp_path)
    again = Vocabulary.read(tmp_path)
    assert again.words == vocabulary.words
    assert np.array_equal(again.pairs, vocabulary.pairs)
