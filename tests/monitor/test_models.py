"""Several partitions of a model: time, health rules, libraries, and their reports.

Each run counts instructions, so that it is the same each time.
"""

import re
import subprocess

import pytest
from conftest import BUILD, Toolbox, run

SPIN = "for (;;) ;"
FAULT = "{ int *volatile nowhere = (int *)16; *nowhere = 0; }"
CRASH = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            void *area;
            size_t size;
            (void)info;
            _BSP_Virtual_getworkspacearea(&area, &size);
            _BSP_Virtual_Console_write(*(char *)area ? "warm\\n" : "cold\\n", 5);
            *(char *)area = 1;
            %s
            return 0;
    }
    """
HANDLED = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    static void handler(struct jumpslot_fault *fault)
    {
            _BSP_Virtual_Console_write("handler\\n", 8);
            fault->decision = JUMPSLOT_FAULT_STOP;
            fault->status = 9;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_faulthandler(handler);
            %s
            return 0;
    }
    """ % FAULT


class Model:
    """Partitions by name, each with a guest and a tenth of the frame, and rules."""

    def __init__(self, folder):
        self.folder, self.text, self.slots = folder, "", []

    def add(self, name, guest, *keys):
        self.text += "\n".join([f'[[partition]]\nname = "{name}"\nguest = "{guest}"',
                                'stack = "64K"', 'work_area = "64K"', *keys, ""])
        at = len(self.slots)
        self.slots.append(f'{{ partition = "{name}", at = "{at} ms", length = "1 ms" }}')

    def rule(self, *keys):
        self.text += "\n".join(["[[health]]", *keys, ""])

    def write(self, length="10 ms", limit=""):
        path = self.folder / "model.toml"
        path.write_text(f'[module]\nframe = "{length}"\n{limit}\n{self.text}'
                        '[[schedule]]\nname = "normal"\n'
                        f"slots = [{', '.join(self.slots)}]\n")
        return path

    def run(self, *options, keys=None, **more):
        stdin = {"stdin": subprocess.DEVNULL} if keys is None else {"input": keys}
        return run(BUILD / "bin/host-wrapper", "--host", "monitor", "--clock", "guest",
                   *options, "--model", self.write(**more), check=False, **stdin)


@pytest.fixture(name="model")
def new_model(tmp_path):
    return Model(tmp_path)


@pytest.fixture(scope="module", name="guests")
def build_guests(tmp_path_factory):
    """Paths of small guests by name, each for the architecture that it names."""
    folder = tmp_path_factory.mktemp("guests")
    sources = {"fault": CRASH % FAULT, "spin": CRASH % SPIN, "exit": CRASH % "return 5;",
               "handled": HANDLED,
               "ud2": CRASH % '__asm__ volatile("ud2");',
               "divide": CRASH % "return 99 / *(volatile int *)((char *)area + 8);"}
    return {f"{name}-{arch}": Toolbox(folder, arch).guest(source, name=f"{name}")
            for name, source in sources.items() for arch in ("x86_64", "i386")}


def events(result):
    """(partition, rest) of each event of the health monitor, without time and place."""
    return re.findall(r"^host-wrapper: (\w+): \d+\.\d{6} ms: (.*?) at 0x[0-9a-f]+.*?: "
                      r"(.*)$", result.stderr, re.M)


def ends(result):
    return re.findall(r"^host-wrapper: (\w+): (exit \d+|halted|stopped by signal \d+)",
                      result.stderr, re.M)


def test_guests_of_both_architectures_run_side_by_side(model):
    for arch in "x86_64", "i386":
        for name in "hello", "ticker", "rtos-scenario":
            guest = f"{name.replace('-', '_')}_{arch}"
            model.add(guest, BUILD / f"guests/{name}-{arch}.elf", 'work_area = "1M"')
    model.text = model.text.replace('work_area = "64K"\nwork_area', "work_area")
    result = model.run()
    assert ends(result) == [(f"{name}_{arch}", "exit 0") for arch in ("x86_64", "i386")
                            for name in ("hello", "ticker", "rtos_scenario")]
    assert result.stdout.count("Hello from a guest.") == 2
    assert result.returncode == 0


def test_the_status_is_the_first_that_is_not_0(model, guests):
    model.add("hello", BUILD / "guests/hello-i386.elf")
    model.add("five", guests["exit-i386"])
    model.add("crash", guests["fault-x86_64"])
    result = model.run()
    assert ends(result) == [("hello", "exit 0"), ("five", "exit 5"),
                            ("crash", "stopped by signal 11")]
    assert result.returncode == 5


