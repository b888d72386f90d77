/*
 * RTEMS's header of the same name, with larger stacks: an interrupt writes all registers
 * onto the stack that it interrupts, up to 3.1 KB. Comes before RTEMS's own in the
 * include path.
 */
#include_next <rtems/score/cpu.h>

#undef CPU_STACK_MINIMUM_SIZE
#define CPU_STACK_MINIMUM_SIZE 16384
