/* The sandbox as text. See sandbox_report.h. */
#include <inttypes.h>
#include <string.h>

#include "common/landlock_version.h"
#include "common/printable.h"
#include "sandbox_report.h"

#define MAX_RULE 320

static const char *mode_name(enum sandbox_mode mode)
{
	static const char *const names[] = {
		[SANDBOX_ON] = "on",
		[SANDBOX_STRICT] = "strict",
		[SANDBOX_OFF] = "OFF",
	};

	return names[mode];
}

/* The functions that ask for the same rule, in the order of the providers. */
static void print_askers(const struct needs *needs, size_t index, FILE *out)
{
	const char *separator = "";

	for (size_t i = index; i < needs->count; i++) {
		if (!need_is_same(&needs->needs[i], &needs->needs[index]))
			continue;
		fprintf(out, "%s%s", separator, needs->needs[i].who);
		if (needs->needs[i].who[0] == '(') {
			fputs(" of ", out);
			print_escaped(needs->needs[i].provider, out);
		}
		separator = ", ";
	}
}

static void print_rules(const struct needs *needs, FILE *out)
{
	char text[MAX_RULE];
	int width = 4;

	for (size_t i = 0; i < needs->count; i++) {
		need_to_text(&needs->needs[i], text, sizeof(text));
		if ((int)strlen(text) > width)
			width = (int)strlen(text);
	}
	fprintf(out, "  %-*s  %s\n", width, "RULE", "NEEDED BY");
	for (size_t i = 0; i < needs->count; i++) {
		if (!needs->needs[i].is_first)
			continue;
		need_to_text(&needs->needs[i], text, sizeof(text));
		fprintf(out, "  %-*s  ", width, text);
		print_askers(needs, i, out);
		fputc('\n', out);
	}
}

static void print_layer(const char *layer, const char *state, FILE *out)
{
	fprintf(out, "  %-12s  %s\n", layer, state);
}

static void print_landlock(FILE *out)
{
	int version = landlock_version();
	char state[200];

	if (version < LANDLOCK_NEEDED) {
		print_layer("Landlock", "MISSING in this kernel", out);
		return;
	}
	snprintf(state, sizeof(state),
		 "version %d: files only below directories of providers%s%s", version,
		 version >= 4 ? ", no TCP" : "",
		 version >= 6 ? ", no signals to other processes, no abstract sockets"
			      : "");
	print_layer("Landlock", state, out);
}

static void print_layers(const struct needs *needs, bool core, FILE *out)
{
	char state[80];

	print_layer("LAYER", "STATE", out);
	snprintf(state, sizeof(state), "%zu rules; every other call ends the guest",
		 needs->rule_count);
	print_layer("seccomp", state, out);
	print_layer("no_new_privs", "set", out);
	print_layer("descriptors",
		    "standard ones, interrupt lines, and those that providers opened",
		    out);
	snprintf(state, sizeof(state), "%s%sdescriptors below 1024",
		 core ? "" : "no core file, ",
		 needs_processes(needs) ? "" : "no new process, ");
	print_layer("limits", state, out);
	print_landlock(out);
}

static void print_processes(const struct guest_processes *processes, FILE *out)
{
	char state[200];

	if (!processes) {
		print_layer("processes", "none (--in-place)", out);
		return;
	}
	snprintf(state, sizeof(state), "%s%s", guest_processes_name(processes),
		 processes->own_session ? ", a session of their own"
					: ", the session of this terminal");
	print_layer("processes", state, out);
}

void sandbox_report(const struct linked_guest *guest, const struct needs *needs,
		    const struct options *options,
		    const struct guest_processes *processes, FILE *out)
{
	print_escaped(guest->name, out);
	fprintf(out, ": sandbox %s\n", mode_name(options->sandbox));
	if (options->sandbox == SANDBOX_OFF) {
		fputs("  the guest can make every system call that the user can make\n",
		      out);
		print_processes(processes, out);
		return;
	}
	print_layers(needs, options->core, out);
	print_processes(processes, out);
	print_rules(needs, out);
}
