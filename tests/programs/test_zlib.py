"""zlib's own programs on newlib as guests print and write the same as native ones."""

import random

import pytest
from conftest import BUILD, HOST_MACHINE, MACHINE, run
from program_guest import GUEST_CC, built, run_bytes

ZLIB = BUILD / "src/zlib"
# Bytes of each kind: text, noise, zeros.
LENGTH = 150000


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def programs(request, tmp_path_factory):
    """{name: (guest, native program)}"""
    folder = tmp_path_factory.mktemp(request.param)
    sources = sorted(ZLIB.glob("*.c"))
    native = ["gcc", *HOST_MACHINE[request.param]]
    for side, compiler in (("guest", [*GUEST_CC, MACHINE[request.param]]),
                           ("native", native)):
        (folder / side).mkdir()
        run(*compiler, "-O2", "-w", "-DHAVE_UNISTD_H", "-c", *sources,
            cwd=folder / side)
    result = {}
    for name in "minigzip", "example":
        run(*native, "-O2", "-w", "-DHAVE_UNISTD_H", "-I", ZLIB, ZLIB / f"test/{name}.c",
            *folder.glob("native/*.o"), "-o", folder / name)
        result[name] = built(folder, request.param, name, "-DHAVE_UNISTD_H", "-I", ZLIB,
                             ZLIB / f"test/{name}.c", *folder.glob("guest/*.o")), \
            folder / name
    return result


@pytest.fixture
def data():
    noise = random.Random(1)
    return (b"".join(b"line %d of a text\n" % (n * n) for n in range(LENGTH // 20)) +
            noise.randbytes(LENGTH) + bytes(LENGTH))


@pytest.mark.parametrize("flags", [[], ["-1"], ["-9"], ["-f"], ["-h", "-6"]])
def test_compressed_data_is_that_of_the_native_program(tmp_path, programs, data, flags):
    guest, native = programs["minigzip"]
    ours = guest.run(tmp_path, *flags, input=data)
    assert (ours.stderr, ours.returncode) == (b"", 0)
    assert ours.stdout == run_bytes(native, *flags, input=data).stdout
    assert len(ours.stdout) < len(data) * 2 / 3
    assert guest.run(tmp_path, "-d", input=ours.stdout).stdout == data
    assert run_bytes("gzip", "-dc", input=ours.stdout).stdout == data


def test_files_are_replaced_as_by_the_native_program(tmp_path, programs, data):
    guest, native = programs["minigzip"]
    for side in "guest", "native":
        (tmp_path / side).mkdir()
        for name in "one", "two":
            (tmp_path / side / name).write_bytes(data)
    assert guest.run(tmp_path / "guest", "one", "two").returncode == 0
    assert run_bytes(native, "one", "two", cwd=tmp_path / "native").returncode == 0
    files = [{path.name: path.read_bytes() for path in (tmp_path / side).iterdir()}
             for side in ("guest", "native")]
    assert files[0] == files[1] and sorted(files[0]) == ["one.gz", "two.gz"]
    assert guest.run(tmp_path / "guest", "-d", "one.gz").returncode == 0
    assert (tmp_path / "guest/one").read_bytes() == data


def test_damaged_data_is_the_same_error(tmp_path, programs, data):
    guest, native = programs["minigzip"]
    packed = bytearray(guest.run(tmp_path, input=data).stdout)
    packed[len(packed) // 2] ^= 1
    ours = guest.run(tmp_path, "-d", input=packed)
    peer = run_bytes(native, "-d", input=packed)
    assert (ours.stdout, ours.returncode) == (peer.stdout, peer.returncode)
    assert guest.as_name(ours.stderr, "x") == peer.stderr.replace(bytes(native), b"x")
    assert ours.returncode == 1


def test_zlibs_own_test_prints_the_same(tmp_path, programs):
    guest, native = programs["example"]
    for side in "guest", "native":
        (tmp_path / side).mkdir()
    ours = guest.run(tmp_path / "guest")
    peer = run_bytes(native, cwd=tmp_path / "native")
    assert (ours.stdout, ours.stderr, ours.returncode) == (peer.stdout, b"", 0)
    assert b"large_inflate(): OK" in ours.stdout
    written, = (tmp_path / "guest").iterdir()
    assert written.read_bytes() == (tmp_path / "native" / written.name).read_bytes()
