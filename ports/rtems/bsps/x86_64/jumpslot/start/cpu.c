/*
 * The processor: all that cpukit/score/cpu/x86_64 has in cpu.c,
 * x86_64-context-initialize.c and x86_64-context-switch.S, without privileged
 * instructions. The linker takes these definitions before it looks into RTEMS's library,
 * so no file of RTEMS changes. Depends on cpu_context.S.
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

#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

/* cpu_context.S, which knows the offsets of these fields. */
void bsp_switch_registers(Context_Control *run, const Context_Control *heir);
RTEMS_NO_RETURN void bsp_load_registers(const Context_Control *heir);
/* Code that _CPU_Context_Initialize() lets a thread begin with. It calls
 * bsp_begin_thread() with RBX and goes to R12. */
extern const char bsp_thread_entry[];
void bsp_begin_thread(const void *stack);

#define CONTEXT_ASSERT(field, offset)                                                    \
	RTEMS_STATIC_ASSERT(offsetof(Context_Control, field) == (offset), context_##field)
CONTEXT_ASSERT(rbx, 8);
CONTEXT_ASSERT(rsp, 16);
CONTEXT_ASSERT(rbp, 24);
CONTEXT_ASSERT(r12, 32);
CONTEXT_ASSERT(r13, 40);
CONTEXT_ASSERT(r14, 48);
CONTEXT_ASSERT(r15, 56);

Context_Control_fp _CPU_Null_fp_context;

/* ---- faults ---- */

/* Vectors of the processor. */
static const uint8_t exception_of_fault[] = {
	[JUMPSLOT_FAULT_DIVISION] = 0, [JUMPSLOT_FAULT_FLOAT] = 16,
	[JUMPSLOT_FAULT_ADDRESS] = 14, [JUMPSLOT_FAULT_STACK] = 12,
	[JUMPSLOT_FAULT_ILLEGAL] = 6,  [JUMPSLOT_FAULT_PRIVILEGED] = 13,
	[JUMPSLOT_FAULT_TRAP] = 3,
};

static CPU_Exception_frame exception;

/* Runs on a stack of its own. RTEMS's fatal handlers do not return. */
static void take_fault(struct jumpslot_fault *fault)
{
	exception = (CPU_Exception_frame){
		.rax = fault->ax,
		.rbx = fault->bx,
		.rcx = fault->cx,
		.rdx = fault->dx,
		.rsi = fault->si,
		.rdi = fault->di,
		.rbp = fault->bp,
		.rsp = fault->sp,
		.r8 = fault->r8,
		.r9 = fault->r9,
		.r10 = fault->r10,
		.r11 = fault->r11,
		.r12 = fault->r12,
		.r13 = fault->r13,
		.r14 = fault->r14,
		.r15 = fault->r15,
		.rip = fault->pc,
		.rflags = fault->flags,
		.error_code = fault->address,
		.vector = exception_of_fault[fault->kind],
	};
	rtems_fatal(RTEMS_FATAL_SOURCE_EXCEPTION, (rtems_fatal_code)&exception);
}

void _CPU_Exception_frame_print(const CPU_Exception_frame *frame)
{
	printk("exception %" PRIu64 " at %#" PRIx64 ", address %#" PRIx64 "\n",
	       frame->vector, frame->rip, frame->error_code);
	printk(" rax %016" PRIx64 " rbx %016" PRIx64 " rcx %016" PRIx64 "\n", frame->rax,
	       frame->rbx, frame->rcx);
	printk(" rdx %016" PRIx64 " rsi %016" PRIx64 " rdi %016" PRIx64 "\n", frame->rdx,
	       frame->rsi, frame->rdi);
	printk(" rbp %016" PRIx64 " rsp %016" PRIx64 "\n", frame->rbp, frame->rsp);
	if (_Thread_Executing)
		printk(" thread %#" PRIx32 "\n", _Thread_Executing->Object.id);
}

/* Each thread starts with this floating-point context. */
void _CPU_Initialize(void)
{
	__asm__ volatile("fninit");
	__asm__ volatile("stmxcsr %0" : "=m"(_CPU_Null_fp_context.mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(_CPU_Null_fp_context.fpucw));
	_BSP_Virtual_faulthandler(take_fault);
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
	(void)tls; /* refused with the image: FS belongs to the host */
	*--sp = 0; /* `entry` has no caller */
	*--sp = (uintptr_t)bsp_thread_entry;
	memset(context, 0, sizeof(*context));
	context->rbx = (uintptr_t)stack;
	context->r12 = (uintptr_t)entry;
	context->rflags = level ? CPU_EFLAGS_INTERRUPTS_OFF : CPU_EFLAGS_INTERRUPTS_ON;
	context->rsp = sp;
}

void _CPU_Context_switch(Context_Control *run, Context_Control *heir)
{
	Per_CPU_Control *cpu = _Per_CPU_Get();
	uint32_t previous = _CPU_Virtual_Interrupts_disable();
	const void *limit = (const void *)__jumpslot_vcpu.stack_limit;

	run->isr_dispatch_disable = cpu->isr_dispatch_disable;
	cpu->isr_dispatch_disable = heir->isr_dispatch_disable;
	bsp_switch_registers(run, heir);
	_CPU_Virtual_Set_stack_limit(
		limit); /* of this thread's stack, to which it is back */
	_CPU_Virtual_Interrupts_enable(previous);
}

void _CPU_Context_switch_no_return(Context_Control *run, Context_Control *heir)
{
	_CPU_Context_switch(run, heir);
	RTEMS_UNREACHABLE();
}

void _CPU_Context_restore(Context_Control *heir)
{
	_CPU_Virtual_Interrupts_close();
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
