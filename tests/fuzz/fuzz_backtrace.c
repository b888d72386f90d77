/*
 * The frames of a stopped guest. An input is an outcome and a stack as a hostile guest
 * may leave them, which jumpslot-backtrace walks with the debug information of the guest
 * hello below $BUILD, and then any bytes in place of that program's answer, which the
 * supervisor reads. Frames are printed in the usual form, and their number is bounded.
 * Includes both sources, to call them without a process.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>

#include "fuzz.h"
#include "tests/unit/unit.h"

static FILE *frames_out;
#define printf(...) fprintf(frames_out, __VA_ARGS__)
#define main	    backtrace_program
#include "backtrace/main.c"
#undef main
#undef printf
#include "launcher/run/backtrace.c"

/* An input's first bytes; the answer and the stack share the rest. */
struct head {
	uint8_t is_i386;
	uint8_t reserved;
	uint16_t answer; /* its size */
	uint32_t no_base;
	struct outcome outcome;
};

/* The program that this is included from confines itself. */
bool confine_self(void)
{
	return true;
}

/* Another descriptor each time: libdwfl closes it. */
static int image(bool is_i386)
{
	static int images[2] = { -1, -1 };

	if (images[is_i386] < 0)
		images[is_i386] = open(unit_path(is_i386 ? "guests/hello-i386.elf"
							 : "guests/hello-x86_64.elf"),
				       O_RDONLY | O_CLOEXEC);
	if (images[is_i386] < 0)
		abort();
	return dup(images[is_i386]);
}

/* The supervisor's reader takes any text. */
static size_t parse_text(const uint8_t *bytes, size_t size)
{
	static struct backtrace backtrace;
	char text[MAX_OUTPUT];

	if (size > sizeof(text) - 1)
		size = sizeof(text) - 1;
	memcpy(text, bytes, size);
	text[size] = 0;
	backtrace.count = 0;
	parse(&backtrace, text);
	if (backtrace.count > BACKTRACE_MAX)
		abort();
	for (size_t i = 0; i < backtrace.count; i++)
		if (!memchr(backtrace.frames[i].file, 0, BACKTRACE_MAX_FILE))
			abort();
	return backtrace.count;
}

static void check_frames(const struct walk *walk, const char *text, size_t size)
{
	size_t lines = 0;

	for (size_t i = 0; i < size; i++) {
		if (!isprint((unsigned char)text[i]) && text[i] != '\n')
			abort();
		lines += text[i] == '\n';
	}
	if (lines != walk->frames || lines > MAX_FRAMES)
		abort();
	if (parse_text((const uint8_t *)text, size) !=
	    (lines < BACKTRACE_MAX ? lines : BACKTRACE_MAX))
		abort();
}

static void walk_guest(const struct head *head, const uint8_t *stack, size_t size)
{
	struct outcome outcome = head->outcome;
	struct walk walk = { .outcome = &outcome };
	char *text = NULL;
	size_t length = 0;

	outcome.stack_size =
		(uint32_t)(size < OUTCOME_STACK_MAX ? size : OUTCOME_STACK_MAX);
	if (head->no_base & 1)
		outcome.base = 0;
	/* Of its size, so that a read beyond it is seen. */
	walk.stack = memcpy(malloc(outcome.stack_size + 1), stack, outcome.stack_size);
	frames_out = open_memstream(&text, &length);
	if (!walk.stack || !frames_out)
		abort();
	if (open_image(&walk, image(head->is_i386 & 1), outcome.base))
		walk_stack(&walk);
	fclose(frames_out);
	dwfl_end(walk.dwfl);
	check_frames(&walk, text, length);
	free(text);
	free((char *)walk.stack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head head;
	size_t answer;

	if (size < sizeof(head))
		return 0;
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	size -= sizeof(head);
	answer = head.answer < size ? head.answer : size;
	parse_text(data, answer);
	walk_guest(&head, data + answer, size - answer);
	return 0;
}
