from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from web_support import answered

from assistant.conversations import Check, Conversations, Rating, Verdict, turns
from assistant.errors import CatalogueError, NotFoundError

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    opened = Conversations.open(tmp_path, clock=lambda: NOW)
    yield opened
    opened.close()


def test_conversation_grows_and_keeps_its_title(store):
    first = store.add("me", "", answered("够不上登记条件的归谁管"))
    second = store.add("me", first.id, answered("那更散的呢"))
    assert second.id == first.id
    assert [e.answer.question for e in store.exchanges("me", first.id)] == [
        "够不上登记条件的归谁管",
        "那更散的呢",
    ]
    assert [c.title for c in store.listing("me")] == ["够不上登记条件的归谁管"]


def test_exchanges_can_be_limited_to_the_newest(store):
    conversation = store.add("me", "", answered("一"))
    store.add("me", conversation.id, answered("二"))
    assert [e.answer.question for e in store.exchanges("me", conversation.id, last=1)] == ["二"]


def test_nobody_reads_or_continues_anothers_conversation(store):
    mine = store.add("me", "", answered("我的问题"))
    assert store.exchanges("other", mine.id) == []
    assert store.listing("other") == []
    theirs = store.add("other", mine.id, answered("别人的问题"))
    assert theirs.id != mine.id
    assert len(store.exchanges("me", mine.id)) == 1
    with pytest.raises(NotFoundError):
        store.delete("other", mine.id)
    with pytest.raises(NotFoundError):
        store.rename("other", mine.id, "改名")


def test_conversations_survive_reopening(tmp_path):
    store = Conversations.open(tmp_path)
    conversation = store.add("me", "", answered("谁管"))
    store.choose_region("me", "四川省")
    store.close()
    again = Conversations.open(tmp_path)
    assert again.region("me") == "四川省"
    assert again.exchanges("me", conversation.id)[0].answer.citations == answered("谁管").citations
    again.close()


def test_visitor_token_is_not_in_the_file(store, tmp_path):
    store.add("very-secret-token", "", answered("谁管"))
    store.close()
    assert not any(b"very-secret-token" in path.read_bytes() for path in tmp_path.iterdir())


def test_listing_finds_by_title_and_by_question(store):
    one = store.add("me", "", answered("备案材料有哪些"))
    store.add("me", one.id, answered("资金从哪来 100%"))
    other = store.add("me", "", answered("党支部"))
    store.rename("me", other.id, "党建的事")
    assert [c.id for c in store.listing("me", words="100%")] == [one.id]
    assert [c.title for c in store.listing("me", words="党建")] == ["党建的事"]
    assert store.listing("me", words="%") == store.listing("me", words="100%")
    assert store.listing("me", words="没有") == []


def test_blank_title_changes_nothing_and_long_one_is_cut(store):
    conversation = store.add("me", "", answered("谁管"))
    store.rename("me", conversation.id, "   ")
    assert store.listing("me")[0].title == "谁管"
    store.rename("me", conversation.id, "长" * 99)
    assert store.listing("me")[0].title == "长" * 24


def test_deleted_conversation_is_gone(store):
    conversation = store.add("me", "", answered("谁管"))
    store.delete("me", conversation.id)
    assert store.listing("me") == []
    assert store.exchanges("me", conversation.id) == []


def test_id_of_a_deleted_exchange_is_never_used_again(store):
    conversation = store.add("me", "", answered("谁管"))
    before = store.exchanges("me", conversation.id)[0].id
    store.delete("me", conversation.id)
    again = store.add("other", "", answered("别的"))
    assert store.exchanges("other", again.id)[0].id > before


def test_stranger_without_a_token_finds_nothing(store):
    conversation = store.add("", "", answered("谁管"))
    assert store.listing("") == []
    assert store.exchanges("", conversation.id) == []


def test_rating_is_kept_replaced_and_removed_with_its_conversation(store):
    conversation = store.add("me", "", answered("谁管"))
    exchange = store.exchanges("me", conversation.id)[0]
    assert exchange.verdict is Verdict.NONE
    store.rate("me", exchange.id, Rating(Verdict.UP))
    store.rate("me", exchange.id, Rating(Verdict.DOWN, ("已过期",), "有新办法"))
    assert store.exchanges("me", conversation.id)[0].verdict is Verdict.DOWN
    store.delete("me", conversation.id)
    with pytest.raises(NotFoundError):
        store.rate("me", exchange.id, Rating(Verdict.UP))


def test_only_the_asker_rates_an_answer(store):
    conversation = store.add("me", "", answered("谁管"))
    with pytest.raises(NotFoundError):
        store.rate("other", store.exchanges("me", conversation.id)[0].id, Rating(Verdict.DOWN))


def test_region_of_an_unknown_visitor_is_empty(store):
    assert store.region("nobody") == ""
    store.choose_region("me", "四川省")
    store.choose_region("me", "吉林省")
    assert store.region("me") == "吉林省"


def test_turns_hold_questions_and_the_beginning_of_answers(store):
    conversation = store.add("me", "", answered("谁管"))
    said = turns(store.exchanges("me", conversation.id))
    assert [(t.role, t.content[:4]) for t in said] == [
        ("user", "谁管"),
        ("assistant", answered("谁管").answer[:4]),
    ]
    assert len(said[1].content) <= 600


def test_damaged_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "conversations.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(CatalogueError, match="移到别处"):
        Conversations.open(tmp_path)


def test_check_is_kept_with_its_time_and_replaced_by_the_next(store):
    conversation = store.add("me", "", answered("归谁管"))
    first = store.exchanges("me", conversation.id)[0]
    assert first.check is None
    kept = store.check("me", first.id, Check("张三", "与原文一致"))
    assert kept == Check("张三", "与原文一致", "", NOW.isoformat(timespec="milliseconds"))
    assert store.exchange("me", first.id).check == kept
    again = store.check("me", first.id, Check("李四", "有出入", "第二条已修订"))
    assert store.exchanges("me", conversation.id)[0].check == again


def test_nobody_reads_or_checks_anothers_answer(store):
    conversation = store.add("me", "", answered("归谁管"))
    exchange = store.exchanges("me", conversation.id)[0]
    for stranger in ("other", ""):
        with pytest.raises(NotFoundError):
            store.exchange(stranger, exchange.id)
        with pytest.raises(NotFoundError):
            store.check(stranger, exchange.id, Check("张三", "有出入"))
    assert store.exchange("me", exchange.id).check is None


def test_check_goes_with_its_conversation(store):
    conversation = store.add("me", "", answered("归谁管"))
    exchange = store.exchanges("me", conversation.id)[0]
    store.check("me", exchange.id, Check("张三", "有出入"))
    store.delete("me", conversation.id)
    with store._engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM checks")).scalar() == 0


def test_region_is_known_once_chosen_even_as_none(store):
    assert not store.region_known("me")
    store.choose_region("me", "")
    assert store.region_known("me")
    assert not store.region_known("other")
