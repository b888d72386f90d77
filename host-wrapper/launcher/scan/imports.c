/* Decoding and checking the import table of a guest. See imports.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "common/page.h"
#include "common/table.h"
#include "imports.h"
#include "name_index.h"
#include "abi_strings.h"
#include "common/printable.h"

#define MAX_STRINGS 0x8000000u /* bytes; 128 for each of JUMPSLOT_MAX_IMPORTS */

/* The sections during reading. */
struct sections {
	struct elf_section note;
	struct elf_section strings;
	struct elf_section table;
	struct elf_section slots;
	struct last_type last_type;
	struct elf_records entries;
};

typedef int find_function(struct elf_file *file, const char *name, uint64_t limit,
			  struct elf_section *section, struct message *message);

/* Finds or reads a section that must be loaded at its address. Returns -ENOENT without
 * one. */
static int load_section(struct elf_file *file, const struct image *image,
			find_function *find, const char *name, uint64_t limit,
			uint32_t flags, struct elf_section *section,
			struct message *message)
{
	int error = find(file, name, limit, section, message);

	if (!error && section->size &&
	    (!(section->flags & SHF_ALLOC) ||
	     !image_maps(image, section->address, section->offset, section->size, flags)))
		return fail(message, ENOEXEC,
			    "section %s: 0x%" PRIx64 " bytes at 0x%" PRIx64
			    " are not loaded by a segment of their kind",
			    name, section->size, section->address);
	return error;
}

static int read_note(struct import_table *table, const struct elf_section *note,
		     struct message *message)
{
	struct jumpslot_note_desc descriptor;
	const uint8_t *bytes = elf_note(note, JUMPSLOT_NOTE_OWNER, JUMPSLOT_NOTE_GUEST,
					sizeof(descriptor));
	uint64_t at;

	if (!bytes)
		return fail(message, ENOEXEC, "section %s holds no note of a guest",
			    JUMPSLOT_SECTION_NOTE);
	memcpy(&descriptor, bytes, sizeof(descriptor));
	if (descriptor.abi_version != JUMPSLOT_ABI_VERSION)
		return fail(message, ENOEXEC,
			    "ABI version %" PRIu32 ": this host-wrapper knows version %u",
			    descriptor.abi_version, JUMPSLOT_ABI_VERSION);
	at = note->address + (uint64_t)(bytes - note->bytes) +
	     offsetof(struct jumpslot_note_desc, resolver);
	table->resolver_pointer = at + (uint64_t)(int64_t)descriptor.resolver;
	return 0;
}

/* Tells whether all these bytes are memory that the guest may write. */
static bool is_writable(const struct image *image, uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *segment = &image->segments[i];

		if (segment->p_flags & PF_W && address >= segment->p_vaddr &&
		    range_within(address - segment->p_vaddr, size, segment->p_memsz))
			return true;
	}
	return false;
}

/* Reads the note of a guest that takes interrupts: the page of its virtual CPU. */
static int read_vcpu_note(struct import_table *table, const struct elf_section *note,
			  const struct image *image, struct message *message)
{
	struct jumpslot_vcpu_note_desc descriptor;
	const uint8_t *bytes = elf_note(note, JUMPSLOT_NOTE_OWNER, JUMPSLOT_NOTE_VCPU,
					sizeof(descriptor));
	uint64_t at;

	if (!bytes)
		return 0;
	memcpy(&descriptor, bytes, sizeof(descriptor));
	if (descriptor.version != JUMPSLOT_VCPU_VERSION)
		return fail(message, ENOEXEC,
			    "virtual CPU version %" PRIu32
			    ": this host-wrapper knows version %u",
			    descriptor.version, JUMPSLOT_VCPU_VERSION);
	at = note->address + (uint64_t)(bytes - note->bytes) +
	     offsetof(struct jumpslot_vcpu_note_desc, state);
	table->vcpu_state = at + (uint64_t)(int64_t)descriptor.state;
	if (table->vcpu_state % JUMPSLOT_VCPU_PAGE ||
	    !is_writable(image, table->vcpu_state, JUMPSLOT_VCPU_PAGE))
		return fail(message, ENOEXEC,
			    "the virtual CPU's state at 0x%" PRIx64
			    " is not a page that the guest may write",
			    table->vcpu_state);
	return 0;
}

/* Tells whether a slot of the guest's word size may lie at that address. */
static bool is_slot(const struct elf_section *slots, uint64_t address, unsigned word)
{
	return address >= slots->address && address % word == 0 &&
	       range_within(address - slots->address, word, slots->size);
}

