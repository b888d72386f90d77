"""With -DJUMPSLOT_LINK_TIME the same source is linked to its host: same behaviour."""

import signal
import subprocess

import pytest
from conftest import BUILD, HOST_MACHINE, ROOT, WARNINGS, Toolbox, only_x86_64, run
from conftest import each_arch as arch  # noqa: F401

pytestmark = pytest.mark.not_sanitized("programs are linked without them")

LIMIT = 600  # seconds: only a hang takes that long


class Linker(Toolbox):
    """Compiles guests and providers for the link, and links programs."""

    FLAG = "-DJUMPSLOT_LINK_TIME"

    def guest_object(self, source, *flags, **options):
        return self.compile(source, self.FLAG, *flags, **options)

    def provider_object(self, source, *flags, name="provider"):
        if not hasattr(source, "stem"):
            source = self.write(f"{name}.c", source)
        target = self.directory / f"{name}.o"
        run("gcc", *HOST_MACHINE[self.arch], "-std=gnu11", "-O2", "-g", *WARNINGS,
            self.FLAG, "-I", ROOT / "guest-macros", "-I", ROOT / "host-wrapper/include",
            "-I", BUILD / "providers/calculator", *flags, "-c", source, "-o", target)
        return target

    def program(self, *objects, name="program", flags=("-no-pie",), check=True):
        target = self.directory / name
        result = run("gcc", *HOST_MACHINE[self.arch], *flags,
                     "-Wl,-z,now,--gc-sections", "-o", target, *objects,
                     BUILD / f"lib/libjumpslot-linked-{self.arch}.a", "-lm", check=check)
        return target if check else result

    def source(self, text, *providers, **options):
        return self.program(self.guest_object(text), *providers, **options)


@pytest.fixture
def linker(tmp_path, arch):
    return Linker(tmp_path, arch)


def output(result):
    return result.stdout, result.stderr, result.returncode


@pytest.mark.parametrize("guest", ["hello", "calculator", "ticker"])
def test_both_ways_print_the_same(linker, guest, arch):
    options, providers = [], []
    if guest == "calculator":
        options = ["--provider", BUILD / f"providers/calculator-{arch}.so"]
        providers = [linker.provider_object(ROOT / "guests/calculator/provider.c")]
    program = linker.source(ROOT / f"guests/{guest}/{guest}.c", *providers)
    with_slots = linker.wrapper(*options, BUILD / f"guests/{guest}-{arch}.elf")
    assert output(run(program, check=False)) == output(with_slots)
    assert with_slots.stdout and with_slots.returncode == 0


def test_a_linked_guest_has_neither_slots_nor_records(linker):
    """A call is a reference that the linker resolves; of the guest nothing else is
    left."""
    guest = linker.guest_object(ROOT / "guests/ticker/ticker.c")
    sections = run("readelf", "-SW", guest).stdout
    assert ".externals" not in sections and ".note.jumpslot" not in sections
    assert "UND _BSP_Virtual_Console_write" in run("readelf", "-sW", guest).stdout


def test_position_independent_programs_are_linked_too(linker):
    program = linker.program(
        linker.guest_object(ROOT / "guests/ticker/ticker.c", pic="-fpie"),
        flags=["-pie"])
    assert run(program).stdout.endswith("held back\ndelivered\n")


@pytest.mark.parametrize("cc,standard", [("gcc", "c11"), ("clang", "c11"),
                                         ("g++", "c++17"), ("clang++", "c++17")])
def test_headers_compile_for_the_link(linker, cc, standard):
    headers = ("entry", "virt_cpu", "virt_bsp", "arguments", "rtems_paravirt",
               "external_abi")
    linker.guest_object("".join(f"#include <jumpslot/{name}.h>\n" for name in headers),
                        "-Wpedantic", cc=cc, standard=standard)
    linker.guest_object("#include <jumpslot/provider.h>\n", "-Wpedantic", "-I",
                        ROOT / "host-wrapper/include", cc=cc, standard=standard)


