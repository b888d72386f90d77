/*
 * Clock driver: each period of vector 0 is one tick, missed periods too, so RTEMS's time
 * follows the host's clock. The timecounter counts at 15,625,000 Hz and wraps after 275
 * s: a host that stops the guest for less loses no time. (A counter of nanoseconds in 32
 * bits wraps after 4.3 s.)
 */
#include <bsp.h>
#include <bsp/irq.h>
#include <rtems/clockdrv.h>
#include <rtems/timecounter.h>

#include <jumpslot/virt_bsp.h>

#define NANOSECONDS_PER_MICROSECOND 1000
#define TIMECOUNTER_SHIFT	    6
#define TIMECOUNTER_FREQUENCY	    (1000000000 >> TIMECOUNTER_SHIFT)

void Clock_isr(void *argument);

static uint32_t get_timecount(struct timecounter *unused)
{
	(void)unused;
	return (uint32_t)(_BSP_Virtual_Clock_read() >> TIMECOUNTER_SHIFT);
}

static struct timecounter counter = {
	.tc_get_timecount = get_timecount,
	.tc_counter_mask = 0xffffffff,
	.tc_frequency = TIMECOUNTER_FREQUENCY,
	.tc_quality = RTEMS_TIMECOUNTER_QUALITY_CLOCK_DRIVER,
};

static void clock_interrupt(void *argument)
{
	for (uint32_t periods = 1 + _BSP_Virtual_Clock_backlog(); periods; periods--)
		Clock_isr(argument);
}

static void clock_install(void)
{
	static rtems_interrupt_entry entry;

	rtems_interrupt_entry_initialize(&entry, clock_interrupt, NULL, "Clock");
	(void)rtems_interrupt_entry_install(BSP_IRQ_CLOCK, RTEMS_INTERRUPT_UNIQUE,
					    &entry);
}

static void clock_start(void)
{
	uint64_t period = NANOSECONDS_PER_MICROSECOND *
			  (uint64_t)rtems_configuration_get_microseconds_per_tick();

	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + period, period);
	rtems_timecounter_install(&counter);
}

#define Clock_driver_support_install_isr(isr)	   clock_install()
#define Clock_driver_support_initialize_hardware() clock_start()

#include "../../../shared/dev/clock/clockimpl.h"
