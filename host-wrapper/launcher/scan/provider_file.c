/* Decoding and checking a provider's table. See provider_file.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/table.h"
#include "provider_file.h"
#include "abi_strings.h"

#define MAX_TABLE 0x10000000u
/* Four for each function that a guest may import: type, function, call mode and stack
 * bytes. */
#define MAX_RECORDS ((size_t)4 * JUMPSLOT_MAX_IMPORTS)
#define MAX_STRINGS 0x8000000u

struct tables {
	struct elf_section note;
	struct elf_section records;
	struct elf_section strings;
	uint32_t record_size;
	GElf_Phdr code; /* where the last function was found; empty at first */
	struct last_type last_type;
	struct elf_records raw;
};

/* A record that is read, and not yet merged into the function of its name. */
struct read_ahead {
	struct provided record;
	uint32_t hash; /* of its name */
};

static int read_note(struct tables *tables, struct message *message)
{
	struct jumpslot_provider_note_desc descriptor;
	const void *bytes = elf_note(&tables->note, JUMPSLOT_NOTE_OWNER,
				     JUMPSLOT_NOTE_PROVIDER, sizeof(descriptor));

	if (!bytes)
		return fail(message, ENOEXEC, "section %s holds no note of a provider",
			    JUMPSLOT_SECTION_PROVIDER_NOTE);
	memcpy(&descriptor, bytes, sizeof(descriptor));
	if (descriptor.abi_version != JUMPSLOT_ABI_VERSION)
		return fail(message, ENOEXEC,
			    "provider ABI version %" PRIu32
			    ": this host-wrapper knows version %u",
			    descriptor.abi_version, JUMPSLOT_ABI_VERSION);
	tables->record_size = descriptor.record_size;
	if (tables->record_size < sizeof(struct jumpslot_provided) ||
	    tables->records.size % tables->record_size)
		return fail(message, ENOEXEC,
			    "records of %" PRIu32 " bytes in a table of %" PRIu64,
			    tables->record_size, tables->records.size);
	return 0;
}

static int read_tables(struct tables *tables, struct elf_file *elf,
		       struct message *message)
{
	int error = elf_file_section(elf, JUMPSLOT_SECTION_PROVIDER_NOTE, 0x1000,
				     &tables->note, message);

	if (!error)
		error = elf_file_find(elf, JUMPSLOT_SECTION_PROVIDED, MAX_TABLE,
				      &tables->records, message);
	if (!error)
		error = elf_file_section(elf, JUMPSLOT_SECTION_PROVIDER_STR, MAX_STRINGS,
					 &tables->strings, message);
	if (error == -ENOENT)
		return fail(message, ENOEXEC,
			    "no table of a provider: include <jumpslot/provider.h> and "
			    "\"func_list.h\"");
	return error ? error : read_note(tables, message);
}

/* Loaded bytes must lie within the file: the runner would die of a page that does not. */
static int check_segments(struct elf_file *elf, struct message *message)
{
	uint64_t limit = elf->machine->class == ELFCLASS32 ? UINT32_MAX : UINT64_MAX;

	for (size_t i = 0; i < elf->segment_count; i++) {
		GElf_Phdr segment;
		int error = elf_file_segment(elf, i, &segment, message);

		if (error)
			return error;
		if (segment.p_type != PT_LOAD)
			continue;
		if (!range_within(segment.p_offset, segment.p_filesz, elf->size) ||
		    !range_within(segment.p_vaddr, segment.p_filesz, limit))
			return fail(message, ENOEXEC,
				    "segment %zu: 0x%" PRIx64
				    " bytes at offset 0x%" PRIx64
				    " for address 0x%" PRIx64
				    " do not lie within the file of 0x%" PRIx64 " bytes",
				    i, segment.p_filesz, segment.p_offset,
				    segment.p_vaddr, elf->size);
	}
	return 0;
}

static bool is_in(const GElf_Phdr *segment, uint64_t address)
{
	return address >= segment->p_vaddr &&
	       address - segment->p_vaddr < segment->p_filesz;
}

/* Tells whether the file has executable code at that address. Functions of one segment
 * follow each other. */
