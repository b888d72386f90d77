/* Bounded reading of an ELF file through libelf. See elf_file.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "common/table.h"
#include "elf_file.h"

/* Far more than linkers write, and small enough to read. */
#define MAX_SECTION_NAMES 0x1000000u

/* Sections from this size on are not read by libelf. */
#define LARGE 0x80000u

static const struct machine machines[] = {
	{
		.number = EM_X86_64,
		.class = ELFCLASS64,
		.word = 8,
		.has_static_pie = true,
		.address_limit = 0x7ffffffff000u, /* four levels of page tables */
		.name = "x86_64",
	},
	{
		.number = EM_386,
		.class = ELFCLASS32,
		.word = 4,
		.has_conventions = true,
		.address_limit = 0xfffff000u,
		.name = "i386",
	},
};

const struct machine *machine_find(unsigned number)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].number == number)
			return &machines[i];
	return NULL;
}

const struct machine *machine_find_name(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (strlen(machines[i].name) == length &&
		    !memcmp(machines[i].name, name, length))
			return &machines[i];
	return NULL;
}

static int check_regular(struct elf_file *file, struct message *message)
{
	struct stat status;

	if (fstat(file->fd, &status))
		return fail(message, EIO, "cannot be examined: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail(message, ENOEXEC, "not a regular file");
	file->size = (uint64_t)status.st_size;
	if (!file->size)
		return fail(message, ENOEXEC, "the file is empty");
	return 0;
}

/* The header as in the file. */
union raw_header {
	unsigned char identity[EI_NIDENT];
	Elf32_Ehdr narrow;
	Elf64_Ehdr wide;
};

static int check_identity(const unsigned char *identity, struct message *message)
{
	if (memcmp(identity, ELFMAG, SELFMAG))
		return fail(message, ENOEXEC, "not an ELF file");
	if (identity[EI_CLASS] != ELFCLASS32 && identity[EI_CLASS] != ELFCLASS64)
		return fail(message, ENOEXEC, "ELF class %u: neither 32 nor 64 bit",
			    identity[EI_CLASS]);
	if (identity[EI_DATA] != ELFDATA2LSB)
		return fail(message, ENOEXEC, "ELF data encoding %u: not little-endian",
			    identity[EI_DATA]);
	if (identity[EI_VERSION] != EV_CURRENT)
		return fail(message, ENOEXEC, "ELF version %u: only %u is known",
			    identity[EI_VERSION], EV_CURRENT);
	return 0;
}

/* Type, class and machine have the same place in both headers. */
static int read_machine(struct elf_file *file, const Elf32_Ehdr *header,
			struct message *message)
{
	unsigned class = header->e_ident[EI_CLASS];

	file->machine = machine_find(header->e_machine);
	if (!file->machine)
		return fail(message, ENOEXEC,
			    "ELF machine %u: not supported (expected x86-64 or i386)",
			    header->e_machine);
	if (class != file->machine->class)
		return fail(message, ENOEXEC, "ELF class %u does not fit machine %u",
			    class, header->e_machine);
	return 0;
}

/*
 * Checks the first bytes before libelf reads them, for clear messages. With a section
 * count of 0, libelf takes the count from the first section header and allocates room
 * for up to 2^32 sections.
 */
static int check_raw_header(struct elf_file *file, struct message *message)
{
	union raw_header header = { 0 };
	ssize_t size = pread(file->fd, &header, sizeof(header), 0);
	int error = size < EI_NIDENT ? fail(message, ENOEXEC, "not an ELF file")
				     : check_identity(header.identity, message);
	bool wide = header.identity[EI_CLASS] == ELFCLASS64;

	if (!error)
		error = read_machine(file, &header.narrow, message);
	if (error)
		return error;
	if (size < (ssize_t)(wide ? sizeof(header.wide) : sizeof(header.narrow)))
		return fail(message, ENOEXEC, "the ELF header is cut short");
	if (wide ? header.wide.e_shoff && !header.wide.e_shnum
		 : header.narrow.e_shoff && !header.narrow.e_shnum)
		return fail(message, ENOEXEC,
			    "the ELF header does not say how many section headers "
			    "there are");
	return 0;
}

static int check_tables(struct elf_file *file, struct message *message)
{
	const GElf_Ehdr *header = &file->header;
	bool wide = header->e_ident[EI_CLASS] == ELFCLASS64;
	uint64_t segment_size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t section_size = wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

	file->segment_count = header->e_phnum;
	if (header->e_phnum == PN_XNUM)
		return fail(message, ENOEXEC, "%u segments or more", PN_XNUM);
	if (file->segment_count &&
	    (header->e_phentsize != segment_size ||
	     !range_within(header->e_phoff, file->segment_count * segment_size,
			   file->size)))
		return fail(message, ENOEXEC,
			    "%zu program headers of %u bytes at 0x%" PRIx64
			    ": not within the file of %" PRIu64 " bytes",
			    file->segment_count, header->e_phentsize, header->e_phoff,
			    file->size);
	if (!header->e_shoff)
		return fail(message, ENOEXEC, "no section headers: were they stripped?");
	if (header->e_shentsize != section_size ||
	    !range_within(header->e_shoff, header->e_shnum * section_size, file->size))
		return fail(message, ENOEXEC,
			    "%u section headers of %u bytes at 0x%" PRIx64
			    ": not within the file of %" PRIu64 " bytes",
			    header->e_shnum, header->e_shentsize, header->e_shoff,
			    file->size);
	return 0;
}

/* The table of names must end with a NUL: libelf relies on it to find the end of each. */
static int check_section_names(struct elf_file *file, struct message *message)
{
	Elf_Scn *section = elf_getscn(file->elf, file->header.e_shstrndx);
	GElf_Shdr header;
	Elf_Data *data;

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_STRTAB)
		return fail(message, ENOEXEC, "no section with the sections' names");
	if (header.sh_flags & SHF_COMPRESSED || header.sh_size > MAX_SECTION_NAMES)
		return fail(message, ENOEXEC,
			    "the sections' names: compressed, or 0x%" PRIx64
			    " bytes: at most 0x%x",
			    header.sh_size, MAX_SECTION_NAMES);
	data = elf_rawdata(section, NULL);
	if (!data || !data->d_size || ((const char *)data->d_buf)[data->d_size - 1])
		return fail(message, ENOEXEC,
			    "the sections' names: 0x%" PRIx64 " bytes at 0x%" PRIx64
			    " are not strings within the file",
			    header.sh_size, header.sh_offset);
	return 0;
}

