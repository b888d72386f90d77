/* All checks of the plan. See plan_read.h. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <jumpslot/external_abi.h>
#include "common/channel.h"
#include "common/page.h"
#include "plan_read.h"

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__i386__)
#define OWN_MACHINE EM_386
#endif

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

bool plan_imports_name(const struct plan *plan, const char *name)
{
	const struct plan_import *imports = plan_imports(plan);

	for (uint64_t i = 0; i < plan->imports.count; i++) {
		const char *its = plan_string(plan, imports[i].name);

		if (*its == *name && !strcmp(its, name))
			return true;
	}
	return false;
}

/* Maps the plan if it is sealed: no process can change it. */
static int map(const struct plan **plan, int fd, struct message *message)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status;
	void *at;

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &status))
		return fail(message, EINVAL, "descriptor %d is not a sealed plan", fd);
	if ((size_t)status.st_size < sizeof(struct plan))
		return fail(message, EINVAL, "a plan of %jd bytes: at least %zu",
			    (intmax_t)status.st_size, sizeof(struct plan));
	at = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return fail(message, errno, "the plan cannot be mapped: %s",
			    strerror(errno));
	*plan = at;
	if ((*plan)->magic != PLAN_MAGIC || (*plan)->version != PLAN_VERSION ||
	    (*plan)->size != (uint64_t)status.st_size)
		return fail(message, EINVAL, "not a plan of version %d", PLAN_VERSION);
	if ((*plan)->machine != OWN_MACHINE)
		return fail(message, EINVAL, "a plan for ELF machine %" PRIu32 ", not %d",
			    (*plan)->machine, OWN_MACHINE);
	return 0;
}

static int check_table(const struct plan *plan, const struct plan_table *table,
		       size_t record_size, const char *name, struct message *message)
{
	if (table->offset > plan->size || (record_size > 1 && table->offset % 8) ||
	    table->count > (plan->size - table->offset) / record_size)
		return fail(message, EINVAL,
			    "plan: %" PRIu64 " %s at %" PRIu64
			    " do not lie within its %" PRIu64 " bytes",
			    table->count, name, table->offset, plan->size);
	return 0;
}

static int check_tables(const struct plan *plan, struct message *message)
{
	int error = check_table(plan, &plan->segments, sizeof(struct plan_segment),
				"segments", message);

	if (!error)
		error = check_table(plan, &plan->imports, sizeof(struct plan_import),
				    "imports", message);
	if (!error)
		error = check_table(plan, &plan->standbys, sizeof(struct plan_standby),
				    "standby functions", message);
	if (!error)
		error = check_table(plan, &plan->providers, sizeof(struct plan_provider),
				    "providers", message);
	if (!error)
		error = check_table(plan, &plan->arguments, sizeof(uint32_t), "arguments",
				    message);
	if (!error)
		error = check_table(plan, &plan->lines, sizeof(struct plan_line), "lines",
				    message);
	if (!error)
		error = check_table(plan, &plan->ports, sizeof(struct plan_port), "ports",
				    message);
	if (!error)
		error = check_table(plan, &plan->peers, sizeof(uint32_t), "peers",
				    message);
	if (!error)
		error = check_table(plan, &plan->filter, sizeof(struct sock_filter),
				    "instructions of the filter", message);
	if (!error)
		error = check_table(plan, &plan->watched, sizeof(struct plan_watched),
				    "watched imports", message);
	if (!error)
		error = check_table(plan, &plan->places, sizeof(uint32_t), "places",
				    message);
	if (!error)
		error = check_table(plan, &plan->strings, 1, "string bytes", message);
	return error;
}

static bool is_string(const struct plan *plan, uint32_t string)
{
	return string < plan->strings.count;
}

/* The runner itself has neither path nor options; all other providers have both. */
static bool is_provider(const struct plan *plan, const struct plan_provider *provider)
{
	return provider->path == PLAN_NO_STRING ||
	       (is_string(plan, provider->path) && is_string(plan, provider->options));
}

