/* Commands in, replies out. See session.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>

#include "command.h"
#include "kvm/interrupts/kick.h"
#include "kvm/machine/machine.h"
#include "kvm/machine/ping.h"
#include "packet.h"
#include "runner/current.h"
#include "session.h"
#include "target.h"
#include "watch.h"

/* Types of breakpoints; INT3 serves both. */
#define SOFTWARE 0
#define HARDWARE 1

/* The flag of a step; an instruction; vectors. */
#define TF	    ((uintptr_t)0x100)
#define PUSHF	    0x9c
#define DEBUG_TRAP  1
#define BREAK_POINT 3

/* libc makes one call of all those about sockets on i386, with the number and arguments
 * in memory, where no rule sees them: so the calls are made here. */
#define ALLOW_HERE(call) JUMPSLOT_ALLOW_IF(call, JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_GDB))
JUMPSLOT_STATE(gdb_session, "(gdb)", ALLOW_HERE("recvfrom"), ALLOW_HERE("sendto"),
	       ALLOW_HERE("close"),
	       JUMPSLOT_ALLOW_IF("tgkill", JUMPSLOT_ARG_PROCESS(0),
				 JUMPSLOT_ARG(2, SIGKILL)))

static struct {
	int fd; /* -1: none, or gdb has gone */
	struct packet_reader reader;
	struct packet_reply reply;
	struct command command;
	uint8_t input[512];
	size_t next, end; /* of the input */
	int signal;	  /* the last stop's, in gdb's numbers */
	bool can_watch;	  /* debug registers work */
	bool stepping;
	bool pushes_flags;	      /* the step does */
	volatile sig_atomic_t wanted; /* input came while the guest ran */
} session = { .fd = -1 };

/* The guest's next move. */
enum resume { RESUME_NOT, RESUME_GUEST, RESUME_WITH_SIGNAL };

static void on_input(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	session.wanted = 1;
	if (kick_is_own_thread())
		machine_kick();
}

static int ask_for_signals(void)
{
	const struct f_owner_ex owner = { F_OWNER_TID, (pid_t)syscall(SYS_gettid) };
	struct sigaction action = {
		.sa_sigaction = on_input,
		.sa_flags = SA_SIGINFO | SA_RESTART, /* which returns by rt_sigreturn() */
	};

	sigfillset(&action.sa_mask);
	return sigaction(SIGIO, &action, NULL) ||
	       fcntl(session.fd, F_SETFD, FD_CLOEXEC) ||
	       fcntl(session.fd, F_SETOWN_EX, &owner) ||
	       fcntl(session.fd, F_SETFL, O_RDWR | O_ASYNC);
}

int session_open(const struct plan *plan, struct message *message)
{
	if (!plan->gdb)
		return 0;
	session.fd = (int)(plan->gdb - 1);
	if (ask_for_signals())
		return fail(message, errno, "--gdb: %s", strerror(errno));
	session.can_watch = ping_stops_at_watch();
	return 0;
}

int session_descriptor(void)
{
	return session.fd;
}

/* gdb interrupts a step that takes long, in a host function. */
static void drop_step(void)
{
	struct registers registers;

	if (!session.stepping)
		return;
	machine_get(&registers);
	registers.flags &= ~TF;
	machine_set(&registers);
	session.stepping = false;
}

/* gdb has gone, or has detached: the guest runs on by itself. */
static void leave(void)
{
	drop_step();
	target_clear_breakpoints();
	watch_clear_all();
	close(session.fd);
	session.fd = -1;
}

static void send_bytes(const char *bytes, size_t length)
{
	while (length) {
		const long sent = syscall(SYS_sendto, session.fd, bytes, length,
					  MSG_NOSIGNAL, NULL, 0);

		if (sent < 0 && errno != EINTR)
			return; /* the next read says so, too */
		if (sent > 0) {
			bytes += sent;
			length -= (size_t)sent;
		}
	}
}

static void send_reply(void)
{
	packet_end(&session.reply);
	send_bytes(session.reply.data, session.reply.length);
}

/* Reads more input; `flags` of recv(). Returns false if there is none, or no more. */
static bool read_more(int flags)
{
	ssize_t got;

	do
		got = syscall(SYS_recvfrom, session.fd, session.input,
			      sizeof(session.input), flags, NULL, NULL);
	while (got < 0 && errno == EINTR);
	session.next = 0;
	session.end = got > 0 ? (size_t)got : 0;
	if (!got || (got < 0 && errno != EAGAIN))
		leave();
	return got > 0;
}

/* The next event of the input; PACKET_NOTHING: there is no more, or gdb has gone. */
static enum packet_event next_event(int flags)
{
	enum packet_event event = PACKET_NOTHING;

