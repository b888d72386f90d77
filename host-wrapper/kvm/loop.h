/* The loop: runs guest code, and serves each way out of the virtual machine. */
#ifndef JUMPSLOT_LOOP_H
#define JUMPSLOT_LOOP_H

/* Runs guest code until its entry returns, or until the callback that the innermost host
 * function made returns. Returns the entry's result, or 0. */
int loop_run(void);

#endif
