from ingest.traditional import is_traditional, simplified


def test_words_of_metadata_are_brought_to_simplified_characters_of_the_same_length():
    assert simplified("發文機關：國務院辦公廳　標題：關於社區社會組織的實施意見") == (
        "发文机关：国务院办公厅　标题：关于社区社会组织的实施意见"
    )
    assert simplified("民政部办公厅") == "民政部办公厅"
    assert simplified("") == ""


def test_a_text_is_traditional_when_many_of_its_characters_are():
    assert is_traditional("社會組織是社會治理的重要力量，各地要認真落實。")
    assert not is_traditional("社会组织是社会治理的重要力量，各地要认真落实，著名的臺胞组织也一样。")
    assert not is_traditional("")
