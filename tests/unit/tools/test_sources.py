"""Which sentences are found in code, and which cannot be translated."""

from __future__ import annotations

import pytest

from tools.translations.sources import Message, of_code

IMPORTS = "from app.kernel.text import Text, say\nfrom app.ui.language import tr\n"


def found(line: str, name: str = "app/ui/page.py") -> list[tuple[str, str, bool]]:
    result = of_code(IMPORTS + line, name)
    assert result.faults == ()
    return [(message.source, message.comment, message.has_number) for message in result.messages]


def fault(line: str, name: str = "app/ui/page.py") -> str:
    result = of_code(IMPORTS + line, name)
    assert len(result.faults) == 1, result
    return result.faults[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('tr("Open")', ("Open", "", False)),
        ('tr("Open", "state of a window")', ("Open", "state of a window", False)),
        ('tr("Open", note="verb")', ("Open", "verb", False)),
        ('tr("%n windows", n=3)', ("%n windows", "", True)),
        ('tr("%n windows", "", 3)', ("%n windows", "", True)),
        ('tr("Opened {name}").format(name=x)', ("Opened {name}", "", False)),
        ('say("Opened {name}.", name=x)', ("Opened {name}.", "", False)),
        ('say("It has {n} letters.", n=3)', ("It has {n} letters.", "", False)),
        ('say("One " "whole sentence.")', ("One whole sentence.", "", False)),
        ('Text("%n stores.", {}, n=3)', ("%n stores.", "", True)),
        ('Text("%n stores.", {}, 3)', ("%n stores.", "", True)),
    ],
)
def test_a_sentence_is_found_with_its_note_and_number(line: str, message: tuple[str, str, bool]):
    assert found(line) == [message]


def test_it_says_where_a_sentence_stands():
    assert of_code(IMPORTS + 'x = say("Yes.")\n', "app/a.py").messages == (
        Message("Yes.", "", False, "app/a.py:3"),
    )


@pytest.mark.parametrize(
    "code",
    [
        'from app.kernel.text import say as told\ntold("Yes.")',
        'from app.kernel import text\ntext.say("Yes.")',
        'from app.ui import language as words\nwords.tr("Yes.")',
        'def f():\n    from app.kernel.text import say\n    return say("Yes.")',
    ],
)
def test_a_function_is_known_by_whatever_name_it_was_imported(code: str):
    assert [message.source for message in of_code(code, "app/a.py").messages] == ["Yes."]


@pytest.mark.parametrize(
    "code", ['def say(x): ...\nsay(f"{x}")', "page.say(text)", 'Text("x")', '"x".translate({})']
)
def test_a_function_that_only_has_the_same_name_is_left_alone(code: str):
    result = of_code(code, "app/ui/a.py")

    assert (result.messages, result.faults) == ((), ())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('say(f"Opened {name}.")', "an f-string"),
        ("tr(word)", "not a literal"),
        ('Text("a" + b)', "not a literal"),
        ("say()", "not a literal"),
        ('tr("Open", note=why)', "note of tr() is not a literal"),
        ('tr("%n windows")', "%n without n="),
        ('tr("windows", n=2)', "n= without %n"),
        ('tr("")', "empty"),
        ('say("Opened {name.")', "a brace stands alone"),
        ('self.tr("Open")', "Qt's own tr()"),
        ('QCoreApplication.translate("x", "Open")', "Qt's own tr()"),
        ("list(map(say, words))", "say is passed on"),
    ],
)
def test_what_cannot_be_translated_is_told_with_file_and_line(line: str, what: str):
    told = fault(line)

    assert told.startswith("app/ui/page.py:3: ")
    assert what in told


def test_modules_that_pass_sentences_on_are_not_blamed():
    result = of_code(IMPORTS + "Text(source, facts)", "app/isolation/keeper/messages.py")

    assert (result.messages, result.faults) == ((), ())


def test_a_file_that_is_no_python_is_told():
    assert of_code("def", "app/a.py").faults[0].startswith("app/a.py:1: not Python")
