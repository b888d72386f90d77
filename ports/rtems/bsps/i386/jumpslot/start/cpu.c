/*
 * The processor: all that cpukit/score/cpu/i386 has in cpu.c and cpu_asm.S, without
 * privileged instructions. The linker takes these definitions before it looks into
 * RTEMS's library, so no file of RTEMS changes. Depends on cpu_context.S.
 *
 * A thread's interrupt level and the end of its stack lie on its own stack:
 * _CPU_Context_switch() disables interrupts, and restores both when it returns in that
 * thread.
 */
#include <inttypes.h>
#include <string.h>

#include <bsp.h>
#include <rtems/bspIo.h>
#include <rtems/fatal.h>
#include <rtems/score/cpuimpl.h>
#include <rtems/score/percpu.h>
#include <rtems/score/threadimpl.h>

#define JUMPSLOT_RTEMS_PARAVIRT_DEFINE
#include <jumpslot/rtems_paravirt.h>
#include <jumpslot/virt_bsp.h>

/* cpu_context.S, which knows the offsets of these fields. */
void bsp_switch_registers(Context_Control *run, const Context_Control *heir);
RTEMS_NO_RETURN void bsp_load_registers(const Context_Control *heir);
/* Code that _CPU_Context_Initialize() lets a thread begin with. It calls
 * bsp_begin_thread() with EBX and goes to ESI. */
extern const char bsp_thread_entry[];
void bsp_begin_thread(const void *stack);

