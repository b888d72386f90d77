/*
 * Doorbells: a store of a word to the doorbell page, which has no memory, leaves the
 * virtual machine. The offset in the page is the reason, and the value its argument. It
 * is the only way out by purpose; a fault is the other way out. Included from assembly
 * and C; depends on nothing.
 */
#ifndef JUMPSLOT_DOORBELL_H
#define JUMPSLOT_DOORBELL_H

#define DOORBELL_CALL	    0x00 /* the gate's frame: call its host function */
#define DOORBELL_CALLED	    0x08 /* the gate's frame: its callback has returned */
#define DOORBELL_BIND	    0x10 /* address of a table entry: bind its slot */
#define DOORBELL_EXIT	    0x18 /* the result of the guest's entry */
#define DOORBELL_SLEEP	    0x20 /* struct inside_sleep */
#define DOORBELL_STACK_FULL 0x28 /* struct inside_stack_full */
#define DOORBELL_IS_CODE    0x30 /* struct inside_code */
#define DOORBELL_CLOCK	    0x38 /* 0: the clock's vector was acknowledged */
#define DOORBELL_FAULT	    0x40 /* stack pointer: the fault handler has returned */
#define DOORBELL_PING	    0x48 /* anything: the host measures an exit */
#define DOORBELL_CLOCK_READ 0x50 /* struct inside_clock_read */
#define DOORBELL_PORT	    0x58 /* struct inside_port */
#define DOORBELL_WATCH	    0x60 /* struct inside_watch */
#define DOORBELL_WATCHED    0x68 /* a frame: a watched function is called inside */
#define DOORBELL_RETURNED   0x70 /* the same frame: it has returned */

#endif