int elf_file_open(struct elf_file *file, int fd, struct message *message)
{
	int error;

	*file = (struct elf_file){ .fd = fd };
	elf_version(EV_CURRENT);
	error = check_regular(file, message);
	if (!error)
		error = check_raw_header(file, message);
	if (error)
		return error;
	file->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!file->elf || elf_kind(file->elf) != ELF_K_ELF ||
	    !gelf_getehdr(file->elf, &file->header))
		error = fail(message, ENOEXEC, "the ELF header cannot be read");
	if (!error)
		error = check_tables(file, message);
	if (!error)
		error = check_section_names(file, message);
	if (error)
		elf_file_close(file);
	return error;
}

void elf_file_close(struct elf_file *file)
{
	for (size_t i = 0; i < file->large_count; i++)
		table_free(file->large[i].bytes, file->large[i].size, 1);
	file->large_count = 0;
	elf_end(file->elf);
	file->elf = NULL;
}

int elf_file_segment(struct elf_file *file, size_t index, GElf_Phdr *segment,
		     struct message *message)
{
	if (!gelf_getphdr(file->elf, (int)index, segment))
		return fail(message, ENOEXEC, "segment %zu cannot be read", index);
	return 0;
}

int elf_file_read(const struct elf_file *file, uint8_t *bytes, size_t size,
		  uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t count = pread(file->fd, bytes + done, size - done,
				      (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return -EIO;
		done += (size_t)count;
	}
	return 0;
}

/* Sets `found` to the only section of that name; NULL if no section has it. */
static int find_section(struct elf_file *file, const char *name, Elf_Scn **found,
			struct message *message)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	*found = NULL;
	while ((section = elf_nextscn(file->elf, section))) {
		const char *its_name;

		if (!gelf_getshdr(section, &header))
			return fail(message, ENOEXEC, "section header %zu cannot be read",
				    elf_ndxscn(section));
		its_name = elf_strptr(file->elf, file->header.e_shstrndx, header.sh_name);
		if (!its_name || strcmp(its_name, name))
			continue;
		if (*found)
			return fail(message, ENOEXEC, "two sections are called %s", name);
		*found = section;
	}
	return 0;
}

