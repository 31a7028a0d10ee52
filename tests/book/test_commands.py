"""Commands that pages show are run by a block of their page, or lead to what there is."""

import re
import subprocess
import sys
import tomllib

import pytest
from pages import PAGES, ROOT, source

READ = [page for page in PAGES if not page.startswith("making/")]
SHELL = [
    pytest.param(page, fence.code, id=f"{page}:{fence.line}")
    for page in READ
    for fence in source(page).fences
    if fence.language == "bash"
]


def words(command):
    return command.replace("\\\n", " ").split()


@pytest.mark.parametrize(("page", "command"), SHELL)
def test_command_runs_here_or_in_a_block_or_installs_what_there_is(page, command, tmp_path):
    if command.startswith("pip install"):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"]
        (chosen,) = re.findall(r"\.\[([\w,]+)\]", command)
        assert {*chosen.split(",")} <= {*extras}
        (constraints,) = re.findall(r"-c (\S+)", command)
        assert (ROOT / constraints).is_file()
        others = words(command.partition("]'")[2])
        assert all(any(each.startswith(other) for each in extras["docs"]) for other in others)
    elif page.startswith("reference/"):
        program = words(command)
        start = program.index("-m")
        shell = ["-m", "torch.distributed.run", *program[1:start]] if start > 1 else []
        run = [sys.executable, *shell, *program[start:], "--epochs", "2"]
        subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
        assert (tmp_path / program[-1]).is_file()
    else:
        blocks = " ".join(fence.code for fence in source(page).fences if fence.language != "bash")
        assert " ".join(words(command)) in " ".join(words(blocks))
