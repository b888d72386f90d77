/* Scans a guest and its providers, and links them. See linked_guest.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/plan.h"
#include "launcher/built_in/built_in.h"
#include "linked_guest.h"
#include "nearest.h"

int linked_guest_scan(struct linked_guest *guest, const char *name,
		      struct message *message)
{
	/* O_NONBLOCK: a FIFO must not make us wait. */
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	guest->name = name;
	if (fd < 0)
		return fail(message, errno, "%s", strerror(errno));
	error = elf_file_open(&guest->file, fd, message);
	if (!error)
		error = image_read(&guest->image, &guest->file, message);
	if (!error)
		error = imports_read(&guest->table, &guest->file, &guest->image, message);
	return error;
}

static int refuse_duplicate(const struct linked_guest *guest,
			    const struct provider_file *provider, struct message *message)
{
	for (size_t i = 0; i < guest->provider_count; i++) {
		const struct stat *other = &guest->providers[i].status;

		if (other->st_dev == provider->status.st_dev &&
		    other->st_ino == provider->status.st_ino)
			return fail(message, EINVAL, "the same provider as %s",
				    guest->providers[i].name);
	}
	return 0;
}

static int add_provider(struct linked_guest *guest, const char *path, const char *options,
			unsigned type, struct message *message)
{
	struct provider_file *provider = &guest->providers[guest->provider_count];
	int error;

	provider->name = path;
	provider->options = options;
	provider->path = realpath(path, NULL);
	if (!provider->path)
		return fail(message, errno, "%s", strerror(errno));
	error = provider_file_read(provider, provider->path, guest->file.machine->number,
				   type, message);
	if (!error)
		error = refuse_duplicate(guest, provider, message);
	if (!error)
		guest->provider_count++;
	return error;
}

int linked_guest_add_provider(struct linked_guest *guest, const char *path,
			      const char *options, struct message *message)
{
	return add_provider(guest, path, options, ET_DYN, message);
}

int linked_guest_add_library(struct linked_guest *guest, const char *path,
			     const char *options, struct message *message)
{
	return add_provider(guest, path, options, ET_EXEC, message);
}

int linked_guest_add_runner(struct linked_guest *guest, const char *path,
			    struct message *message)
{
	struct provider_file *provider = &guest->providers[guest->provider_count];
	int error;

	provider->name = "built-in";
	error = built_in_read(provider, path, message);
	if (error == -ENOENT)
		error = provider_file_read(provider, path, guest->file.machine->number,
					   ET_DYN, message);
	if (!error)
		guest->provider_count++;
	return error;
}

int linked_guest_add_standby(struct linked_guest *guest, const char *path,
			     const char *options, struct message *message)
{
	int error = add_provider(guest, path, options, ET_DYN, message);

	guest->standby_count += !error;
	return error;
}

static bool is_gated_call(const struct call_mode *call)
{
	return (call->mode & PLAN_CARRY_MASK) != PLAN_DIRECT;
}

static bool is_gated(const struct link *link)
{
	return link->status == LINK_BOUND && is_gated_call(&link->call);
}

static bool has_gated(const struct linked_guest *guest)
{
	for (size_t i = 0; i < guest->result.count; i++)
		if (is_gated(&guest->result.links[i]))
			return true;
	for (size_t i = 0; i < guest->standbys.count; i++)
		if (is_gated_call(&guest->standbys.entries[i].call))
			return true;
	return false;
}

static void note_mxcsr(const struct linked_guest *guest, struct call_mode *call,
		       size_t provider)
{
	if (is_gated_call(call) && guest->provider_mxcsr[provider].change == MXCSR_NEVER)
		call->mode |= PLAN_RETURNS_MXCSR;
}

/* Large files take time to read, so only where a call can save it. The services of the
 * runner leave MXCSR as it was. */