#define CONTEXT_ASSERT(field, offset)                                                    \
	RTEMS_STATIC_ASSERT(offsetof(Context_Control, field) == (offset), context_##field)
CONTEXT_ASSERT(esp, 4);
CONTEXT_ASSERT(ebp, 8);
CONTEXT_ASSERT(ebx, 12);
CONTEXT_ASSERT(esi, 16);
CONTEXT_ASSERT(edi, 20);

Context_Control_fp _CPU_Null_fp_context;

/* ---- floating-point context ---- */

/* With SSE, RTEMS has macros for these. */
#ifndef __SSE__
void _CPU_Context_save_fp(Context_Control_fp **fp)
{
	__asm__ volatile("fnsave %0" : "=m"(**fp));
}

void _CPU_Context_restore_fp(Context_Control_fp **fp)
{
	__asm__ volatile("frstor %0" : : "m"(**fp));
}
#endif

/* Each thread starts with it. */
static void save_initial_fp(void)
{
	Context_Control_fp *initial = &_CPU_Null_fp_context;

	__asm__ volatile("fninit");
	_CPU_Context_save_fp(&initial);
}

/* ---- faults ---- */

static const uint8_t exception_of_fault[] = {
	[JUMPSLOT_FAULT_DIVISION] = I386_EXCEPTION_DIVIDE_BY_ZERO,
	[JUMPSLOT_FAULT_FLOAT] = I386_EXCEPTION_FLOAT_ERROR,
	[JUMPSLOT_FAULT_ADDRESS] = I386_EXCEPTION_PAGE_FAULT,
	[JUMPSLOT_FAULT_STACK] = I386_EXCEPTION_STACK_SEGMENT_FAULT,
	[JUMPSLOT_FAULT_ILLEGAL] = I386_EXCEPTION_ILLEGAL_INSTR,
	[JUMPSLOT_FAULT_PRIVILEGED] = I386_EXCEPTION_GENERAL_PROT_ERR,
	[JUMPSLOT_FAULT_TRAP] = I386_EXCEPTION_BREAKPOINT,
};

static CPU_Exception_frame exception;

/* Runs on a stack of its own. RTEMS's fatal handlers do not return. */
static void take_fault(struct jumpslot_fault *fault)
{
	exception = (CPU_Exception_frame){
		.edi = (uint32_t)fault->di,
		.esi = (uint32_t)fault->si,
		.ebp = (uint32_t)fault->bp,
		.esp0 = (uint32_t)fault->sp,
		.ebx = (uint32_t)fault->bx,
		.edx = (uint32_t)fault->dx,
		.ecx = (uint32_t)fault->cx,
		.eax = (uint32_t)fault->ax,
		.eip = (uint32_t)fault->pc,
		.eflags = (uint32_t)fault->flags,
		.faultCode = (uint32_t)fault->address,
		.idtIndex = exception_of_fault[fault->kind],
	};
	rtems_fatal(RTEMS_FATAL_SOURCE_EXCEPTION, (rtems_fatal_code)&exception);
}

void _CPU_Exception_frame_print(const CPU_Exception_frame *frame)
{
	printk("exception %" PRIu32 " at %#" PRIx32 ", address %#" PRIx32 "\n",
	       frame->idtIndex, frame->eip, frame->faultCode);
	printk(" eax %08" PRIx32 " ebx %08" PRIx32 " ecx %08" PRIx32 " edx %08" PRIx32
	       "\n",
	       frame->eax, frame->ebx, frame->ecx, frame->edx);
	printk(" esi %08" PRIx32 " edi %08" PRIx32 " ebp %08" PRIx32 " esp %08" PRIx32
	       "\n",
	       frame->esi, frame->edi, frame->ebp, frame->esp0);
	if (_Thread_Executing)
		printk(" thread %#" PRIx32 "\n", _Thread_Executing->Object.id);
}

void _CPU_Initialize(void)
{
	save_initial_fp();
	_BSP_Virtual_faulthandler(take_fault);
}

uint32_t _CPU_ISR_Get_level(void)
{
	return i386_get_interrupt_level();
}

/* ---- threads ---- */

/* The host refuses to write an interrupt's frame below the limit. */
void bsp_begin_thread(const void *stack)
{
	_CPU_Virtual_Set_stack_limit(stack);
}

/* The stack as bsp_switch_registers() leaves one: it returns to bsp_thread_entry.
 * _Thread_Handler() begins at level 1 and sets the thread's level. */
void _CPU_Context_Initialize(Context_Control *context, void *stack, size_t size,
			     uint32_t level, void (*entry)(void), bool is_fp, void *tls)
{
	uintptr_t top = ((uintptr_t)stack + size) & ~(uintptr_t)(CPU_STACK_ALIGNMENT - 1);
	uintptr_t *sp = (uintptr_t *)top;

	(void)is_fp;
	(void)tls; /* refused with the image: GS belongs to the host */
	*--sp = 0; /* `entry` has no caller */
	*--sp = (uintptr_t)bsp_thread_entry;
	memset(context, 0, sizeof(*context));
	context->ebx = (uint32_t)stack;
	context->esi = (uint32_t)entry;
	context->eflags = level ? CPU_EFLAGS_INTERRUPTS_OFF : CPU_EFLAGS_INTERRUPTS_ON;
	context->esp = sp;
}

void _CPU_Context_switch(Context_Control *run, Context_Control *heir)
{
	Per_CPU_Control *cpu = _Per_CPU_Get();
	uint32_t cookie = i386_disable_interrupts();
	const void *limit = (const void *)(uintptr_t)__jumpslot_vcpu.stack_limit;

	run->isr_dispatch_disable = cpu->isr_dispatch_disable;
	cpu->isr_dispatch_disable = heir->isr_dispatch_disable;
	bsp_switch_registers(run, heir);
	_CPU_Virtual_Set_stack_limit(
		limit); /* of this thread's stack, to which it is back */
	i386_enable_interrupts(cookie);
}

void _CPU_Context_switch_no_return(Context_Control *run, Context_Control *heir)
{
	_CPU_Context_switch(run, heir);
	RTEMS_UNREACHABLE();
}

void _CPU_Context_restore(Context_Control *heir)
{
	i386_disable_interrupts();
	_Per_CPU_Get()->isr_dispatch_disable = heir->isr_dispatch_disable;
	bsp_load_registers(heir);
}

/* ---- counter ---- */

/* 15,625,000 Hz: wraps after 275 s. */
CPU_Counter_ticks _CPU_Counter_read(void)
{
	return (CPU_Counter_ticks)(_BSP_Virtual_Clock_read() >> 6);
}

uint32_t _CPU_Counter_frequency(void)
{
	return 15625000;
}