static bool is_code(struct elf_file *elf, struct tables *tables, uint64_t address)
{
	if (is_in(&tables->code, address))
		return true;
	for (size_t i = 0; i < elf->segment_count; i++) {
		struct message ignored;
		GElf_Phdr segment;

		if (!elf_file_segment(elf, i, &segment, &ignored) &&
		    segment.p_type == PT_LOAD && segment.p_flags & PF_X &&
		    is_in(&segment, address)) {
			tables->code = segment;
			return true;
		}
	}
	return false;
}

static int read_flags(struct provided *record, const struct jumpslot_provided *raw,
		      const struct machine *machine, const struct last_type *last,
		      size_t index, struct message *message)
{
	uint32_t convention = raw->flags & JUMPSLOT_CONVENTION_MASK;

	if (raw->flags & ~(uint32_t)JUMPSLOT_FLAGS_KNOWN ||
	    convention > JUMPSLOT_STDCALL || (convention && !machine->has_conventions))
		return fail(message, ENOEXEC,
			    "record %zu (%s): flags 0x%" PRIx32
			    " are not all known for this machine",
			    index, record->name, raw->flags);
	/* The guest decides on optional. */
	record->flags = (uint16_t)(raw->flags & ~(uint32_t)JUMPSLOT_OPTIONAL);
	if (!record->type && record->flags)
		return fail(message, ENOEXEC,
			    "record %zu (%s): flags 0x%" PRIx32 " without a type", index,
			    record->name, raw->flags);
	if (record->type && last->variadic != !!(raw->flags & JUMPSLOT_VARIADIC))
		return fail(message, ENOEXEC,
			    "record %zu (%s): type '%s' and flags 0x%" PRIx32
			    " do not agree on variadic",
			    index, record->name, record->type, raw->flags);
	return 0;
}

/* Reads the call mode, as far as this record gives it. */
static int read_carry(struct provided *record, const struct jumpslot_provided *raw,
		      unsigned word, size_t index, struct message *message)
{
	const uint32_t known = JUMPSLOT_CARRY_MASK | JUMPSLOT_CARRY_STACK;

	if (raw->carry & ~known ||
	    (raw->carry & JUMPSLOT_CARRY_MASK) > JUMPSLOT_CARRY_BLOCKING)
		return fail(message, ENOEXEC,
			    "record %zu (%s): carry 0x%" PRIx32 " is not known", index,
			    record->name, raw->carry);
	if (raw->stack_bytes > JUMPSLOT_MAX_STACK_BYTES || raw->stack_bytes % word ||
	    (raw->stack_bytes && !(raw->carry & JUMPSLOT_CARRY_STACK)))
		return fail(message, ENOEXEC,
			    "record %zu (%s): carry 0x%" PRIx32 " with %" PRIu32
			    " stack bytes: a multiple of %u up to %u, with 0x%x",
			    index, record->name, raw->carry, raw->stack_bytes, word,
			    JUMPSLOT_MAX_STACK_BYTES, JUMPSLOT_CARRY_STACK);
	record->carry = (uint16_t)raw->carry;
	record->stack_bytes = raw->stack_bytes;
	return 0;
}

static int read_record(struct read_ahead *ahead, struct provider_file *provider,
		       struct tables *tables, size_t index, struct message *message)
{
	struct provided *record = &ahead->record;
	const struct elf_section *strings = &tables->strings;
	const uint8_t *bytes = elf_record(&tables->raw, index);
	struct jumpslot_provided raw;
	uint64_t at = tables->records.address + index * tables->record_size;
	size_t length;
	int error;

	*ahead = (struct read_ahead){ 0 };
	if (!bytes)
		return fail(message, ENOEXEC, "section %s cannot be read",
			    JUMPSLOT_SECTION_PROVIDED);
	memcpy(&raw, bytes, sizeof(raw));
	record->name = elf_string_at(strings, at + (uint64_t)(int64_t)raw.name);
	length = record->name ? symbol_name_length(record->name,
						   elf_string_room(strings, record->name))
			      : 0;
	if (!length)
		return fail(message, ENOEXEC, "record %zu has no valid name", index);
	ahead->hash = name_hash(record->name, length);
	name_index_prefetch(&provider->names, ahead->hash);
	at += offsetof(struct jumpslot_provided, type);
	if (raw.type) {
		record->type = elf_string_at(strings, at + (uint64_t)(int64_t)raw.type);
		if (record->type)
			record->type =
				type_string_take(&tables->last_type, record->type,
						 elf_string_room(strings, record->type));
		if (!record->type)
			return fail(message, ENOEXEC, "record %zu (%s) has no valid type",
				    index, record->name);
	}
	at += offsetof(struct jumpslot_provided, function) -
	      offsetof(struct jumpslot_provided, type);
	if (raw.function) {
		record->function = at + (uint64_t)(int64_t)raw.function;
		if (!is_code(&provider->elf, tables, record->function))
			return fail(message, ENOEXEC,
				    "record %zu (%s): 0x%" PRIx64
				    " is not in executable code",
				    index, record->name, record->function);
	}
	error = read_flags(record, &raw, provider->elf.machine, &tables->last_type, index,
			   message);
	if (error)
		return error;
	return read_carry(record, &raw, provider->elf.machine->word, index, message);
}