static void look_at_mxcsr(struct linked_guest *guest)
{
	if (!has_gated(guest))
		return;
	guest->mxcsr = mxcsr_of_guest(&guest->file);
	for (size_t i = 0; i < guest->provider_count; i++)
		if (!provider_is_runner(&guest->providers[i]))
			guest->provider_mxcsr[i] =
				mxcsr_of_provider(&guest->providers[i].elf);
	for (size_t i = 0; i < guest->result.count; i++) {
		struct link *link = &guest->result.links[i];

		if (link->status == LINK_BOUND)
			note_mxcsr(guest, &link->call, link->provider);
	}
	for (size_t i = 0; i < guest->standbys.count; i++)
		note_mxcsr(guest, &guest->standbys.entries[i].call,
			   guest->standbys.entries[i].provider);
}

int linked_guest_link(struct linked_guest *guest, struct message *message)
{
	if (link_imports(&guest->result, &guest->table, guest->file.machine->number,
			 guest->providers, guest->provider_count - guest->standby_count))
		return fail(message, ENOMEM, "out of memory");
	look_at_mxcsr(guest);
	return 0;
}

int linked_guest_link_standbys(struct linked_guest *guest, const char **culprit,
			       struct message *message)
{
	int error = 0;

	for (size_t i = guest->provider_count - guest->standby_count;
	     !error && i < guest->provider_count; i++) {
		*culprit = guest->providers[i].name;
		error = standbys_add(&guest->standbys, &guest->result, &guest->table,
				     guest->file.machine->number, &guest->providers[i], i,
				     message);
	}
	if (!error && guest->standbys.count)
		look_at_mxcsr(guest);
	return error;
}

bool linked_guest_keeps_mxcsr(const struct linked_guest *guest, size_t *culprit)
{
	size_t found = guest->provider_count;
	bool keeps = guest->mxcsr.change == MXCSR_NEVER;

	for (size_t i = 0; keeps && i < guest->result.count; i++) {
		const struct link *link = &guest->result.links[i];

		if (link->status != LINK_BOUND || is_gated(link) ||
		    guest->provider_mxcsr[link->provider].change == MXCSR_NEVER)
			continue;
		keeps = false;
		found = link->provider;
	}
	for (size_t i = 0; keeps && i < guest->standbys.count; i++) {
		const struct standby *standby = &guest->standbys.entries[i];

		if (is_gated_call(&standby->call) ||
		    guest->provider_mxcsr[standby->provider].change == MXCSR_NEVER)
			continue;
		keeps = false;
		found = standby->provider;
	}
	if (culprit)
		*culprit = found;
	return keeps;
}

void linked_guest_use_traps(struct linked_guest *guest)
{
	guest->traps = true;
	link_use_traps(&guest->result, &guest->table, guest->file.machine->number,
		       guest->providers);
	standbys_use_traps(&guest->standbys, &guest->table, guest->file.machine->number);
}

void linked_guest_use_partition(struct linked_guest *guest)
{
	/* No gate swaps it. */
	guest->mxcsr = (struct mxcsr){ .change = MXCSR_NEVER };
	for (size_t i = 0; i < guest->provider_count; i++)
		guest->provider_mxcsr[i] = guest->mxcsr;
	link_use_partition(&guest->result, &guest->table, guest->file.machine,
			   guest->providers);
}

/* Whether the pattern matches a part of the name, in capitals or not. */
static bool has_part(const char *name, const char *pattern)
{
	char *part;
	bool found;

	if (asprintf(&part, "*%s*", pattern) < 0)
		return false;
	found = !fnmatch(part, name, FNM_CASEFOLD);
	free(part);
	return found;
}

const char *linked_guest_similar(const struct linked_guest *guest, const char *pattern,
				 bool is_bound)
{
	struct nearest nearest = nearest_begin(pattern);
	const char *found = NULL, *whole = NULL;

	for (size_t i = 0; i < guest->table.count; i++) {
		const char *name = guest->table.imports[i].name;

		if (is_bound && guest->result.links[i].status != LINK_BOUND)
			continue;
		if (nearest_consider(&nearest, name))
			found = name;
		if (!whole && has_part(name, pattern))
			whole = name;
	}
	return found ? found : whole;
}
