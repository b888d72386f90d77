/*
 * Stand-in for the headers of RTEMS that ports/rtems includes: each of them includes this
 * one. Names and types are those of RTEMS's interface; cases.c defines them.
 */
#ifndef RTEMS_STAND_IN_H
#define RTEMS_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTEMS_NO_RETURN			__attribute__((__noreturn__))
#define RTEMS_UNREACHABLE()		__builtin_unreachable()
#define RTEMS_STATIC_ASSERT(cond, name) _Static_assert(cond, #name)
#define RTEMS_ARRAY_SIZE(array)		(sizeof(array) / sizeof((array)[0]))

void *memset(void *bytes, int value, size_t count);
int printk(const char *format, ...) __attribute__((__format__(printf, 1, 2)));

/* ---- processor ---- */

#define CPU_STACK_ALIGNMENT 16
#define EFLAGS_INTR_ENABLE  0x200

typedef struct {
	uint32_t mxcsr;
	uint16_t fpucw;
} Context_Control_fp;

#define _CPU_Context_save_fp(fp)                                                         \
	do {                                                                             \
		__asm__ volatile("stmxcsr %0" : "=m"((*(fp))->mxcsr));                   \
		__asm__ volatile("fnstcw %0" : "=m"((*(fp))->fpucw));                    \
	} while (0)

#include "stand_in_cpu.h" /* of one architecture */

typedef uint32_t CPU_Counter_ticks;

extern Context_Control_fp _CPU_Null_fp_context;
void _CPU_Initialize(void);
void _CPU_Exception_frame_print(const CPU_Exception_frame *frame);
void _CPU_Context_Initialize(Context_Control *context, void *stack, size_t size,
			     uint32_t level, void (*entry)(void), bool is_fp, void *tls);
void _CPU_Context_switch(Context_Control *run, Context_Control *heir);
RTEMS_NO_RETURN void _CPU_Context_switch_no_return(Context_Control *run,
						   Context_Control *heir);
RTEMS_NO_RETURN void _CPU_Context_restore(Context_Control *heir);
CPU_Counter_ticks _CPU_Counter_read(void);
uint32_t _CPU_Counter_frequency(void);
void *_CPU_Thread_Idle_body(uintptr_t unused);

/* ---- threads ---- */

typedef struct {
	struct {
		uint32_t id;
	} Object;
	Context_Control context;
} Thread_Control;

typedef struct {
	volatile uint32_t isr_nest_level, isr_dispatch_disable;
	volatile uint32_t thread_dispatch_disable_level;
	volatile bool dispatch_necessary;
	Thread_Control *volatile executing, *volatile heir;
} Per_CPU_Control;

extern Per_CPU_Control the_cpu;
#define _Per_CPU_Get()	  (&the_cpu)
#define _Thread_Executing (the_cpu.executing)

void _Thread_Do_dispatch(Per_CPU_Control *cpu, uint32_t level);

/* ---- board ---- */

typedef enum { RTEMS_SUCCESSFUL, RTEMS_UNSATISFIED = 13 } rtems_status_code;
typedef enum {
	RTEMS_FATAL_SOURCE_EXIT = 5,
	RTEMS_FATAL_SOURCE_EXCEPTION = 9,
} rtems_fatal_source;
typedef uintptr_t rtems_fatal_code;

RTEMS_NO_RETURN void rtems_fatal(rtems_fatal_source source, rtems_fatal_code code);
RTEMS_NO_RETURN void bsp_reset(rtems_fatal_source source, rtems_fatal_code code);
void bsp_start(void);
void boot_card(const char *command_line);

typedef struct {
	void *begin;
	size_t size;
} Memory_Area;

typedef struct {
	size_t count;
	Memory_Area *areas;
} Memory_Information;

#define MEMORY_INFORMATION_INITIALIZER(areas)                                            \
	{                                                                                \
		RTEMS_ARRAY_SIZE(areas), areas                                           \
	}

static inline void _Memory_Initialize_by_size(Memory_Area *area, void *begin, size_t size)
{
	area->begin = begin;
	area->size = size;
}

const Memory_Information *_Memory_Get(void);

