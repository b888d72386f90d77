/* Descriptors, handlers that halt, and page tables. See tables_x86.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "layout_x86.h"
#include "tables_x86.h"

/* Entries of page tables (AMD64 APM, volume 2, 5.3). */
#define PRESENT	   UINT64_C(0x1)
#define WRITABLE   UINT64_C(0x2)
#define USER	   UINT64_C(0x4)
#define LARGE	   UINT64_C(0x80)
#define NO_EXECUTE (UINT64_C(1) << 63)
#define ADDRESS	   UINT64_C(0x000ffffffffff000)
#define ENTRIES	   512
#define LARGE_PAGE (UINT64_C(2) << 20)

/* Gates of the IDT: an interrupt gate for user code or not. */
#define GATE	  UINT64_C(0x8e00)
#define USER_GATE UINT64_C(0xee00)

static struct {
	uint8_t *pages;
	size_t size;
	size_t used;
} sys;

static uint64_t *table_at(uint64_t address)
{
	return (uint64_t *)(sys.pages + address);
}

/* The entry for `address` in a table of level 4 (shift 39) to 1 (shift 12); makes the
 * tables above it. There is room: see most_tables(). */
static uint64_t *entry_for(uint64_t address, unsigned level)
{
	uint64_t *table = table_at(LAYOUT_TABLES);

	for (unsigned shift = 39; shift > level; shift -= 9) {
		uint64_t *entry = &table[address >> shift & (ENTRIES - 1)];

		if (!*entry) {
			*entry = sys.used | PRESENT | WRITABLE | USER;
			sys.used += PAGE;
		}
		table = table_at(*entry & ADDRESS);
	}
	return &table[address >> level & (ENTRIES - 1)];
}

static bool is_large(uint64_t from, uint64_t to, uint64_t size)
{
	return !((from | to) % LARGE_PAGE) && size >= LARGE_PAGE;
}

static void map(uint64_t from, uint64_t size, uint64_t to, uint64_t flags)
{
	while (size) {
		const bool large = is_large(from, to, size);
		const uint64_t step = large ? LARGE_PAGE : PAGE;

		*entry_for(from, large ? 21 : 12) =
			to | flags | PRESENT | (large ? LARGE : 0);
		from += step;
		to += step;
		size -= step;
	}
}

static void map_range(const struct tables_range *range)
{
	map(range->start, range->end - range->start, range->address,
	    USER | (range->may_write ? WRITABLE : 0) |
		    (range->may_execute ? 0 : NO_EXECUTE));
}

/* Tables that a range needs at most: one at each end for small pages, and one for each
 * gigabyte and each 512 of them that it touches. */
static size_t most_tables(const struct tables_range *range)
{
	const uint64_t size = range->end - range->start;

	return (size_t)(2 + (size >> 30) + 2 + (size >> 39) + 2);
}

/* Without a common 2 MiB offset, all of a range is small pages. */
static size_t most_small_tables(const struct tables_range *range)
{
	if ((range->start ^ range->address) % LARGE_PAGE)
		return (size_t)((range->end - range->start) / LARGE_PAGE);
	return 0;
}

static int map_pages(const struct tables_range *ranges, size_t count,
		     struct message *message)
{
	size_t tables = 8; /* the top one, and those of the system pages */