def test_the_run_limit_ends_all_partitions(model, guests):
    model.add("spin", guests["spin-x86_64"])
    model.add("hello", BUILD / "guests/hello-i386.elf")
    result = model.run(limit='run = "100 ms"')
    assert ends(result) == [("spin", "halted"), ("hello", "exit 0")]
    assert result.returncode == 0


@pytest.mark.parametrize("guest,error,words", [
    ("fault", "fault", "fault"), ("ud2", "illegal", "illegal instruction"),
    ("divide", "arithmetic", "arithmetic error"),
    ("exit", "exit", "exit with an error"),
])
@pytest.mark.parametrize("kind", ["warm", "cold"])
def test_an_error_restarts_its_partition_so_often(model, guests, guest, error, words,
                                                  kind):
    arch = {"warm": "x86_64", "cold": "i386"}[kind]
    model.add("wrong", guests[f"{guest}-{arch}"])
    model.rule('partition = "wrong"', f'error = "{error}"', f'action = "restart {kind}"',
               "restarts = 2")
    result = model.run()
    assert events(result) == [("wrong", words, f"restarted {kind} (1)"),
                              ("wrong", words, f"restarted {kind} (2)"),
                              ("wrong", words, "stopped")]
    assert result.stdout == "cold\n" + 2 * f"{kind}\n"  # one partition: no name


@pytest.mark.parametrize("action,last,runs", [("halt", "halted", 1),
                                              ("reset", "reset (1)", 2)])
def test_an_error_may_end_or_start_all_partitions(model, guests, action, last, runs):
    model.add("spin", guests["spin-i386"])
    model.add("wrong", guests["fault-x86_64"])
    limit = ["restarts = 1"] if action == "reset" else []
    model.rule('error = "fault"', 'level = "module"', f'action = "{action}"', *limit)
    result = model.run()
    words = [each[2] for each in events(result)]
    assert words[0] == f"all partitions are {last}"
    assert words[1:] == ["all partitions are halted"] * (runs - 1)
    assert ends(result) == [("spin", "halted"), ("wrong", "stopped by signal 11")]
    assert sorted(result.stdout.splitlines()) == \
        runs * ["[spin] cold"] + runs * ["[wrong] cold"]
    assert result.returncode == 139


def test_a_handler_comes_first_unless_the_rule_says_otherwise(model, guests):
    model.add("first", guests["handled-x86_64"])
    model.add("second", guests["handled-i386"])
    model.rule('partition = "second"', 'error = "fault"', 'action = "stop"')
    result = model.run()
    assert events(result) == [("first", "fault", "its handler is called"),
                              ("first", "exit with an error", "stopped"),
                              ("second", "fault", "stopped")]
    assert ends(result) == [("first", "exit 9"), ("second", "stopped by signal 11")]
    assert "handler\n" in result.stdout and result.returncode == 9


def test_a_rule_of_a_partition_comes_before_one_for_all(model, guests):
    model.add("first", guests["exit-x86_64"])
    model.add("second", guests["exit-i386"])
    model.rule('partition = "second"', 'error = "exit"', 'action = "stop"')
    model.rule('error = "exit"', 'action = "restart cold"', "restarts = 1")
    assert events(model.run()) == [("first", "exit with an error", "restarted cold (1)"),
                                   ("first", "exit with an error", "stopped"),
                                   ("second", "exit with an error", "stopped")]