#define RTEMS_SYSINIT_MEMORY	   0
#define RTEMS_SYSINIT_ORDER_MIDDLE 0
#define RTEMS_SYSINIT_ITEM(function, module, order)                                      \
	void (*const sysinit_##function)(void) = function

typedef void (*BSP_output_char_function_type)(char);
typedef int (*BSP_polling_getchar_function_type)(void);
extern BSP_output_char_function_type BSP_output_char;
extern BSP_polling_getchar_function_type BSP_poll_char;

/* ---- interrupts ---- */

typedef uint32_t rtems_vector_number;
typedef void (*rtems_interrupt_handler)(void *argument);

typedef struct {
	rtems_interrupt_handler handler;
	void *argument;
} rtems_interrupt_entry;

typedef struct {
	bool is_maskable, can_enable, maybe_enable, can_disable, maybe_disable, can_raise,
		can_clear, cleared_by_acknowledge;
} rtems_interrupt_attributes;

#define RTEMS_INTERRUPT_UNIQUE 1

void rtems_interrupt_entry_initialize(rtems_interrupt_entry *entry,
				      rtems_interrupt_handler handler, void *argument,
				      const char *info);
rtems_status_code rtems_interrupt_entry_install(rtems_vector_number vector,
						uint32_t options,
						rtems_interrupt_entry *entry);
rtems_status_code rtems_interrupt_entry_remove(rtems_vector_number vector,
					       rtems_interrupt_entry *entry);
rtems_status_code rtems_interrupt_raise(rtems_vector_number vector);

void bsp_interrupt_initialize(void);
void bsp_interrupt_facility_initialize(void);
void bsp_interrupt_handler_dispatch(rtems_vector_number vector);
rtems_status_code bsp_interrupt_vector_enable(rtems_vector_number vector);
rtems_status_code bsp_interrupt_vector_disable(rtems_vector_number vector);
rtems_status_code bsp_interrupt_vector_is_enabled(rtems_vector_number vector,
						  bool *enabled);
rtems_status_code bsp_interrupt_is_pending(rtems_vector_number vector, bool *pending);
rtems_status_code bsp_interrupt_raise(rtems_vector_number vector);
rtems_status_code bsp_interrupt_clear(rtems_vector_number vector);
rtems_status_code bsp_interrupt_get_attributes(rtems_vector_number vector,
					       rtems_interrupt_attributes *attributes);
rtems_status_code bsp_interrupt_get_priority(rtems_vector_number vector,
					     uint32_t *priority);
rtems_status_code bsp_interrupt_set_priority(rtems_vector_number vector,
					     uint32_t priority);

/* ---- clock ---- */

struct timecounter {
	uint32_t (*tc_get_timecount)(struct timecounter *counter);
	uint32_t tc_counter_mask;
	uint64_t tc_frequency;
	int tc_quality;
};

#define RTEMS_TIMECOUNTER_QUALITY_CLOCK_DRIVER 100

extern struct timecounter *installed_counter;
void rtems_timecounter_install(struct timecounter *counter);
uint32_t rtems_configuration_get_microseconds_per_tick(void);
void clock_driver_start(void); /* the stand-in for clockimpl.h */

/* ---- termios ---- */

struct termios;
struct rtems_termios_tty;

typedef struct {
	int unused;
} rtems_termios_device_context;

typedef struct {
	int unused;
} rtems_libio_open_close_args_t;

#define RTEMS_TERMIOS_DEVICE_CONTEXT_INITIALIZER(name)                                   \
	{                                                                                \
		0                                                                        \
	}

typedef enum { TERMIOS_POLLED, TERMIOS_IRQ_DRIVEN } rtems_termios_device_mode;

typedef struct {
	bool (*first_open)(struct rtems_termios_tty *, rtems_termios_device_context *,
			   struct termios *, rtems_libio_open_close_args_t *);
	void (*last_close)(struct rtems_termios_tty *, rtems_termios_device_context *,
			   rtems_libio_open_close_args_t *);
	int (*poll_read)(rtems_termios_device_context *);
	void (*write)(rtems_termios_device_context *, const char *, size_t);
	bool (*set_attributes)(rtems_termios_device_context *, const struct termios *);
	rtems_termios_device_mode mode;
} rtems_termios_device_handler;

typedef struct {
	const char *device_file;
	bool (*probe)(rtems_termios_device_context *);
	const rtems_termios_device_handler *handler;
	const void *flow;
	rtems_termios_device_context *context;
} console_device;

bool console_device_probe_default(rtems_termios_device_context *context);
extern const console_device console_device_table[];
extern const size_t console_device_count;
void rtems_termios_set_initial_baud(struct rtems_termios_tty *tty, int32_t baud);
int rtems_termios_enqueue_raw_characters(struct rtems_termios_tty *tty, const char *bytes,
					 int count);
int rtems_termios_dequeue_characters(struct rtems_termios_tty *tty, int count);

#endif
