"""docs/porting-an-rtos.md: its code, as it stands there, on guests/rtos and in as much of RTEMS
and FreeRTOS as it needs."""

import re

import pytest
from conftest import BUILD, ROOT, Toolbox, run, each_arch as arch  # noqa: F401

GUESTS = ROOT / "tests/docs/guests"
PAGE = (ROOT / "docs/porting-an-rtos.md").read_text()


def code_of(title):
    """All C of a section of the page, in its order."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]
    return "".join(re.findall(r"^```c\n(.*?)^```$", section, re.M | re.S))


def guest(tools, title, *more, **options):
    tools.write("page.h", code_of(title))
    source = GUESTS / f"porting_{title.lower()}_guest.c"
    objects = [tools.compile(source, "-I", tools.directory, "-I", GUESTS, *more, **options)]
    return tools.link(*objects, "-lgcc", name=title)


def test_each_function_that_the_page_names_is_there():
    headers = "".join((ROOT / "guest-macros/jumpslot" / name).read_text() for name in
                      ("virt_cpu.h", "virt_bsp.h", "rtems_paravirt.h"))
    declared = set(re.findall(r"\w+", headers))
    named = set(re.findall(r"\b(?:_CPU_Virtual_|_BSP_Virtual_|i386_)\w+", PAGE))
    assert len(named) > 20
    assert named - declared == set()


@pytest.mark.parametrize("case,promise", [
    ("threads", "interrupts and threads switch, and each thread has its own level"),
    ("dispatch", "an interrupt in the dispatch of another is dispatched behind it"),
    ("backlog", "a period that could not be delivered is a tick"),
])
def test_the_code_for_rtems(tools, arch, case, promise):  # noqa: F811
    image = guest(tools, "RTEMS", "-include", "jumpslot/rtems_paravirt.h")
    result = Toolbox.wrapper("--timeout", 60, image, case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


@pytest.mark.parametrize("case,promise", [
    ("turns", "a yield switches, a tick too, and neither in a critical section"),
    ("sleep", "a sleep ends at its time, and all its periods were ticks"),
    ("late", "a sleep that lasts longer loses no tick, and is not stepped beyond its time"),
    ("wake", "an interrupt ends it early"),
    ("backlog", "periods of before are ticks too"),
    ("pended", "a tick that FreeRTOS has not seen yet keeps it awake"),
])
def test_the_code_for_freertos(tools, arch, case, promise):  # noqa: F811
    result = Toolbox.wrapper("--timeout", 60, guest(tools, "FreeRTOS"), case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


def steps():
    """Of the table of steps: name, files of cpu/virtual, and functions, all of them."""
    files, functions = set(), set()
    for name, new_files, called in re.findall(r"^\| (hello|ticker|tickless idle) "
                                              r"\| (.*?) \| (.*?) \|$", PAGE, re.M):
        called, _, gone = called.partition("no longer")
        files |= set(re.findall(r"`(\w+\.c)`", new_files))
        functions |= set(re.findall(r"`(\w+)`", called))
        functions -= set(re.findall(r"`(\w+)`", gone))
        yield pytest.param(name, sorted(files), set(functions), id=name)


def step_image(tools, files, code):
    """The kernel with that much of cpu/virtual, and an application of the page."""
    rtos = ROOT / "guests/rtos"
    sources = [*rtos.glob("kernel/*.c"), ROOT / "tests/rtos/guests/not_yet.c",
               *(rtos / "cpu/virtual" / name for name in files), tools.write("step.c", code)]
    flags = ["-fno-tree-loop-distribute-patterns",
             *("-I" + str(rtos / folder) for folder in ("kernel", "cpu", "cpu/virtual"))]
    if "clock.c" not in files:
        flags.append("-DNO_CLOCK")
    objects = [tools.compile(path, *flags, name=path.parent.name + path.stem)
               for path in sources]
    return tools.link(*objects, rtos / f"cpu/context_{tools.arch}.S", "-lgcc", name="step")


@pytest.mark.parametrize("step,files,functions", steps())
def test_each_step_to_a_first_boot_takes_just_what_the_page_says(
        tools, arch, step, files, functions):  # noqa: F811
    hello, ticker = re.findall(r"^```c\n(.*?)^```$", PAGE, re.M | re.S)[:2]
    image = step_image(tools, files, hello if step == "hello" else ticker)
    options = ["tickless"] if step == "tickless idle" else []
    result = Toolbox.wrapper("--timeout", 60, "--report", image, *options)
    printed = "hello from hello\n" if step == "hello" else "tick 10\ntick 20\ntick 30\n"
    assert (result.stdout, result.returncode) == (printed, 0), result.stderr
    called = set(re.findall(r"^  bound (\w+)$", result.stderr, re.M))
    assert called - {"jumpslot_interrupts_deliver"} == functions


def test_what_the_page_shows_of_the_scenario_is_what_it_prints():
    shown = re.search(r"^```\n(a semaphore: .*?)^```$", PAGE, re.M | re.S)[1]
    assert shown in (ROOT / "tests/rtos/scenario.txt").read_text()


def test_what_the_page_shows_left_to_replace_is_found():
    """But for addresses and numbers, which are another compiler's to choose."""
    def lines(text):
        return set(re.sub(r"0x\w+ <.*?>|\d+ instr", "", text).splitlines())

    found = "".join(run(ROOT / "gen/find-privileged", BUILD / f"{folder}/rtos-scenario-i386.elf",
                        check=False).stdout for folder in ("native", "guests"))
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
        for (;;)
            ;
    }
"""


@pytest.mark.parametrize("lacks,shown,row", [
    ("REQUESTS", None, "no such line"),
    ("ACKNOWLEDGES", r"pending \{0\}, in service \{0\}, missed [1-9]", "`pending {0}, in service {0}`"),
    ("OPENS", r"level 1, .* pending \{0\}", "`level 1`, `pending {0}`"),
    ("HAS_CLOCK", r"pending \{\}, in service \{\}, missed 0", "nothing pending, `missed 0`"),
])
def test_a_guest_that_hangs_shows_why(tools, arch, lacks, shown, row):  # noqa: F811
    has = [f"-D{name}={int(name != lacks)}"
           for name in ("REQUESTS", "ACKNOWLEDGES", "OPENS", "HAS_CLOCK")]
    result = Toolbox.wrapper("--timeout", "0.3", tools.guest(HANGING, *has))
    assert result.returncode == 137 and f"| {row}" in PAGE
    if shown:
        assert re.search("virtual CPU: .*" + shown, result.stderr), result.stderr
    else:
        assert "virtual CPU" not in result.stderr
