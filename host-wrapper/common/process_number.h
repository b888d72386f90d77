/* The number of this process outside its PID namespace. */
#ifndef JUMPSLOT_PROCESS_NUMBER_H
#define JUMPSLOT_PROCESS_NUMBER_H

#include <stdint.h>

/* The number by which the processes know this one that mounted /proc, such as a debugger
 * outside a PID namespace. */
intmax_t process_number(void);

#endif
