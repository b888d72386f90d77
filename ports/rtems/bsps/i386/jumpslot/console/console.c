/*
 * The console as a termios device. Input comes by vector 1. Output is written at once:
 * the host takes all of it, so a vector of the guest's own tells termios afterwards.
 * BSP_CONSOLE_POLLED selects a device without interrupts.
 */
#include <bsp.h>
#include <bsp/console-termios.h>
#include <bsp/irq.h>

#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define INPUT_BYTES 64

struct console {
	rtems_termios_device_context base;
	struct rtems_termios_tty *tty;
	size_t written; /* and not yet told termios */
	rtems_interrupt_entry input, output;
};

static struct console console = {
	.base = RTEMS_TERMIOS_DEVICE_CONTEXT_INITIALIZER("jumpslot"),
};

static bool set_attributes(rtems_termios_device_context *base, const struct termios *term)
{
	(void)base;
	(void)term;
	return true;
}

#ifdef BSP_CONSOLE_POLLED
static bool first_open(struct rtems_termios_tty *tty, rtems_termios_device_context *base,
		       struct termios *term, rtems_libio_open_close_args_t *args)
{
	(void)base;
	(void)term;
	(void)args;
	rtems_termios_set_initial_baud(tty, 115200);
	return true;
}

static int poll_read(rtems_termios_device_context *base)
{
	(void)base;
	return _BSP_Virtual_Console_read();
}

static void write_out(rtems_termios_device_context *base, const char *bytes, size_t count)
{
	(void)base;
	_BSP_Virtual_Console_write(bytes, count);
}

static const rtems_termios_device_handler handler = {
	.first_open = first_open,
	.poll_read = poll_read,
	.write = write_out,
	.set_attributes = set_attributes,
	.mode = TERMIOS_POLLED,
};
#else
/* Reads until there is no more: only then vector 1 comes again. */
static void take_input(void *argument)
{
	struct console *self = argument;
	char bytes[INPUT_BYTES];
	size_t count = 0;
	int byte;

	while ((byte = _BSP_Virtual_Console_read()) >= 0) {
		bytes[count++] = (char)byte;
		if (count == sizeof(bytes)) {
			rtems_termios_enqueue_raw_characters(self->tty, bytes,
							     (int)count);
			count = 0;
		}
	}
	if (count)
		rtems_termios_enqueue_raw_characters(self->tty, bytes, (int)count);
}

static void tell_output(void *argument)
{
	struct console *self = argument;
	size_t written = self->written;

	self->written = 0;
	rtems_termios_dequeue_characters(self->tty, (int)written);
}

/* Termios asks for the next bytes when it was told of the last ones. */
static void write_out(rtems_termios_device_context *base, const char *bytes, size_t count)
{
	struct console *self = (struct console *)base;

	if (!count)
		return;
	_BSP_Virtual_Console_write(bytes, count);
	self->written = count;
	(void)rtems_interrupt_raise(BSP_IRQ_TRANSMIT);
}

static bool first_open(struct rtems_termios_tty *tty, rtems_termios_device_context *base,
		       struct termios *term, rtems_libio_open_close_args_t *args)
{
	struct console *self = (struct console *)base;

	(void)term;
	(void)args;
	self->tty = tty;
	rtems_termios_set_initial_baud(tty, 115200);
	rtems_interrupt_entry_initialize(&self->input, take_input, self, "console");
	rtems_interrupt_entry_initialize(&self->output, tell_output, self, "console");
	if (rtems_interrupt_entry_install(BSP_IRQ_CONSOLE, RTEMS_INTERRUPT_UNIQUE,
					  &self->input) ||
	    rtems_interrupt_entry_install(BSP_IRQ_TRANSMIT, RTEMS_INTERRUPT_UNIQUE,
					  &self->output))
		return false;
	return !_BSP_Virtual_Console_init();
}

static void last_close(struct rtems_termios_tty *tty, rtems_termios_device_context *base,
		       rtems_libio_open_close_args_t *args)
{
	struct console *self = (struct console *)base;

	(void)tty;
	(void)args;
	(void)rtems_interrupt_entry_remove(BSP_IRQ_CONSOLE, &self->input);
	(void)rtems_interrupt_entry_remove(BSP_IRQ_TRANSMIT, &self->output);
}

static const rtems_termios_device_handler handler = {
	.first_open = first_open,
	.last_close = last_close,
	.write = write_out,
	.set_attributes = set_attributes,
	.mode = TERMIOS_IRQ_DRIVEN,
};
#endif

const console_device console_device_table[] = {
	{ "/dev/ttyS0", console_device_probe_default, &handler, NULL, &console.base },
};

const size_t console_device_count = RTEMS_ARRAY_SIZE(console_device_table);
