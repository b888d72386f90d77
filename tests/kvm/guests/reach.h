/* The addresses that the reach guest tries: its host lists them, and prints the results.
 */
#ifndef REACH_H
#define REACH_H

#include <jumpslot/external_func.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the next address to try, or 1: there is no more. `resolver` is an address in
 * the code that the host put inside. */
EXTERNAL_FUNC(uint64_t, reach_next, uint64_t)

/* The last address could be read, written, executed: 1, 2, 4. */
EXTERNAL_FUNC(void, reach_found, uint32_t)

#endif
