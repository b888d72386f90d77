/*
 * Writes a byte as soon as it runs, and ends, or with WAIT waits to be killed: a guest
 * (GUEST), or an ordinary program. IMAGE is a file of bytes that make the image larger.
 */
#ifdef IMAGE
extern const char image[];
__asm__(".section .rodata.image, \"a\"\nimage: .incbin \"" IMAGE "\"\n.previous\n");
#define USE_IMAGE __asm__ volatile("" : : "r"(image))
#else
#define USE_IMAGE
#endif

#ifdef GUEST
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#ifdef WAIT
#include <jumpslot/virt_cpu.h>
#define WAIT_FOREVER _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER)
#endif

JUMPSLOT_ENTRY(info)
{
	(void)info;
	USE_IMAGE;
	_BSP_Virtual_Console_write("r", 1);
#ifdef WAIT
	for (;;)
		WAIT_FOREVER;
#endif
	return 0;
}
#else
#include <unistd.h>

int main(void)
{
	USE_IMAGE;
	if (write(1, "r", 1) != 1)
		return 1;
#ifdef WAIT
	pause();
#endif
	return 0;
}
#endif
