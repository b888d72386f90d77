"""Directories of a guest on newlib: made, listed, removed, and worked in."""

from posix_box import box, built, user  # noqa: F401 (fixtures)


def test_mkdir_and_rmdir(box):
    assert box.calls("mkdir", "d", "mkdir", "/d/e/", "mkdir", "d", "rmdir", "d",
                     "rmdir", "d/e", "rmdir", "d", "rmdir", "d") == \
        ["0", "0", "EEXIST", "ENOTEMPTY", "0", "0", "ENOENT"]
    assert box.calls("mkdir", "x") == ["0"]
    assert (box.root / "x").stat().st_mode & 0o777 == 0o750
    (box.root / "f").write_text("")
    assert box.calls("mkdir", "no/d", "mkdir", "f/d", "rmdir", "f", "mkdir", "f",
                     "mkdir", "", "rmdir", "", "mkdir", "/", "rmdir", "/",
                     "rmdir", "x/.", "mkdir", "loop/d", "mkdir", "n" * 1100) == \
        ["ENOENT", "ENOTDIR", "ENOTDIR", "EEXIST", "ENOENT", "ENOENT", "EEXIST",
         "EBUSY", "EINVAL", "ELOOP", "ENAMETOOLONG"]


def test_readdir_lists_each_entry_once(box):
    names = [f"{'n' * (i % 200)}{i}" for i in range(300)]
    (box.root / "d").mkdir()
    for name in names:
        (box.root / "d" / name).write_text("")
    (box.root / "d/sub").mkdir()
    (box.root / "d/link").symlink_to("sub")
    expected = sorted([f"{name}:8" for name in names] +
                      ["sub:4", "link:10", ".:4", "..:4"])
    listed, closed = box.calls("list", "d")
    assert (listed.split(), closed) == (expected + ["end"], "0")


def test_errors_of_opendir(box):
    (box.root / "f").write_text("")
    assert box.calls("list", "none", "list", "f", "list", "", "list", "loop") == \
        ["ENOENT", "ENOTDIR", "ENOENT", "ELOOP"]


def test_chdir_changes_where_every_relative_path_begins(box):
    (box.root / "d/e").mkdir(parents=True)
    (box.root / "d/f").write_text("abc")
    assert box.calls(
        "chdir", "d", "stat", "f", "lstat", "f", "access", "f", 4, "open", "f",
        "truncate", "f", 1, "link", "f", "g", "symlink", "f", "s", "readlink", "s",
        "rename", "g", "e/g", "chmod", "e/g", "600", "touch", "e/g", "mkdir", "m",
        "list", "e", "rmdir", "m", "unlink", "s", "unlink", "e/g", "stat", "/d/f",
        "stat", "../d/f", "stat", "d/f", "create", "new") == [
            "0", "file 3", "file 3", "0", "0", "0", "0", "0", "f", "0", "0", "0", "0",
            "..:4 .:4 g:8 end", "0", "0", "0", "0", "file 1", "file 1", "ENOENT", "0"]
    assert sorted(path.name for path in (box.root / "d").iterdir()) == ["e", "f", "new"]


def test_getcwd_tells_the_directory_without_links_and_dots(box):
    (box.root / "d/e").mkdir(parents=True)
    (box.root / "d/up").symlink_to("../l")
    (box.root / "l").symlink_to("d/./e/")
    assert box.calls("getcwd", "chdir", "d//e/../.", "getcwd", "chdir", "up", "getcwd",
                     "chdir", "..", "getcwd", "chdir", "/", "getcwd", "chdir", "/l/.",
                     "getcwd", "chdir", ".", "getcwd") == \
        ["/", "0", "/d", "0", "/d/e", "0", "/d", "0", "/", "0", "/d/e", "0", "/d/e"]


def test_chdir_goes_nowhere_outside_of_the_root_and_fails_as_posix_says(box):
    (box.root / "d").mkdir()
    (box.root / "f").write_text("")
    (box.root / "d/out").symlink_to("../../secret")
    long = "x" * 250
    assert box.calls("chdir", "..", "chdir", "d/../..", "chdir", "out", "chdir",
                     "absolute", "chdir", "d/out/empty", "chdir", "loop", "chdir", "f",
                     "chdir", "f/", "chdir", "f/x", "chdir", "none", "chdir", "",
                     "chdir", "/".join([long] * 5), "getcwd") == \
        ["EACCES"] * 5 + ["ELOOP"] + ["ENOTDIR"] * 3 + ["ENOENT"] * 2 + \
        ["ENAMETOOLONG", "/"]
    assert box.calls("chdir", "d", "stat", "../../secret/file", "list", "out",
                     "open", "out/file", "create", "../../new") == \
        ["0"] + ["EACCES"] * 4
    assert sorted(path.name for path in box.top.iterdir()) == ["root", "secret"]


def test_chdir_leaves_by_dots_only_what_is_a_directory(box):
    (box.root / "d").mkdir()
    (box.root / "f").write_text("")
    (box.root / "to-f").symlink_to("f")
    (box.root / "to-d").symlink_to("d")
    assert box.calls("chdir", "f/..", "chdir", "to-f/..", "chdir", "f/./..", "chdir",
                     "d/../f/../d", "chdir", "none/..", "chdir", "to-d/..", "chdir",
                     "d/../to-d", "getcwd") == \
        ["ENOTDIR"] * 4 + ["ENOENT", "0", "0", "/d"]


def test_a_path_that_is_too_long_with_the_working_directory_is_an_error(box):
    deep = "/".join(["y" * 200] * 4)
    (box.root / deep).mkdir(parents=True)
    fits, too_long = "z" * 218, "z" * 219
    assert box.calls("chdir", deep, "create", fits, "stat", fits, "create", too_long,
                     "chdir", fits, "chdir", too_long) == \
        ["0", "0", "file 0", "ENAMETOOLONG", "ENOTDIR", "ENAMETOOLONG"]
