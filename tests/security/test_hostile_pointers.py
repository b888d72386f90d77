"""Wild pointers, strings without an end and huge lengths get an error and nothing else.

Every built-in service and every function of the newlib provider is called with them. The
lists of functions are the project's own, so a new function is tested from the start.
"""

import os
import re

import pytest
from conftest import BUILD, ROOT, each_arch as arch
from partition import write_model

# Calls that do not return, or that wait as long as their argument says.
NOT_CALLED_AT_RANDOM = {
    "_BSP_Virtual_reset", "_CPU_Virtual_Wait_for_event", "_CPU_Virtual_exec_stop_error",
    "_CPU_Virtual_idle_thread", "newlib_poll", "newlib_sleep"}

HEADERS = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/ports.h>
    #include <jumpslot/schedule.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include "newlib_calls.h"
    /* Writable pointers lead to the work area: the guest keeps nothing there. */
    static char *area, *area_end;
    static void quiet(int vector, void *frame) __attribute__((unused));
    static void quiet(int vector, void *frame) { (void)vector, (void)frame; }
    static void use_area(const struct jumpslot_start_info *info)
    {
            area = (char *)(uintptr_t)info->work_area_base;
            area_end = area + info->work_area_size;
            for (char *at = area_end - 8192; at < area_end; at++)
                    *at = 'x'; /* a string without an end */
    }
    """


def functions():
    services = (ROOT / "host-wrapper/runner/services.def").read_text()
    calls = (ROOT / "guests/newlib/newlib_functions.def").read_text()
    return (re.findall(r"^SERVICE\((\w+)\)", services, re.MULTILINE) +
            re.findall(r"^EF\((\w+)\)", calls, re.MULTILINE))


def run_guest(tools, source, *arguments, **options):
    guest = tools.guest(HEADERS + source, "-I", ROOT / "guests/newlib",
                        "-Wno-cast-function-type", "-Wno-overflow",
                        "-Wno-shift-count-overflow")
    root = tools.directory / "root"
    root.mkdir()
    (root / "file").write_text("contents")
    (root / "link").symlink_to("d/file")
    (root / "d").mkdir()
    os.mkfifo(root / "fifo")
    provider = BUILD / f"providers/newlib-{tools.arch}.so"
    return tools.wrapper("--provider", f"{provider},root={root}", guest, *arguments,
                         errors="replace", **options)


RANDOM = """
    typedef long (*any)(long, long, long, long, long, long);
    static const struct { const char *name; any call; } functions[] = { %s };
    static unsigned long state = 88172645;
    static unsigned long below(unsigned long limit)
    {
            state ^= state << 13;
            state ^= (state & 0xffffffff) >> 17;
            state ^= state << 5;
            return (state & 0xffffff) %% limit;
    }
    #define LONG(value) ((long)(value))
    JUMPSLOT_ENTRY(info)
    {
            use_area(info);
            const long top = LONG(1ul << (8 * sizeof(long) - 1));
            const long half = LONG(1ul << (4 * sizeof(long) - 1) << 1);
            const long values[] = {
                    0, 1, 2, 3, 16, 64, 4095, 4096, -1, -2, -8, -4096,
                    0x7fffffff, LONG(0x80000000ul), LONG(0xfffffffful),
                    LONG(0xfffffff8ul),
                    half, half + 1, half - 1, half * 2, top, ~top, top + 1, top / 2,
                    LONG(area), LONG(area) + 1, LONG(area_end) - 1, LONG(area_end) - 16,
                    LONG(area_end) - 4096, LONG(area_end), LONG(area_end) + 4096,
                    LONG(info), LONG(info->resolver), LONG(quiet), LONG("file"), LONG(""),
                    LONG("../file"), LONG("a"), LONG("fifo"), LONG("link"), LONG("d"),
                    LONG("link/x"), LONG("d/../file"), LONG(&functions),
                    LONG(&functions) + 3,
            };
            const unsigned long count = sizeof(values) / sizeof(*values);

            for (int file = 0; file < 3; file++)
                    newlib_close(file);
            _CPU_Virtual_Set_handler(quiet);
            _CPU_Virtual_Interrupts_open();
            for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
                    for (int round = 0; round < %d; round++) {
                            long a[6];
                            for (int k = 0; k < 6; k++)
                                    a[k] = values[below(count)];
                            functions[i].call(a[0], a[1], a[2], a[3], a[4], a[5]);
                    }
            return 0;
    }
    """
ROUNDS = 400


def test_no_arguments_crash_the_runner(tools, arch):
    """Nor make a function do a system call that the sandbox does not allow it."""
    names = [name for name in functions() if name not in NOT_CALLED_AT_RANDOM]
    assert NOT_CALLED_AT_RANDOM < set(functions())
    table = ", ".join(f'{{ "{name}", (any)(uintptr_t){name} }}' for name in names)
    result = run_guest(tools, RANDOM % (table, ROUNDS), "word", "")
    reported = result.stderr.split("host-wrapper: ")[1:]
    assert len(reported) == 1 and ": wrong use of a port: " in reported[0], result.stderr
    assert result.returncode == 0


# Values of P, and whether the guest can read there.
POINTERS = [
    ("0", False), ("16", False), ("-1l", False), ("-8l", False), ("1l << 20", False),
    ("(long)info->resolver", False), ("(long)area_end", False), ("(long)area - 1", False),
    ("(long)&data + 1000000000", False), ("(long)1 << (sizeof(long) * 8 - 1)", False),
    ("(long)quiet", True), ("(long)info", True), ("(long)&constant", True),
]
WRITES = {
    -14: ["_BSP_Virtual_getworkspacearea((void **)P, (size_t *)area)",
          "_BSP_Virtual_getworkspacearea((void **)area, (size_t *)P)",
          "jumpslot_argument(1, (char *)P, 100)",
          "jumpslot_argument(1, (char *)P, (size_t)-1)"],
    -8: ["newlib_read(file, (void *)P, 1)", "newlib_read(file, (void *)P, (size_t)-1)",
         "newlib_read_at(file, (void *)P, 1, 0)",
         "newlib_status_of_file(file, (struct newlib_status *)P)",
         'newlib_status_of_path(".", (struct newlib_status *)P)',
         'newlib_status_of_link(".", (struct newlib_status *)P)',
         "newlib_read_directory(folder, (struct newlib_entry *)P)",
         "newlib_poll((struct newlib_poll *)P, 1, 0)",
         "newlib_lock(file, (struct newlib_lock *)P, NEWLIB_TEST_LOCK)",
         "newlib_terminal(0, (struct newlib_terminal *)P)",
         'newlib_read_link("link", (void *)P, 6)',
         'newlib_read_link("link", (void *)P, (size_t)-1)',
         "newlib_random((void *)P, 1)", "newlib_random((void *)P, (size_t)-1)"],
}
READS = {
    -14: ["_BSP_Virtual_Console_write((const char *)P, 1)",
          "_BSP_Virtual_Console_write((const char *)P, (size_t)-1)",
          "_BSP_Virtual_Console_error((const char *)P, 1)",
          "_BSP_Virtual_Console_error((const char *)P, (size_t)-1)",
          "jumpslot_port_open((const char *)P, 0)",
          "jumpslot_schedule_set((const char *)P, 1)",
          "jumpslot_schedule_set((const char *)P, (size_t)-1)"],
    -8: ["newlib_write(1, (const void *)P, 1)",
         "newlib_write(1, (const void *)P, 0xffffffff)",
         "newlib_write_at(file, (const void *)P, 1, 0)"],
}
PATHS = {
    -8: ["newlib_open((const char *)P, 1, 0)",
         "newlib_status_of_path((const char *)P, (struct newlib_status *)area)",
         "newlib_status_of_link((const char *)P, (struct newlib_status *)area)",
         "newlib_make_directory((const char *)P, 0)",
         "newlib_remove_directory((const char *)P)",
         "newlib_unlink((const char *)P)", "newlib_open_directory((const char *)P)",
         "newlib_access((const char *)P, 0)",
         "newlib_set_times((const char *)P, 0, 0)",
         "newlib_set_permissions((const char *)P, 0644)",
         "newlib_read_link((const char *)P, area, 6)",
         'newlib_rename((const char *)P, "a")', 'newlib_rename("file", (const char *)P)',
         'newlib_link((const char *)P, "a")', 'newlib_link("file", (const char *)P)',
         'newlib_symlink((const char *)P, "a")', 'newlib_symlink("a", (const char *)P)'],
}
CODE = {-22: ["_BSP_Virtual_faulthandler(P ? (void (*)(struct jumpslot_fault *))P : "
              "(void (*)(struct jumpslot_fault *))16)",
              "_CPU_Virtual_Set_handler((void (*)(int, void *))P)"]}
CALLS = """
    static int data = 1;
    static const char constant = 'c';
    JUMPSLOT_ENTRY(info)
    {
            use_area(info);
            const int file = newlib_open("file", 3, 0);
            const int folder = newlib_open_directory(".");
            const long pointers[] = { %s };

            if (file < 0 || folder < 0 || !data)
                    return 255;
            for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++) {
                    const long P = pointers[i];

                    (void)constant;
                    %s
            }
            return 0;
    }
    """


def checks(calls):
    numbered = [(call, error) for error, them in calls.items() for call in them]
    return "\n".join(f"if ({call} != {error}) return {number};"
                     for number, (call, error) in enumerate(numbered, 1))


@pytest.mark.parametrize("what,calls,readable", [
    ("to write to", WRITES, True), ("to read", READS, False), ("to code", CODE, False),
])
def test_a_pointer_that_is_not_the_guests_is_an_error(tools, arch, what, calls, readable):
    pointers = [text for text, may_read in POINTERS if readable or not may_read]
    result = run_guest(tools, CALLS % (", ".join(pointers), checks(calls)), "word")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), what


# Of a guest with ports, which has got a message by each of them.
PORT_WRITES = {
    -14: ["jumpslot_port_read(1, (void *)P, 64, NULL)",
          "jumpslot_port_read(1, area, 64, (struct jumpslot_port_age *)(P ? P : 16))",
          "jumpslot_port_receive(3, (void *)P, 64, 0)",
          "jumpslot_port_receive(3, (void *)P, (size_t)-1, 0)",
          "jumpslot_port_status(0, (struct jumpslot_port_state *)P)"],
}
PORT_READS = {
    -14: ["jumpslot_port_write(0, (const void *)P, 1)",
          "jumpslot_port_send(2, (const void *)P, 1, 0)"],
}
PORTS_GUEST = """
    static int data = 1;
    static const char constant = 'c';
    JUMPSLOT_ENTRY(info)
    {
            use_area(info);
            const long pointers[] = { %s };

            (void)data, (void)constant;
            while (jumpslot_port_read(1, area, 64, NULL) < 0) ;
            while (!jumpslot_port_status(3, (void *)area) &&
                   !((struct jumpslot_port_state *)(void *)area)->count) ;
            for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++) {
                    const long P = pointers[i];

                    %s
            }
            return jumpslot_port_receive(3, area, 64, 0) != 2;
    }
    """
PORTS_PEER = """
    JUMPSLOT_ENTRY(info)
    {
            use_area(info);
            return jumpslot_port_write(1, area, 2) || jumpslot_port_send(3, area, 2, 0);
    }
    """
CHANNEL = """
    [[channel]]
    name = "{kind}-{port}"
    kind = "{kind}"
    size = 64
    {more}
    from = {{ partition = "{begin}", port = "{kind}-{port}" }}
    to = [{{ partition = "{end}", port = "{kind}-{port}" }}]
    """


@pytest.mark.parametrize("calls,readable", [(PORT_WRITES, True), (PORT_READS, False)])
def test_a_pointer_to_a_message_that_is_not_the_guests_is_an_error(tools, arch, calls,
                                                                  readable):
    pointers = [text for text, may_read in POINTERS if readable or not may_read]
    include = ["-I", ROOT / "guests/newlib"]
    tested = tools.guest(HEADERS + PORTS_GUEST % (", ".join(pointers), checks(calls)),
                         *include, name="tested")
    peer = tools.guest(HEADERS + PORTS_PEER, *include, name="peer")
    model = write_model(tools.directory, {"tested": (tested, 1000, {}),
                                          "peer": (peer, 1000, {})})
    with open(model, "a", encoding="utf-8") as file:
        for kind, more in ("sampling", 'refresh = "1 s"'), ("queuing", "depth = 4"):
            for port, begin, end in ("out", "tested", "peer"), ("in", "peer", "tested"):
                file.write(CHANNEL.format(kind=kind, more=more, port=port, begin=begin,
                                          end=end))
    result = tools.wrapper("--model", model)
    ends = sorted(result.stderr.splitlines()[1:])  # after a line about schedules
    assert ends == ["host-wrapper: peer: exit 0", "host-wrapper: tested: exit 0"]
    assert (result.stdout, result.returncode) == ("", 0)


def declarations():
    """{function: its declaration's arguments} of all headers for guests."""
    texts = [path.read_text() for folder in ("guest-macros/jumpslot", "guests/newlib")
             for path in (ROOT / folder).glob("*.h")]
    return dict(re.findall(r"^EXTERNAL_FUNC\([^,]*,\s*(\w+)(.*?)\)$", "\n".join(texts),
                           re.MULTILINE | re.DOTALL))


def test_each_function_with_a_pointer_has_a_case():
    declared = declarations()
    assert set(functions()) <= set(declared)
    cases = str([WRITES, READS, PATHS, CODE, PORT_WRITES, PORT_READS])
    assert [name for name in functions()
            if "*" in declared[name] and f"{name}(" not in cases] == []


def test_a_path_that_is_not_a_string_of_the_guest_is_an_error(tools, arch):
    """Also one that has no end before the guest's memory ends."""
    pointers = [text for text, may_read in POINTERS if not may_read]
    pointers += ["(long)area_end - 1", "(long)area_end - 1000"]
    result = run_guest(tools, CALLS % (", ".join(pointers), checks(PATHS)))
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_path_that_is_too_long_is_an_error(tools, arch):
    too_long = {-22: PATHS[-8]}
    result = run_guest(tools, CALLS % ("(long)area_end - 8192", checks(too_long)))
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


LENGTHS = """
    JUMPSLOT_ENTRY(info)
    {
            use_area(info);
            const size_t room = (size_t)(area_end - area);
            const size_t lengths[] = { room + 1, (size_t)1 << 31, (size_t)0xffffffff,
                                       (size_t)-1, (size_t)-4096, (size_t)-1 / 2 };

            for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
                    if (_BSP_Virtual_Console_write(area, lengths[i]) != -14 ||
                        _BSP_Virtual_Console_error(area, lengths[i]) != -14 ||
                        jumpslot_schedule_set(area, lengths[i]) != -14 ||
                        newlib_random(area, lengths[i]) != -8 ||
                        newlib_read_link("link", area, lengths[i]) != -8 ||
                        newlib_write(1, area, lengths[i]) != -8 ||
                        newlib_read(0, area, lengths[i]) != -8 ||
                        newlib_read_at(0, area, lengths[i], 0) != -8 ||
                        newlib_write_at(1, area, lengths[i], 0) != -8)
                            return 1 + (int)i;
            return 0;
    }
    """


def test_a_length_beyond_the_guests_memory_is_an_error(tools, arch):
    result = run_guest(tools, LENGTHS)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