def test_cxx_declares_the_same_functions(linker):
    program = linker.program(linker.guest_object("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>
        EXTERNAL_FUNC_OPTIONAL(int, absent, int)
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _CPU_Virtual_Interrupts_open();
                return external_available(absent) ? 1 : 42;
        }
        """, standard="c++17"))
    assert run(program, check=False).returncode == 42


def test_a_missing_function_is_an_error_of_the_linker(linker):
    guest = linker.guest_object(ROOT / "guests/calculator/calculator.c")
    result = linker.program(guest, check=False)
    assert result.returncode
    assert "undefined reference to `calculator_add'" in result.stderr


FUNCTIONS = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, host_apply, int (*)(int), int)
    EXTERNAL_FUNC_OPTIONAL(int, host_optional, int)
    EXTERNAL_FUNC_VARIADIC(int, host_sum, int)
    EXTERNAL_FUNC_REGPARM3(int, host_fast, int, int, int)
    EXTERNAL_FUNC(host_untyped)
    """
GUEST = """
    #include <jumpslot/entry.h>
    int host_untyped(int);
    #include "functions.h"
    static int twice(int value)
    {
            return 2 * value;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            if (host_apply(twice, 4) != 9 || host_sum(3, 1, 2, 3) != 6 ||
                host_fast(1, 2, 3) != 123 || host_untyped(1) != 2)
                    return 1;
            return external_available(host_optional) ? host_optional(7) : 8;
    }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <stdarg.h>
    #include "functions.h"
    EF(host_apply) EF(host_sum) EF(host_fast) EF(host_untyped)
    JUMPSLOT_DIRECT(host_fast) JUMPSLOT_BLOCKING(host_sum)
    JUMPSLOT_STACK_BYTES(host_sum, 64)

    int host_apply(int (*function)(int), int value)
    {
            if (jumpslot_guest_range((const void *)(uintptr_t)function, 1,
                                     JUMPSLOT_EXECUTE))
                    return -1;
            return jumpslot_guest_call(function, value) + 1;
    }
    int host_sum(int count, ...)
    {
            va_list list;
            int sum = 0;

            va_start(list, count);
            while (count--)
                    sum += va_arg(list, int);
            va_end(list);
            return sum;
    }
    #ifdef __i386__
    __attribute__((__regparm__(3)))
    #endif
    int host_fast(int a, int b, int c)
    {
            return 100 * a + 10 * b + c;
    }
    int host_untyped(int value);
    int host_untyped(int value)
    {
            return value + 1;
    }
    """
OPTIONAL = """
    int host_optional(int value)
    {
            return value;
    }
    """


@pytest.mark.parametrize("there", [True, False])
def test_all_forms_of_lines_and_callbacks_work(linker, there):
    linker.write("functions.h", FUNCTIONS)
    include = "-I", linker.directory
    program = linker.program(
        linker.guest_object(GUEST, *include),
        linker.provider_object(PROVIDER + (OPTIONAL if there else ""), *include))
    assert output(run(program, check=False)) == ("", "", 7 if there else 8)


@pytest.mark.parametrize("error", [0, 22])
def test_a_provider_is_initialized_before_the_guest_starts(linker, error):
    program = linker.source("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, host_state)
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return host_state();
        }
        """, linker.provider_object(f"""
        #include <jumpslot/provider.h>
        #include <stdio.h>
        EXTERNAL_FUNC(int, host_state)
        static int state;
        int jumpslot_provider_init(const char *options, char *message, size_t size)
        {{
                state = options[0] ? 1 : 42;
                snprintf(message, size, "the lamp is broken");
                return -{error};
        }}
        int host_state(void)
        {{
                return state;
        }}
        """))
    assert output(run(program, check=False)) == (
        ("", f"{program}: the lamp is broken\n", 125) if error else ("", "", 42))


def test_the_guest_has_arguments_and_a_work_area_and_ends_anywhere(linker):
    program = linker.source("""
        #include <jumpslot/arguments.h>
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>
        JUMPSLOT_ENTRY(info)
        {
                char argument[16];
                int length = jumpslot_argument(2, argument, sizeof(argument));
                void *area;
                size_t size;

                _BSP_Virtual_getworkspacearea(&area, &size);
                if (jumpslot_argument_count() != 3 || length != 4 ||
                    size != info->work_area_size || size != 64 << 20)
                        return 1;
                *(int *)area = 1;
                _BSP_Virtual_Console_write(argument, (size_t)length);
                _CPU_Virtual_exec_stop_error(42);
                return 2;
        }
        """)
    result = run(program, "one", "two\n", check=False)
    assert output(result) == ("two\n", "", 42)


def test_pointers_are_checked_as_by_a_runner(linker):
    """Constants and code are readable, the first page is not."""
    program = linker.source("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        static void *const constant = 0;
        JUMPSLOT_ENTRY(info)
        {
                size_t size;

                (void)info;
                if (_BSP_Virtual_Console_write((const char *)16, 1) != -14)
                        return 1;
                return _BSP_Virtual_getworkspacearea((void **)&constant, &size) != -14;
        }
        """.replace("(void **)&constant", "(void **)(unsigned long)&constant"))
    assert output(run(program, check=False)) == ("", "", 0)


