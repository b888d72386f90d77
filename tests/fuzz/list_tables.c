/*
 * Prints the tables of files as the launcher reads them, for a comparison with
 * gen-func-list. Reads lines "guest PATH" and "provider PATH"; answers each with the
 * number of functions and a line for each, or with -1 and the reason of the refusal.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/scan/imports.h"
#include "launcher/scan/provider_file.h"

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static void refuse(const struct message *message)
{
	printf("-1\n%s\n", message->text);
}

static void print_imports(const struct import_table *table)
{
	printf("%zu\n", table->count);
	for (size_t i = 0; i < table->count; i++) {
		const struct import *import = &table->imports[i];
		const struct declaration declaration = import_declaration(table, i);

		printf("%s\t%s\t%" PRIu32 "\t%" PRIu64 "\t%s\t%s\n", import->name,
		       or_none(import->type), import->flags, import->slot,
		       or_none(declaration.place), or_none(declaration.prototype));
	}
}

static void list_guest(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct elf_file file;
	struct image image;
	struct import_table table;
	struct message message;

	if (elf_file_open(&file, fd, &message)) {
		refuse(&message);
	} else {
		if (image_read(&image, &file, &message) ||
		    imports_read(&table, &file, &image, &message)) {
			refuse(&message);
		} else {
			print_imports(&table);
			imports_free(&table);
		}
		elf_file_close(&file);
	}
	close(fd);
}

static void print_functions(const struct provider_file *provider)
{
	size_t count = 0;

	for (size_t i = 0; i < provider->count; i++)
		count += provider->functions[i].function != 0;
	printf("%zu\n", count);
	for (size_t i = 0; i < provider->count; i++) {
		const struct provided *each = &provider->functions[i];

		if (each->function)
			printf("%s\t%s\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu32
			       "\n",
			       each->name, or_none(each->type), each->flags,
			       each->function, each->carry, each->stack_bytes);
	}
}

/* A provider is for the machine that its file states. */
static unsigned machine_of(const char *path)
{
	unsigned char identity[EI_NIDENT] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, identity, sizeof(identity));

	close(fd);
	return got > EI_CLASS && identity[EI_CLASS] == ELFCLASS32 ? EM_386 : EM_X86_64;
}

static void list_provider(const char *path)
{
	struct provider_file provider = { 0 };
	struct message message;

	if (provider_file_read(&provider, path, machine_of(path), ET_DYN, &message)) {
		refuse(&message);
	} else {
		print_functions(&provider);
		provider_file_free(&provider);
	}
}

int main(void)
{
	char kind[16], path[4096];

	while (scanf("%15s %4095[^\n]", kind, path) == 2) {
		if (!strcmp(kind, "guest"))
			list_guest(path);
		else
			list_provider(path);
		fflush(stdout);
	}
	return 0;
}