TICKS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    static volatile unsigned ticks, missed;
    static void isr(int vector, void *frame)
    {
            (void)frame;
            ticks++;
            missed += _BSP_Virtual_Clock_backlog();
            _CPU_Virtual_Irq_ack(vector);
    }
    static char *number(char *to, unsigned value)
    {
            char digits[10];
            unsigned count = 0;
            do
                    digits[count++] = (char)('0' + value % 10);
            while (value /= 10);
            while (count)
                    *to++ = digits[--count];
            *to++ = ' ';
            return to;
    }
    JUMPSLOT_ENTRY(info)
    {
            char text[32], *end;
            (void)info;
            _CPU_Virtual_Set_handler(isr);
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            _BSP_Virtual_Clock_init();
            _BSP_Virtual_Clock_periodic(1000000, 1000000);
            while (_BSP_Virtual_Clock_read() < 100000000)
                    _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
            end = number(number(text, ticks), missed);
            end[-1] = '\\n';
            _BSP_Virtual_Console_write(text, (size_t)(end - text));
            return 0;
    }
    """
NEIGHBOURS = {"none": None, "restarts": FAULT, "spins": SPIN,
              "resets": "_BSP_Virtual_reset(0);"}


def counted(folder, kind):
    """The lines of the guest of ticks beside a neighbour."""
    model = Model(folder)
    model.add("ticks", Toolbox(folder).guest(TICKS, name="ticks"))
    body = NEIGHBOURS[kind] or "return 0;"
    model.add("other", Toolbox(folder).guest(CRASH % body, name="other"),
              'console = true')
    model.rule('partition = "other"', 'error = "fault"', 'action = "restart cold"')
    result = model.run(limit='run = "150 ms"')
    return [line for line in result.stdout.splitlines() if "[ticks]" in line]


def test_a_neighbour_that_restarts_or_spins_changes_no_tick(tmp_path):
    """Ten periods pass per frame, and one slot: nine of ten are missed, and counted."""
    lines = {}
    for kind in NEIGHBOURS:
        (tmp_path / kind).mkdir()
        lines[kind] = counted(tmp_path / kind, kind)
    assert set(map(tuple, lines.values())) == {tuple(lines["none"])}, lines
    ticks, missed = map(int, re.search(r"(\d+) (\d+)", lines["none"][0]).groups())
    assert 10 <= ticks <= 22 and 99 <= ticks + missed <= 101


WRITER = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            static char text[600];
            char name[2];
            (void)info;
            jumpslot_argument(1, name, 2);
            for (size_t i = 0; i < sizeof(text); i++)
                    text[i] = name[0];
            for (unsigned size = 0; size < 600; size += 7) {
                    _BSP_Virtual_Console_write(text, size / 2);
                    _BSP_Virtual_Console_write(text, size - size / 2);
                    _BSP_Virtual_Console_write("\\n", 1);
                    _BSP_Virtual_Console_error(text, size / 8);
                    _BSP_Virtual_Console_error("\\n", 1);
            }
            _BSP_Virtual_Console_write("end", 3);
            return 0;
    }
    """


def test_the_console_has_whole_lines_with_names(model, tmp_path):
    """A line of more than 199 bytes goes on in another one."""
    for name, arch in ("x", "x86_64"), ("y", "i386"):
        guest = Toolbox(tmp_path, arch).guest(WRITER, name=f"writer-{name}")
        model.add(name, guest, f'arguments = ["{name}"]')
    result = model.run()
    for name in "x", "y":
        expected = []
        for line in (name * size for size in range(0, 600, 7)):
            expected += [line[at:at + 199] for at in range(0, len(line), 199)] or [""]
            if line and len(line) % 199 == 0:
                expected.append("")
        lines = [line for line in result.stdout.splitlines()
                 if line.startswith(f"[{name}] ")]
        assert lines == [f"[{name}] {line}" for line in [*expected, "end"]]
        errors = [line for line in result.stderr.splitlines()
                  if line.startswith(f"[{name}] ")]
        assert errors == [f"[{name}] {name * (size // 8)}" for size in range(0, 600, 7)]
    assert all(re.match(r"\[[xy]\] ", line) for line in result.stdout.splitlines())
    assert result.stdout.endswith("\n")


def test_a_prompt_is_shown_before_its_line_is_complete(model):
    model.add("shell", BUILD / "guests/rtos-shell-i386.elf", "console = true",
              'memory = "128M"')
    model.add("hello", BUILD / "guests/hello-i386.elf")
    result = model.run(keys="echo some words\nexit 3\n")
    assert "[hello] Hello from a guest.\n" in result.stdout
    assert re.search(r"^\[shell\] .*some words$", result.stdout, re.M)
    assert all(line.startswith("[") for line in result.stdout.splitlines())
    assert result.returncode == 3


