/*
 * Asks ports_answers.c when 20 interrupts have come in the middle of a wait: for an
 * answer, and then for room in a queue. The interrupt handler asks.
 */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>

#include "ports_check.h"

#define TICKS 20

static int questions, answers, room;
static volatile unsigned ticks;

static void handler(int vector, void *frame)
{
	unsigned answer;

	(void)frame;
	if (++ticks < TICKS)
		CHECK(jumpslot_port_receive(answers, &answer, sizeof(answer), 0) ==
		      -PORTS_EAGAIN);
	if (ticks == TICKS)
		CHECK(jumpslot_port_send(questions, "?", 1, 0) == 0);
	_CPU_Virtual_Irq_ack(vector);
}

/* A host refuses periods that leave the guest too little time. */
static void start_clock(void)
{
	uint64_t period = 1000000;

	CHECK(_BSP_Virtual_Clock_init() == 0);
	while (_BSP_Virtual_Clock_periodic(0, period))
		CHECK((period *= 2) < 1000000000);
}

JUMPSLOT_ENTRY(info)
{
	unsigned answer;

	(void)info;
	questions = jumpslot_port_open("questions", JUMPSLOT_PORT_SOURCE);
	answers = jumpslot_port_open("answers", JUMPSLOT_PORT_DESTINATION);
	room = jumpslot_port_open("room", JUMPSLOT_PORT_SOURCE);
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	CHECK(_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) == 0);
	start_clock();
	_CPU_Virtual_Interrupts_open();
	CHECK(jumpslot_port_receive(answers, &answer, sizeof(answer),
				    JUMPSLOT_PORT_FOREVER) == sizeof(answer));
	CHECK(answer == 1 && ticks >= TICKS);
	ticks = 0;
	CHECK(jumpslot_port_send(room, "a", 1, 0) == 0);
	CHECK(jumpslot_port_send(room, "b", 1, JUMPSLOT_PORT_FOREVER) == 0);
	CHECK(ticks >= TICKS);
	CHECK(jumpslot_port_receive(answers, &answer, sizeof(answer),
				    JUMPSLOT_PORT_FOREVER) == sizeof(answer));
	CHECK(answer == 2);
	ports_print("asked\n");
	return 0;
}