static const char *carry_word(uint32_t carry)
{
	static const char *const words[] = { "", "gated", "direct", "blocking" };

	return words[carry & JUMPSLOT_CARRY_MASK];
}

/* Merges the call modes that two records give for a function. */
static int merge_carry(struct provided *into, const struct provided *record,
		       struct message *message)
{
	uint32_t mode = into->carry & JUMPSLOT_CARRY_MASK;
	uint32_t other = record->carry & JUMPSLOT_CARRY_MASK;

	if (mode && other && mode != other)
		return fail(message, ENOEXEC, "%s is declared %s and %s", record->name,
			    carry_word(mode), carry_word(other));
	if (into->carry & record->carry & JUMPSLOT_CARRY_STACK &&
	    into->stack_bytes != record->stack_bytes)
		return fail(message, ENOEXEC,
			    "%s is declared with %" PRIu32 " and with %" PRIu32
			    " stack bytes",
			    record->name, into->stack_bytes, record->stack_bytes);
	into->carry = (uint16_t)(into->carry | record->carry);
	into->stack_bytes |= record->stack_bytes;
	if (into->carry == (JUMPSLOT_CARRY_DIRECT | JUMPSLOT_CARRY_STACK))
		return fail(message, ENOEXEC,
			    "%s is declared direct and with %" PRIu32
			    " stack bytes, which only a gate copies",
			    record->name, into->stack_bytes);
	return 0;
}

/* Merges a record into the function of its name: facts that both have must agree. */
static int merge(struct provided *into, const struct provided *record,
		 struct message *message)
{
	if (into->type && record->type &&
	    (strcmp(into->type, record->type) || into->flags != record->flags))
		return fail(message, ENOEXEC,
			    "%s is declared as %s (flags 0x%" PRIx32
			    ") and as %s (flags 0x%" PRIx32 ")",
			    record->name, into->type, into->flags, record->type,
			    record->flags);
	if (into->function && record->function && into->function != record->function)
		return fail(message, ENOEXEC,
			    "%s is defined twice, at different addresses", record->name);
	if (record->type) {
		into->type = record->type;
		into->flags = record->flags;
	}
	if (record->function)
		into->function = record->function;
	return merge_carry(into, record, message);
}

static int add_record(struct provider_file *provider, const struct read_ahead *ahead,
		      struct message *message)
{
	const struct provided *record = &ahead->record;
	size_t known = name_index_add(&provider->names, record->name, ahead->hash,
				      provider->count);

	if (known == NAME_INDEX_NONE) {
		known = provider->count++;
		provider->functions[known].name = record->name;
	}
	return merge(&provider->functions[known], record, message);
}

/* Reads ahead, so that the slot of a name is in the cache when the name is added. */
static int add_records(struct provider_file *provider, struct tables *tables,
		       size_t count, struct message *message)
{
	struct read_ahead records[NAME_INDEX_AHEAD];
	int error = 0;

	for (size_t i = 0; !error && i < count + NAME_INDEX_AHEAD; i++) {
		struct read_ahead *record = &records[i % NAME_INDEX_AHEAD];

		if (i >= NAME_INDEX_AHEAD)
			error = add_record(provider, record, message);
		if (!error && i < count)
			error = read_record(record, provider, tables, i, message);
	}
	return error;
}

static bool has_function(const struct provider_file *provider, const char *name)
{
	size_t index = name_index_find(&provider->names, name);

	return index != NAME_INDEX_NONE && provider->functions[index].function;
}

