/* From rules to BPF. See filter.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/plan.h"
#include "filter.h"
#include "launcher/link/system_calls.h"

/* The low half of an argument: the kernel takes descriptors and numbers from there. */
#define LOW UINT64_C(0xffffffff)

/* The check as libseccomp's. `line`: the descriptor of an interrupt line. */
static struct scmp_arg_cmp comparison(const struct jumpslot_check *check, uint64_t line)
{
	const uint64_t values[] = {
		[JUMPSLOT_CHECK_BITS] = check->value,
		[JUMPSLOT_CHECK_PROCESS] = PLAN_PROCESS,
		[JUMPSLOT_CHECK_CONSOLE] = PLAN_CONSOLE,
		[JUMPSLOT_CHECK_WAKE] = PLAN_WAKE,
		[JUMPSLOT_CHECK_LINE] = line,
	};

	return (struct scmp_arg_cmp){
		.arg = check->argument,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = check->kind == JUMPSLOT_CHECK_BITS ? check->mask : LOW,
		.datum_b = values[check->kind],
	};
}

/* Returns 0 or a negative errno; a rule that is there already is not an error. */
static int allow(scmp_filter_ctx context, const struct need *need, uint64_t line)
{
	struct scmp_arg_cmp comparisons[JUMPSLOT_RULE_CHECKS];
	unsigned count = 0;
	/* libseccomp translates from numbers of its own architecture. */
	int number = seccomp_syscall_resolve_name(need->call);
	int error;

	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (need->rule->checks[i].kind)
			comparisons[count++] = comparison(&need->rule->checks[i], line);
	error = seccomp_rule_add_exact_array(context, SCMP_ACT_ALLOW, number, count,
					     comparisons);
	return error == -EEXIST ? 0 : error;
}

static bool is_for_lines(const struct need *need)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (need->rule->checks[i].kind == JUMPSLOT_CHECK_LINE)
			return true;
	return false;
}

/* Adds a rule; one of interrupt lines, for each line. */
static int add(scmp_filter_ctx context, const struct need *need,
	       const struct irq_lines *lines)
{
	int error = 0;

	if (!is_for_lines(need))
		return allow(context, need, 0);
	for (size_t i = 0; !error && i < lines->count; i++)
		error = allow(context, need, (uint64_t)lines->lines[i].descriptor);
	return error;
}

static int add_all(scmp_filter_ctx context, const struct needs *needs,
		   const struct irq_lines *lines, struct message *message)
{
	for (size_t i = 0; i < needs->count; i++) {
		const struct need *need = &needs->needs[i];
		int error = needs_is_first(needs, i) ? add(context, need, lines) : 0;

		if (error)
			return fail(message, -error,
				    "the sandbox cannot allow %s, which %s of %s needs: "
				    "%s",
				    need->call, need->who, need->provider,
				    strerror(-error));
	}
	return 0;
}

/* Room for one instruction more: it tells a filter that is too long. */
static int take(int from, struct filter *filter)
{
	const size_t most = PLAN_MAX_FILTER * sizeof(*filter->program);
	ssize_t size;

	filter->program = malloc(most + sizeof(*filter->program));
	if (!filter->program)
		return -ENOMEM;
	size = read(from, filter->program, most + sizeof(*filter->program));
	if (size <= 0)
		return -EIO;
	if ((size_t)size > most)
		return -E2BIG;
	/* A full pipe may have cut the filter. */
	if (size == fcntl(from, F_GETPIPE_SZ))
		return -ENOBUFS;
	filter->count = (size_t)size / sizeof(*filter->program);
	return 0;
}

/* libseccomp writes to a descriptor only. A pipe takes the longest filter, and there is
 * no limit on its size as for a file. */
static int export(scmp_filter_ctx context, struct filter *filter)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	error = seccomp_export_bpf(context, ends[1]);
	if (!error)
		error = take(ends[0], filter);
	close(ends[0]);
	close(ends[1]);
	return error;
}

static int write_program(scmp_filter_ctx context, struct filter *filter,
			 struct message *message)
{
	int error = export(context, filter);

	if (error == -E2BIG)
		return fail(message, E2BIG,
			    "the rules need more than %u instructions of a filter",
			    PLAN_MAX_FILTER);
	return error ? fail(message, -error, "the filter cannot be written: %s",
			    strerror(-error))
		     : 0;
}

/* A context for that architecture alone. */
static scmp_filter_ctx start(uint32_t architecture)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_TRAP);
	uint32_t native = seccomp_arch_native();

	if (!context)
		return NULL;
	if ((native != architecture && (seccomp_arch_add(context, architecture) ||
					seccomp_arch_remove(context, native))) ||
	    seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRAP)) {
		seccomp_release(context);
		return NULL;
	}
	return context;
}

int filter_compile(struct filter *filter, const struct needs *needs, unsigned machine,
		   const struct irq_lines *lines, struct message *message)
{
	scmp_filter_ctx context = start(system_call_architecture(machine));
	int error;

	*filter = (struct filter){ 0 };
	if (!context)
		return fail(message, ENOMEM, "libseccomp cannot start a filter");
	error = add_all(context, needs, lines, message);
	filter->processes = needs_processes(needs);
	if (!error)
		error = write_program(context, filter, message);
	seccomp_release(context);
	if (error)
		filter_free(filter);
	return error;
}

void filter_free(struct filter *filter)
{
	free(filter->program);
	*filter = (struct filter){ 0 };
}
