"""What a terminal shows in the end of what a block has printed."""

import pytest
from bookwright.blocks.terminal import ControlCharacterError, final_state
from hypothesis import given
from hypothesis import strategies as st

SHOWN = {
    "a carriage return": ("one\rtwo", "two"),
    "a carriage return before a shorter text": ("three\rone", "oneee"),
    "a carriage return at the end": ("one\r", "one"),
    "a carriage return at the end of a line": ("one\r\ntwo\r\n", "one\ntwo\n"),
    "a carriage return on a later line": ("one\ntwo\rsix\n", "one\nsix\n"),
    "a backspace": ("one\b\bx", "oxe"),
    "a backspace at the start": ("\b\bone", "one"),
    "a backspace that deletes": ("one\b \b", "on "),
    "a progress bar": (
        "".join(f"\r{done:3}%|{'#' * (done // 10):10}|" for done in range(0, 101, 20)) + "\n",
        "100%|##########|\n",
    ),
    "a progress bar that becomes shorter": ("\r10 of 10\r9 left\x1b[K\n", "9 left\n"),
    "a progress bar above another one": (
        "a:  0%\nb:  0%\n\x1b[2A\ra: 99%\n\rb: 50%\n",
        "a: 99%\nb: 50%\n",
    ),
    "a colour": ("\x1b[31mred\x1b[0m and \x1b[1;38;5;200mbold\x1b[m\n", "red and bold\n"),
    "a colour in place of text": ("one\r\x1b[32mtwo\x1b[0m", "two"),
    "up": ("one\ntwo\x1b[AX", "oneX\ntwo"),
    "up beyond the first line": ("one\x1b[9AX", "oneX"),
    "down beyond the last line": ("one\x1b[2BX", "one\n\n   X"),
    "right": ("a\x1b[3Cb", "a   b"),
    "left": ("one\x1b[2Dx", "oxe"),
    "left beyond the start": ("one\x1b[9Dx", "xne"),
    "a line of its own for each move": ("a\nb\nc\x1b[2A\rx\x1b[B\ry", "x\ny\nc"),
    "a line feed into an old line": ("one\ntwo\x1b[A\nX", "one\nXwo"),
    "the rest of a line erased": ("one\r\x1b[Kx", "x"),
    "the rest of a line erased by its number": ("one\r\x1b[C\x1b[0K", "o"),
    "the start of a line erased": ("one\x1b[2D\x1b[1K", "  e"),
    "a line erased": ("one\x1b[2Kx", "   x"),
    "the rest of the screen erased": ("one\ntwo\nsix\x1b[A\r\x1b[C\x1b[J", "one\nt"),
    "a letter of another script": ("größer\rÄ", "Ärößer"),
    "a tab": ("a\tb\rc", "c       b"),
    "a tab that is written over": ("abc\td\rwxyz", "wxyz    d"),
    "a tab over letters": ("abc\r\td", "abc     d"),
    "a move by nothing, which is one": ("one\ntwo\x1b[0AX\x1b[0DY", "oneY\ntwo"),
}


@pytest.mark.parametrize(("printed", "shown"), SHOWN.values(), ids=SHOWN)
def test_final_state_is_what_a_terminal_shows(printed, shown):
    assert final_state(printed).expandtabs(8) == shown


REFUSED = {
    "NUL": ("a\0b", r"the control character '\\x00'"),
    "BEL": ("a\ab", r"the control character '\\x07'"),
    "VT": ("a\vb", r"the control character '\\x0b'"),
    "FF": ("a\fb", r"the control character '\\x0c'"),
    "DEL": ("a\x7fb", r"the control character '\\x7f'"),
    "NEL": ("a\x85b", r"the control character '\\x85'"),
    "CSI of eight bits": ("a\x9b1mb", r"the control character '\\x9b'"),
    "an escape alone": ("a\x1b", r"the control character '\\x1b'"),
    "a title of a window": ("\x1b]0;title\x07", r"the control character '\\x1b'"),
    "a link": ("\x1b]8;;https://a.org\x1b\\a\x1b]8;;\x1b\\", r"the control character '\\x1b'"),
    "a hidden cursor": ("\x1b[?25l", r"the control character '\\x1b'"),
    "a cleared screen": ("a\x1b[2J", r"the control sequence '\\x1b\[2J'"),
    "the start of a screen": ("a\x1b[1J", r"the control sequence '\\x1b\[1J'"),
    "a question to the terminal": ("\x1b[6n", r"the control sequence '\\x1b\[6n'"),
    "a scrolled screen": ("\x1b[2S", r"the control sequence '\\x1b\[2S'"),
    "a move by two numbers": ("\x1b[1;2A", r"the control sequence '\\x1b\[1;2A'"),
    "one that would be overwritten": ("a\ab\rcde", r"the control character '\\x07'"),
}


@pytest.mark.parametrize(("printed", "message"), REFUSED.values(), ids=REFUSED)
def test_other_control_characters_are_refused_by_their_name(printed, message):
    with pytest.raises(ControlCharacterError, match=message):
        final_state(printed)


@given(st.text(st.characters(exclude_categories=["Cc"]) | st.sampled_from("\n\t")))
def test_text_without_control_characters_stays_as_it_is(text):
    assert final_state(text) == text


WORDS = st.lists(st.text("abc ", min_size=1), min_size=1)


@given(WORDS)
def test_returns_leave_of_each_text_what_the_later_ones_do_not_cover(words):
    shown = ""
    for word in words:
        shown = word + shown[len(word) :]
    assert final_state("\r".join(words)) == shown


@given(WORDS, st.sampled_from(["\x1b[31m", "\x1b[0m", "\x1b[m", "\x1b[38;5;1m"]))
def test_colours_leave_the_text_as_it_is(words, colour):
    assert final_state(colour.join(words)) == "".join(words)


@given(WORDS)
def test_final_state_is_final(words):
    shown = final_state("\b\x1b[A".join(words))
    assert final_state(shown) == shown
