/* Fills in the values of the plan's filter, and gives it to the kernel. See filter.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/layers.h"
#include "filter.h"

static void fill_in(struct sock_filter *program, size_t count,
		    const struct sandbox_values *values)
{
	for (size_t i = 0; i < count; i++) {
		if (BPF_CLASS(program[i].code) != BPF_JMP)
			continue;
		switch (program[i].k) {
		case PLAN_PROCESS:
			program[i].k = (uint32_t)getpid();
			break;
		case PLAN_CONSOLE: /* -1: there is none */
			program[i].k = (uint32_t)values->console;
			break;
		case PLAN_WAKE:
			program[i].k = (uint32_t)values->wake;
			break;
		case PLAN_VCPU:
			program[i].k = (uint32_t)values->vcpu;
			break;
		case PLAN_GDB:
			program[i].k = (uint32_t)values->gdb;
			break;
		case PLAN_OPENED:
			program[i].k = (uint32_t)values->opened;
			break;
		}
	}
}

bool filter_tells_opened(const struct plan *plan)
{
	const struct sock_filter *program = plan_at(plan, &plan->filter);

	for (size_t i = 0; i < plan->filter.count; i++)
		if (BPF_CLASS(program[i].code) == BPF_JMP && program[i].k == PLAN_OPENED)
			return true;
	return false;
}

int filter_install(const struct plan *plan, const struct sandbox_values *values,
		   struct message *message)
{
	size_t count = (size_t)plan->filter.count;
	struct sock_filter *filter = calloc(count, sizeof(*filter));
	struct sock_fprog program = { (unsigned short)count, filter };
	int error;

	if (!filter)
		return fail(message, ENOMEM, "out of memory");
	memcpy(filter, plan_at(plan, &plan->filter), count * sizeof(*filter));
	fill_in(filter, count, values);
	error = layers_filter(&program, message);
	if (error)
		free(filter); /* otherwise it stays: free() may make a system call */
	return error;
}
