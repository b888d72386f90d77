/*
 * A launch: everything between the command line and the end of a guest. These files and
 * main are the only ones of the launcher that print errors and decide the exit status.
 * They compose what the other rooms provide.
 */
#ifndef JUMPSLOT_LAUNCH_H
#define JUMPSLOT_LAUNCH_H

#include <stdbool.h>
#include <stdio.h>

#include "launcher/link/linked_guest.h"
#include "launcher/link/needs.h"
#include "launcher/link/watched_calls.h"
#include "launcher/model/model_file.h"
#include "launcher/options/options.h"
#include "launcher/run/control.h"
#include "launcher/run/exit_report.h"
#include "launcher/run/irq_lines.h"
#include "launcher/run/partition_group.h"
#include "launcher/run/port_files.h"
#include "launcher/run/runner_path.h"
#include "launcher/trace/stats.h"

struct launch {
	struct options options;
	struct irq_lines lines;
	struct linked_guest guest;
	struct needs needs; /* none with --sandbox=off */
	struct watched_calls watch;
	struct control control;
	struct stats stats; /* at the end, with --stats or --unused */
	struct runner_path runner;
	struct runner_path backtrace;
	struct runner_path kernel; /* of the monitor */
	const char *name;	   /* of the partition; NULL: there is no model */
	char *place;		   /* of its guest in the model */
	char *path;		   /* of its guest */
	char *libraries[LINKED_GUEST_MAX_PROVIDERS]; /* paths */
	const struct model *model;		     /* NULL: none */
	const struct model_partition *partition;
	unsigned number;		     /* of the partition */
	const struct port_files *ports;	     /* of its channels; NULL: none */
	const struct partition_child *child; /* of a partition's process; NULL: none */
	uint64_t start; /* of the model, for times in traces; 0: the guest's own */
	FILE *shown;	/* gets its virtual CPU; NULL: standard error does */
	bool is_halted_in_time; /* its time-out is the end of the model's run */
	FILE *json;		/* gets its report in JSON; NULL: standard error does */
	char *report;		/* the line that was written there */
	size_t report_size;
	const char *standing;	/* for the report of the model; NULL: not started */
	int gdb;		/* descriptor of its connection; 0: none */
	bool built_ins_unknown; /* no runner: a list may be incomplete */
};

/* The parts of a launch that a report in JSON is made of. */
struct exit_report_run launch_json_run(const struct launch *launch);

/* Where its report in JSON goes. */
FILE *launch_json_stream(const struct launch *launch);

/* Says why the guest does not start: as JSON, if that report was asked for. Returns
 * `status`. */
int launch_complain(const struct launch *launch, int status, const char *object,
		    const struct message *message);

/* Returns 0 if everything that was printed arrived, or an exit status. */
int launch_finish_output(const struct launch *launch);

/* Scans the guest and its providers, and links them. Returns 0 or an exit status. */
int launch_link(struct launch *launch);

/* Prints the report that was asked for, or that problems ask for. Returns 0 or an exit
 * status. */
int launch_report(const struct launch *launch);

/* Runs the guest, or prints about it. Return an exit status. */
int launch_guest(struct launch *launch);
int launch_in_monitor(struct launch *launch);
int launch_model(const struct launch *launch);

/* The partitions of a model, linked and reported. */
struct launches {
	struct launch *all;
	size_t count;
	const struct model *model; /* NULL: one guest without a model */
};

/* Runs them in processes or virtual machines. Returns an exit status. */
int launch_in_processes(const struct launches *launches);

/* Refuses patterns of --trace and of rules that match nothing. Returns 0 or an exit
 * status. */
int launch_check_patterns(const struct launches *launches);

/* The steps of launch_guest() after the reports: what the guest may do and what is done
 * about its calls; then its run, or a print of the first. Return 0 or an exit status. */
int launch_prepare(struct launch *launch);
int launch_start(struct launch *launch);
int launch_print_sandbox(const struct launch *launch);

#endif
