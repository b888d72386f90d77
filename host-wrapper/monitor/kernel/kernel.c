/*
 * The monitor's kernel: checks the boot image, creates the partitions, and then reacts to
 * traps. Composes the other files. It is never interrupted, so every path ends after a
 * page or a few bytes; only the first start is as long as the image.
 */
#include "boot_check.h"
#include "clock.h"
#include "log.h"
#include "machine.h"
#include "monitor/calls.h"
#include "multiboot.h"
#include "pages.h"
#include "schedule.h"
#include "uart.h"

#define FIRST_MIB 0x100000u

extern const char kernel_end[];

void kernel_main(uint32_t multiboot);

static void refuse(const char *why) __attribute__((__noreturn__));
static void refuse(const char *why)
{
	log_text("refused: ");
	log_text(why);
	log_end_of_line();
	log_flush();
	machine_end(true);
}

static void refuse_image(const struct boot_problem *problem)
	__attribute__((__noreturn__));
static void refuse_image(const struct boot_problem *problem)
{
	log_text("refused: boot image: ");
	if (problem->partition != UINT32_MAX) {
		log_text("partition ");
		log_number(problem->partition);
		log_text(": ");
	}
	if (problem->record) {
		log_text(problem->record);
		log_text(" ");
		log_number(problem->number);
		log_text(": ");
	}
	log_text(problem->text);
	log_end_of_line();
	log_flush();
	machine_end(true);
}

/* Copied from the loader's memory before that is used for something else. */
struct loaded {
	uint64_t image, image_end; /* physical */
	uint64_t memory_end;
};

static struct loaded read_multiboot(uint32_t at)
{
	const struct multiboot *multiboot = pages_window(at);
	const struct multiboot_module *module = pages_window(multiboot->modules);

	if (!(multiboot->flags & MULTIBOOT_HAS_MEMORY))
		refuse("the loader does not tell how much memory there is");
	if (!(multiboot->flags & MULTIBOOT_HAS_MODULES) || multiboot->module_count != 1)
		refuse("not one Multiboot module, the boot image");
	return (struct loaded){
		.image = module->start,
		.image_end = module->end,
		.memory_end = FIRST_MIB + (uint64_t)multiboot->memory_upper * 1024,
	};
}

static uint64_t first_free(const struct loaded *loaded)
{
	const uint64_t kernel = (uint64_t)(uintptr_t)kernel_end - KERNEL_BASE;

	return loaded->image_end > kernel ? loaded->image_end : kernel;
}

static void check_image(const struct loaded *loaded)
{
	struct boot_problem problem;

	if (loaded->image % BOOT_PAGE || loaded->image_end < loaded->image ||
	    loaded->image_end > loaded->memory_end || loaded->memory_end > WINDOW_SIZE)
		refuse("the boot image is not in memory, or memory is above 4 GiB");
	problem = boot_check(pages_window(loaded->image),
			     loaded->image_end - loaded->image);
	if (problem.text)
		refuse_image(&problem);
}

static void must(const char *problem)
{
	if (problem)
		refuse(problem);
}

void kernel_main(uint32_t multiboot)
{
	struct loaded loaded;

	uart_start();
	must(machine_start());
	loaded = read_multiboot(multiboot);
	pages_start(first_free(&loaded), loaded.memory_end);
	check_image(&loaded);
	must(schedule_create(pages_window(loaded.image)));
	clock_start();
	log_text("started");
	log_end_of_line();
	schedule_start();
}

/* The line of an interrupt controller. */
static void line(unsigned number)
{
	if (number == LINE_TIMER)
		clock_timer_expired();
	else if (number == LINE_CONSOLE)
		schedule_console_input();
	machine_line_done(number);
}

struct trap_frame *trap_from_guest(struct trap_frame *registers)
{
	struct partition *partition = schedule_current();

	if (registers != &partition->registers) /* on the stack for double faults */
		trap_in_kernel(registers);
	if (registers->vector >= VECTOR_LINES && registers->vector != MONITOR_VECTOR)
		line((unsigned)registers->vector - VECTOR_LINES);
	else
		schedule_trap(machine_fault_address());
	return schedule_next();
}

/* While the kernel waits. An exception here is a defect of the kernel. */
void trap_in_kernel(struct trap_frame *registers)
{
	if (registers->vector >= VECTOR_LINES) {
		line((unsigned)registers->vector - VECTOR_LINES);
		return;
	}
	log_text("refused: exception ");
	log_number(registers->vector);
	log_text(" in the kernel at ");
	log_hex(registers->pc);
	log_text(", address ");
	log_hex(machine_fault_address());
	log_end_of_line();
	log_flush();
	machine_end(true);
}
