/*
 * FreeRTOS as a guest of jumpslot, on x86-64 and i386: critical sections, interrupts,
 * switches, ticks and sleep. README.md says how to add it to a FreeRTOS tree.
 *
 * The host saves all registers of an interrupted task on that task's stack, so a handler
 * switches tasks like any other function. Depends on FreeRTOS's public headers,
 * virt_cpu.h, virt_bsp.h and switch_<arch>.S.
 */
#include "FreeRTOS.h"
#include "task.h"

/* Nanoseconds per tick. */
#define PERIOD (UINT64_C(1000000000) / configTICK_RATE_HZ)

/* More ticks than this are not slept at once, so that no time overflows: 31 years. */
#define MAX_SLEEP (UINT64_C(1000000000000000000) / PERIOD)

/* The count before the scheduler runs: no end of a critical section enables interrupts.
 */
#define NOT_STARTED 0x10000

/* Initial floating-point control: all exceptions masked, round to nearest. */
#define INITIAL_MXCSR	    0x1f80
#define INITIAL_X87_CONTROL 0x37f

/* switch_<arch>.S */
void vPortSwitchStacks(void **ppvSave, void *pvNext);
void vPortTaskEntry(void);
void vPortTaskBegin(TaskFunction_t pxCode, void *pvParameters, const void *pvEndOfStack);

/* Of tasks.c: the task that runs. The first word of its control block is its stack
 * pointer. */
extern void *volatile pxCurrentTCB;

static volatile UBaseType_t critical_nesting = NOT_STARTED;
static volatile UBaseType_t handlers_active;
static volatile BaseType_t yield_pending;
static uint64_t tick_time; /* end of the last period that was handled */
static void *main_stack;   /* of the caller of xPortStartScheduler() */
static PortHandler_t vector_handlers[JUMPSLOT_VECTORS];

BaseType_t xPortIsInsideInterrupt(void)
{
	return handlers_active != 0;
}

/*
 * Switches stacks at level 1. The host refuses to write frames below a limit, which
 * belongs to the stack: its task sets it again when it is back.
 */
static void switch_stacks(void **save, void *next)
{
	const void *limit = (const void *)(uintptr_t)__jumpslot_vcpu.stack_limit;

	vPortSwitchStacks(save, next);
	_CPU_Virtual_Set_stack_limit(limit);
}

/* Switches to the task that should run. At level 1, outside of critical sections. */
static void dispatch(void)
{
	void **task = pxCurrentTCB;

	yield_pending = pdFALSE;
	/* vTaskSwitchContext() compares this word with the end of the stack. It would
	 * otherwise be that of the task's last switch. */
	*task = __builtin_frame_address(0);
	vTaskSwitchContext();
	if (pxCurrentTCB != task)
		switch_stacks(task, *(void **)pxCurrentTCB);
}

void vPortEnterCritical(void)
{
	_CPU_Virtual_Interrupts_close();
	critical_nesting++;
	/* FreeRTOS: handlers call functions whose names end in FromISR. */
	if (critical_nesting == 1)
		portASSERT_IF_IN_ISR();
}

#if configJUMPSLOT_YIELD_BY_SWITCH == 1
void vPortYield(void)
{
	uint32_t level = _CPU_Virtual_Interrupts_disable();

	if (critical_nesting || handlers_active)
		yield_pending = pdTRUE;
	else
		dispatch();
	_CPU_Virtual_Interrupts_enable(level);
}
#endif

void vPortExitCritical(void)
{
	configASSERT(critical_nesting != 0);
	if (--critical_nesting)
		return;
	_CPU_Virtual_Interrupts_open();
#if configJUMPSLOT_YIELD_BY_SWITCH == 1
	/* Unless a handler that was pending has switched already. */
	if (yield_pending)
		vPortYield();
#endif
}

void vPortYieldFromISR(void)
{
	yield_pending = pdTRUE;
}

