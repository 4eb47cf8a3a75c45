"""Translations survive an update, and the file is the same for the same words."""

from __future__ import annotations

from tools.translations.catalogue import CHINESE, ENGLISH, Entry, merged, written
from tools.translations.sources import Message

OPEN = Message("Open", "", False, "app/a.py:1")
WINDOWS = Message("%n windows", "", True, "app/a.py:2")


def test_a_new_sentence_waits_for_its_translation():
    assert merged([OPEN], [], CHINESE) == (Entry("Open", "", ("",)),)


def test_a_translation_is_kept():
    entry = Entry("Open", "", ("打开",))

    assert merged([OPEN], [entry], CHINESE) == (entry,)


def test_one_word_with_two_notes_is_two_sentences():
    state = Message("Open", "state", False, "app/a.py:3")

    assert [entry.comment for entry in merged([state, OPEN], [], CHINESE)] == ["", "state"]


def test_a_sentence_that_left_the_code_is_kept_as_vanished_and_comes_back():
    entry = Entry("Open", "", ("打开",))
    gone = merged([], [entry], CHINESE)

    assert [old.is_vanished for old in gone] == [True]
    assert merged([OPEN], gone, CHINESE) == (entry,)


def test_an_untranslated_sentence_that_left_the_code_is_forgotten():
    assert merged([], [Entry("Open", "", ("",))], CHINESE) == ()


def test_english_holds_plurals_alone_in_two_forms():
    assert merged([OPEN, WINDOWS], [], ENGLISH) == (Entry("%n windows", "", ("", ""), has_number=True),)


def test_chinese_needs_one_form_of_a_plural_and_keeps_it_when_the_number_comes_later():
    old = Entry("%n windows", "", ("%n 个窗口",))

    assert merged([WINDOWS], [old], CHINESE) == (Entry("%n windows", "", ("%n 个窗口",), has_number=True),)


def test_the_file_is_sorted_by_sentence_without_regard_to_capitals():
    entries = merged([Message(word, "", False, "") for word in ("b", "A", "a", "C")], [], CHINESE)

    assert [entry.source for entry in entries] == ["A", "a", "b", "C"]


def test_the_file_marks_what_is_open_and_escapes_signs():
    text = written([Entry("A < B & C", "<note>", ("",))], CHINESE)

    assert "<source>A &lt; B &amp; C</source>" in text
    assert "<comment>&lt;note&gt;</comment>" in text
    assert '<translation type="unfinished"></translation>' in text
