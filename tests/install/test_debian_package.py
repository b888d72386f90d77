"""debian/ has a source package, which builds three packages that work together.

lintian accepts all of them. The build starts with the newlib that make built: compiling
it again shows nothing new.
"""

import os
import shutil
import subprocess
import tarfile

import pytest
from conftest import BUILD, HANGS, ROOT

PACKAGES = {"jumpslot", "jumpslot-dev", "jumpslot-doc"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The description of the source package; its archive lies beside it."""
    folder = tmp_path_factory.mktemp("source")
    copy = folder / "jumpslot"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=lambda directory, names: [
        name for name in names if directory == str(ROOT) and name in (".git", "build")])
    # The compression takes most of the time, and no test needs a small archive.
    subprocess.run(["dpkg-source", "-Zgzip", "-z1", "-b", copy], cwd=folder, check=True,
                   timeout=HANGS, stdout=subprocess.DEVNULL)
    path, = folder.glob("*.dsc")
    return path


@pytest.fixture(scope="module")
def packages(source, tmp_path_factory):
    """The folder with the packages; each test reads it."""
    folder = tmp_path_factory.mktemp("packages")
    copy = folder / "jumpslot"
    subprocess.run(["dpkg-source", "--no-check", "-x", source, copy], check=True,
                   timeout=HANGS, stdout=subprocess.DEVNULL)
    (copy / "build/stamps").mkdir(parents=True)
    for path in [BUILD / "newlib", BUILD / "src", *BUILD.glob("stamps/slow-*")]:
        subprocess.run(["cp", "-a", path, copy / "build" / path.relative_to(BUILD)],
                       check=True)
    done = subprocess.run(["dpkg-buildpackage", "-us", "-uc", "-d", "-b", "-nc"],
                          cwd=copy, text=True, timeout=HANGS, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          env={name: value for name, value in os.environ.items()
                               if name not in ("BUILD", "MAKEFLAGS", "MAKELEVEL",
                                               "MFLAGS", "MAKEOVERRIDES")})
    assert done.returncode == 0, done.stdout
    return folder


def contents(package):
    """Names of the files and links of a package."""
    lines = subprocess.run(["dpkg-deb", "-c", package], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    return {line.split()[5] for line in lines if not line.startswith("d")}


def built(packages):
    return {path.name.split("_")[0]: path for path in packages.glob("*.deb")
            if "dbgsym" not in path.name}


def test_a_build_depends_on_every_package_that_make_needs():
    """Except those that each build of a package has."""
    text = (ROOT / "packages.txt").read_text()
    section = text.partition("[build]\n")[2].partition("[test]")[0]
    needed = {line for line in section.splitlines() if line and line[0] != "#"}
    control = (ROOT / "debian/control").read_text()
    stated = control.partition("Build-Depends:")[2].partition("\nStandards-Version")[0]
    assert needed - {"binutils", "dpkg-dev", "gcc", "g++", "make"} <= {
        each.split()[0] for each in stated.split(",")}


def lintian(path):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "warning,error", path],
                          text=True, timeout=HANGS, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def test_lintian_finds_nothing_in_the_packages(packages):
    changes, = packages.glob("*.changes")
    assert lintian(changes) == (0, "")


def test_lintian_finds_nothing_in_the_source_package(source):
    assert lintian(source) == (0, "")


def test_the_source_package_lacks_the_corpus_alone(source):
    """And the files of git, which dpkg-source leaves out of every archive."""
    archive, = source.parent.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        packed = {entry.name.partition("/")[2] for entry in tar if not entry.isdir()}
    tree = {str(path.relative_to(ROOT)) for folder in ROOT.iterdir()
            if folder.name not in (".git", "build") and folder.is_dir()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts}
    assert packed and tree - packed == {
        name for name in tree if name.startswith("tests/fuzz/corpus/")}


def test_there_are_three_packages_without_a_common_file(packages):
    files = {name: contents(path) for name, path in built(packages).items()}
    assert set(files) == PACKAGES
    assert sum(map(len, files.values())) == len(set().union(*files.values()))
    assert "./usr/bin/host-wrapper" in files["jumpslot"]
    assert "./usr/bin/jumpslot-cc" in files["jumpslot-dev"]
    assert "./usr/share/doc/jumpslot/docs/tutorial.md" in files["jumpslot-doc"]


def test_the_version_is_that_of_the_tools(packages):
    changes, = packages.glob("*.changes")
    assert changes.name.split("_")[1] == (ROOT / "VERSION").read_text().strip()


def test_the_unpacked_packages_build_and_run_a_guest(packages, tmp_path):
    for path in built(packages).values():
        subprocess.run(["dpkg-deb", "-x", path, tmp_path / "root"], check=True)
    (tmp_path / "guest.c").write_text(
        '#include <stdio.h>\nint main(void) { puts("packaged"); }\n')
    usr = tmp_path / "root/usr"
    subprocess.run([usr / "bin/jumpslot-cc", "--newlib", "-O2", "guest.c", "-o",
                    "guest.elf"], cwd=tmp_path, check=True)
    done = subprocess.run([usr / "bin/host-wrapper", "--provider",
                           usr / "lib/jumpslot/providers/newlib-x86_64.so", "guest.elf"],
                          cwd=tmp_path, text=True, timeout=HANGS,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "packaged\n", "")
