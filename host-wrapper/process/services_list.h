/* The built-in services: the runner's own provider table. */
EF(_BSP_Virtual_Clock_read)
EF(_BSP_Virtual_Console_write)
EF(_BSP_Virtual_getworkspacearea)
EF(_CPU_Virtual_exec_stop_error)
EF(jumpslot_argument)
EF(jumpslot_argument_count)