static int decompress(Elf_Scn *section, const char *name, uint64_t limit,
		      struct message *message)
{
	GElf_Chdr header;

	if (!gelf_getchdr(section, &header) || header.ch_size > limit ||
	    elf_compress(section, 0, 0) < 0)
		return fail(message, ENOEXEC, "section %s cannot be decompressed", name);
	return 0;
}

static const uint8_t *decompressed_bytes(Elf_Scn *section, const GElf_Shdr *header)
{
	const Elf_Data *data = elf_getdata(section, NULL);

	return data && data->d_size == header->sh_size ? data->d_buf : NULL;
}

/* libelf would read it into pages of 4 KB, which cost more than the read. Returns NULL
 * for a small section, or without memory. */
static const uint8_t *read_large(struct elf_file *file, const GElf_Shdr *header)
{
	struct elf_large *large = &file->large[file->large_count];

	if (header->sh_size < LARGE || file->large_count == ELF_MAX_LARGE)
		return NULL;
	large->size = header->sh_size;
	large->bytes = table_new(large->size, 1);
	if (!large->bytes)
		return NULL;
	file->large_count++;
	return elf_file_read(file, large->bytes, large->size, header->sh_offset)
		       ? NULL
		       : large->bytes;
}

/* The bytes of a section as they are in the file, or NULL. */
static const uint8_t *raw_bytes(struct elf_file *file, Elf_Scn *section,
				const GElf_Shdr *header)
{
	const uint8_t *large = read_large(file, header);
	Elf_Data *data = large ? NULL : elf_rawdata(section, NULL);

	if (large)
		return large;
	return data && data->d_size == header->sh_size ? data->d_buf : NULL;
}

/* Finds a section whose bytes lie within the file and the limit. */
static int find_contents(struct elf_file *file, const char *name, uint64_t limit,
			 Elf_Scn **found, GElf_Shdr *to, struct message *message)
{
	int error = find_section(file, name, found, message);
	GElf_Shdr header;

	if (error)
		return error;
	if (!*found)
		return -ENOENT;
	gelf_getshdr(*found, &header);
	*to = header;
	if (header.sh_type == SHT_NOBITS)
		return fail(message, ENOEXEC, "section %s has no contents", name);
	if (!range_within(header.sh_offset, header.sh_size, file->size))
		return fail(message, ENOEXEC,
			    "section %s: 0x%" PRIx64 " bytes at 0x%" PRIx64
			    " do not lie within the file of %" PRIu64 " bytes",
			    name, header.sh_size, header.sh_offset, file->size);
	if (header.sh_size > limit)
		return fail(message, ENOEXEC,
			    "section %s has %" PRIu64 " bytes: at most %" PRIu64, name,
			    header.sh_size, limit);
	/* A segment would load the compressed bytes. */
	if (header.sh_flags & SHF_COMPRESSED && strcmp(name, JUMPSLOT_SECTION_DEBUG))
		return fail(message, ENOEXEC,
			    "section %s is compressed; expected only %s to be", name,
			    JUMPSLOT_SECTION_DEBUG);
	return 0;
}

