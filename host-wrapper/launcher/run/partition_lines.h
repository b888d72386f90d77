/*
 * Output of several partitions in whole lines, each after the name of its partition, as
 * the monitor prints them. A slow reader holds up the partitions and never this process.
 * Knows nothing of processes.
 */
#ifndef JUMPSLOT_PARTITION_LINES_H
#define JUMPSLOT_PARTITION_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/model.h"

#define PARTITION_LINES_MAX 200 /* bytes of a line, with its newline */

struct partition_lines {
	int fd;			  /* where they go, */
	int to;			  /* and a description of it that never blocks */
	const char *const *names; /* NULL: bytes pass as they are */
	char *queue;		  /* NULL: empty */
	size_t start, end, room;
	bool is_closed; /* there is no reader any more */
	size_t open; /* 1 + the partition whose incomplete line was shown last; 0: none */
	struct {
		char bytes[PARTITION_LINES_MAX];
		size_t count;
	} buffers[MODEL_MAX_PARTITIONS];
};

void partition_lines_open(struct partition_lines *lines, int fd,
			  const char *const *names);
void partition_lines_close(struct partition_lines *lines);

/* Adds output of a partition. A line that is too long goes on as another line. */
void partition_lines_put(struct partition_lines *lines, size_t partition,
			 const char *bytes, size_t count);

/* Whether a partition has an incomplete line; and shows it, as a prompt. */
bool partition_lines_has_rest(const struct partition_lines *lines, size_t partition);
void partition_lines_show(struct partition_lines *lines, size_t partition);

/* Completes the line of a partition that has ended. */
void partition_lines_end(struct partition_lines *lines, size_t partition);

/* Adds whole lines that belong to no partition. */
void partition_lines_add(struct partition_lines *lines, const char *text, size_t size);

/* Whether bytes wait to be written; and whether so many that nothing is to be added. */
bool partition_lines_wait(const struct partition_lines *lines);
bool partition_lines_are_full(const struct partition_lines *lines);

/* Writes what the descriptor takes now. Drops the rest if it takes none anymore. */
void partition_lines_write(struct partition_lines *lines);
void partition_lines_drop(struct partition_lines *lines);

#endif
