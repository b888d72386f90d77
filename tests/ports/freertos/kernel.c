/* See kernel.h. */
#include "kernel.h"

static struct task tasks[TASKS];
static unsigned task_count;
static StackType_t stacks[TASKS][STACK_WORDS] __attribute__((__aligned__(16)));

struct task *volatile pxCurrentTCB;
volatile TickType_t tick_count, pended_ticks;
volatile unsigned switches, time_slicing, suspended;
struct task *volatile overflowed;
void (*before_sleep)(void), (*on_confirm)(void);
volatile unsigned sleeps;
static volatile int yield_missed;

static struct task *highest_ready(void)
{
	unsigned from = pxCurrentTCB ? (unsigned)(pxCurrentTCB - tasks) : 0;
	struct task *best = NULL;

	/* Equal tasks take turns: the search begins after the current one. */
	for (unsigned i = 1; i <= task_count; i++) {
		struct task *task = &tasks[(from + i) % task_count];

		if (!task->sleeps && (!best || task->priority > best->priority))
			best = task;
	}
	return best;
}

struct task *task_create(TaskFunction_t code, void *parameters, unsigned priority)
{
	struct task *task = &tasks[task_count];

	task->stack = stacks[task_count++];
	task->priority = priority;
	task->top = pxPortInitialiseStack(task->stack + STACK_WORDS - 1, task->stack,
					  code, parameters);
	return task;
}

void vTaskSwitchContext(void)
{
	switches++;
	if (_CPU_Virtual_Interrupts_get_level() != 1)
		assertion(__LINE__);
	if (pxCurrentTCB->top <= pxCurrentTCB->stack)
		overflowed = pxCurrentTCB;
	if (suspended)
		yield_missed = 1;
	else
		pxCurrentTCB = highest_ready();
}

static BaseType_t wake_due(void)
{
	BaseType_t is_switch = pdFALSE;

	for (unsigned i = 0; i < task_count; i++)
		if (tasks[i].sleeps && tasks[i].wakes == tick_count) {
			tasks[i].sleeps = 0;
			is_switch |= tasks[i].priority > pxCurrentTCB->priority;
		}
	return is_switch;
}

BaseType_t xTaskIncrementTick(void)
{
	if (suspended) {
		pended_ticks++;
		return pdFALSE;
	}
	tick_count++;
	return wake_due() | (time_slicing != 0);
}

static TickType_t next_wake(void)
{
	TickType_t next = portMAX_DELAY;

	for (unsigned i = 0; i < task_count; i++)
		if (tasks[i].sleeps && tasks[i].wakes - tick_count < next)
			next = tasks[i].wakes - tick_count;
	return next;
}

/* The last tick of a sleep is counted when the scheduler resumes, as it wakes a task. */
void vTaskStepTick(TickType_t ticks)
{
	if (!suspended || !ticks || ticks > next_wake())
		assertion(__LINE__);
	sleeps++;
	portENTER_CRITICAL();
	tick_count += ticks - 1;
	pended_ticks++;
	portEXIT_CRITICAL();
}

eSleepModeStatus eTaskConfirmSleepModeStatus(void)
{
	if (_CPU_Virtual_Interrupts_get_level() != 1)
		assertion(__LINE__);
	if (on_confirm)
		on_confirm();
	return pended_ticks || yield_missed ? eAbortSleep : eStandardSleep;
}

void vTaskSuspendAll(void)
{
	suspended++;
}

BaseType_t xTaskResumeAll(void)
{
	BaseType_t is_switch = pdFALSE;

	portENTER_CRITICAL();
	if (--suspended == 0) {
		for (; pended_ticks; pended_ticks--)
			is_switch |= xTaskIncrementTick();
		is_switch |= yield_missed;
		yield_missed = 0;
		if (is_switch)
			portYIELD();
	}
	portEXIT_CRITICAL();
	return is_switch;
}

void task_delay(TickType_t ticks)
{
	portENTER_CRITICAL();
	pxCurrentTCB->wakes = tick_count + ticks;
	pxCurrentTCB->sleeps = 1;
	portYIELD();
	portEXIT_CRITICAL();
}

BaseType_t task_wake_from_isr(struct task *task)
{
	BaseType_t is_switch = task->sleeps && task->priority > pxCurrentTCB->priority;

	task->sleeps = 0;
	if (is_switch && suspended)
		yield_missed = 1;
	return is_switch;
}

static void idle(void *unused)
{
	(void)unused;
	for (;;) {
		vTaskSuspendAll();
		if (before_sleep)
			before_sleep();
		if (next_wake() >= 2)
			portSUPPRESS_TICKS_AND_SLEEP(next_wake());
		(void)xTaskResumeAll();
	}
}

void kernel_run(void)
{
	task_create(idle, NULL, 0);
	pxCurrentTCB = &tasks[task_count - 1];
	pxCurrentTCB = highest_ready();
	portDISABLE_INTERRUPTS();
	xPortStartScheduler();
}