static int check_resolver_pointer(const struct import_table *table,
				  const struct elf_section *slots, unsigned word,
				  struct message *message)
{
	if (is_slot(slots, table->resolver_pointer, word))
		return 0;
	return fail(message, ENOEXEC,
		    "the resolver pointer at 0x%" PRIx64
		    " is not an aligned word of section %s (0x%" PRIx64
		    " bytes at 0x%" PRIx64 ")",
		    table->resolver_pointer, JUMPSLOT_SECTION_JMPTBL, slots->size,
		    slots->address);
}

/* The string that field `field` of entry `index` points to; NULL if none. */
static const char *entry_string(const struct sections *sections, size_t index,
				size_t field, int32_t offset)
{
	uint64_t at =
		sections->table.address + index * sizeof(struct jumpslot_import) + field;

	return elf_string_at(&sections->strings, at + (uint64_t)(int64_t)offset);
}

static int read_strings(struct import *import, struct sections *sections, size_t index,
			const struct jumpslot_import *entry, struct message *message)
{
	const struct elf_section *strings = &sections->strings;
	size_t length;

	import->name = entry_string(sections, index,
				    offsetof(struct jumpslot_import, name), entry->name);
	if (!import->name)
		return fail(message, ENOEXEC,
			    "import %zu: its name is not a string within section %s",
			    index, JUMPSLOT_SECTION_STR);
	length = symbol_name_length(import->name, elf_string_room(strings, import->name));
	if (!length)
		return fail(
			message, ENOEXEC,
			"import %zu: its name is not a symbol of 1 to %u letters, digits "
			"and _.$",
			index, JUMPSLOT_MAX_NAME);
	import->hash = name_hash(import->name, length);
	if (!entry->type)
		return 0;
	import->type = entry_string(sections, index,
				    offsetof(struct jumpslot_import, type), entry->type);
	if (import->type)
		import->type = type_string_take(&sections->last_type, import->type,
						elf_string_room(strings, import->type));
	if (!import->type)
		return fail(message, ENOEXEC,
			    "import %zu (%s): its type is not a type string within "
			    "section %s",
			    index, import->name, JUMPSLOT_SECTION_STR);
	return 0;
}

static int read_flags(struct import *import, const struct last_type *last, size_t index,
		      const struct jumpslot_import *entry, const struct machine *machine,
		      struct message *message)
{
	uint32_t unknown = entry->flags & ~(uint32_t)JUMPSLOT_FLAGS_KNOWN;
	uint32_t convention = entry->flags & JUMPSLOT_CONVENTION_MASK;

	if (unknown || convention > JUMPSLOT_STDCALL ||
	    (convention && !machine->has_conventions))
		return fail(message, ENOEXEC,
			    "import %zu (%s): flags 0x%" PRIx32
			    " are not all known for this machine",
			    index, import->name, entry->flags);
	if (import->type && last->variadic != !!(entry->flags & JUMPSLOT_VARIADIC))
		return fail(message, ENOEXEC,
			    "import %zu (%s): type '%s' and flags 0x%" PRIx32
			    " do not agree on variadic",
			    index, import->name, import->type, entry->flags);
	import->flags = entry->flags;
	return 0;
}

static int read_slot(struct import *import, const struct sections *sections,
		     const struct import_table *table, size_t index,
		     const struct jumpslot_import *entry, unsigned word,
		     struct message *message)
{
	uint64_t at = sections->table.address + index * sizeof(*entry) +
		      offsetof(struct jumpslot_import, slot);

	import->slot = at + (uint64_t)(int64_t)entry->slot;
	if (!is_slot(&sections->slots, import->slot, word))
		return fail(message, ENOEXEC,
			    "import %zu (%s): its slot 0x%" PRIx64
			    " is not an aligned word of section %s (0x%" PRIx64
			    " bytes at 0x%" PRIx64 ")",
			    index, import->name, import->slot, JUMPSLOT_SECTION_JMPTBL,
			    sections->slots.size, sections->slots.address);
	if (import->slot == table->resolver_pointer)
		return fail(message, ENOEXEC,
			    "import %zu (%s): its slot 0x%" PRIx64
			    " is the resolver pointer",
			    index, import->name, import->slot);
	return 0;
}

