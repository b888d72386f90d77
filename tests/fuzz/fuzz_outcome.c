/*
 * The reports of a run. An input is a status, an outcome as a hostile guest may leave it,
 * and a backtrace. The supervisor prints no control character of it, and one line of
 * JSON. Reads the guest hello below $BUILD, for names and symbols.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "launcher/run/exit_report.h"
#include "tests/unit/unit.h"

struct head {
	int32_t status;
	uint8_t timed_out;
	uint8_t frames;
	uint16_t reserved;
	struct outcome outcome;
};

static const struct linked_guest *guest(void)
{
	static struct linked_guest guest;
	struct message message;

	if (!guest.name &&
	    (linked_guest_scan(&guest, unit_path("guests/hello-x86_64.elf"), &message) ||
	     linked_guest_link(&guest, &message))) {
		fprintf(stderr, "hello: %s\n", message.text);
		abort();
	}
	return &guest;
}

static void fill(struct run_result *result, const uint8_t *data, size_t size)
{
	struct backtrace *backtrace = &result->backtrace;
	struct head head = { 0 };

	memcpy(&head, data, size < sizeof(head) ? size : sizeof(head));
	*result = (struct run_result){
		.status = head.status,
		.timed_out = head.timed_out & 1,
		.outcome = head.outcome,
	};
	backtrace->count = head.frames % (BACKTRACE_MAX + 1);
	if (size > sizeof(head)) {
		data += sizeof(head);
		size -= sizeof(head);
		memcpy(backtrace->frames, data,
		       size < sizeof(backtrace->frames) ? size
							: sizeof(backtrace->frames));
	}
	/* The reason of a refusal is in the same place of the file as frames. */
	memcpy(result->refusal.text, backtrace->frames, sizeof(result->refusal.text) - 1);
	for (size_t i = 0; i < BACKTRACE_MAX; i++)
		backtrace->frames[i].file[BACKTRACE_MAX_FILE - 1] = 0;
}

static void check_text(const char *text, size_t length, size_t most_lines)
{
	size_t lines = 0;

	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			abort();
		lines += text[i] == '\n';
	}
	if (lines > most_lines || (length && text[length - 1] != '\n'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct needs needs = { 0 };
	const struct stats stats = { 0 };
	const struct exit_report_run run = { .guest = guest(),
					     .needs = &needs,
					     .stats = &stats };
	static struct run_result result;
	char *text = NULL;
	size_t length = 0;
	FILE *out;
	int status;

	fill(&result, data, size);
	status = exit_report_status(guest(), &result);
	if (status < 0 || status > 255)
		abort();
	for (int json = 0; json < 2; json++) {
		out = open_memstream(&text, &length);
		if (!out)
			abort();
		if (json)
			exit_report_json(&run, &result, out);
		else
			exit_report_print(guest(), &result, out);
		fclose(out);
		check_text(text, length, json ? 1 : 100 + 2 * BACKTRACE_MAX);
		free(text);
	}
	return 0;
}
