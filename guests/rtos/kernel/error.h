/*
 * The errors that kernel functions return. The kernel has its own numbers because
 * <errno.h> belongs to the C library of the application, and its numbers differ between
 * libraries. Depends on nothing.
 */
#ifndef RTOS_ERROR_H
#define RTOS_ERROR_H

enum {
	E_TIMEOUT = -1,	 /* the time is over */
	E_DEADLOCK = -2, /* the owner waits for the caller, directly or through others */
	E_OWNER = -3,	 /* the caller is not the owner */
};

#endif
