/*
 * Waits in a call until a clock of 1 kHz has ticked 50 times during it; the handler then
 * says so on standard error. Arguments:
 *
 *	(none)	  write() lines until the reader of the console is slow
 *	closed	  close the console first, and expect EBADF
 *	read	  read() from the console, and print the input
 *	poll	  poll() of the console until there is input; prints "interrupted"
 *	sleep	  the same with nanosleep(), for an hour
 *	lock FILE wait for a lock of the file
 *
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define ENOUGH 50

static volatile unsigned ticks;
static volatile int waiting, is_full;

static void tick(int vector, void *frame)
{
	static const char text[] = "the clock ticks\n";

	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
	if (waiting && ++ticks == ENOUGH) {
		is_full = 1;
		write(STDERR_FILENO, text, sizeof(text) - 1);
	}
}

static void start_clock(void)
{
	_CPU_Virtual_Set_handler(tick);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(0, 1000000);
	_CPU_Virtual_Interrupts_open();
}

static int write_line(int number)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "line %d\n", number);

	ticks = 0;
	waiting = 1;
	length -= (int)write(STDOUT_FILENO, line, (size_t)length);
	waiting = 0;
	return length;
}

static int is_closed(int file)
{
	return !close(file) && write(file, "x", 1) == -1 && errno == EBADF;
}

/* Prints all input. */
static int read_all(void)
{
	char bytes[64];
	ssize_t count;

	waiting = 1;
	while ((count = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		write(STDOUT_FILENO, bytes, (size_t)count);
	return count != 0;
}

static int poll_input(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, -1);
}

static int sleep_an_hour(void)
{
	struct timespec hour = { .tv_sec = 3600 }, rest = { 0 };
	int result = nanosleep(&hour, &rest);

	return result == -1 && (rest.tv_sec < 0 || rest.tv_sec >= 3600) ? 1 : result;
}

/* Each interrupt ends the call. */
static int interrupted(int call(void))
{
	waiting = 1;
	for (unsigned i = 0; !is_full; i++)
		if (call() != -1 || errno != EINTR || ticks < i)
			return 1;
	puts("interrupted");
	return 0;
}

static int lock(const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int file = open(path, O_RDWR);

	waiting = 1;
	if (fcntl(file, F_SETLKW, &whole))
		return 1;
	puts("locked");
	return !is_full;
}

static int write_lines(void)
{
	if (write(STDOUT_FILENO, (void *)16, 1) != -1 || errno != EFAULT)
		return 1;
	for (int i = 0; !is_full; i++)
		if (write_line(i))
			return 2;
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	start_clock();
	if (!strcmp(what, "closed"))
		return !is_closed(STDOUT_FILENO) || !is_closed(STDERR_FILENO);
	if (!strcmp(what, "read"))
		return read_all();
	if (!strcmp(what, "poll"))
		return interrupted(poll_input);
	if (!strcmp(what, "sleep"))
		return interrupted(sleep_an_hour);
	if (!strcmp(what, "lock"))
		return lock(argv[2]);
	return write_lines();
}
