/*
 * FreeRTOS as a guest of jumpslot, on x86-64 and i386: types and macros of the port.
 * README.md says how to add the port to a FreeRTOS tree.
 *
 * Included by FreeRTOS's portable.h, after FreeRTOSConfig.h. Depends on virt_cpu.h and
 * virt_bsp.h.
 */
#ifndef PORTMACRO_H
#define PORTMACRO_H

#include <stdint.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Ticks after the guest could not take clock interrupts for a while (a long critical
 * section, a host that did not run the guest):
 *   1  catch-up: each period that passed becomes a tick. Time follows the host's clock;
 *      a task can see several ticks at once.
 *   0  one tick per interrupt: ticks do not come in bursts. Time runs late.
 */
#ifndef configJUMPSLOT_CATCH_UP
#define configJUMPSLOT_CATCH_UP 1
#endif

/*
 * A task yields in one of two ways:
 *   0  it raises a vector of its own, whose handler switches. A task may also wake other
 *      tasks in code that a host function called back: the switch waits until the host
 *      function has returned.
 *   1  it switches at once, without a host call, in about half the time. In a callback a
 *      task must not wake others: host functions would return out of order.
 * In both, a task must not block in a callback.
 */
#ifndef configJUMPSLOT_YIELD_BY_SWITCH
#define configJUMPSLOT_YIELD_BY_SWITCH 0
#endif

#define portCHAR	      char
#define portFLOAT	      float
#define portDOUBLE	      double
#define portLONG	      long
#define portSHORT	      short
#define portSTACK_TYPE	      uintptr_t
#define portBASE_TYPE	      long
#define portPOINTER_SIZE_TYPE uintptr_t

typedef portSTACK_TYPE StackType_t;
typedef long BaseType_t;
typedef unsigned long UBaseType_t;

#if configTICK_TYPE_WIDTH_IN_BITS == TICK_TYPE_WIDTH_16_BITS
typedef uint16_t TickType_t;
#define portMAX_DELAY ((TickType_t)0xffff)
#elif configTICK_TYPE_WIDTH_IN_BITS == TICK_TYPE_WIDTH_32_BITS
typedef uint32_t TickType_t;
#define portMAX_DELAY ((TickType_t)0xffffffff)
#else
typedef uint64_t TickType_t;
#define portMAX_DELAY ((TickType_t)UINT64_MAX)
#endif

/* Whether one instruction reads a tick count. */
#if defined(__x86_64__) || configTICK_TYPE_WIDTH_IN_BITS != TICK_TYPE_WIDTH_64_BITS
#define portTICK_TYPE_IS_ATOMIC 1
#endif

#define portSTACK_GROWTH (-1)
/* FreeRTOS passes the end of each stack to the port, which tells it to the host. */
#define portHAS_STACK_OVERFLOW_CHECKING 1
#define portBYTE_ALIGNMENT		16
#define portTICK_PERIOD_MS		((TickType_t)1000 / configTICK_RATE_HZ)

/* Critical sections nest by a count. Tasks switch only while it is 0, so one is enough
 * for all of them. There is one level of interrupts. */
void vPortEnterCritical(void);
void vPortExitCritical(void);
#define portENTER_CRITICAL()		     vPortEnterCritical()
#define portEXIT_CRITICAL()		     vPortExitCritical()
#define portDISABLE_INTERRUPTS()	     _CPU_Virtual_Interrupts_close()
#define portENABLE_INTERRUPTS()		     _CPU_Virtual_Interrupts_open()
#define portSET_INTERRUPT_MASK_FROM_ISR()    _CPU_Virtual_Interrupts_disable()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(x) _CPU_Virtual_Interrupts_enable((uint32_t)(x))
#define portASSERT_IF_IN_ISR()		     configASSERT(xPortIsInsideInterrupt() == 0)

/* Not 0 in the handler of an interrupt. */
BaseType_t xPortIsInsideInterrupt(void);

/* The vector of the yield is delivered after all others, so one switch serves all. */
#define portYIELD_VECTOR (JUMPSLOT_VECTORS - 1)

/* In a task: other tasks run before it returns, except in a critical section or with
 * interrupts disabled, where the yield waits for the end of that. */
#if configJUMPSLOT_YIELD_BY_SWITCH == 1
void vPortYield(void);
#define portYIELD() vPortYield()
#else
#define portYIELD() ((void)_CPU_Virtual_Irq_raise(portYIELD_VECTOR))
#endif

/* In a handler: the outermost one switches when it returns. */
void vPortYieldFromISR(void);
#define portEND_SWITCHING_ISR(x) ((x) != pdFALSE ? vPortYieldFromISR() : (void)0)
#define portYIELD_FROM_ISR(x)	 portEND_SWITCHING_ISR(x)

/*
 * Sets the handler of a vector and takes the vector into use: 1 to 15 are lines of the
 * host, 16 to 62 belong to the guest. The handler runs with interrupts disabled. It may
 * enable them, so that other vectors interrupt it; its own vector waits until it has
 * returned. Returns 0, or a negative errno of _CPU_Virtual_Irq_request(). In a task, or
 * before the scheduler runs.
 */
typedef void (*PortHandler_t)(int iVector);
int iPortConnectVector(int iVector, PortHandler_t pxHandler);

/*
 * Sleeps until a handler has run. For vApplicationIdleHook() without tickless idle: it
 * leaves the host's processor to others.
 */
void vPortWaitForInterrupt(void);

#if configUSE_TICKLESS_IDLE == 1
void vPortSuppressTicksAndSleep(TickType_t xExpectedIdleTime);
#define portSUPPRESS_TICKS_AND_SLEEP(x) vPortSuppressTicksAndSleep(x)
#endif

#if configGENERATE_RUN_TIME_STATS == 1 && !defined(portGET_RUN_TIME_COUNTER_VALUE)
/* Microseconds: 32 bits wrap after 71 minutes. */
#define portCONFIGURE_TIMER_FOR_RUN_TIME_STATS() ((void)0)
#define portGET_RUN_TIME_COUNTER_VALUE()                                                 \
	((configRUN_TIME_COUNTER_TYPE)(_BSP_Virtual_Clock_read() / 1000))
#endif

#if configUSE_PORT_OPTIMISED_TASK_SELECTION == 1
#define portRECORD_READY_PRIORITY(priority, ready) ((ready) |= 1UL << (priority))
#define portRESET_READY_PRIORITY(priority, ready)  ((ready) &= ~(1UL << (priority)))
#define portGET_HIGHEST_PRIORITY(top, ready)                                             \
	((top) = 8 * sizeof(long) - 1 - (UBaseType_t)__builtin_clzl(ready))
#endif

#define portTASK_FUNCTION_PROTO(function, parameters) void function(void *parameters)
#define portTASK_FUNCTION(function, parameters)	      void function(void *parameters)

#define portMEMORY_BARRIER() __asm__ volatile("" : : : "memory")
#define portNOP()	     __asm__ volatile("nop")
#define portINLINE	     __inline
#define portFORCE_INLINE     inline __attribute__((__always_inline__))

#ifdef __cplusplus
}
#endif

#endif
