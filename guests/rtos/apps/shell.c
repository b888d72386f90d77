/* A shell on the console: a line editor, and commands that show the kernel at work. */
#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "decimal.h"
#include "kernel.h"
#include "print.h"
#include "text.h"
#include "thread.h"

#define LINE_MAX	   80
#define SHELL_PRIORITY	   4
#define WORKER_PRIORITY	   8
#define DELETE		   0x7f	      /* the backspace key of terminals */
#define CTRL_U		   0x15	      /* erases the line */
#define KEPT_MAGIC	   0x74706b73 /* marks memory that a warm restart has kept */
#define ARRAY_COUNT(array) (sizeof(array) / sizeof(*(array)))

static char shell_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static char worker_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread worker;

/* At the start of the memory for applications. */
struct kept {
	uint32_t magic;
	uint32_t starts;
};

struct command {
	const char *name;
	const char *help;
	void (*run)(const char *argument);
};
static const struct command commands[];

static void echo(const char *argument)
{
	print("%s\n", argument);
}

static void ticks(const char *argument)
{
	(void)argument;
	print("%u ticks, %u per second, %u without an interrupt of their own\n",
	      clock_ticks(), clock_rate(), clock_missed());
}

static void show(const struct thread *thread)
{
	static const char *const states[] = { "ended", "ready", "waiting" };

	print("%-10s %2u  %-8s %u\n", thread->name, thread->priority,
	      thread == thread_self() ? "running" : states[thread->state], thread->ticks);
}

/* Searches from the start for each thread: the list may change while one is printed. */
static void threads(const char *argument)
{
	(void)argument;
	print("NAME     PRIO  STATE    TICKS\n");
	for (unsigned i = 0;; i++) {
		uint32_t level = cpu_interrupts_disable();
		const struct thread *thread = thread_next(NULL);

		for (unsigned n = 0; thread && n < i; n++)
			thread = thread_next(thread);
		cpu_interrupts_enable(level);
		if (!thread)
			return;
		show(thread);
	}
}

static void sleep(const char *argument)
{
	clock_sleep(decimal(argument));
}

static void compute(void *unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("");
}

static void divide(void *unused)
{
	volatile unsigned zero = 0;

	(void)unused;
	print("%u\n", clock_ticks() / zero);
}

static void start_worker(void (*main)(void *))
{
	thread_kill(&worker);
	thread_create(&worker, "worker", WORKER_PRIORITY, main, NULL, worker_stack,
		      sizeof(worker_stack));
}

static void work(const char *argument)
{
	(void)argument;
	start_worker(compute);
}

static void fault(const char *argument)
{
	(void)argument;
	start_worker(divide);
	thread_join(&worker, WAIT_FOREVER);
}

static void kill(const char *argument)
{
	(void)argument;
	thread_kill(&worker);
}

static void reboot(const char *argument)
{
	cpu_interrupts_close();
	cpu_restart(!strcmp(argument, "warm"));
}

static void leave(const char *argument)
{
	const uint32_t status = decimal(argument);

	if (status > 127)
		print("%u: invalid status (expected 0 to 127)\n", status);
	else
		kernel_stop((int)status);
}

static void help(const char *argument);

static const struct command commands[] = {
	{ "help", "show this list", help },
	{ "echo", "TEXT: print the text", echo },
	{ "ticks", "show the time", ticks },
	{ "threads", "list all threads, with the ticks that they ran for", threads },
	{ "sleep", "TICKS: wait", sleep },
	{ "work", "start a thread that computes, less urgent than the shell", work },
	{ "kill", "end that thread", kill },
	{ "fault", "start a thread that divides by zero", fault },
	{ "reboot", "[warm]: restart; warm keeps the memory", reboot },
	{ "exit", "STATUS: stop with that status, 0 to 127", leave },
};

static void help(const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		print("%-8s %s\n", commands[i].name, commands[i].help);
}

static void run(char *line)
{
	char *argument = line;

	while (*argument && *argument != ' ')
		argument++;
	while (*argument == ' ')
		*argument++ = 0;
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (!strcmp(line, commands[i].name)) {
			commands[i].run(argument);
			return;
		}
	}
	if (*line)
		print("%s: unknown command (try help)\n", line);
}

static void erase(size_t *length)
{
	--*length;
	print("\b \b");
}

/* Adds a key to the line. Returns true at its end. */
static bool edit(char *line, size_t *length, int key)
{
	if ((key == '\b' || key == DELETE) && *length)
		erase(length);
	while (key == CTRL_U && *length)
		erase(length);
	if (key >= ' ' && key < DELETE && *length + 1 < LINE_MAX) {
		line[(*length)++] = (char)key;
		print("%c", key);
	}
	if (key != '\r' && key != '\n')
		return false;
	print("\n");
	return true;
}

static void read_line(char *line)
{
	size_t length = 0;

	print("> ");
	while (!edit(line, &length, console_read(WAIT_FOREVER)))
		;
	line[length] = 0;
}

static void count_starts(void)
{
	void *start;
	size_t size;
	struct kept *kept;

	cpu_memory(&start, &size);
	kept = start;
	if (kept->magic != KEPT_MAGIC)
		*kept = (struct kept){ .magic = KEPT_MAGIC };
	print("shell: start %u, %u MB of memory\n", ++kept->starts,
	      (unsigned)(size >> 20));
}

static void shell(void *unused)
{
	char line[LINE_MAX];

	(void)unused;
	console_open_input();
	count_starts();
	for (;;) {
		read_line(line);
		run(line);
	}
}

const struct application application = {
	.name = "shell",
	.clock_rate = 100,
	.main = shell,
	.priority = SHELL_PRIORITY,
	.stack = shell_stack,
	.stack_size = sizeof(shell_stack),
};
