"""docs/monitor.md: the commands boot an image, and a refused image ends as it says."""

import subprocess

import doc_page
from conftest import BUILD, HANGS, ROOT
from partition import image_of

EXIT_DEVICE = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
PAGE = (ROOT / "docs/monitor.md").read_text()


def test_the_commands_of_the_page_print_what_it_shows(tmp_path):
    commands, shown = zip(*doc_page.steps(PAGE), strict=True)
    assert len(commands) == 2
    assert doc_page.run(commands, doc_page.tree(tmp_path)) == list(shown)


def test_the_exit_device_ends_qemu_after_a_refused_image(tmp_path):
    image = image_of(BUILD / "guests/hello-x86_64.elf", tmp_path)
    content = bytearray(image.read_bytes())
    content[-1] ^= 1
    image.write_bytes(content)
    result = subprocess.run(
        ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-cpu", "max",
         "-m", "16M", "-kernel", BUILD / "bin/jumpslot-monitor", "-initrd", image,
         *EXIT_DEVICE, "-serial", "null", "-serial", "null", "-serial", "stdio"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=HANGS)
    assert (result.stdout, result.returncode) == (
        "refused: boot image: damaged: its hash is wrong\n", 1)
    assert " ".join(EXIT_DEVICE) in PAGE