static int read_entry(struct import *import, struct sections *sections,
		      const struct import_table *table, size_t index,
		      const struct machine *machine, struct message *message)
{
	const uint8_t *bytes = elf_record(&sections->entries, index);
	struct jumpslot_import entry;
	int error;

	if (!bytes)
		return fail(message, ENOEXEC, "section %s cannot be read",
			    JUMPSLOT_SECTION_SYMTAB);
	memcpy(&entry, bytes, sizeof(entry));
	error = read_strings(import, sections, index, &entry, message);
	if (!error)
		error = read_flags(import, &sections->last_type, index, &entry, machine,
				   message);
	if (!error)
		error = read_slot(import, sections, table, index, &entry, machine->word,
				  message);
	return error;
}

/* An import has the slot of one before it. */
static int refuse_slot(const struct import_table *table, size_t index,
		       struct message *message)
{
	const struct import *import = &table->imports[index];
	size_t other = 0;

	while (table->imports[other].slot != import->slot)
		other++;
	return fail(message, ENOEXEC, "import %zu (%s) has the slot of import %zu (%s)",
		    index, import->name, other, table->imports[other].name);
}

/* Each slot belongs to one import. */
static int check_distinct_slots(const struct import_table *table,
				const struct elf_section *slots, unsigned word,
				struct message *message)
{
	const unsigned shift = (unsigned)__builtin_ctz(word);
	const size_t words = (size_t)(slots->size >> shift) / 64 + 1;
	uint64_t *taken = table_new(words, sizeof(*taken)); /* a bit per slot */
	int error = 0;

	if (!taken)
		return fail(message, ENOMEM, "out of memory");
	for (size_t i = 0; !error && i < table->count; i++) {
		const uint64_t slot = (table->imports[i].slot - slots->address) >> shift;
		const uint64_t bit = (uint64_t)1 << slot % 64;

		if (taken[slot / 64] & bit)
			error = refuse_slot(table, i, message);
		taken[slot / 64] |= bit;
	}
	table_free(taken, words, sizeof(*taken));
	return error;
}

static int check_distinct_names(const struct import_table *table,
				struct name_index *names, struct message *message)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct import *import = &table->imports[i];
		size_t other;

		if (i + NAME_INDEX_AHEAD < table->count)
			name_index_prefetch(names, import[NAME_INDEX_AHEAD].hash);
		other = name_index_add(names, import->name, import->hash, i);
		if (other != NAME_INDEX_NONE)
			return fail(message, ENOEXEC,
				    "imports %zu and %zu are both called %s", other, i,
				    import->name);
	}
	return 0;
}

static const char *next_string(const struct elf_section *section, uint64_t *offset)
{
	const char *string;

	if (*offset >= section->size)
		return NULL;
	string = elf_string_at(section, section->address + *offset);
	if (string)
		*offset += strlen(string) + 1;
	return string;
}

/* Reads places and prototypes. They only help in messages, so problems with them are not
 * errors. */
static void read_debug(struct import_table *table, struct elf_file *file,
		       const struct name_index *names)
{
	struct elf_section debug;
	struct message ignored;
	uint64_t offset = 0;

	if (elf_file_section(file, JUMPSLOT_SECTION_DEBUG, MAX_STRINGS, &debug, &ignored))
		return;
	table->declarations = table_new(table->count, sizeof(*table->declarations));
	if (!table->declarations)
		return;
	for (;;) {
		const char *name = next_string(&debug, &offset);
		const char *place = next_string(&debug, &offset);
		const char *prototype = next_string(&debug, &offset);
		size_t found;

		/* An empty name ends the records. */
		if (!name || !*name || !place || !prototype)
			return;
		found = name_index_find(names, name);
		if (found == NAME_INDEX_NONE)
			continue;
		table->declarations[found] = (struct declaration){
			text_printable(place) ? place : NULL,
			text_printable(prototype) ? prototype : NULL,
		};
	}
}

static void find_readonly_slots(struct import_table *table,
				const struct elf_section *slots)
{
	uint64_t start = PAGE_END(slots->address);
	uint64_t end = PAGE_START(slots->address + slots->size);

	if (start < end)
		table->readonly_slots = (struct image_range){ start, end - start };
}

