/* The link report as text. See report.h. */
#include <string.h>

#include <jumpslot/external_abi.h>
#include "abi_strings.h"
#include "report.h"

#define MAX_C_TEXT 512

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

void report_problems(const struct report *report, FILE *out)
{
	const struct link_result *result = report->result;

	if (result->missing || result->mismatched)
		fprintf(out, "host-wrapper: %s: of %zu imports, %zu missing and %zu mistyped\n",
			report->guest, result->count, result->missing, result->mismatched);
	for (size_t i = 0; i < result->count; i++)
		if (is_problem(&report->table->imports[i], &result->links[i]))
			print_problem(report, i, out);
}

static size_t name_width(const struct report *report)
{
	size_t width = strlen("IMPORT");

	for (size_t i = 0; i < report->table->count; i++) {
		size_t length = strlen(report->table->imports[i].name);

		if (length > width && length <= 40)
			width = length;
	}
	return width;
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

	fprintf(out, "%s: %s, ABI %u, %zu imports; ", report->guest, report->machine,
		JUMPSLOT_ABI_VERSION, report->table->count);
	if (readonly->size)
		fprintf(out, "slots in read-only pages\n");
	else
		fprintf(out, "slots WRITABLE: they share pages with other data "
			     "(link with -T linkscripts/externals.ld)\n");
}

void report_table(const struct report *report, FILE *out)
{
	int width = (int)name_width(report);

	print_header(report, out);
	fprintf(out, "  %-*s  %-10s  %-24s  %s\n", width, "IMPORT", "TYPE", "PROVIDER",
		"STATUS");
	for (size_t i = 0; i < report->table->count; i++) {
		const struct import *import = &report->table->imports[i];
		const struct link *link = &report->result->links[i];

		fprintf(out, "  %-*s  %-10s  %-24s  %s\n", width, import->name,
			import->type ? import->type : "?",
			link->function ? provider_name(report, link->provider) : "-",
			status_word(import, link));
	}
}
