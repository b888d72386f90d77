/* Walks .dynsym and .dynamic. See dynamic_names.h. */
#include <errno.h>

#include "dynamic_names.h"

#define MAX_BYTES 0x10000000u /* in a table, and in its names */

struct table {
	GElf_Shdr header;
	Elf_Data *data;
};

static bool is_readable(const struct elf_file *file, const GElf_Shdr *header)
{
	return !(header->sh_flags & SHF_COMPRESSED) && header->sh_size <= MAX_BYTES &&
	       range_within(header->sh_offset, header->sh_size, file->size);
}

/* The only table of that type, with its names. */
static int find_table(const struct elf_file *file, uint32_t type, struct table *table)
{
	Elf_Scn *section = NULL, *found = NULL;
	GElf_Shdr header, names;

	while ((section = elf_nextscn(file->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return -ENOEXEC;
		if (header.sh_type != type)
			continue;
		if (found)
			return -ENOEXEC;
		found = section;
		table->header = header;
	}
	if (!found || !is_readable(file, &table->header) ||
	    !gelf_getshdr(elf_getscn(file->elf, table->header.sh_link), &names) ||
	    !is_readable(file, &names))
		return -ENOEXEC;
	table->data = elf_getdata(found, NULL);
	return table->data ? 0 : -ENOEXEC;
}

int dynamic_undefined(const struct elf_file *file, name_predicate *is_one,
		      const char **found)
{
	struct table table;
	GElf_Sym symbol;
	int error = find_table(file, SHT_DYNSYM, &table);

	*found = NULL;
	if (error)
		return error;
	for (int i = 1; gelf_getsym(table.data, i, &symbol); i++) {
		const char *name =
			elf_strptr(file->elf, table.header.sh_link, symbol.st_name);

		if (!name)
			return -ENOEXEC;
		if (symbol.st_shndx == SHN_UNDEF && is_one(name)) {
			*found = name;
			return 0;
		}
	}
	return 0;
}

static bool relocates_code(const GElf_Dyn *entry)
{
	return entry->d_tag == DT_TEXTREL ||
	       (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL);
}

int dynamic_needed(const struct elf_file *file, name_predicate *is_one,
		   const char **found)
{
	struct table table;
	GElf_Dyn entry;
	int error = find_table(file, SHT_DYNAMIC, &table);

	*found = NULL;
	if (error)
		return error;
	for (int i = 0; gelf_getdyn(table.data, i, &entry); i++) {
		const char *name;

		if (relocates_code(&entry))
			return -ENOEXEC;
		if (entry.d_tag != DT_NEEDED)
			continue;
		name = elf_strptr(file->elf, table.header.sh_link, entry.d_un.d_val);
		if (!name)
			return -ENOEXEC;
		if (is_one(name)) {
			*found = name;
			return 0;
		}
	}
	return 0;
}
