"""The order and the use of the questions, as the dictionary declares them."""

from caselog import dictionary


def test_every_question_comes_after_the_one_it_hangs_on():
    for part in (dictionary.OPERATION, dictionary.LABORATORY):
        asked = {"sides"} if part is dictionary.LABORATORY else set()
        for entry in part:
            assert entry.condition is None or entry.condition.parent in asked, entry.name
            asked.add(entry.name)


def test_every_field_of_the_dictionary_is_used_somewhere():
    assert [entry.name for entry in dictionary.entries().values() if not entry.used_in] == []
