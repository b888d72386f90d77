/*
 * Partitions as processes: a child of this process for each of them, which supervises its
 * runner. This process passes their output on in whole lines, signals to them, and waits
 * for all. If it is killed, the kernel kills the children, and with them their runners.
 * Knows nothing of guests.
 */
#ifndef JUMPSLOT_PARTITION_GROUP_H
#define JUMPSLOT_PARTITION_GROUP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "common/model.h"
#include "partition_pipes.h"

#define PARTITION_GROUP_NO_CONSOLE SIZE_MAX

/* A child's own, beside its standard streams. */
struct partition_child {
	int errors; /* descriptors: the partition's stream of errors, */
	int trace;  /* lines about it, which go there, too, */
	int events; /* and lines for the file */
	const sigset_t
		*mask; /* for its runner: signals that the child serves are blocked */
};

/* A file that gets lines of all children. */
struct partition_file {
	int fd;		  /* -1: none */
	const char *head; /* texts before and after the lines */
	const char *tail;
	int error; /* set to the errno of a write that failed */
};

struct partition_group {
	size_t count;
	const char *names[MODEL_MAX_PARTITIONS];
	size_t console;	     /* the partition that reads standard input */
	uint64_t timeout_ns; /* after which nothing waits for readers; 0: none */
	char *note;	     /* a line to print first; NULL: none */
	/*
	 * Runs in each child; returns its exit status. Standard input and output are the
	 * partition's. Standard error takes a report, which is printed when the child has
	 * ended. Signals that were sent before the child serves them are pending.
	 */
	int (*run)(void *context, size_t partition, const struct partition_child *child);
	void *context;
	struct partition_report *reports; /* take the reports; NULL: print them */
	struct partition_file *file;	  /* NULL: none */
};

/* Starts the children in order, and waits until all have ended. Returns the first exit
 * status that is not 0, in the order of the partitions; or a negative errno. If it takes
 * the reports, what the caller prints of them is the last report (last_report.h). */
int partition_group_run(const struct partition_group *group, struct message *message);

#endif