CHOOSER = """
    #include <jumpslot/entry.h>
    #include <jumpslot/schedule.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            static const char master[] = "master\\n";
            (void)info;
            if (jumpslot_schedule_set("both", 5) != -2 ||
                jumpslot_schedule_set((const char *)16, 4) != -14 ||
                jumpslot_schedule_set("normalnormalnormalnormalnormalnormal", 36) != -2)
                    return 1;
            while (_BSP_Virtual_Clock_read() < 25000000)
                    ;
            _BSP_Virtual_Console_write(master, sizeof(master) - 1);
            return -jumpslot_schedule_set("second", 6);
    }
    """


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_permitted_partition_changes_the_schedule(model, tmp_path, arch):
    """The other partition has no slot before that."""
    model.add("master", Toolbox(tmp_path, arch).guest(CHOOSER, name="chooser"),
              'permissions = ["schedule"]')
    model.add("other", BUILD / f"guests/hello-{arch}.elf")
    second = model.slots.pop()
    path = model.write()
    path.write_text(path.read_text() + '[[schedule]]\nname = "second"\n'
                    f"slots = [{second}]\n")
    options = ["--host", "monitor", "--clock", "guest", "--model", path]
    result = run(BUILD / "bin/host-wrapper", *options, check=False)
    assert result.stdout == "[master] master\n[other] Hello from a guest.\n"
    assert ends(result) == [("master", "exit 0"), ("other", "exit 0")]


def test_a_partition_without_permission_changes_nothing(model, tmp_path):
    guest = Toolbox(tmp_path).guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/schedule.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return -jumpslot_schedule_set("normal", 6);
        }
        """)
    model.add("one", guest)
    assert ends(model.run()) == [("one", "exit 1")]
    assert run(BUILD / "bin/host-wrapper", guest, check=False).returncode == 1


def test_a_partition_library_is_found_by_its_name(model):
    model.add("calculator", BUILD / "guests/calculator-i386.elf",
              'libraries = ["calculator"]')
    result = model.run()
    assert "9000000000 + 1 = 9000000001" in result.stdout and result.returncode == 0


def test_partitions_share_the_pages_of_the_runtime(model, tmp_path):
    sizes = []
    for count in 1, 2, 3:
        model.add(f"p{count}", BUILD / "guests/hello-x86_64.elf")
        model.run("--image", tmp_path / "image")
        sizes.append((tmp_path / "image").stat().st_size)
    single = run(BUILD / "bin/host-wrapper", "--host", "monitor", "--work-area", "64K",
                 "--stack", "64K", "--image", tmp_path / "one",
                 BUILD / "guests/hello-x86_64.elf")
    assert single.returncode == 0
    assert sizes[0] == (tmp_path / "one").stat().st_size
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0] < sizes[0] - 4096


def test_what_the_launcher_finds_has_its_line(model):
    model.add("hello", BUILD / "guests/hello-x86_64.elf", 'memory = "160K"')
    path = model.write()
    result = model.run()
    assert re.fullmatch(
        rf"host-wrapper: hello: needs \d+K of memory, but {re.escape(str(path))}:9 allows"
        r" 160K \(expected at least \d+K for its image, stacks, work area and "
        r"runtime\)\n",
        result.stderr) and result.returncode == 125
    path.write_text(path.read_text().replace("hello-x86_64", "no-such"))
    result = run(BUILD / "bin/host-wrapper", "--host", "monitor", "--model", path,
                 check=False)
    assert result.stderr == (f"host-wrapper: {path}:6: {BUILD}/guests/no-such.elf: No "
                             "such file or directory\n") and result.returncode == 126


@pytest.mark.parametrize("words,line", [
    (["GUEST"], "GUEST: a guest cannot be combined with --model (expected no more words: "
                "the model names the guests)"),
    (["--stack", "1M"], "--stack cannot be combined with --model (expected its keys "
                        "stack and work_area)"),
])
def test_words_that_a_model_replaces_are_refused(words, line):
    options = words if words[0].startswith("--") else []
    result = run(BUILD / "bin/host-wrapper", *options, "--model", "x",
                 *([] if options else words), check=False)
    assert (result.stderr, result.returncode) == (f"host-wrapper: {line}\n", 125)


def test_an_image_is_not_written_over_the_model_or_a_guest(model):
    for name in "first", "second":
        guest = model.folder / f"{name}.elf"
        guest.write_bytes((BUILD / "guests/hello-x86_64.elf").read_bytes())
        model.add(name, guest)
    path = model.write()
    for target, kind in ((path, "the model"), (model.folder / "second.elf", "a guest"),
                         (model.folder / "first.elf", "the guest")):
        before = target.read_bytes()
        result = model.run("--image", target)
        assert result.stderr.endswith(
            f"--image {target}: is {kind} (expected a file to overwrite)\n")
        assert result.returncode == 125 and target.read_bytes() == before
