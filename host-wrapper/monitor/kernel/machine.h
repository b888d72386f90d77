/*
 * The processor and the interrupt controllers of a PC. Depends on port_io.h and layout.h.
 */
#ifndef JUMPSLOT_MONITOR_MACHINE_H
#define JUMPSLOT_MONITOR_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Lines of the interrupt controllers. */
enum { LINE_TIMER = 0, LINE_CONSOLE = 4 };

/*
 * Loads descriptor tables, protects the kernel from itself and from guests as far as the
 * processor can, and opens the two lines. Returns NULL, or what the processor lacks.
 */
const char *machine_start(void);

/*
 * For the guest that goes on: where its traps push registers, below this address; and the
 * width of its code. It has no selector of the other width. So it never leaves the kernel
 * an instruction pointer that its code segment does not allow: IRETQ would fault.
 */
void machine_set_guest(void *trap_stack_end, bool is_64_bit);

/* Acknowledges a line. */
void machine_line_done(unsigned line);

/* Waits for a line's interrupt. */
static inline void machine_wait(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Lets lines interrupt here, if any does now. */
static inline void machine_look(void)
{
	__asm__ volatile("sti; nop; cli" : : : "memory");
}

/* Ends: by QEMU's device if there is one, then by waiting forever. */
void machine_end(bool has_exit_device) __attribute__((__noreturn__));

static inline uint64_t machine_fault_address(void)
{
	uint64_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	return address;
}

static inline void machine_use_tables(uint64_t root)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

#endif
