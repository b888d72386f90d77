/*
 * Thunks for gdb: an ELF object in memory. See thunk_symbols.h.
 *
 * The object is ET_EXEC, as its addresses are final: of an ET_REL, symbols would be
 * relative to their section.
 */
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/table.h"
#include "process/debug/gdb_jit.h"
#include "thunk_cfi.h"
#include "thunk_symbols.h"

enum { NO_SECTION, TEXT, FRAME, SYMBOLS, STRINGS, SECTIONS };

struct object {
	ElfW(Ehdr) header;
	ElfW(Shdr) sections[SECTIONS];
	struct thunk_cfi frame;
	ElfW(Sym) symbols[]; /* the empty one, one a thunk; strings follow */
};

/* The strings begin with these. */
static const struct section_names {
	char none[1];
	char text[sizeof(".text")];
	char frame[sizeof(".debug_frame")];
	char symbols[sizeof(".symtab")];
	char strings[sizeof(".strtab")];
} section_names = { "", ".text", ".debug_frame", ".symtab", ".strtab" };

struct sizes {
	size_t strings;
	size_t object; /* of all */
};

/* False: too large for the address space, or for a symbol's offset of its name. */
static bool measure(const struct thunk_area *area, thunk_name *name_of,
		    struct sizes *sizes)
{
	size_t symbols;

	sizes->strings = sizeof(section_names);
	for (size_t i = 0; i < area->count; i++)
		if (__builtin_add_overflow(sizes->strings,
					   strlen(name_of(i)) + sizeof(THUNK_PREFIX),
					   &sizes->strings))
			return false;
	return sizes->strings <= UINT32_MAX &&
	       !__builtin_mul_overflow(area->count + 1, sizeof(ElfW(Sym)), &symbols) &&
	       !__builtin_add_overflow(symbols, sizeof(struct object), &symbols) &&
	       !__builtin_add_overflow(symbols, sizes->strings, &sizes->object);
}

static void fill_header(ElfW(Ehdr) * header)
{
	*header = (ElfW(Ehdr)){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, __ELF_NATIVE_CLASS / 32,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = thunk_frames.machine,
		.e_version = EV_CURRENT,
		.e_shoff = offsetof(struct object, sections),
		.e_ehsize = sizeof(ElfW(Ehdr)),
		.e_shentsize = sizeof(ElfW(Shdr)),
		.e_shnum = SECTIONS,
		.e_shstrndx = STRINGS,
	};
}

static void fill_code_sections(struct object *object, const struct thunk_area *area)
{
	object->sections[TEXT] = (ElfW(Shdr)){
		.sh_name = offsetof(struct section_names, text),
		.sh_type = SHT_NOBITS,
		.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		.sh_addr = area->start,
		.sh_size = area->stride * area->count,
		.sh_addralign = 1,
	};
	object->frame = thunk_cfi(area);
	object->sections[FRAME] = (ElfW(Shdr)){
		.sh_name = offsetof(struct section_names, frame),
		.sh_type = SHT_PROGBITS,
		.sh_offset = offsetof(struct object, frame),
		.sh_size = sizeof(object->frame),
		.sh_addralign = 1,
	};
}

static void fill_name_sections(struct object *object, size_t count, size_t strings)
{
	size_t symbols = (count + 1) * sizeof(ElfW(Sym));

	object->sections[SYMBOLS] = (ElfW(Shdr)){
		.sh_name = offsetof(struct section_names, symbols),
		.sh_type = SHT_SYMTAB,
		.sh_offset = offsetof(struct object, symbols),
		.sh_size = symbols,
		.sh_link = STRINGS,
		.sh_info = 1, /* the first that is global */
		.sh_addralign = sizeof(uintptr_t),
		.sh_entsize = sizeof(ElfW(Sym)),
	};
	object->sections[STRINGS] = (ElfW(Shdr)){
		.sh_name = offsetof(struct section_names, strings),
		.sh_type = SHT_STRTAB,
		.sh_offset = offsetof(struct object, symbols) + symbols,
		.sh_size = strings,
		.sh_addralign = 1,
	};
}

/* Returns the end of the string. */
static char *append(char *to, const char *bytes, size_t count)
{
	memcpy(to, bytes, count);
	return to + count;
}

static void fill_symbols(struct object *object, const struct thunk_area *area,
			 thunk_name *name_of)
{
	char *strings = (char *)(object->symbols + area->count + 1);
	char *end = append(strings, (const char *)&section_names, sizeof(section_names));

	object->symbols[0] = (ElfW(Sym)){ .st_shndx = SHN_UNDEF };
	for (size_t i = 0; i < area->count; i++) {
		const char *name = name_of(i);

		object->symbols[i + 1] = (ElfW(Sym)){
			.st_name = (uint32_t)(end - strings),
			.st_info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = TEXT,
			.st_value = area->start + i * area->stride,
			.st_size = area->stride,
		};
		end = append(end, THUNK_PREFIX, strlen(THUNK_PREFIX));
		end = append(end, name, strlen(name) + 1);
	}
}

static void show_debugger(const struct object *object, size_t size)
{
	static struct gdb_jit_entry entry;

	entry.object = object;
	entry.size = size;
	gdb_jit_register(&entry);
}

int thunk_symbols_register(const struct thunk_area *area, thunk_name *name_of,
			   struct message *message)
{
	struct object *object;
	struct sizes sizes;

	if (!measure(area, name_of, &sizes))
		return fail(message, EOVERFLOW,
			    "names of %zu gated functions, for debuggers: too long",
			    area->count);
	object = table_new(sizes.object, 1);
	if (!object)
		return fail(message, ENOMEM,
			    "names of %zu gated functions, for debuggers: no memory for "
			    "%zu bytes",
			    area->count, sizes.object);
	fill_header(&object->header);
	object->sections[NO_SECTION] = (ElfW(Shdr)){ .sh_type = SHT_NULL };
	fill_code_sections(object, area);
	fill_name_sections(object, area->count, sizes.strings);
	fill_symbols(object, area, name_of);
	show_debugger(object, sizes.object);
	return 0;
}
