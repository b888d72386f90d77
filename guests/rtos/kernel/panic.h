/*
 * The end of the kernel, wanted or not. The lowest layer: any other part may call it, so
 * it depends on no other part. Depends only on the compiler.
 */
#ifndef RTOS_PANIC_H
#define RTOS_PANIC_H

/* Stops the machine with that status, 0 to 127. From a handler: yes. */
__attribute__((__noreturn__)) void kernel_stop(int status);

/*
 * Prints "kernel: " and a line, and stops with status 70. For errors after which the
 * kernel cannot continue. format.h lists the conversions. From a handler: yes.
 */
__attribute__((__noreturn__, __format__(__printf__, 1, 2))) void
kernel_panic(const char *format, ...);

#endif
