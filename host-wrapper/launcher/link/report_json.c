/* The link report for machines. See report.h; the shape is in docs/host-wrapper.md. */
#include <inttypes.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "launcher/scan/abi_strings.h"
#include "report.h"

/* A JSON string, or null. Bytes that are not UTF-8, as names of files may have, become
 * the replacement character. */
static void print_string(const char *text, FILE *out)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	for (size_t length; *text; text += length ? length : 1) {
		unsigned char byte = (unsigned char)*text;

		length = utf8_length(text);

		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte < ' ' || byte == 0x7f)
			fprintf(out, "\\u%04x", byte);
		else if (!length)
			fputs("\\ufffd", out);
		else
			fwrite(text, 1, length, out);
	}
	fputc('"', out);
}

static void print_member(const char *separator, const char *name, const char *value,
			 FILE *out)
{
	fprintf(out, "%s\"%s\": ", separator, name);
	print_string(value, out);
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

/* How it is carried, by one word each; null where there is none. */
static void print_carry(const struct link *link, FILE *out)
{
	static const char *const modes[] = { "direct", "gated", "gated" };
	static const char *const stacks[] = { "guest", "host", "guest" };
	const uint32_t mode = link->carry.mode & PLAN_CARRY_MASK;
	const bool bound = link->status == LINK_BOUND;
	const char *word = link->carry.mode & PLAN_BLOCKING ? "blocking" : modes[mode];

	print_member(", ", "carried", bound ? word : NULL, out);
	print_member(", ", "stack", bound ? stacks[mode] : NULL, out);
	if (mode == PLAN_GATED)
		fprintf(out, ", \"stack_bytes\": %" PRIu32, link->carry.stack_bytes);
	else
		fputs(", \"stack_bytes\": null", out);
}

static const char *boolean(uint32_t value)
{
	return value ? "true" : "false";
}

static void print_import(const struct report *report, size_t index, FILE *out)
{
	static const char *const conventions[] = { "cdecl", "regparm3", "fastcall",
						   "stdcall" };
	const struct import *import = &report->table->imports[index];
	const struct link *link = &report->result->links[index];

	print_member("    {", "name", import->name, out);
	print_member(", ", "type", import->type, out);
	print_member(", ", "prototype", import->prototype, out);
	print_member(", ", "place", import->place, out);
	fprintf(out, ", \"slot\": \"0x%" PRIx64 "\", \"optional\": %s, \"variadic\": %s",
		import->slot, boolean(import->flags & JUMPSLOT_OPTIONAL),
		boolean(import->flags & JUMPSLOT_VARIADIC));
	print_member(", ", "convention",
		     conventions[(import->flags & JUMPSLOT_CONVENTION_MASK) >> 4], out);
	print_member(", ", "status", status_word(link), out);
	print_member(", ", "provider",
		     link->function ? report->providers[link->provider].name : NULL, out);
	print_member(", ", "provider_type", link->function ? link->function->type : NULL,
		     out);
	print_carry(link, out);
	print_member(", ", "similar", link->nearest ? link->nearest->name : NULL, out);
	fputc('}', out);
}

void report_json(const struct report *report, FILE *out)
{
	const struct import_table *table = report->table;

	print_member("{\n  ", "guest", report->guest, out);
	print_member(",\n  ", "machine", report->machine, out);
	fprintf(out, ",\n  \"abi\": %u,\n  \"readonly_slots\": %s", JUMPSLOT_ABI_VERSION,
		boolean(table->readonly_slots.size != 0));
	fprintf(out, ",\n  \"missing\": %zu,\n  \"mismatched\": %zu,\n  \"imports\": [",
		report->result->missing, report->result->mismatched);
	for (size_t i = 0; i < table->count; i++) {
		fputs(i ? ",\n" : "\n", out);
		print_import(report, i, out);
	}
	fputs(table->count ? "\n  ]\n}\n" : "]\n}\n", out);
}
