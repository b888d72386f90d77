/*
 * A guest with its providers, scanned and linked: what the reports and the plan are made
 * from. Knows neither the command line nor how a guest runs.
 */
#ifndef JUMPSLOT_LINKED_GUEST_H
#define JUMPSLOT_LINKED_GUEST_H

#include "link.h"
#include "mxcsr.h"
#include "standby.h"

#define LINKED_GUEST_MAX_PROVIDERS 64 /* and the runner */

struct policy;

struct linked_guest {
	const char *name; /* as given */
	struct elf_file file;
	struct image image;
	struct import_table table;
	struct provider_file providers[LINKED_GUEST_MAX_PROVIDERS + 1];
	size_t provider_count;
	size_t standby_count; /* the last of them, which serve no import at first */
	struct standbys standbys;
	struct link_result result;
	bool traps; /* calls are those of the kvm host */
	/* Looked at if a call is gated: the guest's own code, and each provider's. */
	struct mxcsr mxcsr;
	struct mxcsr provider_mxcsr[LINKED_GUEST_MAX_PROVIDERS + 1];
	const struct policy *policy; /* that changes its calls; NULL: none */
};

/*
 * Opens the guest's file and checks it. The file stays open: the runner maps the same
 * one. Returns 0, or a negative errno with a line that does not name the file; so do all
 * below.
 */
int linked_guest_scan(struct linked_guest *guest, const char *name,
		      struct message *message);

/*
 * Adds a provider of functions, a shared library. The first that has a name serves it.
 * At most LINKED_GUEST_MAX_PROVIDERS. Strings remain the caller's, and in use.
 */
int linked_guest_add_provider(struct linked_guest *guest, const char *path,
			      const char *options, struct message *message);

/* The same for a partition library, an image at a fixed address (docs/monitor.md). */
int linked_guest_add_library(struct linked_guest *guest, const char *path,
			     const char *options, struct message *message);

/* Adds the runner as provider of the built-in services; once, after all others. */
int linked_guest_add_runner(struct linked_guest *guest, const char *path,
			    struct message *message);

/* Adds a provider that stands by; after the runner. */
int linked_guest_add_standby(struct linked_guest *guest, const char *path,
			     const char *options, struct message *message);

/* Finds the functions of the providers that stand by; afterwards. `culprit`: set to the
 * name of the one that is refused. */
int linked_guest_link_standbys(struct linked_guest *guest, const char **culprit,
			       struct message *message);

/* Finds the provider of each import. Missing and mistyped imports are not errors here:
 * they are in the result. */
int linked_guest_link(struct linked_guest *guest, struct message *message);

/*
 * The import that a pattern without a match probably means: its name is similar, or the
 * pattern matches a part of it. NULL: there is none. `is_bound`: only imports that have a
 * provider count.
 */
const char *linked_guest_similar(const struct linked_guest *guest, const char *pattern,
				 bool is_bound);

/*
 * Whether nothing changes MXCSR's control bits in the guest's place: not its code, and no
 * direct function of a provider. `culprit`: if not NULL, set to the number of such a
 * provider, or to provider_count for the guest itself.
 */
bool linked_guest_keeps_mxcsr(const struct linked_guest *guest, size_t *culprit);

/* Afterwards, for the kvm host: calls are traps. */
void linked_guest_use_traps(struct linked_guest *guest);

/* Afterwards, for the monitor host: there are partition libraries in place of
 * providers. */
void linked_guest_use_partition(struct linked_guest *guest);

#endif
