/* The socket at which gdb connects to a guest in a virtual machine. */
#ifndef JUMPSLOT_GDB_SOCKET_H
#define JUMPSLOT_GDB_SOCKET_H

#include "common/message.h"

/*
 * Makes a socket that only this user can open, prints how gdb connects to it, and waits
 * for one connection; `guest` is for that line. The socket's file is gone afterwards.
 * Returns the connection, for the runner to inherit, or a negative errno.
 */
int gdb_socket_accept(const char *path, const char *guest, struct message *message);

#endif
