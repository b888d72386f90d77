/* The built-in services: the runner's own provider table. All are async-signal-safe and need
 * little stack, so none goes through the gate. */
#define SERVICE(func) EF(func) JUMPSLOT_DIRECT(func)
SERVICE(_BSP_Virtual_Clock_read)
SERVICE(_BSP_Virtual_Console_write)
SERVICE(_BSP_Virtual_getworkspacearea)
SERVICE(_CPU_Virtual_exec_stop_error)
SERVICE(jumpslot_argument)
SERVICE(jumpslot_argument_count)
