"""Providers: loaded as scanned, initialized once, and refused with a reason."""

import re
import shutil

import pytest
from conftest import BUILD, each_arch as arch, run

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, answer, int)
    JUMPSLOT_ENTRY(info) { (void)info; return answer(1); }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <stdio.h>
    #include <string.h>
    EXTERNAL_FUNC(int, answer, int)
    EF(answer)
    static int base;
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            if (!strcmp(options, "forty")) {
                    base += 40;
                    return 0;
            }
            snprintf(message, size, "%s: only forty is known", options);
            return -22;
    }
    int answer(int a) { return base + a; }
    """


def test_options_after_the_comma_reach_the_provider_once(tools):
    provider = tools.provider(PROVIDER)
    result = tools.wrapper("--provider", f"{provider},forty", tools.guest(GUEST))
    assert (result.stderr, result.returncode) == ("", 41)


def test_a_provider_that_refuses_its_options_says_why(tools):
    guest = tools.guest(GUEST)
    provider = tools.provider(PROVIDER)
    result = tools.wrapper("--provider", f"{provider},fifty", guest)
    assert result.stderr == (f"host-wrapper: {guest}: provider {provider}: "
                             "fifty: only forty is known\n")
    assert result.returncode == 125


def test_options_for_a_provider_that_takes_none_are_an_error(tools):
    guest = tools.guest(GUEST)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        EF(answer)
        int answer(int a) { return a; }
        """)
    result = tools.wrapper("--provider", f"{provider},x=1", guest)
    assert result.stderr == (f"host-wrapper: {guest}: provider {provider} takes no "
                             "options, but was given x=1\n")
    assert result.returncode == 125


@pytest.mark.parametrize("name,compiler", [("gcc", "gcc"), ("clang", "clang")])
@pytest.mark.parametrize("linker", ["bfd", "lld"])
def test_providers_of_both_compilers_and_linkers_are_read(tools, name, compiler, linker):
    provider = tools.provider(PROVIDER, cc=compiler, linker=linker, name=name)
    result = tools.wrapper("--provider", f"{provider},forty", tools.guest(GUEST))
    assert (result.stderr, result.returncode) == ("", 41)


def test_a_library_without_a_table_is_no_provider(tools):
    library = tools.provider("int answer(int a); int answer(int a) { return a; }")
    result = tools.wrapper("--provider", library, tools.guest(GUEST))
    assert result.stderr == (f"host-wrapper: {library}: no table of a provider: include "
                             '<jumpslot/provider.h> and "func_list.h"\n')
    assert result.returncode == 125


def test_a_provider_for_another_machine_is_refused(tools, arch):
    other = {"x86_64": "i386", "i386": "x86_64"}[arch]
    provider = tools.provider(PROVIDER, arch=other)
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    assert result.stderr == (f"host-wrapper: {provider}: a provider for {other} "
                             f"(expected {arch}, as the guest)\n")
    assert result.returncode == 125


def test_a_name_with_a_type_but_without_a_function_is_not_provided(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        EXTERNAL_FUNC(int, other, int)
        EF(other)
        int other(int a) { return a; }
        """)
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    assert "  missing: int answer(int)" in result.stderr
    assert result.returncode == 127


def test_a_provider_with_an_undefined_symbol_is_named(tools):
    guest = tools.guest(GUEST)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        int nowhere(int a);
        EF(answer)
        int answer(int a) { return nowhere(a); }
        """)
    result = tools.wrapper("--provider", provider, guest)
    assert result.stderr == (f"host-wrapper: {guest}: provider {provider}: "
                             "undefined symbol: nowhere\n")
    assert result.returncode == 125