	while (event == PACKET_NOTHING) {
		if (session.next == session.end && !read_more(flags))
			return PACKET_NOTHING;
		event = packet_take(&session.reader, session.input[session.next++]);
	}
	return event;
}

/* Where gdb's number is another one. */
static int gdb_signal(int number)
{
	return number == SIGBUS ? 10 : number;
}

static void add_status(char kind, int number)
{
	const char text[] = { kind, 0 };
	const uint8_t byte = (uint8_t)number;

	packet_add(&session.reply, text);
	packet_add_hex(&session.reply, &byte, 1);
}

static void add_result(int error)
{
	if (error)
		add_status('E', -error);
	else
		packet_add(&session.reply, "OK");
}

static void read_registers(void)
{
	uint8_t bytes[TARGET_BYTES];

	target_get(bytes);
	packet_add_hex(&session.reply, bytes, sizeof(bytes));
}

static void write_registers(const struct command *command)
{
	const bool fits = command->length == TARGET_BYTES;

	if (fits)
		target_set(command->bytes);
	add_result(fits ? 0 : -EINVAL);
}

static void read_register(const struct command *command)
{
	uint8_t bytes[TARGET_BYTES];
	size_t offset;
	const size_t size = target_place(command->number, &offset);

	if (!size) {
		add_result(-EINVAL);
		return;
	}
	target_get(bytes);
	packet_add_hex(&session.reply, bytes + offset, size);
}

static void write_register(const struct command *command)
{
	uint8_t bytes[TARGET_BYTES];
	size_t offset;
	const size_t size = target_place(command->number, &offset);

	if (!size || command->length != size) {
		add_result(-EINVAL);
		return;
	}
	target_get(bytes);
	memcpy(bytes + offset, command->bytes, size);
	target_set(bytes);
	add_result(0);
}

static void read_memory(const struct command *command)
{
	uint8_t bytes[PACKET_SIZE / 2];
	const size_t got = target_read(command->address, bytes, (size_t)command->length);

	if (got || !command->length)
		packet_add_hex(&session.reply, bytes, got);
	else
		add_result(-EFAULT);
}

/* An empty reply: gdb's other kind, which watches reads alone, is not there, and the
 * others are not where /dev/kvm ignores debug registers. */
static void change_breakpoint(const struct command *command)
{
	if (session.can_watch &&
	    (command->number == WATCH_WRITE || command->number == WATCH_ACCESS)) {
		add_result((command->kind == COMMAND_SET_BREAKPOINT ? watch_set
								    : watch_clear)(
			command->number, command->address, command->length));
		return;
	}
	if (command->number > HARDWARE)
		return;
	add_result(command->kind == COMMAND_SET_BREAKPOINT
			   ? target_set_breakpoint(command->address)
			   : target_clear_breakpoint(command->address));
}

/* Only an image that moves needs it. */
static void add_offsets(void)
{
	if (!current->plan->position_independent)
		return;
	packet_add(&session.reply, "TextSeg=");
	packet_add_number(&session.reply, current->base);
}

/* Replies to a command that leaves the guest stopped. */
static void answer(const struct command *command)
{
	switch (command->kind) {
	case COMMAND_STATUS:
		add_status('S', session.signal);
		return;
	case COMMAND_READ_REGISTERS:
		read_registers();
		return;
	case COMMAND_WRITE_REGISTERS:
		write_registers(command);
		return;
	case COMMAND_READ_REGISTER:
		read_register(command);
		return;
	case COMMAND_WRITE_REGISTER:
		write_register(command);
		return;
	case COMMAND_READ_MEMORY:
		read_memory(command);
		return;
	case COMMAND_WRITE_MEMORY:
		add_result(target_write(command->address, command->bytes,
					(size_t)command->length));
		return;
	case COMMAND_SET_BREAKPOINT:
	case COMMAND_CLEAR_BREAKPOINT:
		change_breakpoint(command);
		return;
	case COMMAND_FEATURES:
		packet_add(&session.reply, "PacketSize=");
		packet_add_number(&session.reply, PACKET_SIZE);
		return;
	case COMMAND_THREADS:
		packet_add(&session.reply, "m1");
		return;
	case COMMAND_MORE_THREADS:
		packet_add(&session.reply, "l");
		return;
	case COMMAND_THIS_THREAD:
		packet_add(&session.reply, "QC1");
		return;
	case COMMAND_ATTACHED:
		packet_add(&session.reply, "1");
		return;
	case COMMAND_OFFSETS:
		add_offsets();
		return;
	case COMMAND_NOTHING:
		add_result(0);
		return;
	case COMMAND_UNKNOWN:
		return;
	default:
		add_result(-EINVAL);
	}
}

/* It writes its flags to the stack, with that of the step. */
static bool is_pushf(uintptr_t pc)
{
	uint8_t code;

	return target_read(pc, &code, 1) && code == PUSHF;
}

