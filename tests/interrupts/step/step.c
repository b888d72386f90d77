/*
 * step RUNNER RESOLVER-START RESOLVER-END KICK COMMAND...: runs a guest and raises
 * interrupts between any two instructions that it names (protocol.h). COMMAND becomes the
 * runner by exec. The numbers give the range of the resolver in the runner, and the place
 * of its struct kick.
 *
 * Prints the number of places of each window, and errors. The exit status is 0 if there
 * were none and the guest ended with 0.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "protocol.h"
#include "tracee.h"

#define PLACES 0x10000

/* The largest number of passes for a place in a loop. */
#define MAX_PASSES 5

/* Of kick.held, after two numbers (process/interrupts/kick.h). */
#define HELD_AT 8

/* Instead of an address: asleep in the system call. */
#define ASLEEP 1

static struct tracee tracee;
static struct step_control control;
static uint64_t control_at;
static uint64_t resolver_start, resolver_end, kick_at;
static int wrongs;

/* The current window: the address of each place, and where the guest may sleep. */
static struct {
	uint64_t pc[PLACES];
	uint32_t count;
} recorded[STEP_RAISES];
static uint64_t sleeps_at;
static uint32_t raises_done;

/* The kernel's functions for the clock start again if it changes the time meanwhile:
 * often while they are stepped through, and hardly ever otherwise. */
static struct range vdso;
static struct {
	bool is_there;
	bool starts_again;
	uint32_t first; /* place */
} visit;

/* Prints the round that ended the process or does not end. Prints addresses only, as the
 * mappings are gone. */
static void stop_there(const char *what)
{
	printf("%s: place", control.window);
	for (uint32_t i = 0; i < raises_done; i++)
		printf(" %u (0x%" PRIx64 ")", control.place[i],
		       recorded[i].pc[control.place[i]]);
	die(": %s", what);
}

static void print_place(uint32_t raise)
{
	uint64_t pc = recorded[raise].pc[control.place[raise]];
	char name[300] = "asleep";

	if (pc != ASLEEP)
		tracee_name(&tracee, pc, name, sizeof(name));
	printf(" %u (%s)", control.place[raise], name);
}

static void print_wrong(const char *what)
{
	wrongs++;
	printf("%s:", control.window);
	for (uint32_t i = 0; i < control.raises; i++)
		print_place(i);
	printf(": %s\n", what);
}

static void stop_wrong(const char *what)
{
	print_wrong(what);
	die("given up");
}

/* The process ended within a round, or the round does not end. */
static void expect_stop(enum stop stop)
{
	char what[64];

	if (stop == STOP_NONE)
		stop_there("the guest does not end");
	if (stop != STOP_END)
		return;
	if (WIFSIGNALED(tracee.status))
		snprintf(what, sizeof(what), "the guest ended by signal %d",
			 WTERMSIG(tracee.status));
	else
		snprintf(what, sizeof(what), "the guest ended with %d",
			 WEXITSTATUS(tracee.status));
	stop_there(what);
}

/* Continues to the next time that `pc` is reached; 0: to the end of the round. Returns
 * false if the round ended before. */
static bool go_to(uint64_t pc)
{
	enum stop stop;

	tracee_break_at(&tracee, 0, pc);
	tracee_break_at(&tracee, 1, raises_done ? sleeps_at : 0);
	stop = tracee_go(&tracee);
	expect_stop(stop);
	if (stop == STOP_BREAKPOINT && tracee_pc(&tracee) != pc)
		stop_wrong("sleeps, although an interrupt came");
	return stop != STOP_MARK || !pc;
}

/* A loop passes a place several times. */
static bool go_to_place(uint32_t raise)
{
	uint32_t place = control.place[raise];
	uint64_t pc = recorded[raise].pc[place];
	bool is_there = true;

	if (place >= recorded[raise].count)
		die("%s: there is no place %u", control.window, place);
	if (pc == ASLEEP) {
		tracee_break_at(&tracee, 0, 0);
		tracee_break_at(&tracee, 1, 0);
		tracee_go_to_sleep(&tracee);
		return true;
	}
	for (uint32_t i = 1; i <= place && is_there; i++) /* it is at the first place */
		if (recorded[raise].pc[i] == pc)
			is_there = go_to(pc);
	return is_there;
}

/* Whether a source would send no signal: see vcpu_kick() of the process host. */
static bool is_held(void)
{
	uint32_t held;

	tracee_read(&tracee, kick_at + HELD_AT, &held, sizeof(held));
	return held;
}

static void raise_vector(uint32_t raise)
{
	uint64_t bit = 1ull << control.vector[raise], pending;

	tracee_read(&tracee, control.pending, &pending, sizeof(pending));
	control.raised[raise] = !(pending & bit);
	pending |= bit;
	tracee_write(&tracee, control.pending, &pending, sizeof(pending));
	if (!is_held())
		tracee_signal(&tracee, SIGURG);
	raises_done++;
}

static uint32_t passes(uint32_t raise, uint64_t pc)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < recorded[raise].count; i++)
		count += recorded[raise].pc[i] == pc;
	return count;
}