static bool references_hold(const struct plan *plan)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_standby *standbys = plan_standbys(plan);
	const struct plan_provider *providers = plan_providers(plan);
	const uint32_t *arguments = plan_at(plan, &plan->arguments);

	for (uint64_t i = 0; i < plan->imports.count; i++)
		if (!is_string(plan, imports[i].name) ||
		    (imports[i].provider != PLAN_NO_PROVIDER &&
		     imports[i].provider >= plan->providers.count))
			return false;
	for (uint64_t i = 0; i < plan->standbys.count; i++)
		if (standbys[i].import >= plan->imports.count ||
		    standbys[i].provider >= plan->providers.count)
			return false;
	for (uint64_t i = 0; i < plan->providers.count; i++)
		if (!is_provider(plan, &providers[i]))
			return false;
	for (uint64_t i = 0; i < plan->arguments.count; i++)
		if (!is_string(plan, arguments[i]))
			return false;
	return plan->arguments.count && is_string(plan, plan->name);
}

/* The flags that a way to the function may have. */
static uint32_t flags_of(uint32_t mode)
{
	switch (mode) {
	case PLAN_GATED:
	case PLAN_GUEST_STACK:
		return PLAN_BLOCKING | PLAN_RETURNS_MXCSR;
	case PLAN_TRAP:
	case PLAN_TRAP_STACK:
		return PLAN_BLOCKING | PLAN_WIDE | PLAN_LEAF;
	}
	return 0; /* direct and inline */
}

/* Only these ways copy a known number of bytes of stack arguments. */
static bool is_carry(uint32_t carry, uint32_t stack_bytes)
{
	const uint32_t mode = carry & PLAN_CARRY_MASK;

	if (mode > PLAN_INLINE || carry & ~(PLAN_CARRY_MASK | flags_of(mode)))
		return false;
	if (mode != PLAN_GATED && mode != PLAN_TRAP)
		return !stack_bytes;
	return stack_bytes <= JUMPSLOT_MAX_STACK_BYTES &&
	       stack_bytes % sizeof(void *) == 0;
}

static int refuse_carry(const struct plan *plan, uint32_t name, uint32_t carry,
			uint32_t stack_bytes, struct message *message)
{
	return fail(message, EINVAL,
		    "plan: %s: carry 0x%" PRIx32 " with %" PRIu32 " stack bytes",
		    plan_string(plan, name), carry, stack_bytes);
}

static int check_carries(const struct plan *plan, struct message *message)
{
	const struct plan_import *imports = plan_imports(plan);
	const struct plan_standby *standbys = plan_standbys(plan);

	for (uint64_t i = 0; i < plan->imports.count; i++)
		if (!is_carry(imports[i].carry, imports[i].stack_bytes) ||
		    (imports[i].provider == PLAN_NO_PROVIDER && imports[i].carry))
			return refuse_carry(plan, imports[i].name, imports[i].carry,
					    imports[i].stack_bytes, message);
	for (uint64_t i = 0; i < plan->standbys.count; i++)
		if (!is_carry(standbys[i].carry, standbys[i].stack_bytes))
			return refuse_carry(plan, imports[standbys[i].import].name,
					    standbys[i].carry, standbys[i].stack_bytes,
					    message);
	if (plan->gdb > (uint64_t)INT32_MAX + 1)
		return fail(message, EINVAL, "plan: gdb by descriptor %" PRIu64,
			    plan->gdb - 1);
	if (!plan->host_stack_size || plan->host_stack_size % PAGE)
		return fail(message, EINVAL,
			    "plan: a host stack of %" PRIu64 " bytes: not whole pages",
			    plan->host_stack_size);
	return 0;
}

/* A vector occurs once, which also bounds the number of lines. */
static int check_lines(const struct plan *plan, struct message *message)
{
	const struct plan_line *lines = plan_lines(plan);
	uint32_t seen = 0;

	for (uint64_t i = 0; i < plan->lines.count; i++) {
		const bool is_control = lines[i].kind == PLAN_LINE_CONTROL &&
					!lines[i].vector && !(seen & 1);

		if (is_control && lines[i].descriptor <= INT32_MAX) {
			seen |= 1;
			continue;
		}
		if (!plan->vcpu_state)
			return fail(message, EINVAL,
				    "plan: lines for a guest without a vCPU state");
		if (lines[i].vector < PLAN_FIRST_LINE ||
		    lines[i].vector > PLAN_LAST_LINE || seen & 1u << lines[i].vector ||
		    lines[i].kind > PLAN_LINE_COUNT || lines[i].descriptor > INT32_MAX)
			return fail(message, EINVAL,
				    "plan: line %" PRIu32 " of kind %" PRIu32
				    " by descriptor %" PRIu32,
				    lines[i].vector, lines[i].kind, lines[i].descriptor);
		seen |= 1u << lines[i].vector;
	}
	return 0;
}

