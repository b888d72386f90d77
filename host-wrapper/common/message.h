/*
 * How the libraries of launcher and runner report an error: they return a negative
 * errno and leave one line for the user. Only main prints, and exits.
 */
#ifndef JUMPSLOT_MESSAGE_H
#define JUMPSLOT_MESSAGE_H

struct message {
	char text[1024];
};

/* Formats the line; returns -error, for `return fail(message, EINVAL, ...)`. */
int fail(struct message *message, int error, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

#endif