static void tick(void)
{
	uint32_t periods = 1 + _BSP_Virtual_Clock_backlog();

	tick_time += periods * PERIOD;
	if (!configJUMPSLOT_CATCH_UP)
		periods = 1;
	while (periods--)
		portYIELD_FROM_ISR(xTaskIncrementTick());
}

static void handle(int vector)
{
	if (vector == JUMPSLOT_VECTOR_CLOCK)
		tick();
	else if (vector == portYIELD_VECTOR)
		yield_pending = pdTRUE;
	else if (vector_handlers[vector])
		vector_handlers[vector](vector);
}

/* Whether the vector of the yield is delivered next, before anything of the task runs. */
static BaseType_t yield_is_raised(void)
{
	return (__jumpslot_vcpu.pending >> portYIELD_VECTOR & 1) != 0;
}

/*
 * The handler of all vectors. The outermost one switches, last and after the
 * acknowledgement: the interrupted task runs again much later. A yield that is pending
 * then switches in its own handler, so that one request does not switch twice.
 */
static void interrupt(int vector, void *frame)
{
	const struct jumpslot_interrupt_frame *interrupted = frame;

	handlers_active++;
	handle(vector);
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Irq_ack(vector);
	handlers_active--;
	if (handlers_active || !yield_pending || yield_is_raised())
		return;
	configASSERT(critical_nesting == 0);
	/* Other tasks run outside of handlers. The return takes it from the frame. */
	__jumpslot_vcpu.nesting = interrupted->nesting;
	dispatch();
}

int iPortConnectVector(int iVector, PortHandler_t pxHandler)
{
	int result;

	if (iVector < 0 || iVector >= JUMPSLOT_VECTORS)
		return -22; /* EINVAL */
	vector_handlers[iVector] = pxHandler;
	result = _CPU_Virtual_Set_handler(interrupt);
	return result ? result : _CPU_Virtual_Irq_request(iVector);
}

/* The beginning of each task, at level 1; called by vPortTaskEntry. */
void vPortTaskBegin(TaskFunction_t pxCode, void *pvParameters, const void *pvEndOfStack)
{
	_CPU_Virtual_Set_stack_limit(pvEndOfStack);
	_CPU_Virtual_Interrupts_open();
	pxCode(pvParameters);
	configASSERT(pdFALSE); /* a task must delete itself, and not return */
	_CPU_Virtual_exec_stop_error(1);
}

/* A stack as vPortSwitchStacks leaves one; it returns to vPortTaskEntry. */
StackType_t *pxPortInitialiseStack(StackType_t *pxTopOfStack, StackType_t *pxEndOfStack,
				   TaskFunction_t pxCode, void *pvParameters)
{
	uintptr_t *sp = (uintptr_t *)((uintptr_t)(pxTopOfStack + 1) & ~(uintptr_t)15);

	sp -= 16 / sizeof(*sp); /* aligned to 16 after the return, with no caller above */
	*--sp = (uintptr_t)vPortTaskEntry;
	*--sp = 0;		   /* BP */
	*--sp = (uintptr_t)pxCode; /* BX */
#ifdef __x86_64__
	*--sp = (uintptr_t)pvParameters; /* R12 */
	*--sp = (uintptr_t)pxEndOfStack; /* R13 */
	*--sp = 0;			 /* R14 */
	*--sp = 0;			 /* R15 */
	*--sp = (uintptr_t)INITIAL_X87_CONTROL << 32 | INITIAL_MXCSR;
#else
	*--sp = (uintptr_t)pvParameters; /* SI */
	*--sp = (uintptr_t)pxEndOfStack; /* DI */
	*--sp = INITIAL_X87_CONTROL;
	*--sp = INITIAL_MXCSR;
#endif
	return (StackType_t *)sp;
}

/* An application may have a clock of its own: it then defines this function. It is called
 * once, with interrupts disabled, and raises vector 0 once per tick. */
