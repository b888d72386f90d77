/* Pointers of a guest that a provider may follow, at every boundary of its memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>
#include "runner/guest_memory.h"
#include "unit.h"

#define PAGE 4096u

static struct guest_memory memory;
static const int both = JUMPSLOT_READ | JUMPSLOT_WRITE;

/*
 * Six pages: one that is unmapped, two writable ones of two regions, a read-only one, one
 * that is write-only to the guest, and one that is unmapped again.
 */
static char *start;

static void add(unsigned page, int access)
{
	const struct guest_region region = {
		.start = (uintptr_t)start + page * PAGE,
		.end = (uintptr_t)start + (page + 1) * PAGE,
		.access = access,
	};

	ck_assert_int_eq(guest_memory_add(&memory, &region), 0);
}

static void make_memory(void)
{
	start = mmap(NULL, 6 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(start, MAP_FAILED);
	ck_assert_int_eq(mprotect(start + PAGE, 4 * PAGE, PROT_READ | PROT_WRITE), 0);
	memset(start + PAGE, 'a', 4 * PAGE);
	add(2, both); /* out of order */
	add(1, both);
	add(3, JUMPSLOT_READ);
	add(4, JUMPSLOT_WRITE);
}

/* guest_memory_range() on [from, to) of the pages. */
static int range(size_t from, size_t to, int access)
{
	return guest_memory_range(&memory, start + from, to - from, access);
}

START_TEST(all_bytes_must_be_guest_memory)
{
	make_memory();
	ck_assert_int_eq(range(PAGE, 2 * PAGE, both), 0);
	ck_assert_int_eq(range(PAGE, PAGE + 1, both), 0);
	ck_assert_int_eq(range(PAGE - 1, PAGE + 1, JUMPSLOT_READ), -EFAULT);
	ck_assert_int_eq(range(PAGE - 1, PAGE, JUMPSLOT_READ), -EFAULT);
	ck_assert_int_eq(range(4 * PAGE - 1, 4 * PAGE, JUMPSLOT_READ), 0);
	ck_assert_int_eq(range(5 * PAGE - 1, 5 * PAGE, JUMPSLOT_WRITE), 0);
	ck_assert_int_eq(range(5 * PAGE - 1, 5 * PAGE + 1, JUMPSLOT_WRITE), -EFAULT);
	ck_assert_int_eq(guest_memory_range(&memory, NULL, 1, JUMPSLOT_READ), -EFAULT);
	ck_assert_int_eq(guest_memory_range(&memory, &start, 1, JUMPSLOT_READ), -EFAULT);
}
END_TEST

START_TEST(a_range_may_span_adjacent_regions)
{
	make_memory();
	ck_assert_int_eq(range(PAGE, 3 * PAGE, both), 0);
	ck_assert_int_eq(range(2 * PAGE - 1, 2 * PAGE + 1, both), 0);
	ck_assert_int_eq(range(PAGE, 4 * PAGE, JUMPSLOT_READ), 0);
	ck_assert_int_eq(range(PAGE, 3 * PAGE + 1, both), -EFAULT);
}
END_TEST

START_TEST(every_region_must_allow_the_access)
{
	make_memory();
	ck_assert_int_eq(range(3 * PAGE, 4 * PAGE, JUMPSLOT_READ), 0);
	ck_assert_int_eq(range(3 * PAGE, 4 * PAGE, JUMPSLOT_WRITE), -EFAULT);
	ck_assert_int_eq(range(3 * PAGE, 4 * PAGE, both), -EFAULT);
	ck_assert_int_eq(range(4 * PAGE, 5 * PAGE, JUMPSLOT_WRITE), 0);
	ck_assert_int_eq(range(4 * PAGE, 5 * PAGE, JUMPSLOT_READ), -EFAULT);
	ck_assert_int_eq(range(PAGE, 5 * PAGE, JUMPSLOT_READ), -EFAULT);
	ck_assert_int_eq(range(PAGE, 2 * PAGE, 4), -EFAULT);
}
END_TEST

START_TEST(no_bytes_are_always_right)
{
	make_memory();
	ck_assert_int_eq(range(0, 0, both), 0);
	ck_assert_int_eq(guest_memory_range(&memory, NULL, 0, both), 0);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)UINTPTR_MAX, 0, both), 0);
}
END_TEST

