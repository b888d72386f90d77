/* From the guest's page to a line. See vcpu_report.h. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sys/uio.h>

#include "vcpu_report.h"

bool vcpu_report_read(pid_t runner, const struct outcome *outcome,
		      struct jumpslot_vcpu_state *state)
{
	/* Read once: the runner may change it. */
	const uint64_t address = *(const volatile uint64_t *)&outcome->vcpu_address;
	const struct iovec here = { state, sizeof(*state) };
	const struct iovec there = { (void *)(uintptr_t)address, sizeof(*state) };

	return address &&
	       process_vm_readv(runner, &here, 1, &there, 1, 0) == sizeof(*state);
}

static void print_vectors(const char *what, uint64_t vectors, FILE *out)
{
	const char *separator = "";

	fprintf(out, ", %s {", what);
	for (unsigned i = 0; i < JUMPSLOT_VECTORS; i++) {
		if (!(vectors >> i & 1))
			continue;
		fprintf(out, "%s%u", separator, i);
		separator = " ";
	}
	fputc('}', out);
}

void vcpu_report_print(const struct jumpslot_vcpu_state *state, FILE *out)
{
	if (!state->version || state->masked == UINT64_MAX)
		return;
	fprintf(out, "  virtual CPU: level %" PRIu32 ", nesting %" PRIu32, state->level,
		state->nesting);
	print_vectors("open", ~state->masked, out);
	print_vectors("pending", state->pending, out);
	print_vectors("in service", state->in_service, out);
	fprintf(out, ", missed %" PRIu32 ", coalesced %" PRIu32 "\n", state->missed,
		state->coalesced);
}
