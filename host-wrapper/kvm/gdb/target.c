/* Registers by KVM, memory by the runner's own mapping. See target.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>

#include "common/page.h"
#include "kvm/machine/guest_registers.h"
#include "kvm/machine/layout_x86.h"
#include "kvm/machine/machine.h"
#include "runner/current.h"
#include "target.h"

#define INT3	    0xcc
#define BREAKPOINTS 256u
#define MXCSR_BITS  0xffffu /* another bit would be refused */

JUMPSLOT_STATE(gdb_code, "(gdb)",
	       JUMPSLOT_ALLOW_IF("mprotect", JUMPSLOT_ARG_BITS(2, 4u, 0u)))

static struct {
	uintptr_t address;
	uint8_t code; /* of the guest */
} breakpoints[BREAKPOINTS];
static size_t count;

/* The general registers: a word; flags and selectors: 4 bytes; ST(0) to ST(7): 10; x87's
 * control: 4; XMM registers: 16; MXCSR: 4. */
#define GENERAL REGISTERS_GDB
#define XMM	(sizeof(void *) == 8 ? 16 : 8)
static const struct {
	unsigned registers;
	unsigned size;
} groups[] = {
	{ GENERAL, sizeof(void *) }, { 7, 4 }, { 8, 10 }, { 8, 4 }, { XMM, 16 }, { 1, 4 }
};

size_t target_place(uint64_t number, size_t *offset)
{
	*offset = 0;
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (number < groups[i].registers) {
			*offset += (size_t)number * groups[i].size;
			return groups[i].size;
		}
		number -= groups[i].registers;
		*offset += (size_t)groups[i].registers * groups[i].size;
	}
	return 0;
}

static void put(uint8_t **to, const void *from, size_t size)
{
	memcpy(*to, from, size);
	*to += size;
}

static void put_word(uint8_t **to, uint32_t word)
{
	put(to, &word, sizeof(word));
}

static void take(void *to, const uint8_t **from, size_t size)
{
	memcpy(to, *from, size);
	*from += size;
}

static uint32_t take_word(const uint8_t **from)
{
	uint32_t word;

	take(&word, from, sizeof(word));
	return word;
}

/* The part of XSAVE's area that gdb knows, and its header's first word (Intel SDM, volume
 * 1, 13.4): whether the area has x87's and SSE's registers. */
struct vectors {
	uint16_t control, status;
	uint8_t tags, reserved;
	uint16_t opcode;
	uint64_t last_ip, last_dp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t st[8][16];
	uint8_t xmm[16][16];
	uint8_t unused[96];
	uint64_t present;
};
#define X87_AND_SSE 3

_Static_assert(offsetof(struct vectors, present) == 512, "the header follows");
_Static_assert(sizeof(struct vectors) <= sizeof(struct kvm_xsave), "it is a part");

union vector_area {
	struct kvm_xsave all;
	struct vectors vectors;
};

/* x87's tags in full: 3 for an empty register, else 0. */
static uint32_t full_tags(uint8_t tags)
{
	uint32_t result = 0;

	for (unsigned i = 0; i < 8; i++)
		if (!(tags >> i & 1))
			result |= 3u << 2 * i;
	return result;
}

static uint8_t short_tags(uint32_t tags)
{
	unsigned result = 0;

	for (unsigned i = 0; i < 8; i++)
		if ((tags >> 2 * i & 3) != 3)
			result |= 1u << i;
	return (uint8_t)result;
}

static void put_float(uint8_t **to)
{
	union vector_area area;
	const struct vectors *vectors = &area.vectors;

	machine_get_vectors(&area);
	for (unsigned i = 0; i < 8; i++)
		put(to, vectors->st[i], 10);
	put_word(to, vectors->control);
	put_word(to, vectors->status);
	put_word(to, full_tags(vectors->tags));
	put_word(to, 0);
	put_word(to, (uint32_t)vectors->last_ip);
	put_word(to, 0);
	put_word(to, (uint32_t)vectors->last_dp);
	put_word(to, vectors->opcode);
	put(to, vectors->xmm, XMM * sizeof(vectors->xmm[0]));
	put_word(to, vectors->mxcsr);
}

