/* See local_apic.h. Registers: Intel SDM, volume 3, 10.4 and 10.6. */
#include "local_apic.h"

#define BASE 0xfee00000u /* after a reset; memory is not paged here */

enum { END_OF_INTERRUPT = 0xb0, SPURIOUS = 0xf0, COMMAND = 0x300, LINT0 = 0x350 };

/* Enables the APIC. Spurious interrupts get vector 0x2f, that of line 15, which is not in
 * use; the low four bits must be set. */
#define SPURIOUS_ENABLED 0x12fu
#define LINT0_EXTERNAL	 0x700u /* from the 8259s */
#define COMMAND_SELF	 0x40000u
#define COMMAND_PENDING	 0x1000u

static volatile uint32_t *at(uint32_t place)
{
	return (volatile uint32_t *)(uintptr_t)(BASE + place);
}

void local_apic_init(void)
{
	*at(SPURIOUS) = SPURIOUS_ENABLED;
	*at(LINT0) = LINT0_EXTERNAL;
}

void local_apic_raise(uint32_t vector)
{
	*at(COMMAND) = COMMAND_SELF | vector;
	while (*at(COMMAND) & COMMAND_PENDING)
		;
}

void local_apic_end(void)
{
	*at(END_OF_INTERRUPT) = 0;
}