def test_guest_pointers_are_checked_against_the_guests_memory(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, readable, const void *, unsigned long)
        EXTERNAL_FUNC(int, writable, void *, unsigned long)
        EXTERNAL_FUNC(long, length, const char *, unsigned long)
        EXTERNAL_FUNC(const void *, hosts_own)
        static const char constant[] = "constant";
        static char data[10000];
        extern void *slot __asm__("jumpslot.slot.readable");
        JUMPSLOT_ENTRY(info)
        {
                char local[8];
                char *area = (char *)(uintptr_t)info->work_area_base;
                unsigned long size = (unsigned long)info->work_area_size;

                if (readable(constant, 9) || !writable((void *)(uintptr_t)constant, 1))
                        return 1;
                if (readable(data, 10000) || writable(data, 10000))
                        return 2;
                if (readable(local, 8) || writable(local, 8))
                        return 3;
                if (writable(area, size) ||
                    !writable(area, size + 1) || !writable(area - 1, 2))
                        return 4;
                if (readable(info, info->size) || !writable((void *)(uintptr_t)info, 4))
                        return 5;
                if (readable(&slot, sizeof(slot)) || !writable(&slot, sizeof(slot)))
                        return 6;
                if (!readable(hosts_own(), 1) || !readable(0, 1) || readable(0, 0))
                        return 7;
                if (!readable(data, (unsigned long)-1) || !readable((void *)-1, 2))
                        return 8;
                if (readable((const void *)(uintptr_t)_start, 16))
                        return 9;
                if (length(constant, 100) != 8 || length(constant, 8) != 8 ||
                    length(constant, 7) != -34 || length((const char *)16, 5) != -14)
                        return 10;
                for (unsigned long i = 0; i < 100; i++)
                        area[size - 1 - i] = 'x';
                if (length(area + size - 100, 1000) != -14)
                        return 11;
                return 0;
        }
        """)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, readable, const void *, unsigned long)
        EXTERNAL_FUNC(int, writable, void *, unsigned long)
        EXTERNAL_FUNC(long, length, const char *, unsigned long)
        EXTERNAL_FUNC(const void *, hosts_own)
        EF(readable) EF(writable) EF(length) EF(hosts_own)
        int readable(const void *pointer, unsigned long size)
        {
                return jumpslot_guest_range(pointer, size, JUMPSLOT_READ);
        }
        int writable(void *pointer, unsigned long size)
        {
                return jumpslot_guest_range(pointer, size, JUMPSLOT_WRITE);
        }
        long length(const char *string, unsigned long max)
        {
                return jumpslot_guest_string(string, max);
        }
        static int own;
        const void *hosts_own(void) { return &own; }
        """)
    result = tools.wrapper("--provider", provider, guest)
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_provider_can_end_the_guest(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        EF(answer)
        int answer(int a) { jumpslot_guest_exit(a + 20); }
        """)
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    assert (result.stderr, result.returncode) == ("", 21)


def test_a_provider_named_twice_is_refused(tools):
    provider = tools.provider(PROVIDER)
    result = tools.wrapper("--provider", f"{provider},forty", "--provider", provider,
                           tools.guest(GUEST))
    assert result.stderr == f"host-wrapper: {provider}: the same provider as {provider}\n"
    assert result.returncode == 125


def test_a_provider_that_changes_after_the_scan_is_refused(tools):
    """The first provider rewrites the second before that is loaded."""
    guest = tools.guest(GUEST)
    second = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        EF(answer)
        int answer(int a) { return a; }
        """, name="second")
    first = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, other, int)
        EF(other)
        int other(int a) { return a; }
        int jumpslot_provider_init(const char *options, char *message, size_t size)
        {
                int fd = open(options, O_WRONLY | O_APPEND);
                (void)message;
                (void)size;
                return fd < 0 || write(fd, "x", 1) != 1;
        }
        """, name="first")
    result = tools.wrapper("--provider", f"{first},{second}", "--provider", second, guest)
    assert result.stderr == (f"host-wrapper: {guest}: provider {second} was changed "
                             "since it was scanned\n")
    assert result.returncode == 125


# Ends while it is loaded: in jumpslot_provider_init(), or before, in a constructor.
ENDS_EARLY = """
    #include <jumpslot/provider.h>
    #include <stdlib.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, answer, int)
    EF(answer)
    int answer(int a) { return a; }
    static volatile uintptr_t nowhere = 16;
    %s
    """
IN_INIT = """
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            (void)options;
            (void)message;
            (void)size;
            %s;
            return 0;
    }
    """
IN_CONSTRUCTOR = """
    __attribute__((__constructor__)) static void begin(void) { %s; }
    """


@pytest.mark.parametrize("where", [IN_INIT, IN_CONSTRUCTOR], ids=["init", "constructor"])
@pytest.mark.parametrize("action,how", [
    ("*(volatile int *)nowhere = 1", r"stopped by signal 11 \(Segmentation fault\)"),
    ("abort()", r"stopped by signal 6 \(Aborted\)"),
    ("exit(0)", "exited with status 0"),
    ("_exit(3)", "exited with status 3"),
])
def test_a_provider_that_ends_while_it_is_loaded_is_named(tools, where, action, how):
    provider = tools.provider(ENDS_EARLY % where % action)
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    assert re.fullmatch(rf"host-wrapper: {provider}: {how} while it was loaded\n",
                        result.stderr), result.stderr
    assert result.returncode == 125


def test_a_provider_without_its_function_list_is_told_so(tools):
    """The library has the function, but its table has only the type."""
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        int answer(int a) { return a; }
        """)
    guest = tools.guest(GUEST)
    result = tools.wrapper("--provider", provider, guest)
    assert result.stderr.splitlines()[-1] == (
        f'  {provider}: its table of functions is empty: #include "func_list.h", which '
        "gen-func-list writes")
    assert result.returncode == 127


