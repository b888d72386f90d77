/* The link report as text. See report.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "common/printable.h"
#include "launcher/scan/abi_strings.h"
#include "report.h"
#include "style.h"

#define MAX_C_TEXT  512
#define MAX_COLUMN  48
#define MAX_CARRIED 48
/* Four columns, with two blanks before each, and the last heading. */
#define MAX_HEADINGS (5 * (MAX_COLUMN + 2))

static const char *provider_name(const struct linked_guest *guest, size_t provider)
{
	return guest->providers[provider].name;
}

/* The guest's declaration of an import: from its source if known. */
static const char *import_c(const struct import *import, const char *prototype,
			    char *text)
{
	if (prototype)
		return prototype;
	type_string_to_c(import->type, import->name, text, MAX_C_TEXT);
	return import->type ? text : import->name;
}

static void print_problem(const struct linked_guest *guest, size_t index, FILE *out)
{
	const struct import *import = &guest->table.imports[index];
	const struct link *link = &guest->result.links[index];
	const struct declaration declaration = import_declaration(&guest->table, index);
	const char *optional = import->flags & JUMPSLOT_OPTIONAL ? "optional, " : "";
	char text[MAX_C_TEXT];

	fprintf(out, "  %s", optional);
	style_print(STYLE_BAD, link->status == LINK_MISSING ? "missing" : "mismatch",
		    out);
	fprintf(out, ": %s", import_c(import, declaration.prototype, text));
	if (declaration.place)
		fprintf(out, ", declared at %s", declaration.place);
	if (link->status == LINK_MISMATCH) {
		type_string_to_c(link->function->type, import->name, text, sizeof(text));
		fputs("; ", out);
		print_escaped(provider_name(guest, link->provider), out);
		fprintf(out, " has %s (guest %s, provider %s)", text, import->type,
			link->function->type);
	} else if (link_lacks(link)) {
		fputs("; ", out);
		print_escaped(provider_name(guest, link->provider), out);
		fprintf(out, " needs the system call %s, which a partition does not have",
			link_lacks(link));
	} else if (link_nearest(link)) {
		fputs("; similar: ", out);
		style_print(STYLE_DOUBTFUL, link_nearest(link)->name, out);
		fputs(" in ", out);
		print_escaped(provider_name(guest, link->provider), out);
	}
	fputc('\n', out);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void report_counts(const struct linked_guest *guest, struct message *message)
{
	const struct link_result *result = &guest->result;

	fail(message, EINVAL, "of %zu import%s, %zu missing and %zu mistyped",
	     result->count, plural(result->count), result->missing, result->mismatched);
}

static void print_counts(const struct linked_guest *guest, FILE *out)
{
	struct message counts;

	report_counts(guest, &counts);
	fputs("host-wrapper: ", out);
	print_escaped(guest->name, out);
	fprintf(out, ": %s\n", counts.text);
}

static bool has_functions(const struct provider_file *provider)
{
	for (size_t i = 0; i < provider->count; i++)
		if (provider->functions[i].function)
			return true;
	return false;
}

/* The library may well define the functions: only its table counts. */
static void print_empty_providers(const struct linked_guest *guest, FILE *out)
{
	for (size_t i = 0; i < guest->provider_count; i++) {
		if (has_functions(&guest->providers[i]))
			continue;
		fputs("  ", out);
		print_escaped(provider_name(guest, i), out);
		fputs(": its table of functions is empty: #include \"func_list.h\", "
		      "which "
		      "gen-func-list writes\n",
		      out);
	}
}

/* A program on newlib does not declare these functions itself. */
static bool hint_at_newlib(const struct linked_guest *guest, const char *newlib,
			   FILE *out)
{
	static const char prefix[] = "newlib_";

	for (size_t i = 0; i < guest->result.count; i++) {
		if (guest->result.links[i].status != LINK_MISSING ||
		    link_lacks(&guest->result.links[i]) ||
		    strncmp(guest->table.imports[i].name, prefix, strlen(prefix)))
			continue;
		fprintf(out, "  hint: %s... are newlib's: add --provider ", prefix);
		print_escaped(newlib, out);
		fputc('\n', out);
		return true;
	}
	return false;
}

void report_problems(const struct linked_guest *guest, const char *newlib, FILE *out)
{
	const struct link_result *result = &guest->result;
	bool said = false;

	for (size_t i = 0; i < result->count; i++) {
		if (!link_is_problem(&guest->table.imports[i], &result->links[i]))
			continue;
		if (!said)
			print_counts(guest, out);
		said = true;
		print_problem(guest, i, out);
	}
	if (result->missing) {
		print_empty_providers(guest, out);
		/* The last provider has the built-in services. */
		if (!hint_at_newlib(guest, newlib, out) && guest->provider_count == 1)
			fputs("  hint: --provider FILE names a library of functions\n",
			      out);
	}
}

/* Columns are as wide as their contents, up to a limit. */
struct widths {
	int name, type, provider, carried;
};

static void widen(int *width, const char *text)
{
	size_t length = escaped_length(text);

	if (length > (size_t)*width && length <= MAX_COLUMN)
		*width = (int)length;
}

static void print_column(const char *text, int width, FILE *out)
{
	int length = (int)escaped_length(text);

	fputs("  ", out);
	print_escaped(text, out);
	fprintf(out, "%*s", length < width ? width - length : 0, "");
}

static const char *type_column(const struct import *import)
{
	return import->type ? import->type : "?";
}

static const char *provider_column(const struct linked_guest *guest,
				   const struct link *link)
{
	return link->function ? provider_name(guest, link->provider) : "-";
}

/* A trap copies stack arguments; up to 128 KiB if their number is not known. */
static const char *trap_column(const struct link *link, char *text)
{
	const char *mode = link->call.mode & PLAN_BLOCKING ? "blocking trap" : "trap";

	if ((link->call.mode & PLAN_CARRY_MASK) == PLAN_TRAP_STACK)
		snprintf(text, MAX_CARRIED, "%s, 128K of stack", mode);
	else if (link->call.stack_bytes)
		snprintf(text, MAX_CARRIED, "%s, %" PRIu32 " of stack", mode,
			 link->call.stack_bytes);
	else
		return mode;
	return text;
}

/* On which stack the function runs, and whether it may wait; "-" if not bound. */
static const char *carried_column(const struct link *link, char *text)
{
	const char *mode = link->call.mode & PLAN_BLOCKING ? "blocking" : "gated";

	if (link->status != LINK_BOUND)
		return "-";
	switch (link->call.mode & PLAN_CARRY_MASK) {
	case PLAN_DIRECT:
		return "direct";
	case PLAN_INLINE:
		return "inline";
	case PLAN_TRAP:
	case PLAN_TRAP_STACK:
		return trap_column(link, text);
	case PLAN_GUEST_STACK:
		return link->call.mode & PLAN_BLOCKING ? "blocking, guest's stack"
						       : "guest's stack";
	}
	if (!link->call.stack_bytes)
		return mode;
	snprintf(text, MAX_CARRIED, "%s, %" PRIu32 " bytes", mode,
		 link->call.stack_bytes);
	return text;
}

static struct widths measure(const struct linked_guest *guest)
{
	struct widths widths = { 6, 4, 8, 7 }; /* of the headings */
	char text[MAX_CARRIED];

	for (size_t i = 0; i < guest->table.count; i++) {
		widen(&widths.name, guest->table.imports[i].name);
		widen(&widths.type, type_column(&guest->table.imports[i]));
		widen(&widths.provider, provider_column(guest, &guest->result.links[i]));
		widen(&widths.carried, carried_column(&guest->result.links[i], text));
	}
	return widths;
}

static enum style status_style(const struct import *import, const struct link *link)
{
	if (link->status == LINK_BOUND)
		return import->type && link->function->type ? STYLE_GOOD : STYLE_DOUBTFUL;
	if (link->status == LINK_MISSING && import->flags & JUMPSLOT_OPTIONAL)
		return STYLE_DOUBTFUL;
	return STYLE_BAD;
}

static const char *status_word(const struct import *import, const struct link *link)
{
	if (link->status == LINK_MISMATCH)
		return "MISMATCH";
	if (link->status == LINK_BOUND)
		return import->type && link->function->type ? "ok" : "ok, type unchecked";
	return import->flags & JUMPSLOT_OPTIONAL ? "absent, optional" : "MISSING";
}

static void print_header(const struct linked_guest *guest, FILE *out)
{
	const struct image_range *readonly = &guest->table.readonly_slots;

	print_escaped(guest->name, out);
	fprintf(out, ": %s, ABI %u, %zu import%s; ", guest->file.machine->name,
		JUMPSLOT_ABI_VERSION, guest->table.count, plural(guest->table.count));
	if (readonly->size)
		fprintf(out, "slots in read-only pages\n");
	else
		fprintf(out, "slots WRITABLE: they share pages with other data "
			     "(link with -T linkscripts/externals.ld)\n");
}

/* The calls that compare MXCSR, and why: the others do not need to. */
static void print_mxcsr(const struct linked_guest *guest, FILE *out)
{
	char text[MXCSR_TEXT];
	size_t culprit;

	if (guest->traps)
		return;
	if (!linked_guest_keeps_mxcsr(guest, &culprit)) {
		const bool own = culprit == guest->provider_count;

		mxcsr_describe(own ? &guest->mxcsr : &guest->provider_mxcsr[culprit],
			       text, sizeof(text));
		fputs("  gated calls compare MXCSR: ", out);
		print_escaped(own ? guest->name : provider_name(guest, culprit), out);
		fprintf(out, ": %s\n", text);
	}
	for (size_t i = 0; i < guest->provider_count; i++) {
		if (guest->provider_mxcsr[i].change == MXCSR_NEVER)
			continue;
		mxcsr_describe(&guest->provider_mxcsr[i], text, sizeof(text));
		fputs("  gated returns compare MXCSR: ", out);
		print_escaped(provider_name(guest, i), out);
		fprintf(out, ": %s\n", text);
	}
}

static void print_standbys(const struct linked_guest *guest, FILE *out)
{
	for (size_t i = 0; i < guest->standbys.count; i++) {
		const struct standby *standby = &guest->standbys.entries[i];

		fputs("  standby: ", out);
		print_escaped(guest->table.imports[standby->import].name, out);
		fputs(" of ", out);
		print_escaped(provider_name(guest, standby->provider), out);
		fputc('\n', out);
	}
}

void report_table(const struct linked_guest *guest, FILE *out)
{
	struct widths widths = measure(guest);
	char text[MAX_HEADINGS];

	print_header(guest, out);
	snprintf(text, sizeof(text), "  %-*s  %-*s  %-*s  %-*s  STATUS", widths.name,
		 "IMPORT", widths.type, "TYPE", widths.provider, "PROVIDER",
		 widths.carried, "CARRIED");
	style_print(STYLE_HEADING, text, out);
	fputc('\n', out);
	for (size_t i = 0; i < guest->table.count; i++) {
		const struct import *import = &guest->table.imports[i];
		const struct link *link = &guest->result.links[i];

		print_column(import->name, widths.name, out);
		print_column(type_column(import), widths.type, out);
		print_column(provider_column(guest, link), widths.provider, out);
		print_column(carried_column(link, text), widths.carried, out);
		fputs("  ", out);
		style_print(status_style(import, link), status_word(import, link), out);
		fputc('\n', out);
	}
	print_standbys(guest, out);
	print_mxcsr(guest, out);
}
