/*
 * A guest with keys of its own, each of which does something at once; others it shows.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_cpu.h>
#include "../../interrupts/guests/lines_print.h"

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

static void obey(int key)
{
	const char shown = (char)key;

	switch (key) {
	case 'q':
		_CPU_Virtual_exec_stop_error(7);
		break;
	case 'f':
		__builtin_trap();
		break;
	case 'r':
		_BSP_Virtual_reset(1);
		break;
	case 'n':
		print("one\ntwo\n");
		break;
	default:
		_BSP_Virtual_Console_write(&shown, 1);
	}
}

JUMPSLOT_ENTRY(info)
{
	int key;

	(void)info;
	if (_CPU_Virtual_Set_handler(on_interrupt) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CONSOLE) ||
	    _BSP_Virtual_Console_init())
		return 1;
	print("ready\n");
	for (;;) {
		while ((key = _BSP_Virtual_Console_read()) >= 0)
			obey(key);
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	}
}