static struct elf_section section_of(const GElf_Shdr *header, const uint8_t *bytes)
{
	return (struct elf_section){
		.address = header->sh_addr,
		.offset = header->sh_offset,
		.size = header->sh_size,
		.flags = header->sh_flags,
		.bytes = header->sh_size ? bytes : NULL,
	};
}

int elf_file_find(struct elf_file *file, const char *name, uint64_t limit,
		  struct elf_section *section, struct message *message)
{
	Elf_Scn *found;
	GElf_Shdr header;
	int error = find_contents(file, name, limit, &found, &header, message);

	if (!error)
		*section = section_of(&header, NULL);
	return error;
}

int elf_file_section(struct elf_file *file, const char *name, uint64_t limit,
		     struct elf_section *section, struct message *message)
{
	Elf_Scn *found;
	GElf_Shdr header;
	const uint8_t *bytes;
	int error = find_contents(file, name, limit, &found, &header, message);

	if (error)
		return error;
	if (header.sh_flags & SHF_COMPRESSED) {
		error = decompress(found, name, limit, message);
		if (error)
			return error;
		gelf_getshdr(found, &header);
		bytes = decompressed_bytes(found, &header);
	} else {
		bytes = raw_bytes(file, found, &header);
	}
	if (header.sh_size && !bytes)
		return fail(message, ENOEXEC, "section %s cannot be read", name);
	*section = section_of(&header, bytes);
	return 0;
}

void elf_records_start(struct elf_records *records, const struct elf_file *file,
		       const struct elf_section *section, size_t stride, size_t size)
{
	records->file = file;
	records->section = *section;
	records->stride = stride;
	records->size = size;
	records->from = records->to = 0;
}

int elf_records_read(struct elf_records *records, uint64_t offset)
{
	const uint64_t rest = records->section.size - offset;
	const size_t size =
		rest < sizeof(records->part) ? (size_t)rest : sizeof(records->part);

	records->from = offset;
	records->to = offset + size;
	return elf_file_read(records->file, records->part, size,
			     records->section.offset + offset);
}

/* Reads the note at `offset` and advances past it. Returns false at the end. */
static bool next_note(const struct elf_section *section, uint64_t *offset,
		      Elf64_Nhdr *header, const uint8_t **name,
		      const uint8_t **descriptor)
{
	uint64_t rest = section->size - *offset;
	uint64_t name_size, descriptor_size;

	if (rest < sizeof(*header))
		return false;
	memcpy(header, section->bytes + *offset, sizeof(*header));
	rest -= sizeof(*header);
	name_size = ((uint64_t)header->n_namesz + 3) & ~(uint64_t)3;
	descriptor_size = ((uint64_t)header->n_descsz + 3) & ~(uint64_t)3;
	if (name_size > rest || descriptor_size > rest - name_size)
		return false;
	*name = section->bytes + *offset + sizeof(*header);
	*descriptor = *name + name_size;
	*offset += sizeof(*header) + name_size + descriptor_size;
	return true;
}

const void *elf_note(const struct elf_section *section, const char *owner, uint32_t type,
		     size_t size)
{
	const uint8_t *name, *descriptor;
	size_t owner_size = strlen(owner) + 1;
	uint64_t offset = 0;
	Elf64_Nhdr header;

	while (next_note(section, &offset, &header, &name, &descriptor))
		if (header.n_type == type && header.n_namesz == owner_size &&
		    !memcmp(name, owner, owner_size) && header.n_descsz >= size)
			return descriptor;
	return NULL;
}

bool elf_string_ends(const struct elf_section *section, uint64_t offset)
{
	return memchr(section->bytes + offset, 0, section->size - offset);
}
