/* printk() and getchark(): the console without termios, at any time. */
#include <bsp.h>
#include <rtems/bspIo.h>

#include <jumpslot/virt_bsp.h>

static void put(char byte)
{
	_BSP_Virtual_Console_write(&byte, 1);
}

static int get(void)
{
	return _BSP_Virtual_Console_read();
}

BSP_output_char_function_type BSP_output_char = put;
BSP_polling_getchar_function_type BSP_poll_char = get;
