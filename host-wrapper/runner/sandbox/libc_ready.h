/*
 * Lets libc do in advance what it would do at a first use, after the filter is in force.
 */
#ifndef JUMPSLOT_LIBC_READY_H
#define JUMPSLOT_LIBC_READY_H

/*
 * Gives stdin and stdout their buffers, and reads the time zone: stdio and localtime()
 * then make no other system calls than reads and writes. Once, after the providers are
 * loaded.
 */
void libc_ready(void);

#endif
