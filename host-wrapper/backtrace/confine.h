/*
 * Confines this process before it reads a file that nobody has checked. Depends on the
 * kernel's headers alone.
 */
#ifndef JUMPSLOT_CONFINE_H
#define JUMPSLOT_CONFINE_H

#include <stdbool.h>

/*
 * From here on, the process gets memory that is not executable, reads descriptors that
 * are open and writes to standard output; all other system calls fail with EPERM, and
 * those of other ABIs end it. Limits memory and time. Returns whether all is in force.
 */
bool confine_self(void);

#endif
