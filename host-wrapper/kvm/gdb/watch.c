/* Ranges in debug registers. See watch.h. */
#include <errno.h>
#include <string.h>

#include <jumpslot/provider.h>

#include "kvm/machine/machine.h"
#include "watch.h"

/* DR7 (AMD64 APM, volume 2, 13.1.1): a bit that is always set; and of register n, its
 * enable bit, and its condition and length. */
#define ALWAYS	     UINT64_C(0x400)
#define ENABLE(n)    (UINT64_C(1) << 2 * (n))
#define CONDITION(n) (16 + 4 * (n))
#define LENGTH(n)    (18 + 4 * (n))
#define ON_WRITE     UINT64_C(1)
#define ON_ACCESS    UINT64_C(3)
#define LARGEST	     8u

JUMPSLOT_STATE(gdb_watch, "(gdb)", MACHINE_ALLOW_WATCHING)

/* An aligned part of a watchpoint. */
struct part {
	uint64_t kind; /* 0: free */
	uint64_t address;
	unsigned length;
	uint64_t start, whole; /* the watchpoint's address and length */
};

static struct part parts[MACHINE_WATCHES];

static void set_registers(void)
{
	static const uint64_t lengths[LARGEST + 1] = {
		[1] = 0, [2] = 1, [4] = 3, [8] = 2
	};
	struct machine_watches watches = { .control = ALWAYS };

	for (unsigned i = 0; i < MACHINE_WATCHES; i++) {
		if (!parts[i].kind)
			continue;
		watches.addresses[i] = parts[i].address;
		watches.control |= ENABLE(i) | lengths[parts[i].length] << LENGTH(i);
		watches.control |= (parts[i].kind == WATCH_WRITE ? ON_WRITE : ON_ACCESS)
				   << CONDITION(i);
	}
	machine_watch(&watches);
}

static struct part *find_free(void)
{
	for (unsigned i = 0; i < MACHINE_WATCHES; i++)
		if (!parts[i].kind)
			return &parts[i];
	return NULL;
}

/* The longest aligned part of a range's beginning. */
static unsigned first_part(uint64_t address, uint64_t length)
{
	unsigned part = LARGEST;

	while (part > length || address % part)
		part /= 2;
	return part;
}

static bool add_parts(uint64_t kind, uint64_t address, uint64_t length)
{
	const uint64_t end = address + length;

	for (uint64_t at = address; at < end;) {
		struct part *part = find_free();

		if (!part)
			return false;
		*part = (struct part){ kind, at, first_part(at, end - at), address,
				       length };
		at += part->length;
	}
	return true;
}

static void remove_parts(uint64_t kind, uint64_t address, uint64_t length)
{
	for (unsigned i = 0; i < MACHINE_WATCHES; i++)
		if (parts[i].kind == kind && parts[i].start == address &&
		    parts[i].whole == length)
			parts[i].kind = 0;
}

int watch_set(uint64_t kind, uint64_t address, uint64_t length)
{
	int error = 0;

	if (!length || address > UINTPTR_MAX || length > SIZE_MAX ||
	    jumpslot_guest_range((void *)(uintptr_t)address, (size_t)length,
				 JUMPSLOT_READ))
		return -EFAULT;
	remove_parts(kind, address, length);
	if (!add_parts(kind, address, length)) {
		remove_parts(kind, address, length);
		error = -ENOSPC;
	}
	set_registers();
	return error;
}

int watch_clear(uint64_t kind, uint64_t address, uint64_t length)
{
	remove_parts(kind, address, length);
	set_registers();
	return 0;
}

static bool is_any_set(void)
{
	for (unsigned i = 0; i < MACHINE_WATCHES; i++)
		if (parts[i].kind)
			return true;
	return false;
}

void watch_clear_all(void)
{
	if (!is_any_set())
		return;
	memset(parts, 0, sizeof(parts));
	set_registers();
}

bool watch_take_hit(uint64_t *kind, uint64_t *address)
{
	unsigned hits;

	if (!is_any_set())
		return false;
	hits = machine_take_watch_hits();
	for (unsigned i = 0; i < MACHINE_WATCHES; i++)
		if (hits >> i & 1 && parts[i].kind) {
			*kind = parts[i].kind;
			*address = parts[i].start;
			return true;
		}
	return false;
}
