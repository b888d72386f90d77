/*
 * The command line of host-wrapper, decoded and checked. Does not know what options do.
 */
#ifndef JUMPSLOT_OPTIONS_H
#define JUMPSLOT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "common/plan.h"

#define OPTIONS_MAX_PROVIDERS 64
#define OPTIONS_MAX_PATTERNS  64
#define OPTIONS_MAX_LINES     (PLAN_LAST_LINE - PLAN_FIRST_LINE + 1)

struct provider_option {
	char *path;
	const char *options; /* after the first comma; "" if there is none */
};

struct line_option {
	unsigned vector;
	int descriptor; /* if there is no path */
	char *path;	/* of a socket to make, or NULL */
};

/* A rule of the policy, or a file of rules. */
struct rule_option {
	bool is_file;
	const char *text;
};

/* The layers of the sandbox that must be there. */
enum sandbox_mode {
	SANDBOX_ON,	/* all layers that every supported system has */
	SANDBOX_STRICT, /* all layers */
	SANDBOX_OFF,
};

struct options {
	struct provider_option providers[OPTIONS_MAX_PROVIDERS];
	size_t provider_count;
	struct provider_option standbys[OPTIONS_MAX_PROVIDERS];
	size_t standby_count;
	struct line_option lines[OPTIONS_MAX_LINES]; /* each vector once */
	size_t line_count;
	bool help;
	bool version;
	bool list;
	bool json;
	bool report;
	bool report_json; /* of the end, and no other report */
	bool bind_now;
	bool allow_missing;
	bool in_place;
	bool wait_gdb;
	bool core;
	bool perf_map;
	bool trace; /* every function, or those of a pattern */
	const char *trace_patterns[OPTIONS_MAX_PATTERNS];
	size_t trace_pattern_count;
	bool ends_with_trace;	/* --trace without a value is the last option */
	const char *trace_file; /* NULL: none */
	const char *control;	/* path of a socket; NULL: none */
	const char *gdb;	/* the same */
	bool stats;
	bool unused;
	struct rule_option rules[OPTIONS_MAX_PATTERNS]; /* in the order given */
	size_t rule_count;
	uint64_t seed;
	bool is_seeded; /* by the command line */
	bool clock_guest;
	bool kvm;	   /* the host: a virtual machine, not a process */
	bool monitor;	   /* the host: a partition of the monitor, not a process */
	const char *image; /* write the boot image there, instead of starting; or NULL */
	const char *model; /* file of a model, which names the guests; or NULL */
	const char *sized; /* the last option for memory of the guest; or NULL */
	bool raw;
	enum sandbox_mode sandbox;
	bool print_sandbox;
	uint64_t stack_size;	  /* bytes, whole pages */
	uint64_t host_stack_size; /* bytes, whole pages */
	uint64_t work_area_size;  /* bytes, whole pages */
	uint64_t timeout_ns;	  /* 0: none */
	char **arguments;	  /* the guest and its arguments; none with a model */
	size_t argument_count;
};

/*
 * Reads the command line. Cuts paths out of `argv`, which must remain. Returns 0, or
 * -EINVAL with a line that names the option.
 */
int options_read(struct options *options, int argc, char **argv, struct message *message);

/* Clears an option that only the supervisor can serve. Returns its name; NULL if none is
 * left. */
const char *options_drop_supervised(struct options *options);

/* The option that asked for a trace, for messages. */
const char *options_trace_name(const struct options *options);

extern const char options_help[];

#endif
