/* The name of the system, which newlib leaves to the system. Depends on nothing. */
#ifndef JUMPSLOT_NEWLIB_UTSNAME_H
#define JUMPSLOT_NEWLIB_UTSNAME_H

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
	char sysname[32], nodename[32], release[32], version[32], machine[32];
};

int uname(struct utsname *name);

#ifdef __cplusplus
}
#endif
#endif
