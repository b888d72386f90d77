/*
 * The vDSO is an ELF image in memory, which the kernel made: nothing in it is checked.
 * The number of its symbols follows from its hash table, of the GNU kind. See vdso.h.
 */
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#include "vdso.h"

struct tables {
	const ElfW(Sym) * symbols;
	const char *names;
	const uint32_t *hash;
};

static const ElfW(Phdr) * segment(const ElfW(Ehdr) * image, uint32_t type)
{
	const ElfW(Phdr) *segments = (const void *)((const char *)image + image->e_phoff);

	for (size_t i = 0; i < image->e_phnum; i++)
		if (segments[i].p_type == type)
			return &segments[i];
	return NULL;
}

static struct tables find_tables(const char *base, const ElfW(Dyn) * entry)
{
	struct tables tables = { 0 };

	for (; entry->d_tag != DT_NULL; entry++) {
		const void *at = base + entry->d_un.d_ptr;

		switch (entry->d_tag) {
		case DT_SYMTAB:
			tables.symbols = at;
			break;
		case DT_STRTAB:
			tables.names = at;
			break;
		case DT_GNU_HASH:
			tables.hash = at;
			break;
		default:
			break;
		}
	}
	return tables;
}

/* The last symbol ends the chain of the bucket that begins last: its bit 0 is set. */
static size_t count_symbols(const uint32_t *table)
{
	const uint32_t buckets = table[0], first = table[1];
	const uint32_t *bucket = table + 4 + table[2] * sizeof(ElfW(Addr)) / 4;
	const uint32_t *chain = bucket + buckets;
	size_t last = 0;

	for (uint32_t i = 0; i < buckets; i++)
		last = bucket[i] > last ? bucket[i] : last;
	if (last < first)
		return first;
	while (!(chain[last - first] & 1))
		last++;
	return last + 1;
}

void *vdso_function(const char *name)
{
	char *image = (char *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Phdr) * loaded, *dynamic;
	struct tables tables;
	size_t count;

	if (!image)
		return NULL;
	loaded = segment((void *)image, PT_LOAD);
	dynamic = segment((void *)image, PT_DYNAMIC);
	if (!loaded || !dynamic)
		return NULL;
	image -= loaded->p_vaddr;
	tables = find_tables(image, (void *)(image + dynamic->p_vaddr));
	if (!tables.symbols || !tables.names || !tables.hash)
		return NULL;
	count = count_symbols(tables.hash);
	for (size_t i = 0; i < count; i++)
		if (tables.symbols[i].st_shndx != SHN_UNDEF &&
		    !strcmp(tables.names + tables.symbols[i].st_name, name))
			return image + tables.symbols[i].st_value;
	return NULL;
}
