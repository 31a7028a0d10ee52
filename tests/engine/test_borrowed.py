"""The private names of other libraries: each still is what the engine takes it for."""

import os
import subprocess
import sys
from textwrap import dedent
from threading import Event, Thread

import markdown
import nbformat
import pytest
from bookwright import borrowed
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown_exec import MarkdownConverter
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page
from mkdocs_jupyter import nbconvert2
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from sites import ENGINE, write_site


def python(code, folder):
    """Return what a program prints that runs in a folder; its process is not this one."""
    program = folder / "program.py"
    program.write_text(dedent(code), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ENGINE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_threads_are_waited_for(tmp_path):
    code = """
        import threading, time
        from bookwright import borrowed

        main = threading.main_thread()
        threading.Thread(target=lambda: (main.join(), time.sleep(0.1), print("late"))).start()
        borrowed.end_threads()
        print("end")
        """
    assert python(code, tmp_path) == "late\nend\n"


def test_exit_functions_are_called_once(tmp_path):
    code = """
        import atexit
        from bookwright import borrowed

        atexit.register(print, "bye")
        borrowed.run_exit_functions()
        print("end")
        """
    assert python(code, tmp_path) == "bye\nend\n"


class TestForgetting:
    def test_exit_functions_of_the_template_are_not_called(self, tmp_path):
        code = """
            import atexit
            from bookwright import borrowed

            atexit.register(print, "the template's")
            borrowed.forget_the_template()
            atexit.register(print, "its own")
            """
        assert python(code, tmp_path) == "its own\n"

    def test_start_method_is_the_one_that_a_new_process_has(self, tmp_path):
        code = """
            import multiprocessing
            from bookwright import borrowed

            if __name__ == "__main__":
                usual = multiprocessing.get_all_start_methods()[0]
                multiprocessing.set_start_method("spawn")
                borrowed.forget_the_template()
                print(multiprocessing.get_start_method(allow_none=True))
                print(multiprocessing.get_start_method() == usual)
            """
        assert python(code, tmp_path) == "None\nTrue\n"

    def test_processes_find_the_script_in_the_folder_of_the_child(self, tmp_path):
        code = """
            import multiprocessing, os, pathlib, sys
            from bookwright import borrowed

            def show():
                print("found", flush=True)

            if __name__ == "__main__":
                os.mkdir("here")
                pathlib.Path("program.py").rename("here/block.py")
                os.chdir("here")
                sys.modules["__main__"].__file__ = "block.py"
                borrowed.forget_the_template()
                process = multiprocessing.get_context("spawn").Process(target=show)
                process.start()
                process.join()
            """
        assert python(code, tmp_path) == "found\n"

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot copy a process")
    def test_fork_server_is_started_anew(self, tmp_path):
        code = """
            import multiprocessing, multiprocessing.forkserver, os
            from bookwright import borrowed

            def show():
                print("from a server of its own", flush=True)

            if __name__ == "__main__":
                multiprocessing.forkserver.ensure_running()
                if os.fork() == 0:
                    borrowed.forget_the_template()
                    process = multiprocessing.get_context("forkserver").Process(target=show)
                    process.start()
                    process.join()
                    os._exit(0)
                os.wait()
            """
        assert python(code, tmp_path) == "from a server of its own\n"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"title": "a.py"},
        {"hl_lines": "1 3-4"},
        {"linenums": "5"},
        {"title": "<", "linenums": "1"},
    ],
    ids=["nothing", "title", "hl_lines", "linenums", "two"],
)
@pytest.mark.parametrize("language", ["python", "text", "no-such-language"])
def test_code_is_highlighted_as_superfences_does_it(language, options):
    code = 'x = "<"\n\n# α\nprint(x)'
    header = " ".join([language, *(f'{name}="{value}"' for name, value in options.items())])

    def ours(source, _language, _class, _options, md, **_):
        return borrowed.highlight(md, source, language, options)

    fence = {"name": "ours", "class": "", "format": ours}
    shown = [
        markdown.markdown(
            f"Text.\n\n```{opening}\n{code}\n```\n",
            extensions=["pymdownx.superfences", "pymdownx.highlight"],
            extension_configs={"pymdownx.superfences": {"custom_fences": [fence]}},
        )
        for opening in (header, "ours")
    ]
    assert shown[0] == shown[1]
    assert "α" in shown[0]


