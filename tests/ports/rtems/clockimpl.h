/* Stand-in for RTEMS's clockimpl.h, which each clock driver includes at its end. */
void clock_driver_start(void)
{
	Clock_driver_support_install_isr(Clock_isr);
	Clock_driver_support_initialize_hardware();
}