/* Reads the sections of every guest, even one without imports. */
static int read_guest_sections(struct sections *sections, struct elf_file *file,
			       const struct image *image, struct message *message)
{
	uint64_t most_slots = (uint64_t)JUMPSLOT_MAX_IMPORTS * 2 * file->machine->word;
	int error = load_section(file, image, elf_file_section, JUMPSLOT_SECTION_NOTE,
				 0x1000, PF_R, &sections->note, message);

	if (!error)
		error = load_section(file, image, elf_file_find, JUMPSLOT_SECTION_JMPTBL,
				     most_slots, PF_R | PF_W, &sections->slots, message);
	if (error == -ENOENT)
		return fail(message, ENOEXEC,
			    "no section %s or %s: no file of the guest includes "
			    "jumpslot/external_func.h (needed even without imports)",
			    JUMPSLOT_SECTION_NOTE, JUMPSLOT_SECTION_JMPTBL);
	return error;
}

/* Reads the sections of a guest with imports. */
static int read_table_sections(struct sections *sections, struct elf_file *file,
			       const struct image *image, struct message *message)
{
	const size_t entry_size = sizeof(struct jumpslot_import);
	int error = load_section(file, image, elf_file_find, JUMPSLOT_SECTION_SYMTAB,
				 JUMPSLOT_MAX_IMPORTS * entry_size, PF_R,
				 &sections->table, message);

	if (error == -ENOENT || (!error && !sections->table.size))
		return 0;
	if (!error && sections->table.size % entry_size)
		return fail(message, ENOEXEC,
			    "section %s has %" PRIu64 " bytes: not a multiple of %zu",
			    JUMPSLOT_SECTION_SYMTAB, sections->table.size, entry_size);
	if (!error)
		error = load_section(file, image, elf_file_section, JUMPSLOT_SECTION_STR,
				     MAX_STRINGS, PF_R, &sections->strings, message);
	if (error == -ENOENT)
		return fail(message, ENOEXEC, "section %s, but no section %s",
			    JUMPSLOT_SECTION_SYMTAB, JUMPSLOT_SECTION_STR);
	return error;
}

static int read_entries(struct import_table *table, struct sections *sections,
			const struct elf_file *file, struct message *message)
{
	const struct machine *machine = file->machine;
	int error = 0;

	table->address = sections->table.address;
	table->strings = sections->strings;
	table->count = sections->table.size / sizeof(struct jumpslot_import);
	table->imports = table_new(table->count, sizeof(*table->imports));
	if (!table->imports)
		return fail(message, ENOMEM, "out of memory");
	elf_records_start(&sections->entries, file, &sections->table,
			  sizeof(struct jumpslot_import), sizeof(struct jumpslot_import));
	for (size_t i = 0; !error && i < table->count; i++)
		error = read_entry(&table->imports[i], sections, table, i, machine,
				   message);
	if (!error)
		error = check_distinct_slots(table, &sections->slots, machine->word,
					     message);
	return error;
}

static int index_names(struct import_table *table, struct elf_file *file,
		       struct message *message)
{
	struct name_index names;
	int error;

	if (name_index_init(&names, table->count, &table->imports->name,
			    sizeof(*table->imports)))
		return fail(message, ENOMEM, "out of memory");
	error = check_distinct_names(table, &names, message);
	if (!error)
		read_debug(table, file, &names);
	name_index_free(&names);
	return error;
}

int imports_read(struct import_table *table, struct elf_file *file,
		 const struct image *image, struct message *message)
{
	struct sections sections;
	unsigned word = file->machine->word;
	int error;

	sections.last_type = (struct last_type){ 0 };
	sections.strings = sections.table = (struct elf_section){ 0 };
	error = read_guest_sections(&sections, file, image, message);
	*table = (struct import_table){ 0 };
	if (!error)
		error = read_note(table, &sections.note, message);
	if (!error)
		error = read_vcpu_note(table, &sections.note, image, message);
	if (!error)
		error = check_resolver_pointer(table, &sections.slots, word, message);
	if (!error)
		find_readonly_slots(table, &sections.slots);
	if (!error)
		error = read_table_sections(&sections, file, image, message);
	if (!error)
		error = read_entries(table, &sections, file, message);
	if (!error)
		error = index_names(table, file, message);
	if (error)
		imports_free(table);
	return error;
}

struct declaration import_declaration(const struct import_table *table, size_t index)
{
	return table->declarations ? table->declarations[index]
				   : (struct declaration){ 0 };
}

void imports_free(struct import_table *table)
{
	table_free(table->imports, table->count, sizeof(*table->imports));
	table_free(table->declarations, table->count, sizeof(*table->declarations));
	*table = (struct import_table){ 0 };
}
