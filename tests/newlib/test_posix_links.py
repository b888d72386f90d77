"""Links in the root of a guest on newlib: followed inside of it alone."""

from posix_box import box, built, user  # noqa: F401 (fixtures)


def test_lstat_tells_of_the_link_and_stat_of_its_target(box):
    (box.root / "f").write_text("abc")
    (box.root / "link").symlink_to("f")
    assert box.calls("lstat", "link", "stat", "link", "lstat", "f", "lstat", ".",
                     "lstat", "out", "lstat", "none", "lstat", "f/x") == \
        ["link 1", "file 3", "file 3", "directory 0", "link 9", "ENOENT", "ENOTDIR"]


def test_links_at_the_end_of_a_path_are_not_followed_by_mkdir_and_rmdir(box):
    (box.root / "dangling").symlink_to("../secret/new")
    (box.root / "toempty").symlink_to("../secret/empty")
    assert box.calls("mkdir", "dangling", "mkdir", "dangling/", "rmdir", "toempty",
                     "rmdir", "toempty/") == \
        ["EEXIST", "EEXIST", "ENOTDIR", "ENOTDIR"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


def test_readlink_tells_the_text_of_a_link_and_follows_it_nowhere(box):
    (box.root / "f").write_text("")
    assert box.calls("readlink", "out", "readlink", "absolute", "readlink4", "out",
                     "readlink", "f", "readlink", "none", "readlink", "out/x",
                     "readlink", "loop") == \
        ["../secret", str(box.secret)[:64], "../s", "EINVAL", "ENOENT", "EACCES", "loop"]


def test_a_link_that_a_link_leads_to_40_times_is_followed_and_not_one_more(box):
    (box.root / "f").write_text("")
    (box.root / "1").symlink_to("f")
    for number in range(2, 42):
        (box.root / str(number)).symlink_to(str(number - 1))
    assert box.calls("access", "40", 0, "access", "41", 0) == ["0", "ELOOP"]


def test_link_gives_a_file_a_second_name(box):
    (box.root / "f").write_text("abc")
    (box.root / "d").mkdir()
    assert box.calls("link", "f", "/d/g", "link", "f", "d/g", "link", "none", "h",
                     "link", "d", "h", "link", "f", "none/h", "unlink", "f",
                     "stat", "d/g") == \
        ["0", "EEXIST", "ENOENT", "EPERM", "ENOENT", "0", "file 3"]


def test_link_reaches_no_file_outside_of_the_root(box):
    (box.root / "f").write_text("abc")
    (box.root / "to file").symlink_to("../secret/file")
    before = (box.secret / "file").stat().st_nlink
    assert box.calls("link", "../secret/file", "g", "link", "out/file", "g",
                     "link", "absolute/file", "g", "link", "f", "out/g",
                     "link", "f", "../g", "link", "..", "g", "link", "f", "out/../g",
                     "link", "to file", "h", "lstat", "h", "open", "h") == \
        ["EACCES"] * 5 + ["EPERM", "EACCES", "0", "link 14", "EACCES"]
    assert (box.secret / "file").stat().st_nlink == before
    assert sorted(path.name for path in box.top.iterdir()) == ["root", "secret"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]


def test_symlink_makes_links_that_are_followed_inside_the_root_only(box):
    (box.root / "f").write_text("abc")
    (box.root / "d").mkdir()
    assert box.calls("symlink", "../f", "d/l", "readlink", "d/l", "stat", "d/l",
                     "symlink", "x", "d/l", "symlink", "", "m", "symlink", "x", "/",
                     "symlink", "none", "n", "stat", "n", "lstat", "n") == \
        ["0", "../f", "file 3", "EEXIST", "ENOENT", "EEXIST", "0", "ENOENT", "link 4"]
    assert box.calls("symlink", "../secret/file", "s", "open", "s", "stat", "s",
                     "access", "s", 4, "truncate", "s", 0, "chmod", "s", "600",
                     "create", "s", "symlink", "../secret", "t", "list", "t",
                     "create", "t/new", "mkdir", "t/new", "readlink", "s") == \
        ["0"] + ["EACCES"] * 6 + ["0"] + ["EACCES"] * 3 + ["../secret/file"]
    assert (box.secret / "file").read_text() == "secret"


def test_symlink_makes_no_absolute_link_and_none_outside_of_the_root(box):
    assert box.calls("symlink", "/f", "l", "symlink", str(box.secret), "l",
                     "symlink", "x", "../l", "symlink", "x", "out/l",
                     "symlink", "x", "absolute/l", "lstat", "l") == \
        ["EACCES"] * 5 + ["ENOENT"]
    assert sorted(path.name for path in box.secret.iterdir()) == ["empty", "file"]
