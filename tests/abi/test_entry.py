"""The entry of a guest: registers, start information, Multiboot information."""

import pytest

CHECK = """
    #include <jumpslot/entry.h>
    #include <jumpslot/abi/multiboot_i386.h>
    #include <jumpslot/external_func.h>

    static inline int is(const char *line, const char *expected)
    {
            while (*line && *line == *expected)
                    line++, expected++;
            return *line == *expected;
    }

    static inline const char *text(uint64_t address)
    {
            return (const char *)(uintptr_t)address;
    }

    /* The arguments, without the guest's name. */
    static inline const char *behind_name(const char *line)
    {
            while (*line && *line != ' ')
                    line++;
            return line;
    }

    static inline int check_start(const struct jumpslot_start_info *info)
    {
            if (info->magic != JUMPSLOT_START_MAGIC || info->version != 1)
                    return 2;
            if (info->size != sizeof(*info) || info->reserved || !info->resolver)
                    return 3;
            if (info->vcpu_state || info->clock_period_ns || info->interrupt_frame)
                    return 4;
            return is(behind_name(text(info->command_line)), " a bc") ? 0 : 5;
    }

    static inline int check_floats(void)
    {
            uint32_t vectors;
            uint16_t x87;

            __asm__("stmxcsr %0" : "=m"(vectors));
            __asm__("fnstcw %0" : "=m"(x87));
            return vectors == 0x1f80 && x87 == 0x37f ? 0 : 6;
    }
    """

START_X86_64 = CHECK + """
    __asm__(".globl start\\n"
            "start:  mov %rsp, %rsi\\n"
            "        pushfq\\n"
            "        pop %rdx\\n"
            "        sub $8, %rsp\\n"
            "        call check\\n"
            "        add $8, %rsp\\n"
            "        ret\\n");
    int check(const struct jumpslot_start_info *info, uintptr_t stack, uint64_t flags);
    int check(const struct jumpslot_start_info *info, uintptr_t stack, uint64_t flags)
    {
            int wrong = check_start(info);

            if (!wrong)
                    wrong = check_floats();
            if (stack % 16 != 8 || flags & 0x40500)
                    wrong = 1;
            return wrong ? wrong : 77;
    }
    """

# Start code for a Multiboot loader, without setting up a stack: the host provides one.
START_I386 = CHECK + """
    __asm__(".globl start\\n"
            "start:  mov %esp, %ecx\\n"
            "        lea -8(%esp), %esp\\n"
            "        pushf\\n"
            "        push %ecx\\n"
            "        push %edx\\n"
            "        push %ebx\\n"
            "        push %eax\\n"
            "        call check\\n"
            "        add $28, %esp\\n"
            "        ret\\n");
    int check(uint32_t magic, const struct jumpslot_multiboot_info *multiboot,
              const struct jumpslot_start_info *info, uintptr_t stack, uint32_t flags);

    static int check_multiboot(const struct jumpslot_multiboot_info *multiboot,
                               const struct jumpslot_start_info *info)
    {
            const struct jumpslot_multiboot_region *region =
                    (const struct jumpslot_multiboot_region *)multiboot->memory_map;

            if (multiboot->flags != (1u << 2 | 1u << 6 | 1u << 9))
                    return 10;
            if (!is(behind_name(text(multiboot->command_line)), " a bc") ||
                !is(text(multiboot->loader_name), "jumpslot"))
                    return 11;
            if (multiboot->memory_map_size != region->size + 4 || region->size != 20)
                    return 12;
            if (region->kind != 1 || region->base != info->work_area_base ||
                region->length != info->work_area_size || region->length != 4 << 20)
                    return 13;
            return 0;
    }

    int check(uint32_t magic, const struct jumpslot_multiboot_info *multiboot,
              const struct jumpslot_start_info *info, uintptr_t stack, uint32_t flags)
    {
            int wrong = check_start(info);

            if (!wrong)
                    wrong = check_floats();
            if (!wrong)
                    wrong = check_multiboot(multiboot, info);
            if (stack % 16 != 12 || flags & 0x40500 || magic != 0x2badb002)
                    wrong = 1;
            return wrong ? wrong : 77;
    }
    """


@pytest.mark.parametrize("arch,source", [("x86_64", START_X86_64), ("i386", START_I386)])
def test_registers_hold_the_promised_values_and_pointers(tools, source):
    guest = tools.guest(source, flags=["-Wl,-e,start"])
    result = tools.wrapper("--work-area", "4M", guest, "a", "bc")
    assert (result.stderr, result.returncode) == ("", 77)
    assert tools.wrapper("--work-area", "4M", guest, "a", "b c").returncode == 5


@pytest.mark.parametrize("arch", ["i386"])
@pytest.mark.parametrize("what,status", [("info->loader_name = 0;", 139),
                                         ("region->length = 0;", 139),
                                         ("*(char *)(uintptr_t)region->base = 1;", 0)])
def test_multiboot_information_is_read_only_its_memory_is_not(tools, what, status):
    guest = tools.guest("""
        #include <jumpslot/abi/multiboot_i386.h>
        #include <jumpslot/external_func.h>
        __asm__(".globl start\\n"
                "start:  sub $8, %%esp\\n"
                "        push %%ebx\\n"
                "        call write_there\\n"
                "        add $12, %%esp\\n"
                "        ret\\n");
        int write_there(struct jumpslot_multiboot_info *info);
        int write_there(struct jumpslot_multiboot_info *info)
        {
                volatile struct jumpslot_multiboot_region *region =
                        (struct jumpslot_multiboot_region *)info->memory_map;

                (void)region;
                %s
                return 0;
        }
        """ % what, flags=["-Wl,-e,start"])
    assert tools.wrapper(guest).returncode == status