__attribute__((__weak__)) void vPortSetupTimerInterrupt(void)
{
	_BSP_Virtual_Clock_init();
	tick_time = _BSP_Virtual_Clock_read();
	_BSP_Virtual_Clock_periodic(tick_time + PERIOD, PERIOD);
}

static int take_vectors(void)
{
	int result = iPortConnectVector(JUMPSLOT_VECTOR_CLOCK, NULL);

	return result ? result : iPortConnectVector(portYIELD_VECTOR, NULL);
}

/* Returns after vPortEndScheduler(), or at once if the host has no interrupts. */
BaseType_t xPortStartScheduler(void)
{
	_CPU_Virtual_Interrupts_close();
	if (take_vectors())
		return pdFALSE;
	vPortSetupTimerInterrupt();
	yield_pending = pdFALSE;
	critical_nesting = 0;
	switch_stacks(&main_stack, *(void **)pxCurrentTCB);
	return pdFALSE;
}

void vPortEndScheduler(void)
{
	void *unused;

	_CPU_Virtual_Interrupts_close();
	_BSP_Virtual_Clock_stop();
	_CPU_Virtual_Irq_detach(JUMPSLOT_VECTOR_CLOCK);
	_CPU_Virtual_Irq_detach(portYIELD_VECTOR);
	critical_nesting = NOT_STARTED;
	vPortSwitchStacks(&unused, main_stack);
}

void vPortWaitForInterrupt(void)
{
	uint32_t level = _CPU_Virtual_Interrupts_disable();

	_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	_CPU_Virtual_Interrupts_enable(level);
}

#if configUSE_TICKLESS_IDLE == 1
/*
 * Counts the periods since `tick_time`. vTaskStepTick() must not go beyond `expected`,
 * the next task's time: later periods, after a late wake-up, are ticks of their own.
 * FreeRTOS keeps them until the scheduler resumes.
 */
static void count_sleep(TickType_t expected)
{
	uint64_t periods = (_BSP_Virtual_Clock_read() - tick_time) / PERIOD;
	uint64_t steps = periods < expected ? periods : expected;

	tick_time += periods * PERIOD;
	if (steps)
		vTaskStepTick((TickType_t)steps);
	if (!configJUMPSLOT_CATCH_UP)
		return;
	for (; periods > steps; periods--)
		xTaskIncrementTick();
}

/*
 * FreeRTOS calls it in the idle task, with the scheduler suspended. Level 1 keeps
 * interrupts from coming between the check and the sleep. A tick that is pending when the
 * clock stops is delivered in the wait, which then does not sleep. The clock starts last:
 * vTaskStepTick() has a critical section, whose end enables interrupts.
 */
void vPortSuppressTicksAndSleep(TickType_t xExpectedIdleTime)
{
	uint64_t ticks = xExpectedIdleTime;

	if (ticks > MAX_SLEEP)
		ticks = MAX_SLEEP;
	_CPU_Virtual_Interrupts_close();
	if (eTaskConfirmSleepModeStatus() != eAbortSleep) {
		_BSP_Virtual_Clock_stop();
		_CPU_Virtual_Wait_for_event(tick_time + ticks * PERIOD);
		count_sleep(xExpectedIdleTime);
		_BSP_Virtual_Clock_periodic(tick_time + PERIOD, PERIOD);
	}
	_CPU_Virtual_Interrupts_open();
}
#endif

#if configUSE_NEWLIB_REENTRANT == 1
/*
 * newlib calls these around its heap, and locks recursively. Suspending the scheduler
 * nests, and needs no memory. malloc() must not be called in a handler.
 */
void __malloc_lock(struct _reent *reent)
{
	(void)reent;
	portASSERT_IF_IN_ISR();
	vTaskSuspendAll();
}

void __malloc_unlock(struct _reent *reent)
{
	(void)reent;
	(void)xTaskResumeAll();
}
#endif
