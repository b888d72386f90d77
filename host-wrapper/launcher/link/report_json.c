/* The link report for machines. See report.h; the shape is in docs/host-wrapper.md. */
#include <inttypes.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "common/printable.h"
#include "report.h"

static void print_member(const char *separator, const char *name, const char *value,
			 FILE *out)
{
	fprintf(out, "%s\"%s\": ", separator, name);
	print_json_string(value, out);
}

static const char *status_word(const struct link *link)
{
	switch (link->status) {
	case LINK_BOUND:
		return "provided";
	case LINK_MISSING:
		return "missing";
	case LINK_MISMATCH:
		return "mismatch";
	}
	return NULL;
}

static const char *boolean(uint32_t value)
{
	return value ? "true" : "false";
}

/* The call mode; null if the import is not bound. */
static void print_call(const struct link *link, FILE *out)
{
	static const char *const modes[] = { "direct", "gated", "gated",
					     "trap",   "trap",	"inline" };
	static const char *const stacks[] = { "guest", "host", "guest",
					      "host",  "host", "guest" };
	const uint32_t mode = link->call.mode & PLAN_CARRY_MASK;
	const bool bound = link->status == LINK_BOUND;
	const char *word = link->call.mode & PLAN_BLOCKING ? "blocking" : modes[mode];

	print_member(", ", "carried", bound ? word : NULL, out);
	print_member(", ", "stack", bound ? stacks[mode] : NULL, out);
	if (mode == PLAN_GATED || mode == PLAN_TRAP)
		fprintf(out, ", \"stack_bytes\": %" PRIu32, link->call.stack_bytes);
	else
		fputs(", \"stack_bytes\": null", out);
	fprintf(out, ", \"compares_mxcsr\": %s",
		boolean(bound && mode != PLAN_DIRECT &&
			!(link->call.mode & PLAN_RETURNS_MXCSR)));
}

static void print_import(const struct linked_guest *guest, size_t index, FILE *out)
{
	static const char *const conventions[] = { "cdecl", "regparm3", "fastcall",
						   "stdcall" };
	const struct import *import = &guest->table.imports[index];
	const struct link *link = &guest->result.links[index];
	const struct declaration declaration = import_declaration(&guest->table, index);
	const struct provided *nearest = link_nearest(link);

	print_member("{", "name", import->name, out);
	print_member(", ", "type", import->type, out);
	print_member(", ", "prototype", declaration.prototype, out);
	print_member(", ", "place", declaration.place, out);
	fprintf(out, ", \"slot\": \"0x%" PRIx64 "\", \"optional\": %s, \"variadic\": %s",
		import->slot, boolean(import->flags & JUMPSLOT_OPTIONAL),
		boolean(import->flags & JUMPSLOT_VARIADIC));
	print_member(", ", "convention",
		     conventions[(import->flags & JUMPSLOT_CONVENTION_MASK) >> 4], out);
	print_member(", ", "status", status_word(link), out);
	print_member(", ", "provider",
		     link->function ? guest->providers[link->provider].name : NULL, out);
	print_member(", ", "provider_type", link->function ? link->function->type : NULL,
		     out);
	print_call(link, out);
	print_member(", ", "similar", nearest ? nearest->name : NULL, out);
	fputc('}', out);
}

/* The functions of a provider that stands by, in the order of the guest's table. */
static void print_standby(const struct linked_guest *guest, size_t provider,
			  const uint32_t *used, FILE *out)
{
	const char *separator = "";

	print_member("{", "provider", guest->providers[provider].name, out);
	fputs(", \"functions\": [", out);
	for (size_t i = 0; i < guest->standbys.count; i++) {
		const struct standby *standby = &guest->standbys.entries[i];

		if (standby->provider != provider)
			continue;
		fputs(separator, out);
		print_member("{", "name", guest->table.imports[standby->import].name,
			     out);
		fprintf(out, ", \"in_use\": %s}",
			boolean(used && used[standby->import] == provider + 1));
		separator = ", ";
	}
	fputs("]}", out);
}

void report_json_standbys(const struct linked_guest *guest, const uint32_t *used,
			  FILE *out)
{
	const size_t first = guest->provider_count - guest->standby_count;

	fputc('[', out);
	for (size_t i = first; i < guest->provider_count; i++) {
		fputs(i > first ? ", " : "", out);
		print_standby(guest, i, used, out);
	}
	fputc(']', out);
}

/* White space before members, imports, and the ends of both. */
struct layout {
	const char *member, *import, *imports_end, *end;
};

static void print_report(const struct linked_guest *guest, const struct layout *layout,
			 FILE *out)
{
	const struct import_table *table = &guest->table;
	const char *space = layout->member;

	fprintf(out, "{%s", *space == ' ' ? "" : space);
	print_member("", "guest", guest->name, out);
	fprintf(out, ",%s", space);
	print_member("", "machine", guest->file.machine->name, out);
	fprintf(out, ",%s\"abi\": %u,%s\"readonly_slots\": %s", space,
		JUMPSLOT_ABI_VERSION, space, boolean(table->readonly_slots.size != 0));
	fprintf(out, ",%s\"compares_mxcsr\": %s", space,
		boolean(!linked_guest_keeps_mxcsr(guest, NULL)));
	fprintf(out, ",%s\"missing\": %zu,%s\"mismatched\": %zu,%s\"imports\": [", space,
		guest->result.missing, space, guest->result.mismatched, space);
	for (size_t i = 0; i < table->count; i++) {
		fprintf(out, "%s%s", i ? "," : "", layout->import);
		print_import(guest, i, out);
	}
	fprintf(out, "%s],%s\"standbys\": ", table->count ? layout->imports_end : "",
		space);
	report_json_standbys(guest, NULL, out);
	fprintf(out, "%s}", layout->end);
}

void report_json(const struct linked_guest *guest, FILE *out)
{
	const struct layout lines = { "\n  ", "\n    ", "\n  ", "\n" };

	print_report(guest, &lines, out);
	fputc('\n', out);
}

void report_json_line(const struct linked_guest *guest, FILE *out)
{
	const struct layout line = { " ", " ", "", "" };

	print_report(guest, &line, out);
}

void report_json_problems(const struct linked_guest *guest, FILE *out)
{
	const char *separator = "";

	fputc('[', out);
	for (size_t i = 0; i < guest->result.count; i++) {
		if (!link_is_problem(&guest->table.imports[i], &guest->result.links[i]))
			continue;
		fputs(separator, out);
		print_import(guest, i, out);
		separator = ", ";
	}
	fputc(']', out);
}
