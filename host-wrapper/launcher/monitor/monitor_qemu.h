/* QEMU as a child process, with the command line for a boot image. Depends on
 * monitor_machine.h. */
#ifndef JUMPSLOT_MONITOR_QEMU_H
#define JUMPSLOT_MONITOR_QEMU_H

#include <signal.h>
#include <sys/types.h>

#include "monitor_machine.h"

/* Descriptors that QEMU inherits, all closed on exec otherwise. */
struct monitor_descriptors {
	int image;  /* the boot image's file */
	int errors; /* where it writes the guests' stream of errors */
	int log;    /* and the kernel's log */
};

/*
 * Starts QEMU with the signal mask `mask`. It ends if this process does. Returns its
 * process number or a negative errno.
 */
pid_t monitor_qemu_start(const struct monitor_machine *machine,
			 const struct monitor_descriptors *descriptors,
			 const sigset_t *mask, struct message *message);

#endif
