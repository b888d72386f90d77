"""CONTRIBUTING.md: the recipes work as they stand, in a copy of the tree.

Nothing of the copy's build comes from elsewhere, so the recipes build without newlib.
"""

import shutil
import subprocess

import doc_page
from conftest import ROOT


def copied_tree(directory):
    """A copy of the files that git tracks, in a repository of its own."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, directory / name)
    return directory


def test_the_recipes_add_a_guest_a_provider_a_test_and_a_service(tmp_path):
    steps = doc_page.steps((ROOT / "CONTRIBUTING.md").read_text())
    blocks = [commands + 'echo "status $?"\n' for commands, _ in steps]
    outputs = doc_page.run(blocks, copied_tree(tmp_path))
    assert len(outputs) == 5
    for (_, shown), output in zip(steps, outputs):
        assert output.endswith(shown + "status 0\n"), output
    assert outputs[2] == steps[2][1] + "status 0\n"
    assert "1 passed" in outputs[3] and "1 passed" in outputs[4]
    assert not (tmp_path / "build/newlib").exists()
