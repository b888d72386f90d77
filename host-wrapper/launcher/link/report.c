/* The link report as text. See report.h. */
#include <inttypes.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "launcher/scan/abi_strings.h"
#include "report.h"

#define MAX_C_TEXT  512
#define MAX_COLUMN  48
#define MAX_CARRIED 32

static const char *provider_name(const struct report *report, size_t provider)
{
	return report->providers[provider].name;
}

/* The guest's side of an import as C: its own words if they are there. */
static const char *import_c(const struct import *import, char *text)
{
	if (import->prototype)
		return import->prototype;
	type_string_to_c(import->type, import->name, text, MAX_C_TEXT);
	return import->type ? text : import->name;
}

static void print_problem(const struct report *report, size_t index, FILE *out)
{
	const struct import *import = &report->table->imports[index];
	const struct link *link = &report->result->links[index];
	const char *optional = import->flags & JUMPSLOT_OPTIONAL ? "optional, " : "";
	char text[MAX_C_TEXT];

	fprintf(out, "  %s%s: %s", optional,
		link->status == LINK_MISSING ? "missing" : "mismatch",
		import_c(import, text));
	if (import->place)
		fprintf(out, ", declared at %s", import->place);
	if (link->status == LINK_MISMATCH) {
		type_string_to_c(link->function->type, import->name, text, sizeof(text));
		fprintf(out, "; %s has %s (guest %s, provider %s)",
			provider_name(report, link->provider), text, import->type,
			link->function->type);
	} else if (link->nearest) {
		fprintf(out, "; similar: %s in %s", link->nearest->name,
			provider_name(report, link->nearest_provider));
	}
	fputc('\n', out);
}

/* That nobody provides an optional function is none. */
static bool is_problem(const struct import *import, const struct link *link)
{
	return link->status == LINK_MISMATCH ||
	       (link->status == LINK_MISSING && !(import->flags & JUMPSLOT_OPTIONAL));
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void report_problems(const struct report *report, FILE *out)
{
	const struct link_result *result = report->result;
	bool said = false;

	for (size_t i = 0; i < result->count; i++) {
		if (!is_problem(&report->table->imports[i], &result->links[i]))
			continue;
		if (!said)
			fprintf(out,
				"host-wrapper: %s: of %zu import%s, %zu missing and %zu "
				"mistyped\n",
				report->guest, result->count, plural(result->count),
				result->missing, result->mismatched);
		said = true;
		print_problem(report, i, out);
	}
}

/* Columns as wide as what stands in them, up to a limit. */
struct widths {
	int name, type, provider, carried;
};

static void widen(int *width, const char *text)
{
	int length = (int)strnlen(text, MAX_COLUMN + 1);

	if (length > *width && length <= MAX_COLUMN)
		*width = length;
}

static const char *type_column(const struct import *import)
{
	return import->type ? import->type : "?";
}

static const char *provider_column(const struct report *report, const struct link *link)
{
	return link->function ? provider_name(report, link->provider) : "-";
}

/* On which stack it runs, and whether it may wait; "-" if it is not bound. */
static const char *carried_column(const struct link *link, char *text)
{
	const char *mode = link->carry.mode & PLAN_BLOCKING ? "blocking" : "gated";

	if (link->status != LINK_BOUND)
		return "-";
	switch (link->carry.mode & PLAN_CARRY_MASK) {
	case PLAN_DIRECT:
		return "direct";
	case PLAN_GUEST_STACK:
		return link->carry.mode & PLAN_BLOCKING ? "blocking, guest's stack"
							: "guest's stack";
	}
	if (!link->carry.stack_bytes)
		return mode;
	snprintf(text, MAX_CARRIED, "%s, %" PRIu32 " bytes", mode,
		 link->carry.stack_bytes);
	return text;
}

static struct widths measure(const struct report *report)
{
	struct widths widths = { 6, 4, 8, 7 }; /* of the headings */
	char text[MAX_CARRIED];

	for (size_t i = 0; i < report->table->count; i++) {
		widen(&widths.name, report->table->imports[i].name);
		widen(&widths.type, type_column(&report->table->imports[i]));
		widen(&widths.provider,
		      provider_column(report, &report->result->links[i]));
		widen(&widths.carried, carried_column(&report->result->links[i], text));
	}
	return widths;
}

static const char *status_word(const struct import *import, const struct link *link)
{
	if (link->status == LINK_MISMATCH)
		return "MISMATCH";
	if (link->status == LINK_BOUND)
		return import->type && link->function->type ? "ok" : "ok, type unchecked";
	return import->flags & JUMPSLOT_OPTIONAL ? "absent, optional" : "MISSING";
}

static void print_header(const struct report *report, FILE *out)
{
	const struct image_range *readonly = &report->table->readonly_slots;

	fprintf(out, "%s: %s, ABI %u, %zu import%s; ", report->guest, report->machine,
		JUMPSLOT_ABI_VERSION, report->table->count, plural(report->table->count));
	if (readonly->size)
		fprintf(out, "slots in read-only pages\n");
	else
		fprintf(out, "slots WRITABLE: they share pages with other data "
			     "(link with -T linkscripts/externals.ld)\n");
}

void report_table(const struct report *report, FILE *out)
{
	struct widths widths = measure(report);
	char text[MAX_CARRIED];

	print_header(report, out);
	fprintf(out, "  %-*s  %-*s  %-*s  %-*s  %s\n", widths.name, "IMPORT", widths.type,
		"TYPE", widths.provider, "PROVIDER", widths.carried, "CARRIED", "STATUS");
	for (size_t i = 0; i < report->table->count; i++) {
		const struct import *import = &report->table->imports[i];
		const struct link *link = &report->result->links[i];

		fprintf(out, "  %-*s  %-*s  %-*s  %-*s  %s\n", widths.name, import->name,
			widths.type, type_column(import), widths.provider,
			provider_column(report, link), widths.carried,
			carried_column(link, text), status_word(import, link));
	}
}
