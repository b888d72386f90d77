/*
 * Stand-in for FreeRTOS.h: the configuration of the tests, and the few types and macros
 * that ports/freertos needs. Depends on portmacro.h, the port's own.
 */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

#ifdef NEWLIB
#define configUSE_NEWLIB_REENTRANT 1
struct _reent;
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);
#else
#define configUSE_NEWLIB_REENTRANT 0
#endif

#define TICK_TYPE_WIDTH_16_BITS			0
#define TICK_TYPE_WIDTH_32_BITS			1
#define TICK_TYPE_WIDTH_64_BITS			2
#define configTICK_TYPE_WIDTH_IN_BITS		TICK_TYPE_WIDTH_32_BITS
#define configTICK_RATE_HZ			5000
#define configUSE_TICKLESS_IDLE			1
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 1
#define configGENERATE_RUN_TIME_STATS		1
#define configRUN_TIME_COUNTER_TYPE		uint32_t

#define configASSERT(condition) ((condition) ? (void)0 : assertion(__LINE__))

#define pdFALSE ((BaseType_t)0)
#define pdTRUE	((BaseType_t)1)

typedef void (*TaskFunction_t)(void *parameters);

/* Prints the line of port.c and ends the guest. */
void assertion(int line);

#include "portmacro.h"

/* portable.h of FreeRTOS */
#if portHAS_STACK_OVERFLOW_CHECKING != 1
#error "the port does not get the end of a stack"
#endif
StackType_t *pxPortInitialiseStack(StackType_t *top, StackType_t *end,
				   TaskFunction_t code, void *parameters);
BaseType_t xPortStartScheduler(void);
void vPortEndScheduler(void);
void vPortSetupTimerInterrupt(void);

#endif
