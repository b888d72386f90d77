"""SQLite on newlib as a guest: its output and its files are those of Debian's sqlite3.
fsync() and locks are the host's, and a killed guest loses no transaction.
"""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import BUILD, HANGS, ROOT, each_arch as arch, run
from program_guest import UTC, ProgramGuest, run_bytes

SQL = ROOT / "tests/programs/sql"


@pytest.fixture
def sqlite(arch):
    return ProgramGuest(arch, "sqlite")


def in_debians(directory, text, *arguments):
    directory.mkdir(exist_ok=True)
    return run_bytes("sqlite3", "-batch", *arguments, "test.db", input=text,
                     cwd=directory)


def in_guest(sqlite, directory, text, *arguments):
    directory.mkdir(exist_ok=True)
    return sqlite.run(directory, "-batch", *arguments, "test.db", input=text)


def tables_and_rows(path):
    return run_bytes("sqlite3", path, ".dump").stdout


@pytest.mark.parametrize("script", sorted(path.name for path in SQL.glob("*.sql")))
def test_output_is_that_of_debians_sqlite3(tmp_path, script, sqlite):
    text = (SQL / script).read_bytes()
    debian = in_debians(tmp_path / "debian", text)
    guest = in_guest(sqlite, tmp_path / "guest", text)
    assert guest.stdout == debian.stdout
    assert guest.stderr == debian.stderr
    assert guest.returncode == debian.returncode
    assert len(guest.stdout.splitlines()) > 25


def test_files_are_those_that_debians_sqlite3_writes(tmp_path, sqlite):
    text = (SQL / "storage.sql").read_bytes()
    in_debians(tmp_path / "debian", text)
    in_guest(sqlite, tmp_path / "guest", text)
    names = [sorted(path.name for path in (tmp_path / side).iterdir())
             for side in ("debian", "guest")]
    assert names[0] == names[1] == \
        ["backup.db", "copy.db", "dump.sql", "second.db", "test.db"]
    for name in names[0]:
        assert (tmp_path / "debian" / name).read_bytes() == \
            (tmp_path / "guest" / name).read_bytes(), name


def test_each_reads_what_the_other_wrote(tmp_path, sqlite):
    make = b"CREATE TABLE t(a, b); INSERT INTO t VALUES (1.5, 'one'), (x'ff', NULL);"
    in_guest(sqlite, tmp_path, make)
    in_debians(tmp_path, b"INSERT INTO t VALUES (2, 'two');")
    in_guest(sqlite, tmp_path, b"PRAGMA journal_mode = TRUNCATE; VACUUM; DELETE FROM t "
                               b"WHERE b = 'one';")
    read = b"SELECT quote(a), b FROM t; PRAGMA integrity_check;"
    expected = b"X'FF'|\n2|two\nok\n"
    assert in_guest(sqlite, tmp_path, read).stdout == expected
    assert in_debians(tmp_path, read).stdout == expected


def calls_of(directory, log, *command, text):
    """The system calls fsync() and fdatasync() of a command, and what they synced."""
    result = run_bytes("strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", log,
                       *command, input=text, cwd=directory)
    assert result.returncode == 0, result
    return [line.partition("<")[2].partition(">")[0].rpartition("/")[2]
            for line in log.read_text().splitlines() if "sync(" in line]


@pytest.mark.parametrize("mode", ["DELETE", "TRUNCATE", "PERSIST"])
def test_a_transaction_syncs_the_files_that_debians_sqlite3_syncs(tmp_path, mode, sqlite):
    """The journal, the directory that names it, and the database."""
    text = f"PRAGMA journal_mode = {mode}; CREATE TABLE t(x); " \
        "INSERT INTO t VALUES (1); DELETE FROM t;".encode()
    for side in "debian", "guest":
        (tmp_path / side / "root").mkdir(parents=True)
    debian = calls_of(tmp_path / "debian/root", tmp_path / "debian.log",
                      "sqlite3", "test.db", text=text)
    guest = calls_of(tmp_path, tmp_path / "guest.log",
                     *sqlite.command(tmp_path / "guest/root", "test.db"), text=text)
    assert guest == debian
    assert {"test.db", "test.db-journal", "root"} == set(guest)


def test_a_lock_is_one_system_call(tmp_path, sqlite):
    in_guest(sqlite, tmp_path / "root", b"CREATE TABLE t(x);")
    result = run_bytes("strace", "-f", "-o", tmp_path / "log",
                       "-e", "trace=fstat,statx,fcntl,fcntl64",
                       *sqlite.command(tmp_path / "root", "test.db"),
                       input=b"SELECT * FROM t;" * 100)
    assert result.returncode == 0, result
    calls = (tmp_path / "log").read_text()
    assert calls.count("F_SETLK") >= 400
    assert len(re.findall(r'fstat\(|statx\(\d+, "",', calls)) < 200


def wait_for(condition):
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


class Session:
    """The guest's shell with an open input, in a process group of its own."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, env=UTC,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)

    def reach(self, text, marker):
        """Run the statements, and return when the guest has written the file `marker`."""
        self.process.stdin.write(f"{text}\n.once {marker.name}\nSELECT 'reached';\n"
                                 .encode())
        self.process.stdin.flush()
        wait_for(lambda: marker.exists() and marker.read_text() == "reached\n")
        marker.unlink()

    def finish(self, text=""):
        return self.process.communicate(text.encode(), timeout=HANGS)[0]

    def kill(self):
        """Its input stays open until it is gone: at its end the shell would roll back."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.stdout.read()
        self.process.communicate()


