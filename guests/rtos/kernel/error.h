/*
 * The errors that the kernel's functions return. Of its own, as the <errno.h> of whatever
 * C library an application uses gives other numbers. Depends on nothing.
 */
#ifndef RTOS_ERROR_H
#define RTOS_ERROR_H

enum {
	E_TIMEOUT = -1,	 /* the time is over */
	E_DEADLOCK = -2, /* the owner waits, perhaps through others, for the caller */
	E_OWNER = -3,	 /* the caller does not own it */
};

#endif
