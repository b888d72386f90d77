/*
 * A display with a defect: each fourth picture makes it write to where there is no
 * memory. It keeps the number of the last state in the work area, which a warm restart
 * preserves, and so goes on with the next one.
 */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>
#include "line.h"
#include "messages.h"

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

static void draw(const struct state *state, const struct jumpslot_port_age *age)
{
	static volatile uint32_t *volatile screen; /* nobody has set it up */
	struct line line = { .length = 0 };

	line_text(&line, "picture ");
	line_number(&line, state->number);
	line_text(&line, ": valve ");
	line_number(&line, state->valve_percent);
	line_text(&line, age->is_valid ? " %" : " %, too old");
	line_print(&line);
	if (state->number % 4 == 0)
		*screen = state->number;
}

/* Draws the latest state, if the work area has not seen it yet. */
static void look(int port, volatile uint32_t *shown)
{
	struct jumpslot_port_age age;
	struct state state;

	if (jumpslot_port_read(port, &state, sizeof(state), &age) != sizeof(state) ||
	    state.number == *shown)
		return;
	*shown = state.number;
	draw(&state, &age);
}

JUMPSLOT_ENTRY(info)
{
	volatile uint32_t *shown = (uint32_t *)(uintptr_t)info->work_area_base;
	const int port = jumpslot_port_open("state", JUMPSLOT_PORT_DESTINATION);

	if (port < 0)
		return 1;
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(STATE_VECTOR);
	look(port, shown);
	while (*shown < READINGS) {
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
		look(port, shown);
	}
	return 0;
}