static void take_float(const uint8_t **from)
{
	union vector_area area;
	struct vectors *vectors = &area.vectors;

	machine_get_vectors(&area);
	for (unsigned i = 0; i < 8; i++)
		take(vectors->st[i], from, 10);
	vectors->control = (uint16_t)take_word(from);
	vectors->status = (uint16_t)take_word(from);
	vectors->tags = short_tags(take_word(from));
	*from += 5 * sizeof(uint32_t); /* the last instruction's addresses stay */
	take(vectors->xmm, from, XMM * sizeof(vectors->xmm[0]));
	vectors->mxcsr = take_word(from) & MXCSR_BITS;
	vectors->present |= X87_AND_SSE;
	machine_set_vectors(&area);
}

void target_get(uint8_t *bytes)
{
	static const uint32_t selectors[] = { LAYOUT_USER_CODE, LAYOUT_USER_DATA,
					      LAYOUT_USER_DATA, LAYOUT_USER_DATA,
					      LAYOUT_USER_DATA, LAYOUT_USER_DATA };
	struct registers registers;
	uintptr_t *in_order[GENERAL];

	machine_get(&registers);
	registers_in_gdb_order(&registers, in_order);
	for (size_t i = 0; i < GENERAL; i++)
		put(&bytes, in_order[i], sizeof(*in_order[i]));
	put_word(&bytes, (uint32_t)registers.flags);
	put(&bytes, selectors, sizeof(selectors));
	put_float(&bytes);
}

void target_set(const uint8_t *bytes)
{
	struct registers registers;
	uintptr_t *in_order[GENERAL];

	registers_in_gdb_order(&registers, in_order);
	for (size_t i = 0; i < GENERAL; i++)
		take(in_order[i], &bytes, sizeof(*in_order[i]));
	registers.flags = take_word(&bytes);
	bytes += 6 * sizeof(uint32_t);
	machine_set(&registers);
	take_float(&bytes);
}

static bool may(uint64_t address, int access)
{
	return address <= UINTPTR_MAX &&
	       !jumpslot_guest_range((void *)(uintptr_t)address, 1, access);
}

static size_t find(uint64_t address)
{
	size_t i = 0;

	while (i < count && breakpoints[i].address != address)
		i++;
	return i;
}

bool target_has_breakpoint(uint64_t address)
{
	return find(address) < count;
}

size_t target_read(uint64_t address, uint8_t *bytes, size_t length)
{
	size_t done = 0;

	for (; done < length && may(address + done, JUMPSLOT_READ); done++) {
		const size_t at = find(address + done);

		bytes[done] = at < count ? breakpoints[at].code
					 : *(const uint8_t *)(uintptr_t)(address + done);
	}
	return done;
}

int target_write(uint64_t address, const uint8_t *bytes, size_t length)
{
	return address <= UINTPTR_MAX ? jumpslot_guest_copy_out(
						(void *)(uintptr_t)address, bytes, length)
				      : -EFAULT;
}

/* The page is writable here for a moment, and never for the guest. In this process, no
 * page with guest code is executable. */
static int patch(uintptr_t address, uint8_t code)
{
	void *const page = (void *)(address & ~(uintptr_t)(PAGE - 1));

	if (mprotect(page, PAGE, PROT_READ | PROT_WRITE))
		return -errno;
	*(volatile uint8_t *)address = code;
	return mprotect(page, PAGE, PROT_READ) ? -errno : 0;
}

int target_set_breakpoint(uint64_t address)
{
	if (target_has_breakpoint(address))
		return 0;
	if (!may(address, JUMPSLOT_EXECUTE))
		return -EFAULT;
	if (count == BREAKPOINTS)
		return -ENOSPC;
	breakpoints[count].address = (uintptr_t)address;
	breakpoints[count].code = *(const uint8_t *)(uintptr_t)address;
	count++;
	return patch((uintptr_t)address, INT3);
}

int target_clear_breakpoint(uint64_t address)
{
	const size_t at = find(address);
	uint8_t code;

	if (at == count)
		return 0;
	code = breakpoints[at].code;
	breakpoints[at] = breakpoints[--count];
	return patch((uintptr_t)address, code);
}

void target_clear_breakpoints(void)
{
	while (count)
		target_clear_breakpoint(breakpoints[count - 1].address);
}