	for (size_t i = 0; i < count; i++)
		tables += most_tables(&ranges[i]) + most_small_tables(&ranges[i]);
	sys.size = LAYOUT_TABLES + tables * PAGE;
	sys.pages = mmap(NULL, sys.size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	sys.used = LAYOUT_TABLES + PAGE;
	if (sys.pages == MAP_FAILED)
		return fail(message, errno, "--host kvm: no memory for page tables: %s",
			    strerror(errno));
	return machine_add_memory(0, (uintptr_t)sys.pages, sys.size, message);
}

/* Long-mode code and data of ring 0, which only its descriptors need, and of ring 3:
 * there is one selector of user code, for the guest's width. */
static void write_gdt(void)
{
	const uint64_t tss = LAYOUT_HIGH + LAYOUT_TSS;
	uint64_t *gdt = table_at(LAYOUT_GDT);

	gdt[1] = UINT64_C(0x00af9b000000ffff);
	gdt[2] = UINT64_C(0x00cf93000000ffff);
	gdt[4] = UINT64_C(0x00cff3000000ffff);
	gdt[5] = LAYOUT_IS_LONG ? UINT64_C(0x00affb000000ffff)
				: UINT64_C(0x00cffb000000ffff);
	gdt[6] = LAYOUT_TSS_LIMIT | (tss & 0xffffff) << 16 | UINT64_C(0x8b) << 40 |
		 (tss >> 24 & 0xff) << 56;
	gdt[7] = tss >> 32;
}

/* The stack of exceptions; and no port of I/O: the map lies beyond the limit. */
static void write_tss(void)
{
	const uint64_t stack = LAYOUT_HIGH + LAYOUT_STACK + PAGE;
	const uint16_t past = LAYOUT_TSS_LIMIT + 1;

	memcpy(sys.pages + LAYOUT_TSS + 4, &stack, sizeof(stack));
	memcpy(sys.pages + LAYOUT_TSS + 0x66, &past, sizeof(past));
}

/* User code may raise 3 and 4 by INT3 and INTO; INT of any other number is a #GP. */
static void write_idt(void)
{
	uint64_t *idt = table_at(LAYOUT_IDT);

	for (unsigned i = 0; i < LAYOUT_VECTORS; i++) {
		const uint64_t handler = LAYOUT_HIGH + LAYOUT_HALT + i;
		const uint64_t gate = i == 3 || i == 4 ? USER_GATE : GATE;

		idt[(size_t)2 * i] = (handler & 0xffff) | LAYOUT_KERNEL_CODE << 16 |
				     gate << 32 | (handler >> 16 & 0xffff) << 48;
		idt[(size_t)2 * i + 1] = handler >> 32;
	}
	memset(sys.pages + LAYOUT_HALT, 0xf4, PAGE); /* HLT */
}

static void map_own(uint64_t offset, uint64_t flags)
{
	map(LAYOUT_HIGH + offset, PAGE, offset, flags);
}

int tables_make(const struct tables_range *ranges, size_t count,
		struct machine_tables *tables, struct message *message)
{
	int error = map_pages(ranges, count, message);

	if (error)
		return error;
	write_gdt();
	write_tss();
	write_idt();
	map_own(LAYOUT_GDT, WRITABLE | NO_EXECUTE);
	map_own(LAYOUT_TSS, WRITABLE | NO_EXECUTE);
	map_own(LAYOUT_IDT, NO_EXECUTE);
	map_own(LAYOUT_HALT, 0);
	map_own(LAYOUT_STACK, WRITABLE | NO_EXECUTE);
	for (size_t i = 0; i < count; i++)
		map_range(&ranges[i]);
	*tables = (struct machine_tables){
		.top = LAYOUT_TABLES,
		.gdt = LAYOUT_HIGH + LAYOUT_GDT,
		.tss = LAYOUT_HIGH + LAYOUT_TSS,
		.idt = LAYOUT_HIGH + LAYOUT_IDT,
	};
	return 0;
}

/* #DF, #TS, #NP, #SS, #GP, #PF, #AC push a code. */
static bool has_code(unsigned vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

bool tables_exception(const struct machine_place *halted,
		      struct tables_exception *exception)
{
	const uint64_t stack = LAYOUT_HIGH + LAYOUT_STACK;
	const uint64_t handler = halted->pc - 1 - (LAYOUT_HIGH + LAYOUT_HALT);
	const uint64_t *words;

	if (handler >= LAYOUT_VECTORS || halted->sp < stack ||
	    halted->sp > stack + PAGE - UINT64_C(5) * sizeof(*words))
		return false;
	words = table_at(LAYOUT_STACK + halted->sp - stack);
	*exception = (struct tables_exception){ .vector = (unsigned)handler };
	if (has_code(exception->vector))
		exception->code = *words++;
	exception->pc = words[0];
	exception->cs = words[1];
	exception->flags = words[2];
	exception->sp = words[3];
	return true;
}