static enum resume resume(const struct command *command)
{
	struct registers registers;

	machine_get(&registers);
	session.stepping = command->kind == COMMAND_STEP;
	session.pushes_flags = session.stepping && is_pushf(registers.pc);
	if (session.stepping) {
		registers.flags |= TF;
		machine_set(&registers);
	}
	return command->number ? RESUME_WITH_SIGNAL : RESUME_GUEST;
}

static enum resume carry_out(const struct command *command)
{
	switch (command->kind) {
	case COMMAND_CONTINUE:
	case COMMAND_STEP:
		return resume(command);
	case COMMAND_KILL: /* gdb may wait for a reply */
		add_result(0);
		send_reply();
		kick_raise(SIGKILL);
		return RESUME_NOT;
	case COMMAND_DETACH:
		add_result(0);
		send_reply();
		leave();
		return RESUME_WITH_SIGNAL;
	default:
		answer(command);
		send_reply();
		return RESUME_NOT;
	}
}

/* Serves gdb until the guest goes on. Returns whether a fault takes its course. */
static bool serve(void)
{
	enum resume next = RESUME_NOT;

	while (next == RESUME_NOT && session.fd >= 0) {
		const enum packet_event event = next_event(0);

		if (event == PACKET_BROKEN)
			send_bytes("-", 1);
		if (event != PACKET_COMPLETE)
			continue;
		send_bytes("+", 1);
		command_read(&session.command, session.reader.data);
		packet_begin(&session.reply);
		next = carry_out(&session.command);
	}
	return next != RESUME_GUEST;
}

/* Tells gdb that the guest has stopped, and serves it. */
static bool stop(int signal)
{
	session.signal = gdb_signal(signal);
	packet_begin(&session.reply);
	add_status('S', session.signal);
	send_reply();
	return serve();
}

/* The same for a watchpoint at `address`. */
static bool stop_at_watchpoint(uint64_t kind, uint64_t address)
{
	session.signal = gdb_signal(SIGTRAP);
	packet_begin(&session.reply);
	add_status('T', session.signal);
	packet_add(&session.reply, kind == WATCH_WRITE ? "watch:" : "awatch:");
	packet_add_number(&session.reply, address);
	packet_add(&session.reply, ";");
	send_reply();
	return serve();
}

void session_begin(void)
{
	session.signal = SIGTRAP;
	if (session.fd >= 0)
		serve();
}

static bool is_in_exception(void)
{
	struct registers registers;
	const struct machine_place place = machine_get_place(&registers);

	return machine_has_exception(&place);
}

bool session_look(void)
{
	if (session.fd < 0)
		return false;
	if (session.wanted && !is_in_exception())
		machine_kick();
	return session.wanted || session.stepping;
}

bool session_has_input(void)
{
	return session.wanted && session.fd >= 0;
}

void session_kicked(void)
{
	enum packet_event event;

	if (!session.wanted || session.fd < 0 || is_in_exception())
		return;
	session.wanted = 0;
	do
		event = next_event(MSG_DONTWAIT);
	while (event != PACKET_NOTHING && event != PACKET_INTERRUPT);
	if (event != PACKET_INTERRUPT)
		return;
	drop_step();
	stop(SIGINT);
}

bool session_is_stepping(void)
{
	return session.stepping;
}

static void end_step(void)
{
	struct registers registers;
	uintptr_t flags;

	machine_get(&registers);
	if (session.pushes_flags && target_read(registers.sp, (uint8_t *)&flags,
						sizeof(flags)) == sizeof(flags)) {
		flags &= ~TF;
		target_write(registers.sp, (const uint8_t *)&flags, sizeof(flags));
	}
	session.stepping = false;
}

/* The place of INT3 itself, where gdb put one. */
static bool is_at_breakpoint(void)
{
	struct registers registers;

	machine_get(&registers);
	registers.pc--;
	if (!target_has_breakpoint(registers.pc))
		return false;
	machine_set(&registers);
	return true;
}

bool session_faulted(int signal, unsigned vector)
{
	const bool stepped = session.stepping && vector == DEBUG_TRAP;
	uint64_t kind, address;

	if (session.fd < 0)
		return false;
	if (session.stepping)
		end_step();
	if (vector == DEBUG_TRAP && watch_take_hit(&kind, &address)) {
		stop_at_watchpoint(kind, address);
		return true;
	}
	if (stepped || (vector == BREAK_POINT && is_at_breakpoint())) {
		stop(SIGTRAP);
		return true;
	}
	return !stop(signal);
}

static void end(char kind, int number)
{
	if (session.fd < 0)
		return;
	packet_begin(&session.reply);
	add_status(kind, number);
	send_reply();
}

void session_exited(int status)
{
	end('W', status);
}

void session_killed(int signal)
{
	end('X', gdb_signal(signal));
}
