/* Searches the symbol table for one address. See symbols.h. */
#include <inttypes.h>
#include <stdio.h>

#include "abi_strings.h"
#include "symbols.h"

#define MAX_BYTES 0x10000000u /* in the symbols, and in their names */

static bool readable(const struct elf_file *file, const GElf_Shdr *header)
{
	return !(header->sh_flags & SHF_COMPRESSED) && header->sh_size <= MAX_BYTES &&
	       range_within(header->sh_offset, header->sh_size, file->size);
}

/* Finds the section of symbols. Returns false if it or the names cannot be read. */
static bool find_symbols(const struct elf_file *file, GElf_Shdr *header, Elf_Data **data)
{
	Elf_Scn *section = NULL;
	GElf_Shdr names;

	while ((section = elf_nextscn(file->elf, section))) {
		if (!gelf_getshdr(section, header) || header->sh_type != SHT_SYMTAB)
			continue;
		if (!readable(file, header) ||
		    !gelf_getshdr(elf_getscn(file->elf, header->sh_link), &names) ||
		    !readable(file, &names))
			return false;
		*data = elf_getdata(section, NULL);
		return *data != NULL;
	}
	return false;
}

static bool covers(const GElf_Sym *symbol, uint64_t address)
{
	return GELF_ST_TYPE(symbol->st_info) == STT_FUNC && address >= symbol->st_value &&
	       address - symbol->st_value < symbol->st_size;
}

void symbols_describe(const struct elf_file *file, uint64_t address, char *text,
		      size_t size)
{
	GElf_Shdr header;
	Elf_Data *data;
	GElf_Sym symbol;

	text[0] = 0;
	if (!find_symbols(file, &header, &data))
		return;
	for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
		const char *name;

		if (!covers(&symbol, address))
			continue;
		name = elf_strptr(file->elf, header.sh_link, symbol.st_name);
		if (!name || !symbol_name_valid(name))
			return;
		snprintf(text, size, " <%s+0x%" PRIx64 ">", name,
			 address - symbol.st_value);
		return;
	}
}

size_t symbols_count(const struct elf_file *file)
{
	GElf_Shdr header;
	Elf_Data *data;

	if (!find_symbols(file, &header, &data) || !header.sh_entsize)
		return 0;
	return (size_t)(header.sh_size / header.sh_entsize);
}

static bool has_place(const GElf_Sym *symbol)
{
	const int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_OBJECT) && symbol->st_size;
}

void symbols_each(const struct elf_file *file,
		  void (*take)(void *argument, const char *name, uint64_t address,
			       uint64_t size),
		  void *argument)
{
	const size_t most = symbols_count(file);
	GElf_Shdr header;
	Elf_Data *data;
	GElf_Sym symbol;

	if (!most || !find_symbols(file, &header, &data))
		return;
	for (size_t i = 0; i < most && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name = elf_strptr(file->elf, header.sh_link, symbol.st_name);

		if (has_place(&symbol) && name && symbol_name_valid(name))
			take(argument, name, symbol.st_value, symbol.st_size);
	}
}
