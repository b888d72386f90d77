/*
 * An ELF file in memory, to be damaged and then scanned as host-wrapper scans it: the
 * same calls in the same order, on a memory file.
 */
#ifndef JUMPSLOT_SPECIMEN_H
#define JUMPSLOT_SPECIMEN_H

#include <elf.h>
#include <stdint.h>

#include "launcher/scan/imports.h"
#include "unit.h"

struct specimen {
	int fd;
	uint8_t *bytes; /* the file itself, mapped */
	size_t size;
};

/* The results of a scan. */
struct scan {
	struct elf_file file;
	struct image image;
	struct import_table table;
};

/* A copy of a file below the build directory. */
struct specimen specimen_open(const char *name);
void specimen_close(struct specimen *specimen);

/* Appends zeroed bytes; returns their offset. Pointers into the specimen move. */
size_t specimen_append(struct specimen *specimen, size_t size);

/* Truncates or extends the file, not its mapping: do not touch truncated pages. */
void specimen_resize(struct specimen *specimen, uint64_t size);

/*
 * Scans the file and checks the result: a valid table, or an error with one line of
 * printable text. Returns the result of the scan.
 */
int specimen_scan(struct specimen *specimen, struct message *message);

/* The scan by itself; after success scan_free() is due. */
int scan_open(struct scan *scan, int fd, struct message *message);
void scan_free(struct scan *scan);

/* Fails the test unless an error came with its one line, and success with none. */
void check_verdict(int error, const struct message *message);

/* A message whose text no test accepts as an error. */
struct message blank_message(void);

/* Whether the whole text matches: '*' stands for anything. */
bool text_matches(const char *text, const char *pattern);

/* Access to 64-bit specimens. */
Elf64_Ehdr *specimen_header(struct specimen *specimen);
Elf64_Phdr *specimen_segment(struct specimen *specimen, size_t index);
Elf64_Shdr *specimen_section(struct specimen *specimen, const char *name);
void *specimen_contents(struct specimen *specimen, const char *name);

#endif