START_TEST(a_range_that_wraps_is_refused)
{
	static const size_t lengths[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1 };

	make_memory();
	for (size_t i = 0; i < COUNT(lengths); i++)
		for (unsigned page = 0; page < 6; page++)
			ck_assert_int_eq(guest_memory_range(&memory, start + page * PAGE,
							    lengths[i], JUMPSLOT_READ),
					 -EFAULT);
	ck_assert_int_eq(
		guest_memory_range(&memory, (void *)UINTPTR_MAX, 1, JUMPSLOT_READ),
		-EFAULT);
	ck_assert_int_eq(
		guest_memory_range(&memory, (void *)UINTPTR_MAX, 2, JUMPSLOT_READ),
		-EFAULT);
	ck_assert_int_eq(guest_memory_range(&memory, start + PAGE, 0 - (uintptr_t)start,
					    JUMPSLOT_READ),
			 -EFAULT);
}
END_TEST

START_TEST(a_string_ends_within_readable_memory)
{
	make_memory();
	start[PAGE + 5] = 0;
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 100), 5);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 5), 5);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 4), -ERANGE);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 0), -ERANGE);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE + 5, 0), 0);
	ck_assert_int_eq(guest_memory_string(&memory, start, 100), -EFAULT);
	ck_assert_int_eq(guest_memory_string(&memory, NULL, 0), -EFAULT);
	ck_assert_int_eq(guest_memory_string(&memory, start + 4 * PAGE, 100), -EFAULT);
	ck_assert_int_eq(guest_memory_string(&memory, (char *)UINTPTR_MAX, 100), -EFAULT);
}
END_TEST

START_TEST(a_string_may_span_adjacent_regions)
{
	make_memory();
	start[4 * PAGE - 1] = 0;
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 4 * PAGE),
			 3 * PAGE - 1);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 3 * PAGE - 1),
			 3 * PAGE - 1);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 3 * PAGE - 2),
			 -ERANGE);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, PAGE), -ERANGE);
}
END_TEST

START_TEST(a_string_without_an_end_leaves_the_guests_memory)
{
	make_memory();
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 3 * PAGE), -EFAULT);
	ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, 3 * PAGE - 1),
			 -ERANGE);
}
END_TEST

START_TEST(a_string_may_be_as_long_as_memory_allows)
{
	static const size_t most[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 };

	make_memory();
	for (size_t i = 0; i < COUNT(most); i++) {
		ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, most[i]),
				 -EFAULT);
		start[3 * PAGE] = 0;
		ck_assert_int_eq(guest_memory_string(&memory, start + PAGE, most[i]),
				 2 * PAGE);
		start[3 * PAGE] = 'a';
	}
}
END_TEST

START_TEST(only_the_guests_memory_is_copied)
{
	char bytes[4] = "wxyz";

	make_memory();
	ck_assert_int_eq(guest_memory_copy_in(&memory, bytes, start + PAGE, 2), 0);
	ck_assert_mem_eq(bytes, "aayz", 4);
	ck_assert_int_eq(guest_memory_copy_in(&memory, bytes, start, 4), -EFAULT);
	ck_assert_int_eq(guest_memory_copy_in(&memory, bytes, start + PAGE - 1, 4),
			 -EFAULT);
	ck_assert_int_eq(guest_memory_copy_in(&memory, bytes, bytes, 4), -EFAULT);
	ck_assert_int_eq(guest_memory_copy_in(&memory, bytes, start + PAGE, SIZE_MAX),
			 -EFAULT);
	ck_assert_mem_eq(bytes, "aayz", 4);
	ck_assert_int_eq(guest_memory_copy_out(&memory, start + 2 * PAGE - 2, bytes, 4),
			 0);
	ck_assert_mem_eq(start + 2 * PAGE - 3, "aaayza", 6);
	ck_assert_int_eq(guest_memory_copy_out(&memory, start + 3 * PAGE, bytes, 1),
			 -EFAULT);
	ck_assert_int_eq(guest_memory_copy_out(&memory, start + 3 * PAGE - 2, bytes, 4),
			 -EFAULT);
	ck_assert_mem_eq(start + 3 * PAGE - 2, "aaaa", 4);
}
END_TEST

