/* FS and GS on x86-64: their bases. See segments_x86.h. */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include <jumpslot/provider.h>
#include "process/signals/segments_x86.h"

/* AT_HWCAP2 (Linux, asm/hwcap2.h): RDFSBASE and its kin are there. */
#define FSGSBASE 2

static struct {
	bool readable;
	uint64_t fs;
	uint64_t gs;
} host;

/* In effect on processors without RDFSBASE. */
JUMPSLOT_STATE(segments, "(segments)",
	       JUMPSLOT_ALLOW_IF("arch_prctl", JUMPSLOT_ARG(0, ARCH_GET_FS)),
	       JUMPSLOT_ALLOW_IF("arch_prctl", JUMPSLOT_ARG(0, ARCH_GET_GS)),
	       JUMPSLOT_ALLOW_IF("arch_prctl", JUMPSLOT_ARG(0, ARCH_SET_FS)),
	       JUMPSLOT_ALLOW_IF("arch_prctl", JUMPSLOT_ARG(0, ARCH_SET_GS)))

WITHOUT_SEGMENTS static void arch_prctl(uintptr_t code, uintptr_t argument)
{
	uintptr_t result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"((uintptr_t)SYS_arch_prctl), "D"(code), "S"(argument)
			 : "rcx", "r11", "memory");
}

WITHOUT_SEGMENTS static uint64_t fs_base(void)
{
	uint64_t base = 0;

	if (host.readable)
		__asm__ volatile("rdfsbase %0" : "=r"(base));
	else
		arch_prctl(ARCH_GET_FS, (uintptr_t)&base);
	return base;
}

WITHOUT_SEGMENTS static uint64_t gs_base(void)
{
	uint64_t base = 0;

	if (host.readable)
		__asm__ volatile("rdgsbase %0" : "=r"(base));
	else
		arch_prctl(ARCH_GET_GS, (uintptr_t)&base);
	return base;
}

WITHOUT_SEGMENTS static void set_fs_base(uint64_t base)
{
	if (host.readable)
		__asm__ volatile("wrfsbase %0" : : "r"(base));
	else
		arch_prctl(ARCH_SET_FS, base);
}

WITHOUT_SEGMENTS static void set_gs_base(uint64_t base)
{
	if (host.readable)
		__asm__ volatile("wrgsbase %0" : : "r"(base));
	else
		arch_prctl(ARCH_SET_GS, base);
}

void segments_start(void)
{
	host.readable = getauxval(AT_HWCAP2) & FSGSBASE;
	host.fs = fs_base();
	host.gs = gs_base();
}

uint32_t segments_restore(void *context)
{
	uint32_t changed = 0;

	(void)context; /* a signal's return leaves them alone */
	if (fs_base() != host.fs) {
		set_fs_base(host.fs);
		changed |= OUTCOME_FS;
	}
	if (gs_base() != host.gs) {
		set_gs_base(host.gs);
		changed |= OUTCOME_GS;
	}
	return changed;
}
