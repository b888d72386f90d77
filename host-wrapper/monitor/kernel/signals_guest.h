/* Numbers of signals, by which launcher and users know faults. Depends on nothing. */
#ifndef JUMPSLOT_MONITOR_SIGNALS_GUEST_H
#define JUMPSLOT_MONITOR_SIGNALS_GUEST_H

/* As on Linux: signals, and the codes of siginfo_t. */
enum {
	GUEST_SIGILL = 4,
	GUEST_SIGTRAP = 5,
	GUEST_SIGBUS = 7,
	GUEST_SIGFPE = 8,
	GUEST_SIGSEGV = 11,
};

enum {
	CODE_KERNEL = 0x80,  /* no address is known */
	CODE_FIRST = 1,	     /* any other code of SIGILL, SIGTRAP, SIGBUS, SIGFPE */
	CODE_NOT_MAPPED = 1, /* of SIGSEGV */
	CODE_NOT_ALLOWED = 2,
};

#endif