def test_interrupts_preempt_host_functions(linker):
    """A host function is called directly, so an interrupt need not wait for its end."""
    program = linker.source("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>
        EXTERNAL_FUNC(void, host_spin, const volatile int *)
        static volatile int ticks;
        static void handler(int vector, void *frame)
        {
                (void)frame;
                ticks = 1;
                _CPU_Virtual_Irq_ack(vector);
        }
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                if (_CPU_Virtual_Set_handler(handler) ||
                    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) ||
                    _BSP_Virtual_Clock_init() || _BSP_Virtual_Clock_oneshot(1))
                        return 1;
                _CPU_Virtual_Interrupts_open();
                host_spin(&ticks);
                return 42;
        }
        """, linker.provider_object("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(void, host_spin, const volatile int *)
        void host_spin(const volatile int *word)
        {
                while (!*word)
                        ;
        }
        """))
    assert run(program, check=False, timeout=LIMIT).returncode == 42


def test_a_fault_ends_the_program_without_a_report(linker):
    program = linker.source("""
        #include <jumpslot/entry.h>
        JUMPSLOT_ENTRY(info)
        {
                volatile int *volatile nowhere = (volatile int *)16;

                (void)info;
                return *nowhere;
        }
        """)
    result = subprocess.run([program], capture_output=True, text=True, check=False)
    assert output(result) == ("", "", -signal.SIGSEGV)


def test_a_fault_handler_of_the_guest_works(linker):
    program = linker.source("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        static void handler(struct jumpslot_fault *fault)
        {
                fault->status = 42;
                fault->decision = JUMPSLOT_FAULT_STOP;
        }
        JUMPSLOT_ENTRY(info)
        {
                volatile int *volatile nowhere = (volatile int *)16;

                (void)info;
                _BSP_Virtual_faulthandler(handler);
                return *nowhere;
        }
        """)
    assert output(run(program, check=False)) == ("", "", 42)


@only_x86_64
def test_a_linked_guest_cannot_restart(linker):
    program = linker.source("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _BSP_Virtual_reset(0);
                return 0;
        }
        """)
    assert output(run(program, check=False)) == (
        "", f"{program}: cannot restart: a reset needs a supervisor, and this process "
        "has none\n", 125)


@only_x86_64
def test_host_wrapper_refuses_a_linked_program(linker):
    program = linker.source(ROOT / "guests/hello/hello.c")
    assert output(linker.wrapper(program)) == (
        "", f"host-wrapper: {program}: a dynamic program (PT_INTERP): guests are linked "
        "statically\n", 126)