static bool is_port(const struct plan *plan, const struct plan_port *port)
{
	const struct channel_shape shape = {
		.kind = port->kind,
		.size = port->size,
		.depth = port->depth,
		.refresh_ns = port->refresh_ns,
	};
	const bool waits = port->kind == CHANNEL_QUEUING;

	return is_string(plan, port->name) && port->direction < CHANNEL_DIRECTIONS &&
	       channel_shape_is_valid(&shape) && port->memory <= INT32_MAX &&
	       (waits ? port->wake <= INT32_MAX : port->wake == PLAN_NO_WAKE) &&
	       port->first_peer <= plan->peers.count &&
	       port->peer_count <= plan->peers.count - port->first_peer;
}

static int check_ports(const struct plan *plan, struct message *message)
{
	const uint32_t *peers = plan_peers(plan);

	if (plan->ports.count > INT32_MAX)
		return fail(message, EINVAL, "plan: %" PRIu64 " ports",
			    plan->ports.count);
	for (uint64_t i = 0; i < plan->ports.count; i++)
		if (!is_port(plan, &plan_ports(plan)[i]))
			return fail(message, EINVAL,
				    "plan: port %" PRIu64 ": not a valid channel's end",
				    i);
	for (uint64_t i = 0; i < plan->peers.count; i++)
		if (peers[i] > INT32_MAX)
			return fail(message, EINVAL,
				    "plan: a peer by descriptor %" PRIu32, peers[i]);
	return 0;
}

static bool is_watched(const struct plan *plan, const struct plan_watched *watched)
{
	return watched->import < plan->imports.count &&
	       watched->stack_bytes <= JUMPSLOT_MAX_STACK_BYTES &&
	       watched->stack_bytes % sizeof(void *) == 0 &&
	       watched->pops <= watched->stack_bytes &&
	       watched->first_place <= plan->places.count &&
	       watched->place_count <= plan->places.count - watched->first_place;
}

static int check_watched(const struct plan *plan, struct message *message)
{
	const struct plan_watched *watched = plan_watched(plan);

	for (uint64_t i = 0; i < plan->watched.count; i++)
		if (!is_watched(plan, &watched[i]))
			return fail(message, EINVAL,
				    "plan: import %" PRIu32 " is watched with %" PRIu32
				    " stack bytes",
				    watched[i].import, watched[i].stack_bytes);
	return 0;
}

/* The kernel checks the program itself. */
static int check_filter(const struct plan *plan, struct message *message)
{
	const bool sandboxed = plan->options & PLAN_SANDBOX;

	if (sandboxed != (plan->filter.count > 0) || plan->filter.count > PLAN_MAX_FILTER)
		return fail(message, EINVAL,
			    "plan: a filter of %" PRIu64 " instructions, %s sandbox",
			    plan->filter.count, sandboxed ? "with a" : "without a");
	return 0;
}

int plan_read(const struct plan **plan, int fd, struct message *message)
{
	int error = map(plan, fd, message);

	if (!error)
		error = check_tables(*plan, message);
	if (error)
		return error;
	if (!(*plan)->strings.count ||
	    plan_string(*plan, 0)[(*plan)->strings.count - 1] != 0)
		return fail(message, EINVAL, "plan: its last string has no end");
	if (!references_hold(*plan))
		return fail(message, EINVAL, "plan: an index lies beyond its table");
	error = check_carries(*plan, message);
	if (!error)
		error = check_lines(*plan, message);
	if (!error)
		error = check_ports(*plan, message);
	if (!error)
		error = check_watched(*plan, message);
	return error ? error : check_filter(*plan, message);
}
