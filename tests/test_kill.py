import pytest
from kill_rounds import kill_rounds

ROUNDS = 6


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing_and_leaves_an_answering_home(tmp_path, tools, encoder_folder):
    kills = kill_rounds(tmp_path, ROUNDS, tools=tools, encoder=encoder_folder, seed=20261121)
    assert len(kills) == ROUNDS
    assert any(kill.reached != "published" for kill in kills), "no child was killed while it worked"