/* A repeated instruction is one place. Not all passes of a long loop are taken. */
static void add_place(uint32_t raise, uint64_t pc)
{
	uint32_t count = recorded[raise].count;

	if ((count && recorded[raise].pc[count - 1] == pc) ||
	    passes(raise, pc) == MAX_PASSES)
		return;
	if (count == PLACES)
		die("%s: more than %u places", control.window, PLACES);
	recorded[raise].pc[recorded[raise].count++] = pc;
}

static bool has_place(uint32_t raise, uint32_t from, uint64_t pc)
{
	for (uint32_t i = from; i < recorded[raise].count; i++)
		if (recorded[raise].pc[i] == pc)
			return true;
	return false;
}

/* A visit of the vDSO that starts again has no places: they would not be met again. */
static void follow_visit(uint32_t raise, uint64_t pc)
{
	const uint32_t count = recorded[raise].count;
	const bool was_there = visit.is_there;

	visit.is_there = pc >= vdso.start && pc < vdso.end;
	if (visit.is_there && !was_there) {
		visit.first = count;
		visit.starts_again = false;
	}
	if (visit.is_there && count && recorded[raise].pc[count - 1] != pc)
		visit.starts_again |= has_place(raise, visit.first, pc);
	if (was_there && !visit.is_there && visit.starts_again)
		recorded[raise].count = visit.first;
}

/* Makes one step. A breakpoint would not stop where a pending signal comes first. */
static enum stop record_step(uint32_t raise)
{
	uint64_t pc = tracee_pc(&tracee);
	enum stop stop = tracee_step(&tracee);

	expect_stop(stop);
	if (!tracee.interrupted || !recorded[raise].count) {
		follow_visit(raise, pc);
		add_place(raise, pc);
	}
	return stop;
}

/* The first interrupt finds the guest asleep. */
static void record_sleep(uint32_t raise)
{
	if (raises_done)
		stop_wrong("sleeps, although an interrupt came");
	sleeps_at = tracee_pc(&tracee);
	add_place(raise, sleeps_at);
	add_place(raise, ASLEEP);
	tracee_go_to_sleep(&tracee);
	raise_vector(raise);
	go_to(0);
}

/* Records the places of the next interrupt, step by step, up to the end of the round. */
static void record(uint32_t raise)
{
	recorded[raise].count = 0;
	visit.is_there = false;
	tracee_break_at(&tracee, 0, 0);
	tracee_break_at(&tracee, 1, 0);
	do {
		if (control.sleeps && tracee_is_about_to_sleep(&tracee)) {
			record_sleep(raise);
			break;
		}
	} while (record_step(raise) != STOP_MARK);
	control.places = recorded[raise].count;
	printf("%s, %u raised: %u places\n", control.window, raise, control.places);
}

/* Runs one round. At its end, the program counter is past a mark. */
static void raise_vectors(void)
{
	control.missed = 0;
	memset(control.raised, 0, sizeof(control.raised));
	raises_done = 0;
	for (uint32_t i = 0; i < control.raises; i++) {
		if (!go_to_place(i)) {
			control.missed = 1;
			return;
		}
		raise_vector(i);
	}
	if (control.record)
		record(control.raises);
	else
		go_to(0);
}

static void play_round(void)
{
	tracee_read(&tracee, control_at, &control, sizeof(control));
	if (control.record && !control.raises)
		sleeps_at = 0;
	raise_vectors();
	control.resolver_start = resolver_start;
	control.resolver_end = resolver_end;
	tracee_write(&tracee, control_at, &control, sizeof(control));
}

static void expect_end_of_round(void)
{
	uint64_t mark, argument;

	tracee_mark(&tracee, &mark, &argument);
	if ((uint32_t)mark != STEP_END)
		stop_wrong("an unknown mark");
}

static void on_mark(void)
{
	uint64_t mark;

	tracee_mark(&tracee, &mark, &control_at);
	if ((uint32_t)mark == STEP_BEGIN) {
		play_round();
		expect_end_of_round();
	} else {
		tracee_read(&tracee, control_at + offsetof(struct step_control, wrong),
			    control.wrong, sizeof(control.wrong) - 1);
		print_wrong(control.wrong);
	}
}

static void find_places(const char *runner)
{
	uint64_t base = tracee_range(&tracee, runner).start;

	vdso = tracee_range(&tracee, "[vdso]");
	resolver_start += base;
	resolver_end += base;
	kick_at += base;
}

int main(int argc, char **argv)
{
	enum stop stop;

	if (argc < 6)
		die("step RUNNER RESOLVER-START RESOLVER-END KICK COMMAND...");
	resolver_start = strtoull(argv[2], NULL, 0);
	resolver_end = strtoull(argv[3], NULL, 0);
	kick_at = strtoull(argv[4], NULL, 0);
	tracee_start(&tracee, argv + 5);
	stop = tracee_go(&tracee);
	if (stop == STOP_MARK)
		find_places(argv[1]);
	for (; stop == STOP_MARK; stop = tracee_go(&tracee))
		on_mark();
	if (stop != STOP_END || !WIFEXITED(tracee.status) || WEXITSTATUS(tracee.status))
		die("ended with status 0x%x (stop %d)", (unsigned)tracee.status, stop);
	printf("%d wrong\n", wrongs);
	return wrongs != 0;
}