class Reader(Extension):
    """Calls a function with the Markdown object that reads a text, before anything else is done."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def extendMarkdown(self, md):  # noqa: N802  # Markdown's name
        function = self.function

        class Call(Preprocessor):
            def run(self, lines):
                function(md)
                return lines

        md.preprocessors.register(Call(md), "reader", 1000)


@pytest.fixture
def page(tmp_path):
    """Return a function from the text of a page to a page of MkDocs, and to its configuration."""

    def make(text, reader=None):
        config = load_config(str(write_site(tmp_path, page=text)))
        config.markdown_extensions.extend([reader] if reader else [])
        files = get_files(config)
        made = Page(None, files.get_file_from_path("page.md"), config)
        made.read_source(config)
        return made, config, files

    return make


def test_processors_of_a_page_are_those_that_mkdocs_has_registered(page):
    found = []

    def compare(md):
        registered = {item.name: item.priority for item in md.treeprocessors._priority}  # noqa: SLF001
        for name, (processor, priority) in borrowed.page_processors(md).items():
            found.append(name)
            assert processor is md.treeprocessors[name]
            assert priority == registered[name]

    made, config, files = page("# Page\n", Reader(compare))
    made.render(config, files)
    assert sorted(found) == ["mkdocs_extract_anchors", "relpath"]


def test_processors_of_a_page_resolve_links_and_find_anchors(page):
    html = []

    def convert(md):
        other = markdown.Markdown(extensions=["attr_list"])
        for name, (processor, priority) in borrowed.page_processors(md).items():
            other.treeprocessors.register(processor, name, priority)
        html.append(other.convert("## Part { #part }\n\n[home](index.md)\n"))

    made, config, files = page("# Page\n", Reader(convert))
    made.render(config, files)
    assert '<a href="../">home</a>' in html[0]
    assert "part" in made.present_anchor_ids


def test_anchors_that_mkdocs_does_not_see_are_noted(page):
    made, config, files = page("# Page\n", Reader(lambda md: borrowed.note_anchors(md, ["a", "b"])))
    made.render(config, files)
    assert set(made.present_anchor_ids) == {"page", "a", "b"}


def test_markdown_without_a_page_has_no_processors_of_one():
    assert borrowed.page_processors(markdown.Markdown()) == {}
    borrowed.note_anchors(markdown.Markdown(), ["a"])


@pytest.mark.parametrize(
    ("is_kept", "names"),
    [(True, ["One", "Two", "Three", "Four", "Five"]), (False, ["One", "Four"])],
)
def test_headings_of_converted_markdown_are_found_in_a_larger_html(is_kept, names):
    def shown(source, _language, _class, _options, md, **_):
        converted = [
            MarkdownConverter(md).convert(part, id_prefix="") for part in source.split("|")
        ]
        html = f"<div>{'<hr>'.join(converted)}</div>"
        if is_kept:
            borrowed.keep_headings(md, html)
        return html

    md = markdown.Markdown(
        extensions=["toc", "pymdownx.superfences"],
        extension_configs={
            "pymdownx.superfences": {
                "custom_fences": [{"name": "ours", "class": "", "format": shown}]
            }
        },
    )
    html = md.convert(
        "# One\n\n```ours\n# Two\n|\n# Three\n```\n\n# Four\n\n```ours\n# Five\n```\n"
    )
    assert html.count("<div><h1") == 2
    assert [token["name"] for token in md.toc_tokens] == names


def test_markdown_in_which_nothing_was_converted_has_no_headings_to_keep():
    borrowed.keep_headings(markdown.Markdown(), "<div></div>")


def as_it_is(notebook):
    pass


class TestJupyter:
    LAB = "---\njupyter:\n  kernelspec: {name: python3, display_name: Python 3}\n---\n# Lab\n\n"

    @pytest.fixture
    def converted(self, tmp_path):
        """Return a function that has mkdocs-jupyter convert a lab, without running it."""
        (tmp_path / "lab.md").write_text(f"{self.LAB}```python\nx = 1\n```\n", encoding="utf-8")
        return lambda: nbconvert2.nb2html(str(tmp_path / "lab.md"))

    def test_notebooks_come_as_long_as_they_are_wanted(self, converted):
        with borrowed.notebooks_as_they_ran(7, as_it_is):
            (text, code) = nbformat.reads(converted(), as_version=4).cells
        assert (text.source, code.source) == ("# Lab", "x = 1")
        assert converted().lstrip().startswith("<")

    def test_html_comes_back_after_an_error(self, converted):
        with pytest.raises(LookupError), borrowed.notebooks_as_they_ran(7, as_it_is):
            raise LookupError
        assert "jp-Notebook" in converted()


def test_server_looks_as_often_as_it_is_told(tmp_path):
    (tmp_path / "docs").mkdir()
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(tmp_path))
    server.watch(tmp_path / "docs")
    borrowed.look_often(server, 0.125)
    assert [emitter.timeout for emitter in server.observer.emitters] == [0.125]
    assert [emitter.watch.path for emitter in server.observer.emitters] == [str(tmp_path / "docs")]
    server.shutdown()


def test_server_builds_again_when_it_is_asked_to(tmp_path):
    built = Event()
    server = LiveReloadServer(built.set, "127.0.0.1", 0, str(tmp_path))
    serving = Thread(target=server.serve)
    serving.start()
    borrowed.rebuild(server)
    assert built.wait(60)
    server.shutdown()
    serving.join()


def test_time_of_a_cell_is_the_limit_that_is_asked_for(tmp_path):
    notebook = tmp_path / "a.ipynb"
    cell = nbformat.v4.new_code_cell("import time\ntime.sleep(600)")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    with (
        borrowed.notebooks_as_they_ran(1, as_it_is),
        pytest.raises(Exception, match="after 1 seconds"),
    ):
        nbconvert2.nb2html(str(notebook), execute=True, kernel_name="python3")


def test_failure_of_a_cell_has_its_source_between_two_rules(tmp_path):
    source = "y = 2\n1 / 0"
    cells = [nbformat.v4.new_code_cell(source)]
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=cells),
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    with pytest.raises(CellExecutionError) as failed:
        client.execute()
    _, code, rest = failed.value.traceback.split(borrowed.NBCLIENT_RULE)
    assert code == source
    assert "ZeroDivisionError" in rest


def test_pandoc_is_the_program_that_the_package_brings_along():
    program, version = borrowed.pandoc()
    result = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("pandoc")
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "show", "pypandoc_binary"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"Version: {version}\n" in shown.stdout
