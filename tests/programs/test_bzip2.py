"""bzip2 on newlib as a guest writes the same files as Debian's bzip2."""

import random

import pytest
from conftest import BUILD
from program_guest import built, run_bytes

BZIP2 = BUILD / "src/bzip2"
FILES = "bzip2 blocksort huffman crctable randtable compress decompress bzlib".split()
SAMPLES = 1, 2, 3


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def bzip2(request, tmp_path_factory):
    return built(tmp_path_factory.mktemp(request.param), request.param, "bzip2",
                 "-D_FILE_OFFSET_BITS=64", *(BZIP2 / f"{name}.c" for name in FILES))


@pytest.mark.parametrize("number", SAMPLES)
def test_its_own_samples_are_packed_as_they_were_at_its_release(tmp_path, bzip2, number):
    """As bzip2's makefile tests it: sample N has block size N, in units of 100k."""
    reference = (BZIP2 / f"sample{number}.ref").read_bytes()
    packed = (BZIP2 / f"sample{number}.bz2").read_bytes()
    small = ["-s"] if number == 3 else []
    made = bzip2.run(tmp_path, f"-{number}", input=reference)
    assert (made.stdout, made.stderr, made.returncode) == (packed, b"", 0)
    restored = bzip2.run(tmp_path, "-d", *small, input=packed)
    assert (restored.stdout, restored.stderr, restored.returncode) == (reference, b"", 0)


@pytest.mark.parametrize("level", ["-1", "-9"])
def test_a_large_file_is_packed_as_by_debians_bzip2(tmp_path, bzip2, level):
    """Of several blocks: text, a long run of one byte, noise."""
    noise = random.Random(2)
    data = (b"".join(b"%d bottles\n" % n for n in range(70000)) + b"x" * 300000 +
            noise.randbytes(200000))
    made = bzip2.run(tmp_path, level, input=data)
    assert made.stdout == run_bytes("bzip2", level, input=data).stdout
    assert bzip2.run(tmp_path, "-d", input=made.stdout).stdout == data


def test_files_are_replaced_and_damage_is_reported_as_by_debians_bzip2(tmp_path, bzip2):
    for side in "guest", "debian":
        (tmp_path / side).mkdir()
        (tmp_path / side / "good").write_bytes(b"some text\n" * 1000)
        (tmp_path / side / "bad.bz2").write_bytes(
            (BZIP2 / "sample1.bz2").read_bytes()[:-1000])
        (tmp_path / side / "empty").write_bytes(b"")

    def both(*arguments):
        ours = bzip2.run(tmp_path / "guest", *arguments)
        peer = run_bytes("bzip2", *arguments, cwd=tmp_path / "debian")
        assert ours.stdout == peer.stdout
        assert bzip2.as_name(ours.stderr, "bzip2") == peer.stderr
        assert ours.returncode == peer.returncode
        files = [{path.name: path.read_bytes() for path in (tmp_path / side).iterdir()}
                 for side in ("guest", "debian")]
        assert files[0] == files[1]
        return ours.returncode
    assert both("-v", "good", "empty") == 0
    assert both("-t", "good.bz2") == 0
    assert both("-tv", "bad.bz2") == 2
    assert both("-d", "good.bz2", "missing") == 1
    assert both("-k", "good") == 0
    assert both("good") == 1
    assert both("-dc", "good.bz2") == 0