static bool has_any_function(const struct provider_file *provider)
{
	for (size_t i = 0; i < provider->count; i++)
		if (provider->functions[i].function)
			return true;
	return false;
}

/* A statement for a function that is not there is misspelt, or the list is missing. */
static int check_statements(const struct provider_file *provider, struct message *message)
{
	for (size_t i = 0; i < provider->stated.count; i++) {
		const char *name = provider->stated.statements[i].name;

		if (*name == '(' || has_function(provider, name))
			continue;
		if (!has_any_function(provider))
			return fail(message, ENOEXEC,
				    "its table of functions is empty: #include "
				    "\"func_list.h\", which gen-func-list writes");
		return fail(message, ENOEXEC,
			    "states system calls of %s, which it does not have", name);
	}
	return 0;
}

static int read_functions(struct provider_file *provider, struct message *message)
{
	struct tables tables;
	size_t count;
	int error;

	tables.last_type = (struct last_type){ 0 };
	tables.code = (GElf_Phdr){ 0 };
	error = read_tables(&tables, &provider->elf, message);
	if (!error)
		error = check_segments(&provider->elf, message);
	if (error)
		return error;
	count = tables.records.size / tables.record_size;
	if (count > MAX_RECORDS)
		return fail(message, ENOEXEC, "%zu records: at most %zu", count,
			    MAX_RECORDS);
	provider->room = count;
	provider->functions = table_new(count, sizeof(*provider->functions));
	if (!provider->functions ||
	    name_index_init(&provider->names, count, &provider->functions->name,
			    sizeof(*provider->functions)))
		return fail(message, ENOMEM, "out of memory");
	elf_records_start(&tables.raw, &provider->elf, &tables.records,
			  tables.record_size, sizeof(struct jumpslot_provided));
	error = add_records(provider, &tables, count, message);
	if (!error)
		error = statements_read(&provider->stated, &provider->elf,
					&tables.strings, message);
	return error ? error : check_statements(provider, message);
}

static int check_type(const struct elf_file *elf, unsigned type, struct message *message)
{
	if (elf->header.e_type == type)
		return 0;
	return fail(message, ENOEXEC,
		    type == ET_DYN
			    ? "not a shared library"
			    : "not a partition library (expected a file that jumpslot-cc "
			      "--partition-library made)");
}

static int open_file(struct provider_file *provider, const char *path, unsigned machine,
		     unsigned type, struct message *message)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	if (fd < 0)
		return fail(message, errno, "%s", strerror(errno));
	error = elf_file_open(&provider->elf, fd, message);
	if (error) {
		close(fd);
		return error;
	}
	if (fstat(fd, &provider->status))
		return fail(message, EIO, "cannot be examined: %s", strerror(errno));
	error = check_type(&provider->elf, type, message);
	if (error)
		return error;
	if (provider->elf.header.e_machine != machine)
		return fail(message, ENOEXEC,
			    "a provider for %s (expected %s, as the guest)",
			    provider->elf.machine->name, machine_find(machine)->name);
	return 0;
}

int provider_file_read(struct provider_file *provider, const char *path, unsigned machine,
		       unsigned type, struct message *message)
{
	int error = open_file(provider, path, machine, type, message);

	if (!error)
		error = read_functions(provider, message);
	if (error)
		provider_file_free(provider);
	return error;
}

static size_t find_in_order(const struct provider_file *provider, const char *name)
{
	size_t low = 0, high = provider->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const size_t function = provider->order[middle];
		const int order = strcmp(provider->functions[function].name, name);

		if (!order)
			return function;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NAME_INDEX_NONE;
}

size_t provider_file_find(const struct provider_file *provider, const char *name,
			  uint32_t hash)
{
	return provider->order ? find_in_order(provider, name)
			       : name_index_find_hashed(&provider->names, name, hash);
}

void provider_file_prefetch(const struct provider_file *provider, uint32_t hash)
{
	if (!provider->order)
		name_index_prefetch(&provider->names, hash);
}

void provider_file_free(struct provider_file *provider)
{
	name_index_free(&provider->names);
	table_free(provider->functions, provider->room, sizeof(*provider->functions));
	provider->functions = NULL;
	statements_free(&provider->stated);
	if (provider->elf.elf) {
		elf_file_close(&provider->elf);
		close(provider->elf.fd);
	}
}
