/*
 * Output of several partitions in whole lines, each after the name of its partition, as
 * the monitor prints them. A slow reader holds up the partitions and never this process.
 * Knows nothing of processes.
 */
#ifndef JUMPSLOT_PARTITION_LINES_H
#define JUMPSLOT_PARTITION_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* A stream of one partition. */
struct partition_source {
	const char *name; /* begins each of its lines; NULL: none */
	size_t max;  /* bytes of a line, with its newline; 0: bytes pass as they are */
	char *bytes; /* its incomplete line; NULL: there was none yet */
	size_t count, room;
};

struct partition_lines {
	int fd;	     /* where they go, */
	int to;	     /* and a description of it that never blocks */
	char *queue; /* NULL: empty */
	size_t start, end, room;
	bool is_closed; /* there is no reader any more */
	int error;	/* bytes are lost by it; ETIMEDOUT: by its reader */
	const struct partition_source *open; /* whose incomplete line was shown last */
};

void partition_lines_open(struct partition_lines *lines, int fd);
void partition_lines_close(struct partition_lines *lines);

/* Adds output of a partition. A line that is too long goes on as another line. */
void partition_lines_put(struct partition_lines *lines, struct partition_source *source,
			 const char *bytes, size_t count);

/* Shows an incomplete line, as a prompt. */
void partition_lines_show(struct partition_lines *lines, struct partition_source *source);

/* Completes the line of a source that has ended. */
void partition_lines_end(struct partition_lines *lines, struct partition_source *source);

/* Drops it instead. */
void partition_source_free(struct partition_source *source);

/* Adds whole lines that belong to no partition. */
void partition_lines_add(struct partition_lines *lines, const char *text, size_t size);

/* Whether bytes wait to be written; and whether so many that nothing is to be added. */
bool partition_lines_wait(const struct partition_lines *lines);
bool partition_lines_are_full(const struct partition_lines *lines);

/* Writes what the descriptor takes now. Drops the rest if it takes none anymore. */
void partition_lines_write(struct partition_lines *lines);

/* Drops what waits: its reader took too long. */
void partition_lines_give_up(struct partition_lines *lines);

#endif
