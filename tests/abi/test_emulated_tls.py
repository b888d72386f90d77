"""Thread-local variables of guests, emulated by the compiler: no FS and no GS."""

from conftest import ROOT, each_arch as arch

VARIABLES = """
    #include <stddef.h>
    #include <stdint.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    _Thread_local int counter = 40;
    _Thread_local struct { char name[24]; long value; } large = { "initial", 7 };
    _Thread_local char zero[100];
    _Alignas(128) _Thread_local int aligned = 3;
    """
THREADS = VARIABLES + """
    #include <jumpslot/emulated_tls.h>
    #include "switch_stacks.h"
    static _Alignas(16) char memory[65536], stack[16384];
    static size_t used;
    static void *allocate(size_t size)
    {
            size = (size + 7) & ~(size_t)7;
            used += size;
            return used <= sizeof(memory) ? memory + used - size : NULL;
    }
    JUMPSLOT_EMULATED_TLS(allocate)
    static struct jumpslot_tls other;
    static struct jumpslot_tls *first;
    static void *main_sp, *other_sp;
    static int wrong;

    static int is_new(void)
    {
            return counter == 40 && large.name[0] == 'i' && large.value == 7 &&
                   !zero[0] && !zero[99] && aligned == 3 && !((uintptr_t)&aligned % 128);
    }

    static void change(int by)
    {
            counter += by;
            large.value += by;
            zero[99] = (char)by;
            aligned += by;
    }

    static int has_changed(int by)
    {
            return counter == 40 + by && large.value == 7 + by && zero[99] == by &&
                   aligned == 3 + by;
    }

    static void run_other(void)
    {
            wrong |= !is_new() << 4;
            change(2);
            jumpslot_tls = first;
            switch_stacks(&other_sp, main_sp);
            wrong |= !has_changed(2) << 5;
            jumpslot_tls = first;
            switch_stacks(&other_sp, main_sp);
    }

    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            first = jumpslot_tls;
            wrong |= !is_new();
            change(1);
            other_sp = stack_for(stack + sizeof(stack), run_other);
            jumpslot_tls = &other;
            switch_stacks(&main_sp, other_sp);
            wrong |= !has_changed(1) << 1;
            change(1);
            jumpslot_tls = &other;
            switch_stacks(&main_sp, other_sp);
            wrong |= (counter != 42 || aligned != 5) << 2;
            return wrong;
    }
    """


def test_each_thread_has_variables_of_its_own(tools):
    guest = tools.guest(THREADS, "-femulated-tls", "-I", ROOT / "tests/lib",
                        cc="clang")
    result = tools.wrapper(guest)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_thread_without_memory_for_a_variable_ends_the_guest(tools):
    result = tools.wrapper(tools.guest(VARIABLES + """
        #include <jumpslot/emulated_tls.h>
        static void *allocate(size_t size) { (void)size; return NULL; }
        JUMPSLOT_EMULATED_TLS(allocate)
        JUMPSLOT_ENTRY(info) { return info && counter; }
        """, "-femulated-tls", cc="clang"))
    assert ": stopped by signal 4 (Illegal instruction) at " in result.stderr
    assert result.returncode == 128 + 4