START_TEST(a_copied_string_has_an_end)
{
	char text[] = "................";

	make_memory();
	memcpy(start + 2 * PAGE - 3, "string", 7);
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, start + 2 * PAGE - 3, 7),
			 6);
	ck_assert_mem_eq(text, "string\0.........", 16);
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, start + 2 * PAGE - 3, 6),
			 -ERANGE);
	ck_assert_mem_eq(text, "strin\0\0.........", 16);
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, start + 2 * PAGE, 1),
			 -ERANGE);
	ck_assert_int_eq(text[0], 0);
	text[0] = '.';
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, start + 2 * PAGE, 0),
			 -ERANGE);
	ck_assert_int_eq(text[0], '.');
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, NULL, 4), -EFAULT);
	ck_assert_int_eq(text[0], 0);
	ck_assert_int_eq(guest_memory_copy_string(&memory, text, start + 4 * PAGE - 2, 9),
			 -EFAULT);
	ck_assert_str_eq(text, "aa");
}
END_TEST

static bool enough;

/* Moves the end of the string at the start of page 1. */
static void *change(void *unused)
{
	while (!__atomic_load_n(&enough, __ATOMIC_RELAXED))
		for (unsigned i = 0; i < 32; i++) {
			*(volatile char *)(start + PAGE + i) = 0;
			*(volatile char *)(start + PAGE + i) = 'a';
		}
	return unused;
}

START_TEST(a_string_that_changes_meanwhile_is_read_once)
{
	pthread_t changer;

	make_memory();
	start[PAGE + 40] = 0;
	ck_assert_int_eq(pthread_create(&changer, NULL, change, NULL), 0);
	for (unsigned long i = 0; i < unit_rounds(50000); i++) {
		char text[64];
		long length = guest_memory_copy_string(&memory, text, start + PAGE,
						       sizeof(text));

		ck_assert_int_ge(length, 0);
		ck_assert_uint_eq(strlen(text), (size_t)length);
	}
	__atomic_store_n(&enough, true, __ATOMIC_RELAXED);
	ck_assert_int_eq(pthread_join(changer, NULL), 0);
}
END_TEST

START_TEST(a_protected_part_of_a_region_is_readable_only)
{
	const struct guest_region region = { 0x10000, 0x14000, both, true };

	ck_assert_int_eq(guest_memory_add(&memory, &region), 0);
	ck_assert_int_eq(guest_memory_protect(&memory, 0x11000, 0x15000), -EINVAL);
	ck_assert_int_eq(guest_memory_protect(&memory, 0xf000, 0x11000), -EINVAL);
	ck_assert_int_eq(guest_memory_protect(&memory, 0x11000, 0x11000), -EINVAL);
	ck_assert_int_eq(guest_memory_protect(&memory, 0x11000, 0x12000), 0);
	ck_assert_int_eq(
		guest_memory_range(&memory, (void *)0x10000, 0x4000, JUMPSLOT_READ), 0);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x10000, 0x1000, both), 0);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x10000, 0x1001, both),
			 -EFAULT);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x11fff, 1, both), -EFAULT);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x12000, 0x2000, both), 0);
}
END_TEST

START_TEST(there_is_room_for_256_regions)
{
	struct guest_region region = { .access = both };

	for (unsigned i = 0; i < 256; i++) {
		region.start = 0x100000 + 2 * PAGE * i;
		region.end = region.start + PAGE;
		ck_assert_int_eq(guest_memory_add(&memory, &region), 0);
	}
	ck_assert_int_eq(guest_memory_add(&memory, &region), -ENOSPC);
	ck_assert_int_eq(guest_memory_protect(&memory, 0x100000, 0x100800), -ENOSPC);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x100000, PAGE, both), 0);
	ck_assert_int_eq(guest_memory_protect(&memory, 0x100000, 0x101000), 0);
	ck_assert_int_eq(guest_memory_range(&memory, (void *)0x100000, 1, both), -EFAULT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		all_bytes_must_be_guest_memory,
		a_range_may_span_adjacent_regions,
		every_region_must_allow_the_access,
		no_bytes_are_always_right,
		a_range_that_wraps_is_refused,
		a_string_ends_within_readable_memory,
		a_string_may_span_adjacent_regions,
		a_string_without_an_end_leaves_the_guests_memory,
		a_string_may_be_as_long_as_memory_allows,
		only_the_guests_memory_is_copied,
		a_copied_string_has_an_end,
		a_string_that_changes_meanwhile_is_read_once,
		a_protected_part_of_a_region_is_readable_only,
		there_is_room_for_256_regions,
	};

	return unit_run("guest memory", tests, COUNT(tests));
}
