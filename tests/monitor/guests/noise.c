/*
 * A neighbour that takes all it can get until END counts of the time-stamp counter. Its
 * first argument says how: spin, crash, restart, exit, write, call, fault, port.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define END 400000000u

static int is_over(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return high || low > END;
}

static void ignore_interrupt(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

/* Interrupts are pending and disabled all the time. */
static void spin(void)
{
	_CPU_Virtual_Set_handler(ignore_interrupt);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(0, 10000);
	while (!is_over())
		continue;
}

static void crash(void)
{
	__asm__ volatile("ud2");
}

static void restart(void)
{
	_BSP_Virtual_reset(0);
}

static void leave(void)
{
	_BSP_Virtual_Console_write("a line without an end", 21);
	_CPU_Virtual_exec_stop_error(3);
}

static void write_much(void)
{
	static char text[64 << 10];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 64 == 63 ? '\n' : '.';
	while (!is_over())
		_BSP_Virtual_Console_write(text, sizeof(text));
}

static void call(void)
{
	static char text[64 << 10];

	while (!is_over()) {
		_BSP_Virtual_Clock_read();
		_BSP_Virtual_Console_read();
		_BSP_Virtual_Clock_oneshot(0);
		jumpslot_argument(0, text, sizeof(text));
	}
}

static void skip(struct jumpslot_fault *fault)
{
	fault->pc += 2;
	fault->decision = JUMPSLOT_FAULT_RETRY;
}

static void fault(void)
{
	_BSP_Virtual_faulthandler(skip);
	while (!is_over())
		__asm__ volatile("ud2");
}

/* Messages of the largest size, and errors that the health monitor records. */
static void use_ports(void)
{
	static char message[JUMPSLOT_PORT_MESSAGE];
	const int out = jumpslot_port_open("out", JUMPSLOT_PORT_SOURCE);
	const int in = jumpslot_port_open("in", JUMPSLOT_PORT_DESTINATION);
	const int samples = jumpslot_port_open("samples", JUMPSLOT_PORT_SOURCE);

	while (!is_over()) {
		jumpslot_port_send(out, message, sizeof(message), 0);
		jumpslot_port_receive(in, message, sizeof(message), 0);
		jumpslot_port_write(samples, message, sizeof(message));
		jumpslot_port_write(in, message, sizeof(message));
	}
}

JUMPSLOT_ENTRY(info)
{
	static const struct {
		char letters[2];
		void (*act)(void);
	} acts[] = {
		{ "sp", spin },	 { "cr", crash },      { "re", restart },
		{ "ex", leave }, { "wr", write_much }, { "ca", call },
		{ "fa", fault }, { "po", use_ports },
	};
	char name[16] = "";

	(void)info;
	jumpslot_argument(1, name, sizeof(name));
	for (size_t i = 0; !is_over() && i < sizeof(acts) / sizeof(*acts); i++)
		if (acts[i].letters[0] == name[0] && acts[i].letters[1] == name[1])
			acts[i].act();
	return 0;
}