def test_a_provider_that_states_system_calls_without_its_list_is_told_so(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, answer, int)
        JUMPSLOT_SYSCALLS(answer, JUMPSLOT_NO_SYSCALLS)
        int answer(int a) { return a; }
        """)
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    assert result.stderr == (
        f'host-wrapper: {provider}: its table of functions is empty: #include '
        '"func_list.h", which gen-func-list writes\n')
    assert result.returncode == 125


def test_a_path_with_commas_is_given_with_backslashes(tools):
    directory = tools.directory / "a,b,"
    directory.mkdir()
    provider = tools.provider(PROVIDER).rename(directory / "p,rovider.so")
    word = str(provider).replace(",", "\\,")
    result = tools.wrapper("--provider", f"{word},forty", tools.guest(GUEST))
    assert (result.stderr, result.returncode) == ("", 41)


@pytest.mark.parametrize("flags", ["0x100", "0x80000000", "0x40", "0x10"])
def test_flags_that_are_not_known_are_refused(tools, arch, flags):
    """Also a convention on x86-64, and on i386 one without a type."""
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        __asm__("\t.hidden answer\\n"
                "\t__jumpslot_provided answer, ., answer, FLAGS\\n");
        int answer(int a);
        int answer(int a) { return a; }
        """.replace("FLAGS", flags))
    result = tools.wrapper("--provider", provider, tools.guest(GUEST))
    why = "are not all known for this machine"
    if (arch, flags) == ("i386", "0x10"):
        why = "without a type"
    assert result.stderr == (
        f"host-wrapper: {provider}: record 0 (answer): flags {flags} {why}\n")
    assert result.returncode == 125


def test_a_runner_that_was_changed_after_the_scan_is_refused(tools, arch):
    """A copy of the programs, whose first provider touches the runner."""
    programs = tools.directory / "bin"
    shutil.copytree(BUILD / "bin", programs)
    runner = programs / f"jumpslot-runner-{arch}"
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        JUMPSLOT_ENTRY(info) { (void)info; return 3; }
        """)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <sys/stat.h>
        EXTERNAL_FUNC(int, other, int)
        EF(other)
        int other(int a) { return a; }
        int jumpslot_provider_init(const char *options, char *message, size_t size)
        {
                (void)message;
                (void)size;
                return utimensat(0, options, 0, 0);
        }
        """)
    command = [programs / "host-wrapper", "--provider", f"{provider},{runner}", guest]
    result = run(*command, check=False)
    assert result.stderr == (f"host-wrapper: {guest}: provider {runner} was changed "
                             "since it was scanned\n")
    assert result.returncode == 125
    assert run(programs / "host-wrapper", guest, check=False).returncode == 3
