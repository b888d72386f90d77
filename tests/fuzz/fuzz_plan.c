/*
 * The reader of the plan. An input is a plan; the runner refuses it with a message, or
 * every string and record lies within it. Includes the reader's source, so that
 * AddressSanitizer sees where the mapped plan ends: not at the end of its last page.
 */
#define _GNU_SOURCE
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "fuzz.h"

static void *map_with_an_end(void *at, size_t size, int protection, int flags, int fd,
			     off_t offset)
{
	char *mapped = mmap(at, size, protection, flags, fd, offset);

	if (mapped != MAP_FAILED)
		ASAN_POISON_MEMORY_REGION(mapped + size, PAGE_END(size) - size);
	return mapped;
}

#define mmap map_with_an_end
#include "runner/plan_read.c"
#undef mmap
#include "common/start_info.h"

static int sealed_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    fcntl(fd, F_ADD_SEALS, SEALS))
		abort();
	return fd;
}

/* Reads what the rest of the runner reads without another check. */
static size_t read_all(const struct plan *plan)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_provider *providers = plan_providers(plan);
	size_t total = strlen(plan_string(plan, plan->name));

	for (uint64_t i = 0; i < plan->imports.count; i++)
		total += strlen(plan_string(plan, imports[i].name));
	for (uint64_t i = 0; i < plan->providers.count; i++)
		if (providers[i].path != PLAN_NO_STRING)
			total += strlen(plan_string(plan, providers[i].path)) +
				 strlen(plan_string(plan, providers[i].options));
	for (uint64_t i = 0; i < plan->segments.count; i++)
		total += plan_segments(plan)[i].flags;
	for (uint64_t i = 0; i < plan->filter.count; i++)
		total += ((const struct sock_filter *)plan_at(plan, &plan->filter))[i].k;
	for (uint64_t i = 0; i < plan->lines.count; i++)
		total += plan_lines(plan)[i].vector;
	for (uint64_t i = 0; i < plan->ports.count; i++) {
		const struct plan_port *port = &plan_ports(plan)[i];

		total += strlen(plan_string(plan, port->name));
		for (uint32_t j = 0; j < port->peer_count; j++)
			total += plan_peers(plan)[port->first_peer + j];
	}
	plan_imports_name(plan, "_BSP_Virtual_Console_init");
	return total;
}

static void write_start_info(const struct plan *plan)
{
	static const struct start_values values;
	size_t size = start_info_size(plan);
	void *pages;

	/* Many arguments may share a long string. */
	if (size > 1 << 20)
		return;
	pages = malloc(size);
	if (!pages)
		abort();
	start_info_write(pages, plan, &values);
	free(pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct plan *plan = MAP_FAILED;
	struct message message = { .text = "" };
	int fd = sealed_file(data, size);
	volatile size_t sink;

	if (plan_read(&plan, fd, &message)) {
		if (!message.text[0])
			abort();
	} else {
		sink = read_all(plan);
		(void)sink;
		write_start_info(plan);
	}
	if (plan != MAP_FAILED) {
		ASAN_UNPOISON_MEMORY_REGION((const char *)plan, PAGE_END(size));
		munmap((void *)plan, size);
	}
	close(fd);
	return 0;
}
