/*
 * Prints the sandbox of a guest (--print-sandbox): its layers, and each rule with the
 * functions that ask for it.
 */
#ifndef JUMPSLOT_SANDBOX_REPORT_H
#define JUMPSLOT_SANDBOX_REPORT_H

#include <stdio.h>

#include "guest_processes.h"
#include "launcher/link/needs.h"
#include "launcher/options/options.h"

/* `processes`: NULL if the guest is not supervised. */
void sandbox_report(const struct linked_guest *guest, const struct needs *needs,
		    const struct options *options,
		    const struct guest_processes *processes, FILE *out);

#endif
