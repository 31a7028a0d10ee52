from textwrap import dedent

from fences import find_fences


def page(text):
    return dedent(text).lstrip("\n")


def test_fence_is_found_with_its_lines_options_and_code():
    (fence,) = find_fences(
        page("""
        # Title

        ```python exec="on" alt='a "quoted" word'
        x = 1

        print(x)
        ```
        """)
    )
    assert (fence.line, fence.end) == (3, 7)
    assert fence.language == "python"
    assert fence.options == {"exec": "on", "alt": 'a "quoted" word'}
    assert fence.leftovers == ""
    assert fence.code == "x = 1\n\nprint(x)"


def test_indented_fence_loses_its_indent():
    (fence,) = find_fences("- item\n\n    ```python\n    if x:\n        y\n    ```\n")
    assert fence.code == "if x:\n    y"


def test_quoted_fence_loses_its_quote_marks():
    (fence,) = find_fences("> ```python\n> x\n> ```\n")
    assert fence.code == "x"


def test_fence_inside_the_code_of_a_longer_one_is_code():
    (fence,) = find_fences('````md\n```python exec="on"\nx\n```\n````\n')
    assert fence.language == "md"


def test_tabs_are_four_spaces_wide():
    (fence,) = find_fences("- item\n\n\t```python\n\tx\n\t```\n")
    assert (fence.indent, fence.code) == ("    ", "x")


def test_option_that_is_given_twice_is_left_over():
    (fence,) = find_fences('```python exec="off" exec="on"\n```')
    assert fence.leftovers == "exec"


def test_double_quotes_in_a_value_survive_rewriting():
    (fence,) = find_fences("```python alt='a \"quoted\" word'\n```")
    (again,) = find_fences(f"{fence.opening()}\n```")
    assert again.options == fence.options


def test_line_separators_do_not_count_as_lines():
    (fence,) = find_fences("a\u2028b\x0cc\n```python\n```")
    assert fence.line == 2


def test_tildes_close_tildes_only():
    (fence,) = find_fences("~~~python\n```\n~~~\n")
    assert fence.code == "```"


def test_fence_that_is_never_closed_ends_with_the_page():
    (fence,) = find_fences("```python\nx")
    assert (fence.code, fence.end) == ("x", 3)


def test_fence_without_a_language_has_none():
    (fence,) = find_fences("```\nx\n```")
    assert (fence.language, fence.options, fence.leftovers) == ("", {}, "")


def test_words_that_are_no_options_are_left_over():
    (fence,) = find_fences('```python exec=on alt="x" more\n```')
    assert fence.leftovers == "exec=on  more"


def test_opening_line_is_rewritten_with_options_taken_out_and_put_in():
    (fence,) = find_fences('    ```python exec="off" title="x"\n    ```')
    assert fence.opening(without={"exec"}, at="a.md:1") == '    ```python title="x" at="a.md:1"'
