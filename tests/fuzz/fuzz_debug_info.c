/*
 * Hostile images for jumpslot-backtrace. An input is an outcome and changes of the guest
 * hello below $BUILD: of its headers, symbols, and unwind and debug information. Our code
 * around libdw asks it for no memory outside of the copied stack, and the supervisor
 * takes any answer. libdw itself is not instrumented, and nothing depends on it: where it
 * crashes, loops or uses up memory, the process that the input runs in ends, as
 * jumpslot-backtrace does. Includes both sources, to call them without a program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "tests/unit/unit.h"

static FILE *answers_out;
#define printf(...) fprintf(answers_out, __VA_ARGS__)
#define main	    backtrace_program
#include "backtrace/main.c"
#undef main
#undef printf
#include "launcher/run/backtrace.c"

#define MAX_CHANGES 64
#define BROKEN	    77 /* exit status of a child: a promise, or a sanitizer's error */

/* An input's first bytes; changes follow, and the rest is the stack. */
struct head {
	uint8_t is_i386;
	uint8_t asks_lines;
	uint16_t changes;
	uint32_t no_base;
	struct outcome outcome;
};

struct change {
	uint8_t range;
	uint8_t width; /* of 1, 2, 4 or 8 bytes */
	uint16_t offset;
	uint32_t value; /* sign-extended */
};

/* The guest, and a copy of it that is changed. */
struct image {
	uint8_t *bytes;
	size_t size;
	uint8_t *copy;
	int fd;
};

/* libdw reads them: headers, unwind tables; comments, debug information, symbols and
 * section headers are at the end. */
static const struct range {
	size_t start, end;
} ranges[] = { { 0, 0x200 }, { 0x2000, 0x2100 }, { 0x3fe0, 0x100000 } };

/* The options hold unless the environment says otherwise. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "exitcode=77:allocator_may_return_null=1:max_allocation_size_mb=1024:"
	       "detect_leaks=0";
}

bool confine_self(void)
{
	return true;
}

static struct image open_hello(const char *name)
{
	struct image image = { .fd = memfd_create(name, 0) };
	int file = open(unit_path(name), O_RDONLY | O_CLOEXEC);
	struct stat stat;

	if (image.fd < 0 || file < 0 || fstat(file, &stat))
		abort();
	image.size = (size_t)stat.st_size;
	image.bytes = malloc(image.size);
	if (!image.bytes || ftruncate(image.fd, stat.st_size) ||
	    pread(file, image.bytes, image.size, 0) != stat.st_size)
		abort();
	image.copy =
		mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_SHARED, image.fd, 0);
	if (image.copy == MAP_FAILED)
		abort();
	close(file);
	return image;
}

static const struct image *hello(bool is_i386)
{
	static struct image images[2];

	if (!images[is_i386].bytes)
		images[is_i386] = open_hello(is_i386 ? "guests/hello-i386.elf"
						     : "guests/hello-x86_64.elf");
	return &images[is_i386];
}

static void apply(const struct image *image, const struct change *change)
{
	const struct range *range =
		&ranges[change->range % (sizeof(ranges) / sizeof(*ranges))];
	const size_t end = range->end < image->size ? range->end : image->size;
	const size_t at = range->start + change->offset % (end - range->start);
	const uint64_t value = (uint64_t)(int64_t)(int32_t)change->value;
	const size_t width = (size_t)1 << (change->width & 3);

	memcpy(image->copy + at, &value, width < end - at ? width : end - at);
}

/* The input's part for the stack. */
static const uint8_t *change_image(const struct image *image, const struct head *head,
				   const uint8_t *data, size_t *size)
{
	struct change change;

	memcpy(image->copy, image->bytes, image->size);
	for (unsigned i = 0; i < head->changes % MAX_CHANGES && *size >= sizeof(change);
	     i++) {
		memcpy(&change, data, sizeof(change));
		apply(image, &change);
		data += sizeof(change);
		*size -= sizeof(change);
	}
	return data;
}

/* Addresses of code, and those of the outcome. */
static void ask_lines(struct walk *walk, const struct outcome *outcome)
{
	for (uint64_t address = 0x401000; address < 0x401060; address += 7)
		answer_line(walk, address);
	for (uint64_t address = 0x8049000; address < 0x8049060; address += 7)
		answer_line(walk, address);
	answer_line(walk, outcome->pc);
	answer_line(walk, outcome->guest_pc);
}

/* In a child, which libdw may end. */
static void walk_image(const struct image *image, const struct head *head,
		       const uint8_t *stack, size_t size)
{
	struct outcome outcome = head->outcome;
	struct walk walk = { .outcome = &outcome };

	outcome.stack_size =
		(uint32_t)(size < OUTCOME_STACK_MAX ? size : OUTCOME_STACK_MAX);
	if (head->no_base & 1)
		outcome.base = 0;
	/* Of its size, so that a read beyond it is seen. */
	walk.stack = memcpy(malloc(outcome.stack_size + 1), stack, outcome.stack_size);
	if (!open_image(&walk, image->fd, head->asks_lines & 1 ? 0 : outcome.base))
		return;
	if (head->asks_lines & 1)
		ask_lines(&walk, &outcome);
	else
		walk_stack(&walk);
	if (walk.frames > MAX_FRAMES)
		_exit(BROKEN);
}

static void be_child(int output)
{
	static const int signals[] = { SIGSEGV, SIGBUS,	 SIGFPE,  SIGILL,
				       SIGABRT, SIGXCPU, SIGPIPE, SIGTERM };
	const struct rlimit seconds = { 2, 2 };
	struct sigaction by_default = { .sa_handler = SIG_DFL };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &by_default, NULL);
	setrlimit(RLIMIT_CPU, &seconds);
	answers_out = fdopen(output, "w");
	if (!answers_out)
		_exit(BROKEN);
}

/* The supervisor's reader takes any text. */
static void check_answer(char *text)
{
	static struct backtrace backtrace;

	backtrace.count = 0;
	parse(&backtrace, text);
	if (backtrace.count > BACKTRACE_MAX)
		abort();
	for (size_t i = 0; i < backtrace.count; i++)
		if (!memchr(backtrace.frames[i].file, 0, BACKTRACE_MAX_FILE))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MAX_OUTPUT];
	const struct image *image;
	struct head head;
	int pair[2], status;
	pid_t child;

	if (size < sizeof(head))
		return 0;
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	size -= sizeof(head);
	image = hello(head.is_i386 & 1);
	data = change_image(image, &head, data, &size);
	if (pipe(pair))
		abort();
	child = fork();
	if (!child) {
		be_child(pair[1]);
		walk_image(image, &head, data, size);
		fflush(answers_out);
		_exit(EXIT_SUCCESS);
	}
	close(pair[1]);
	if (child < 0)
		abort();
	read_output(pair[0], text);
	close(pair[0]);
	if (waitpid(child, &status, 0) != child)
		abort();
	if (WIFEXITED(status) && WEXITSTATUS(status) == BROKEN)
		abort();
	check_answer(text);
	return 0;
}
