"""The image is loaded as its segments say, and nothing else is touched."""

import os
import resource

import pytest
from conftest import ROOT, each_arch as arch, only_x86_64, without_account

MAPPED = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    int zeroed[5000];
    int filled[3000] = { 1, 2, 3 };
    const char text[] = "read-only";
    static int *pointer = &filled[2];
    int check(void);
    int check(void)
    {
            for (int i = 0; i < 5000; i++)
                    if (zeroed[i])
                            return 2;
            for (int i = 3; i < 3000; i++)
                    if (filled[i])
                            return 3;
            zeroed[4999] = 1;
            return *pointer == 3 && text[0] == 'r' ? 0 : 4;
    }
    JUMPSLOT_ENTRY(info) { (void)info; return check(); }
    """


@pytest.mark.parametrize("linker", ["bfd", "lld"])
@pytest.mark.parametrize("arch,pie", [("x86_64", False), ("x86_64", True),
                                      ("i386", False)])
@pytest.mark.parametrize("script", [False, True])
def test_data_bss_and_relocations_are_in_place(tools, linker, pie, script):
    guest = tools.guest(MAPPED, linker=linker, pie=pie, script=script)
    result = tools.wrapper(guest)
    assert (result.stderr, result.returncode) == ("", 0)


@only_x86_64
@pytest.mark.parametrize("linker,flag", [("bfd", "-Wl,-z,pack-relative-relocs"),
                                         ("lld", "-Wl,--pack-dyn-relocs=relr")])
def test_packed_relocations_are_applied(tools, linker, flag):
    table = "\n".join(f"&zeroed[{i}]," for i in range(200))
    guest = tools.guest(f"""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        int zeroed[200];
        int *table[] = {{ {table} }};
        JUMPSLOT_ENTRY(info)
        {{
                (void)info;
                for (int i = 0; i < 200; i++)
                        if (table[i] != &zeroed[i])
                                return 1;
                return 0;
        }}
        """, linker=linker, pie=True, flags=[flag])
    assert tools.wrapper(guest).returncode == 0


def test_the_whole_script_makes_a_guest(tools, arch):
    source = tools.compile(MAPPED)
    guest = tools.link(source, script=False,
                       flags=["-T", ROOT / f"linkscripts/guest-{arch}.ld"])
    result = tools.wrapper(guest)
    assert (result.stderr, result.returncode) == ("", 0)


def dying_guest(tools, body, **options):
    """A guest that does one thing and should not live to return."""
    return tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        int data = 1;
        const int constant = 1;
        extern void *slot __asm__("jumpslot.slot._BSP_Virtual_Clock_read");
        JUMPSLOT_ENTRY(info)
        {
                int *volatile pointer = 0;
                (void)pointer;
                _BSP_Virtual_Clock_read();
                %s
                return data;
        }
        """ % body, "-Wno-array-bounds", **options)


@pytest.mark.parametrize("what,body", [
    ("page zero", "*(volatile int *)pointer = 1; (void)info;"),
    ("its code", "*(volatile char *)(uintptr_t)_start = 1; (void)info;"),
    ("its constants", "*(volatile int *)(uintptr_t)&constant = 2; (void)info;"),
    ("a slot", "*(void *volatile *)&slot = 0; (void)info;"),
    ("the start information", "*(volatile uint32_t *)(uintptr_t)&info->size = 1;"),
    ("below its stack", "pointer = __builtin_frame_address(0); (void)info;"
                        "pointer[-(1 << 18)] = 1;"),
    ("above its stack", "pointer = __builtin_frame_address(0); (void)info;"
                        "pointer[100] = 1;"),
    ("below its work area",
     "((volatile char *)(uintptr_t)info->work_area_base)[-1] = 1;"),
    ("above its work area",
     "*(volatile char *)(uintptr_t)(info->work_area_base + info->work_area_size) = 1;"),
])
def test_a_write_stops_the_guest(tools, arch, what, body):
    guest = dying_guest(tools, body)
    result = tools.wrapper(guest)
    assert result.stderr.startswith(
        f"host-wrapper: {guest}: stopped by signal 11 (Segmentation fault) at 0x"), what
    assert "<_start+0x" in result.stderr
    assert result.returncode == 139


def test_data_is_not_executable(tools):
    guest = dying_guest(tools, "((void (*)(void))(uintptr_t)&data)(); (void)info;")
    result = tools.wrapper(guest)
    assert "stopped by signal 11 (Segmentation fault)" in result.stderr
    assert result.returncode == 139


MPROTECT = {
    "x86_64": """__asm__ volatile("syscall" : "=a"(result) : "0"(10L),
                    "D"(page), "S"(4096L), "d"(3L) : "rcx", "r11", "memory");""",
    "i386": """__asm__ volatile("int $0x80" : "=a"(result) : "0"(125L),
                  "b"(page), "c"(4096L), "d"(3L) : "memory");""",
}


