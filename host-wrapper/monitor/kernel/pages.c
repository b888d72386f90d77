/* Four levels of tables, with pages of 4 KiB for guests. See pages.h. */
#include "common/boot_image.h"
#include "machine.h"
#include "memory_bytes.h"
#include "pages.h"

#define ENTRIES	  512
#define PAGE_SIZE 4096u
#define PRESENT	  0x1u
#define WRITABLE  0x2u
#define USER	  0x4u
#define LARGE	  0x80u
#define NO_CODE	  (1ull << 63)
#define ADDRESS	  0x000ffffffffff000ull

#define GIBIBYTE      0x40000000ull
#define WINDOW_TABLES (WINDOW_SIZE / GIBIBYTE)

typedef uint64_t table[ENTRIES] __attribute__((__aligned__(4096)));

/* The kernel's: the upper half of each address space. `image`: pages of the large page
 * that the kernel lies in, as the kernel runs and as the window shows them. */
static table root, window, window_directories[WINDOW_TABLES], window_image;
static table image_pointers, image_directory, image;

extern const char kernel_image[], kernel_constants[], kernel_data[], kernel_end[];

static struct {
	uint64_t next, end;
} memory;

/* The physical address of something in the kernel's image. */
static uint64_t physical_of(const void *in_image)
{
	return (uint64_t)(uintptr_t)in_image - KERNEL_BASE;
}

static uint64_t *table_at(uint64_t entry)
{
	return pages_window(entry & ADDRESS);
}

/* Code can be executed and not written, constants neither, data only written. */
static uint64_t image_bits(uint64_t physical)
{
	if (physical < physical_of(kernel_image))
		return 0;
	if (physical < physical_of(kernel_constants))
		return PRESENT;
	if (physical < physical_of(kernel_data))
		return PRESENT | NO_CODE;
	return physical < physical_of(kernel_end) ? PRESENT | WRITABLE | NO_CODE : 0;
}

/* In the window nothing is code, and what the kernel may not write stays so. */
static uint64_t window_bits(uint64_t physical)
{
	const bool is_constant = physical >= physical_of(kernel_image) &&
				 physical < physical_of(kernel_data);

	return PRESENT | NO_CODE | (is_constant ? 0 : WRITABLE);
}

static void map_image(void)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		const uint64_t physical = KERNEL_PHYSICAL + i * (uint64_t)PAGE_SIZE;
		const uint64_t bits = image_bits(physical);

		image[i] = bits ? physical | bits : 0;
		window_image[i] = physical | window_bits(physical);
	}
	image_directory[KERNEL_PHYSICAL / LARGE_PAGE] =
		physical_of(image) | PRESENT | WRITABLE;
	image_pointers[510] = physical_of(image_directory) | PRESENT | WRITABLE;
	root[511] = physical_of(image_pointers) | PRESENT | WRITABLE;
}

static void map_window(void)
{
	for (unsigned i = 0; i < WINDOW_TABLES * ENTRIES; i++)
		window_directories[i / ENTRIES][i % ENTRIES] =
			i * (uint64_t)LARGE_PAGE | PRESENT | WRITABLE | LARGE | NO_CODE;
	window_directories[0][KERNEL_PHYSICAL / LARGE_PAGE] =
		physical_of(window_image) | PRESENT | WRITABLE;
	for (unsigned i = 0; i < WINDOW_TABLES; i++)
		window[i] = physical_of(window_directories[i]) | PRESENT | WRITABLE;
	root[ENTRIES / 2] = physical_of(window) | PRESENT | WRITABLE;
}

void pages_start(uint64_t first, uint64_t end)
{
	map_image();
	map_window();
	machine_use_tables(physical_of(root));
	memory.next = (first + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	memory.end = end < WINDOW_SIZE ? end : WINDOW_SIZE;
}

uint64_t pages_left(void)
{
	return memory.end > memory.next ? memory.end - memory.next : 0;
}

uint64_t pages_allocate(uint64_t count)
{
	const uint64_t at = memory.next;

	if (count > pages_left() / PAGE_SIZE)
		return 0;
	memory.next += count * PAGE_SIZE;
	return at;
}

static uint64_t new_table(void)
{
	const uint64_t at = pages_allocate(1);

	if (at)
		memset(pages_window(at), 0, PAGE_SIZE);
	return at;
}

uint64_t pages_new_root(void)
{
	const uint64_t at = new_table();
	uint64_t *entries = pages_window(at);

	if (at)
		memcpy(entries + ENTRIES / 2, root + ENTRIES / 2, sizeof(root) / 2);
	return at;
}

/* The last table's entry for an address; NULL without memory. */
static uint64_t *entry_of(uint64_t from, uint64_t address)
{
	uint64_t *entries = pages_window(from);

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		uint64_t *entry = &entries[address >> shift & (ENTRIES - 1)];

		if (!*entry) {
			const uint64_t next = new_table();

			if (!next)
				return NULL;
			*entry = next | PRESENT | WRITABLE | USER;
		}
		entries = table_at(*entry);
	}
	return &entries[address >> 12 & (ENTRIES - 1)];
}

bool pages_map(uint64_t from, uint64_t address, uint64_t physical, uint64_t count,
	       uint32_t access)
{
	const uint64_t bits = PRESENT | USER | (access & BOOT_WRITE ? WRITABLE : 0) |
			      (access & BOOT_EXECUTE ? 0 : NO_CODE);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t *entry = entry_of(from, address + i * PAGE_SIZE);

		if (!entry)
			return false;
		*entry = (physical + i * PAGE_SIZE) | bits;
	}
	return true;
}
