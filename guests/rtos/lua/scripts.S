/* The scripts, each followed by a NUL. */
	.section .rodata

	.globl	jobs_lua, worker_lua, director_lua
jobs_lua:
	.incbin	"guests/rtos/lua/jobs.lua"
	.byte	0
worker_lua:
	.incbin	"guests/rtos/lua/worker.lua"
	.byte	0
director_lua:
	.incbin	"guests/rtos/lua/director.lua"
	.byte	0

	.section .note.GNU-stack, "", @progbits
