/*
 * The imports whose calls are traced, counted or changed by a policy: from patterns and
 * rules to the plan's records. Knows neither the command line nor how a guest runs.
 */
#ifndef JUMPSLOT_WATCHED_CALLS_H
#define JUMPSLOT_WATCHED_CALLS_H

#include "arguments.h"
#include "common/plan.h"
#include "linked_guest.h"
#include "policy.h"

/* The options that decide which imports are watched. */
struct watch_request {
	const char *const *patterns; /* of functions to trace; none: all, if `trace` */
	const char *partition;	     /* whose patterns count; NULL: there is no model */
	size_t pattern_count;
	bool trace;
	bool count; /* calls of every function */
	bool later; /* every function may be traced later */
	uint64_t seed;
};

/* An import, in the order of the guest's table. */
struct watch_import {
	struct arguments arguments;
	bool is_traced;
	bool is_logged;			/* by the policy */
	const struct policy_rule *rule; /* that changes its calls; or NULL */
};

struct watched_calls {
	struct policy policy;
	struct watch_import *imports;
	size_t import_count;
	struct plan_watched *watched;
	size_t watched_count;
	uint32_t *places;
	size_t place_count;
	bool traces;  /* some call is traced: interrupts and waits are recorded, too */
	bool records; /* some call is recorded */
	bool delays;  /* some call is delayed */
};

/* Fills in all but the policy, which is there. Returns 0 or a negative errno. */
int watch_make(struct watched_calls *watch, const struct linked_guest *guest,
	       const struct watch_request *request, struct message *message);

/* A guest where patterns may match. */
struct watch_scope {
	const struct linked_guest *guest;
	const char *partition; /* NULL: there is no model */
};

/* Refuses a pattern that matches no import of any guest: that is a typing error, and a
 * fault that is not injected makes a test pass. Returns 0 or a negative errno. */
int watch_check_used(const struct watch_scope *scopes, size_t count,
		     const struct policy *policy, const struct watch_request *request,
		     struct message *message);

#endif
