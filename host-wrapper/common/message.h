/*
 * Errors in launcher and runner: a function returns a negative errno and fills in one
 * line for the user. Only main prints it and exits.
 */
#ifndef JUMPSLOT_MESSAGE_H
#define JUMPSLOT_MESSAGE_H

struct message {
	char text[1024];
};

/*
 * Formats the line. A line that is too long, as with a long path, keeps its beginning and
 * its end, where the reason is. Returns -error, for `return fail(message, EINVAL, ...)`.
 */
int fail(struct message *message, int error, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/* Prints the line on standard error: "host-wrapper: OBJECT: text", escaped as in
 * printable.h. `object` may be NULL. */
void message_print(const char *object, const struct message *message);

#endif
