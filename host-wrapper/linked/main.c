/*
 * The program that a guest, its providers and the runner are linked to
 * (docs/link-time.md). No launcher has written a plan: this file makes one from the
 * arguments and from what the linker knows. Includes runner/ and nothing of a host.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/abi/start.h>
#include <jumpslot/abi/vcpu.h>
#include <jumpslot/provider.h>
#include "common/exit_status.h"
#include "common/plan.h"
#include "linked/program.h"
#include "runner/clock.h"
#include "runner/current.h"
#include "runner/host.h"
#include "runner/load.h"
#include "runner/multiboot.h"
#include "runner/plan_read.h"
#include "runner/reset.h"
#include "runner/services.h"
#include "runner/sources.h"
#include "runner/start_pages.h"

/* As host-wrapper's --stack and --work-area have them by default. */
#define STACK_SIZE     (UINT64_C(1) << 20)
#define WORK_AREA_SIZE (UINT64_C(64) << 20)

/* The guest's; its type differs between architectures. */
extern const char jumpslot_linked_entry[];
/* Absent in a guest without virt_cpu.h. */
extern struct jumpslot_vcpu_state __jumpslot_vcpu
	__attribute__((__weak__, __visibility__("hidden")));
#pragma weak jumpslot_provider_init

/* The linker has the list of imports. Resources for a function are there if any guest may
 * call it. */
bool plan_imports_name(const struct plan *plan, const char *name)
{
	(void)plan;
	(void)name;
	return true;
}

static size_t size_of_strings(int count, char **arguments)
{
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += strlen(arguments[i]) + 1;
	return size;
}

/* Writes the arguments' table and strings after the plan. */
static void add_arguments(struct plan *plan, int count, char **arguments)
{
	uint32_t *table = (uint32_t *)(plan + 1);
	char *strings = (char *)(table + count), *to = strings;

	plan->arguments = (struct plan_table){ sizeof(*plan), (uint64_t)count };
	plan->strings.offset = (uint64_t)(strings - (char *)plan);
	for (int i = 0; i < count; i++) {
		table[i] = (uint32_t)(to - strings);
		to = stpcpy(to, arguments[i]) + 1;
	}
	plan->strings.count = (uint64_t)(to - strings);
}

/* Addresses in this plan are those of the process: the base is 0. */
static struct plan *make_plan(int count, char **arguments)
{
	size_t size = sizeof(struct plan) + (size_t)count * sizeof(uint32_t) +
		      size_of_strings(count, arguments);
	struct plan *plan = calloc(1, size);

	if (!plan)
		return NULL;
	plan->magic = PLAN_MAGIC;
	plan->version = PLAN_VERSION;
	plan->size = size;
	plan->entry = (uintptr_t)jumpslot_linked_entry;
	plan->vcpu_state = (uintptr_t)&__jumpslot_vcpu;
	plan->stack_size = STACK_SIZE;
	plan->work_area_size = WORK_AREA_SIZE;
	add_arguments(plan, count, arguments);
	return plan;
}

static int start_provider(struct message *message)
{
	char text[sizeof(message->text)] = "";
	int error = jumpslot_provider_init
			    ? jumpslot_provider_init("", text, sizeof(text))
			    : 0;

	return error ? fail(message, -error, "%s", text) : 0;
}

static int prepare(struct runner *runner, struct message *message)
{
	int error = host_start(message);

	if (!error)
		error = program_add_memory(&runner->memory, message);
	if (!error)
		error = load_areas(runner, -1, message);
	if (!error)
		error = start_pages_make(runner, message);
	if (!error)
		error = multiboot_make(runner, message);
	if (!error)
		error = start_provider(message);
	if (!error)
		error = host_prepare(runner, NULL, message);
	return error;
}

static int run(struct runner *runner, struct message *message)
{
	int error = clock_start(message);
	int status, wake;

	if (!error)
		error = host_start_interrupts(message);
	if (!error)
		error = sources_start(runner->plan, services_open_console(runner->plan),
				      &wake, message);
	if (error)
		return error;
	status = host_enter(runner);
	error = reset_perform(runner->outcome, message);
	return error ? error : status & 0xff;
}

int main(int argc, char **argv)
{
	static struct runner runner; /* threads may still read it after main() */
	struct message message = { "out of memory" };
	int status = -1;

	if (argc < 1)
		return EXIT_FAILED; /* the guest's name is argument 0 */
	runner.plan = make_plan(argc, argv);
	current = &runner;
	if (runner.plan)
		status = prepare(&runner, &message);
	if (!status)
		status = run(&runner, &message);
	if (status >= 0)
		return status;
	fprintf(stderr, "%s: %s\n", argv[0], message.text);
	return EXIT_FAILED;
}
