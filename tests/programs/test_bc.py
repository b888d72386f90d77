"""bc and dc on newlib as guests compute and print the same as Debian's."""

import pytest
from conftest import BUILD
from program_guest import built, run_bytes

BC = BUILD / "src/bc"
# The answers of bc's configure script.
FEATURES = [f"-DHAVE_{name}" for name in (
    "ERRNO_H FSTAT LIMITS_H STDARG_H STDLIB_H STRING_H SYS_STAT_H UNISTD_H").split()]
VERSIONS = ['-DPACKAGE="bc"', '-DVERSION="1.07.1"', '-DDC_VERSION="1.4.1"',
            '-DBC_COPYRIGHT=""', '-DDC_COPYRIGHT=""', "-DSTDC_HEADERS"]
LIBRARY = [BC / f"lib/{name}.c" for name in ("getopt", "getopt1", "number")]
PARTS = {
    "bc": "main bc scan execute load storage util global warranty".split(),
    "dc": "array dc eval misc numeric stack string".split(),
}
# Those that neither ask the user nor take long.
TESTS = [BC / f"Test/{name}.b" for name in (
    "array arrayp aryprm atan div exp jn ln sine sqrt sqrt1 sqrt2 testfn").split()]


def libmath():
    """bc's own library, compiled by Debian's bc, as text of C: see bc/fix-libmath_h."""
    lines = run_bytes("bc", "-c", BC / "bc/libmath.b", input=b"").stdout.decode()
    return "{" + ",\n".join(f'"{line}"' for line in lines.splitlines()[:-1]) + ",0}\n"


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def programs(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "config.h").write_text("")
    (folder / "libmath.h").write_text(libmath())
    return {name: built(folder, request.param, name, "-I", folder, "-I", BC / name,
                        "-I", BC / "h", *FEATURES, *VERSIONS, *LIBRARY,
                        *(BC / name / f"{part}.c" for part in parts))
            for name, parts in PARTS.items()}


def same(tmp_path, guest, name, *arguments, **options):
    ours = guest.run(tmp_path, *arguments, **options)
    peer = run_bytes(name, *arguments, cwd=tmp_path, **options)
    assert ours.stdout == peer.stdout
    assert guest.as_name(ours.stderr, name) == peer.stderr
    assert ours.returncode == peer.returncode
    return ours.stdout


@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.name)
def test_bcs_own_tests_print_what_debians_bc_prints(tmp_path, programs, test):
    (tmp_path / "test.b").write_bytes(test.read_bytes())
    same(tmp_path, programs["bc"], "bc", "-l", "test.b", input=b"quit\n")


@pytest.mark.parametrize("text, expected", [
    ("scale=40; 4*a(1)", b"3.14159265358979323846264338327950288419"),
    ("2^400 % 10007; ibase=16; obase=2; FF", b"11111111"),
    ("define f(n) { if (n < 2) return 1; return n * f(n - 1); } f(120)",
     b"66895029134491"),
    ("1/0", b""), ("print \"a\", 1, \"\\n\"", b"a1"),
    ("e(1); l(10); s(1); c(1); j(0,1); sqrt(2); length(12345); scale(1.23)",
     b"2.718281828")])
def test_bc_computes_as_debians_bc(tmp_path, programs, text, expected):
    printed = same(tmp_path, programs["bc"], "bc", "-l", input=f"{text}\n".encode())
    assert expected in printed.replace(b"\\\n", b"")


@pytest.mark.parametrize("text", [
    "20k 2v p", "[la1+dsa*pla10>y]sy 0sa1 lyx", "16o 255 p 2 100 ^ p", "1 0 / p",
    "5 3 ~ f", "[text] p Z p", "x y z"])
def test_dc_computes_as_debians_dc(tmp_path, programs, text):
    same(tmp_path, programs["dc"], "dc", input=f"{text}\n".encode())