def test_slots_cannot_be_made_writable_by_the_guest(tools, arch):
    """Not even by a system call of its own, which only the sandbox denies."""
    guest = dying_guest(tools, """
        long result;
        unsigned long page = (unsigned long)&slot & ~4095ul;

        (void)info;
        %s
        return (int)-result;
        """ % MPROTECT[arch])
    assert tools.wrapper("--sandbox=off", guest).returncode == 13  # EACCES


def test_without_the_script_slots_share_writable_pages(tools):
    guest = dying_guest(tools, "*(void *volatile *)&slot = 0; (void)info;", script=False)
    assert tools.wrapper(guest).returncode == 1


def test_a_stack_that_is_full_is_named(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        int deeper(int depth);
        int deeper(int depth)
        {
                volatile char block[1024];
                block[0] = (char)depth;
                return deeper(depth + 1) + block[0];
        }
        JUMPSLOT_ENTRY(info) { (void)info; return deeper(0); }
        """, "-Wno-infinite-recursion")
    result = tools.wrapper("--stack", "64K", guest)
    assert without_account(result.stderr).endswith(
        ": the guest's stack is full (--stack)\n")
    assert result.returncode == 139


def test_a_frame_of_megabytes_does_not_step_over_the_guard(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        int large(void);
        __attribute__((noinline)) int large(void)
        {
                volatile char block[15000000];
                block[0] = 77;
                return block[0];
        }
        JUMPSLOT_ENTRY(info) { (void)info; return large(); }
        """)
    result = tools.wrapper(guest)
    assert without_account(result.stderr).endswith(
        ": the guest's stack is full (--stack)\n")
    assert result.returncode == 139
    assert tools.wrapper("--stack", "16M", guest).returncode == 77


@pytest.mark.not_sanitized("their shadow memory has no room in the limit")
def test_no_memory_for_the_stack_is_a_failure_of_the_wrapper(tools):
    guest = tools.guest(MAPPED)
    result = tools.wrapper("--stack", "1024G", guest, preexec_fn=limit_address_space)
    assert result.stderr == (f"host-wrapper: {guest}: no memory for a stack of "
                             "1099511627776 bytes: Cannot allocate memory\n")
    assert result.returncode == 125


@pytest.mark.parametrize("arch", ["i386"])
@pytest.mark.parametrize("option,size,name", [
    ("--stack", "8G", "a stack of 8589934592"),
    ("--stack", "4294967295", "a stack of 4294967296"),
    ("--work-area", "4095M", "a work area of 4293918720"),
    ("--work-area", "1024G", "a work area of 1099511627776"),
])
def test_what_32_bits_cannot_hold_is_a_failure_of_the_wrapper(tools, option, size, name):
    guest = tools.guest(MAPPED)
    result = tools.wrapper(option, size, guest)
    assert result.stderr == (f"host-wrapper: {guest}: no memory for {name} bytes: "
                             "Cannot allocate memory\n")
    assert result.returncode == 125


def limit_address_space():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def test_a_large_image_is_mapped_and_not_copied(tools):
    """100 MB of data: the runner's resident memory stays far below."""
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(long, resident_kilobytes)
        extern const char large[];
        __asm__(".section .rodata.large, \\"a\\"\\n"
                "large: .incbin \\"LARGE\\"\\n"
                ".text");
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return large[50000000] + (resident_kilobytes() > 20000);
        }
        """.replace("LARGE", str(large_file(tools))))
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <sys/resource.h>
        EXTERNAL_FUNC(long, resident_kilobytes)
        EF(resident_kilobytes)
        long resident_kilobytes(void)
        {
                struct rusage usage;
                getrusage(RUSAGE_SELF, &usage);
                return usage.ru_maxrss;
        }
        """, needs=["getrusage"])
    result = tools.wrapper("--provider", provider, guest)
    assert os.path.getsize(guest) > 100_000_000
    assert (result.stderr, result.returncode) == ("", 0)


def large_file(tools):
    path = tools.directory / "large.bin"
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    return path


def test_stack_and_work_area_have_the_size_asked_for(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                void *start;
                size_t size;
                char *bytes;

                if (_BSP_Virtual_getworkspacearea(&start, &size) || size != 8192 * 1024)
                        return 1;
                if ((uintptr_t)start != info->work_area_base ||
                    size != info->work_area_size)
                        return 2;
                bytes = start;
                for (size_t i = 0; i < size; i++)
                        if (bytes[i]++)
                                return 3;
                return (uintptr_t)start % 4096 ? 4 : 0;
        }
        """)
    assert tools.wrapper("--work-area", "8M", guest).returncode == 0
    assert tools.wrapper("--work-area=8388607", guest).returncode == 0
