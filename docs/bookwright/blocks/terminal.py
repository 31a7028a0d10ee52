"""What a terminal shows of a text when all of it has been printed."""

import re

TAB = 8

_PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f]*")
_SEQUENCE = re.compile(r"\x1b\[(?P<numbers>[\d;]*)(?P<command>[A-Za-z])")
_COLOUR, _ERASE_LINE, _ERASE_SCREEN = "m", "K", "J"
_MOVES = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}


class ControlCharacterError(ValueError):
    """A text has a control character that is not about where its letters stand."""


def final_state(text: str) -> str:
    r"""Return what is left on a terminal: `\r`, `\b` and cursors have moved, colours are gone.

    Raises:
        ControlCharacterError: For any other control character.
    """
    return text if _PLAIN.fullmatch(text) else _Screen(text).text


class _Screen:
    def __init__(self, text: str) -> None:
        self._rows: list[list[str]] = [[]]
        self._row = self._column = 0
        position = 0
        while position < len(text):
            if sequence := _SEQUENCE.match(text, position):
                self._obey(sequence)
                position = sequence.end()
            else:
                self._take(text[position])
                position += 1

    @property
    def text(self) -> str:
        return "\n".join("".join(row) for row in self._rows)

    def _take(self, character: str) -> None:
        if character == "\n":
            self._move(1, -self._column)
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._move(0, -1)
        elif character == "\t":
            self._column += TAB - self._column % TAB
        elif _PLAIN.fullmatch(character) is None:
            raise ControlCharacterError(f"the control character {character!r}")
        else:
            row = self._rows[self._row]
            row.extend(" " * (self._column - len(row)))
            row[self._column : self._column + 1] = [character]
            self._column += 1

    def _move(self, rows: int, columns: int) -> None:
        self._row, self._column = max(0, self._row + rows), max(0, self._column + columns)
        while len(self._rows) <= self._row:
            self._rows.append([])

    def _obey(self, sequence: re.Match[str]) -> None:
        command, numbers = sequence["command"], sequence["numbers"]
        row = self._rows[self._row]
        if command in _MOVES and (not numbers or numbers.isdecimal()):
            rows, columns = _MOVES[command]
            count = int(numbers or 0) or 1
            self._move(rows * count, columns * count)
        elif command == _ERASE_LINE and numbers in {"", "0"}:
            del row[self._column :]
        elif command == _ERASE_LINE and numbers == "1":
            row[: self._column + 1] = " " * min(self._column + 1, len(row))
        elif command == _ERASE_LINE:
            row.clear()
        elif command == _ERASE_SCREEN and numbers in {"", "0"}:
            del row[self._column :], self._rows[self._row + 1 :]
        elif command != _COLOUR:
            raise ControlCharacterError(f"the control sequence {sequence[0]!r}")
