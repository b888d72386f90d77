"""docs/porting-an-rtos.md: its commands, its code for guests/rtos, and its promises about
the host. tests/ports tests the ports that it points to."""

import re

import doc_page
import pytest
from conftest import BUILD, ROOT, Toolbox, run, each_arch as arch  # noqa: F401
from time_limits import end_in_time

GUESTS = ROOT / "tests/docs/guests"
PAGE = (ROOT / "docs/porting-an-rtos.md").read_text()
LIMIT = 600  # seconds: only a hang takes that long


def test_the_commands_print_the_output_that_the_page_shows(tmp_path):
    """Addresses may differ between compilers."""
    def without_addresses(text):
        return re.sub(r"0x\w+", "ADDRESS", text)

    steps_of_page = doc_page.steps(PAGE)
    assert len(steps_of_page) >= 2
    directory = doc_page.tree(tmp_path)
    (directory / "build/native").symlink_to(BUILD / "native")
    printed = doc_page.run([commands for commands, _ in steps_of_page], directory)
    for (commands, shown), text in zip(steps_of_page, printed):
        assert without_addresses(text) == without_addresses(shown), commands


@pytest.mark.parametrize("case,promise", [
    ("past", "periods in the past count as missed"),
    ("waits", "several threads may wait for events at the same time"),
])
def test_the_host_keeps_promises_of_the_page(tools, arch, case, promise):  # noqa: F811
    image = tools.guest(GUESTS / "porting_time_guest.c")
    result = Toolbox.wrapper("--timeout", LIMIT, image, case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


def test_each_file_of_the_ports_that_the_page_names_exists():
    board = ROOT / "ports/rtems/bsps/i386/jumpslot"
    named = re.findall(r"`((?:start|irq|clock|console)/\w+(?:\.[cS])?)`", PAGE)
    assert len(set(named)) >= 6
    assert [name for name in named if not (board / name).exists()] == []
    port = "".join(path.read_text() for path in (ROOT / "ports/freertos").glob("*.[chS]"))
    for name in re.findall(r"`(\w+)\(\)`", PAGE.partition("## FreeRTOS\n")[2]):
        assert name in port, name


def test_each_function_that_the_page_names_exists():
    headers = "".join((ROOT / "guest-macros/jumpslot" / name).read_text() for name in
                      ("virt_cpu.h", "virt_bsp.h", "rtems_paravirt.h"))
    declared = set(re.findall(r"\w+", headers))
    named = set(re.findall(r"\b(?:_CPU_Virtual_|_BSP_Virtual_|i386_)\w+", PAGE))
    assert len(named) > 20
    assert named - declared == set()


def steps():
    """The table of steps: name, files of cpu/virtual, functions; cumulative."""
    files, functions = set(), set()
    for name, new_files, called in re.findall(r"^\| (hello|ticker|tickless idle) "
                                              r"\| (.*?) \| (.*?) \|$", PAGE, re.M):
        called, _, gone = called.partition("no longer")
        files |= set(re.findall(r"`(\w+\.c)`", new_files))
        functions |= set(re.findall(r"`(\w+)`", called))
        functions -= set(re.findall(r"`(\w+)`", gone))
        yield pytest.param(name, sorted(files), set(functions), id=name)


def step_image(tools, files, code):
    """Link the kernel with those files of cpu/virtual and an application of the page."""
    rtos = ROOT / "guests/rtos"
    sources = [*rtos.glob("kernel/*.c"), ROOT / "tests/rtos/guests/not_yet.c",
               *(rtos / "cpu/virtual" / name for name in files),
               tools.write("step.c", code)]
    flags = ["-fno-tree-loop-distribute-patterns",
             *("-I" + str(rtos / folder) for folder in ("kernel", "cpu", "cpu/virtual"))]
    if "clock.c" not in files:
        flags.append("-DNO_CLOCK")
    objects = [tools.compile(path, *flags, name=path.parent.name + path.stem)
               for path in sources]
    context = rtos / f"cpu/context_{tools.arch}.S"
    return tools.link(*objects, context, "-lgcc", name="step")


@pytest.mark.parametrize("step,files,functions", steps())
def test_each_step_to_a_first_boot_calls_the_functions_that_the_page_lists(
        tools, arch, step, files, functions):  # noqa: F811
    hello, ticker = re.findall(r"^```c\n(.*?)^```$", PAGE, re.M | re.S)[:2]
    image = step_image(tools, files, hello if step == "hello" else ticker)
    options = ["tickless"] if step == "tickless idle" else []
    result = Toolbox.wrapper("--timeout", LIMIT, "--report", image, *options)
    printed = "hello from hello\n" if step == "hello" else "tick 10\ntick 20\ntick 30\n"
    assert (result.stdout, result.returncode) == (printed, 0), result.stderr
    called = set(re.findall(r"^  bound (\w+)$", result.stderr, re.M))
    assert called - {"jumpslot_interrupts_deliver"} == functions


def test_find_privileged_prints_the_lines_that_the_page_shows():
    """Addresses and numbers may differ between compilers."""
    def lines(text):
        return set(re.sub(r"0x\w+ <.*?>|\d+ instr", "", text).splitlines())

    images = [BUILD / folder / "rtos-scenario-i386.elf"
              for folder in ("native", "guests")]
    found = "".join(run(ROOT / "gen/find-privileged", image, check=False).stdout
                    for image in images)
    shown = re.search(r"^(\$ gen/find-privileged .*?)^```$", PAGE, re.M | re.S)[1]
    shown = lines(re.sub(r"^(\$|\.\.\.).*\n", "", shown, flags=re.M))
    assert len(shown) == 5 and shown <= lines(found.replace(f"{BUILD}/", "build/"))


HANGING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>

    static void handler(int vector, void *frame)
    {
        (void)frame;
        if (ACKNOWLEDGES)
            _CPU_Virtual_Irq_ack(vector);
    }

    JUMPSLOT_ENTRY(info)
    {
        (void)info;
        _CPU_Virtual_Set_handler(handler);
        if (REQUESTS)
            _CPU_Virtual_Irq_request(0);
        if (HAS_CLOCK)
            _BSP_Virtual_Clock_init();
        _BSP_Virtual_Clock_periodic(0, 1000000);
        if (OPENS)
            _CPU_Virtual_Interrupts_open();
        while (_BSP_Virtual_Clock_read() < 10000000) /* ten periods */
            ;
        _BSP_Virtual_Console_write("hangs\\n", 6);
        for (;;)
            ;
    }
"""


@pytest.mark.parametrize("lacks,shown,row", [
    ("REQUESTS", None, "no such line"),
    ("ACKNOWLEDGES", r"pending \{0\}, in service \{0\}, missed [1-9]",
     "`pending {0}, in service {0}`"),
    ("OPENS", r"level 1, .* pending \{0\}", "`level 1`, `pending {0}`"),
    ("HAS_CLOCK", r"pending \{\}, in service \{\}, missed 0",
     "nothing pending, `missed 0`"),
])
def test_a_hanging_guest_prints_the_state_in_the_table(
        tools, arch, lacks, shown, row):  # noqa: F811
    has = [f"-D{name}={int(name != lacks)}"
           for name in ("REQUESTS", "ACKNOWLEDGES", "OPENS", "HAS_CLOCK")]
    guest = tools.guest(HANGING, *has)
    result = end_in_time(lambda seconds: Toolbox.wrapper("--timeout", seconds, guest),
                         lambda result: result.stdout == "hangs\n")
    assert result.returncode == 137 and f"| {row}" in PAGE
    if shown:
        assert re.search("virtual CPU: .*" + shown, result.stderr), result.stderr
    else:
        assert "virtual CPU" not in result.stderr