@pytest.fixture
def session(tmp_path, sqlite):
    started = []

    def start(*arguments):
        started.append(Session(sqlite.command(tmp_path, "-batch", *arguments, "test.db")))
        return started[-1]
    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()


def test_a_transaction_that_sigkill_interrupts_is_rolled_back(tmp_path, sqlite, session):
    """The small cache makes SQLite write to the database before the commit."""
    in_guest(sqlite, tmp_path, b"""
        CREATE TABLE t(id INTEGER PRIMARY KEY, text); CREATE INDEX i ON t(text);
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000)
            INSERT INTO t SELECT n, 'before ' || n FROM c;""")
    before = tables_and_rows(tmp_path / "test.db")
    contents = (tmp_path / "test.db").read_bytes()
    killed = session()
    killed.reach("PRAGMA cache_size = 10; BEGIN; UPDATE t SET text = 'after ' || id;"
                 "DELETE FROM t WHERE id % 2;", tmp_path / "marker")
    killed.kill()
    assert (tmp_path / "test.db").read_bytes() != contents
    assert (tmp_path / "test.db-journal").stat().st_size > 0
    shutil.copytree(tmp_path, tmp_path / "copy")
    check = b"PRAGMA integrity_check; SELECT count(*), min(text), max(text) FROM t;"
    guest = in_guest(sqlite, tmp_path, check)
    assert guest.stdout == b"ok\n5000|before 1|before 999\n"
    assert not (tmp_path / "test.db-journal").exists()
    assert tables_and_rows(tmp_path / "test.db") == before
    assert in_debians(tmp_path / "copy", check).stdout == guest.stdout
    assert (tmp_path / "copy/test.db").read_bytes() == (tmp_path / "test.db").read_bytes()


def test_a_committed_transaction_outlives_sigkill(tmp_path, sqlite, session):
    killed = session()
    killed.reach("CREATE TABLE t(x); INSERT INTO t VALUES (1); BEGIN; INSERT INTO t "
                 "VALUES (2);", tmp_path / "marker")
    killed.kill()
    assert in_guest(sqlite, tmp_path, b"SELECT * FROM t;").stdout == b"1\n"


def test_guests_and_programs_of_the_host_exclude_each_other(tmp_path, sqlite, session):
    """The first has a transaction open; a second guest and Debian's sqlite3 come."""
    in_guest(sqlite, tmp_path, b"CREATE TABLE t(x); INSERT INTO t VALUES (1);")
    first = session()
    first.reach("BEGIN EXCLUSIVE; INSERT INTO t VALUES (2);", tmp_path / "marker")
    write = b"INSERT INTO t VALUES (3);"
    for second in in_guest(sqlite, tmp_path, write), in_debians(tmp_path, write):
        assert b"database is locked" in second.stderr and second.returncode == 1
    assert first.finish("COMMIT;") == b""
    assert in_guest(sqlite, tmp_path, write).returncode == 0
    assert in_debians(tmp_path, write).returncode == 0
    assert in_guest(sqlite, tmp_path, b"SELECT x FROM t;").stdout == b"1\n2\n3\n3\n"


def test_a_reader_keeps_a_writer_of_another_guest_from_its_commit(tmp_path, sqlite,
                                                                  session):
    in_guest(sqlite, tmp_path, b"CREATE TABLE t(x); INSERT INTO t VALUES (1);")
    reader = session()
    reader.reach("BEGIN; SELECT count(*) FROM t;", tmp_path / "marker")
    write = b"INSERT INTO t VALUES (2);"
    assert b"database is locked" in in_guest(sqlite, tmp_path, write).stderr
    assert in_guest(sqlite, tmp_path, b"SELECT x FROM t;").stdout == b"1\n"
    assert reader.finish("COMMIT;") == b"1\n"
    assert in_guest(sqlite, tmp_path, write).returncode == 0


def test_a_full_work_area_is_an_error_that_keeps_the_database(tmp_path, sqlite):
    in_guest(sqlite, tmp_path, b"CREATE TABLE t(x); INSERT INTO t VALUES (1);")
    result = sqlite.run(tmp_path, "-batch", "test.db", options=("--work-area", "8M"),
                        input=b"UPDATE t SET x = hex(randomblob(9000000));")
    assert b"out of memory" in result.stderr
    assert in_guest(sqlite, tmp_path, b"SELECT x FROM t; PRAGMA integrity_check;") \
        .stdout == b"1\nok\n"


@pytest.mark.parametrize("path", ["../outside.db", "/../outside.db", "link.db"])
def test_no_database_outside_of_the_root_is_opened(tmp_path, path, sqlite):
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link.db").symlink_to("../outside.db")
    result = sqlite.run(tmp_path / "root", "-batch", path, "CREATE TABLE t(x);")
    assert (result.stdout, result.returncode) == (b"", 1)
    assert b"unable to open database" in result.stderr
    assert not (tmp_path / "outside.db").exists()


def test_the_source_is_debians_and_unchanged(tmp_path):
    package, = (BUILD / "src/sqlite-package").glob("*.dsc")
    run("dpkg-source", "--no-check", "-q", "--extract", package, tmp_path / "sqlite")
    run("diff", "-r", tmp_path / "sqlite", BUILD / "src/sqlite", "--exclude=unpacked")
