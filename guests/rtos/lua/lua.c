/*
 * A larger application: one Lua state per thread. The threads exchange messages while the
 * clock preempts them.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "clock.h"
#include "kernel.h"
#include "option.h"
#include "print.h"
#include "queue.h"
#include "thread.h"
#include "threads.h"

#define RATE	      1000
#define WORKERS	      5
#define JOBS	      120 /* default */
#define TICKS	      20  /* that each worker runs for at least */
#define STACK	      0x20000
#define MESSAGE	      64 /* bytes */
#define QUEUE_LENGTH  8
#define WORK_PRIORITY 8
#define MAIN_PRIORITY 4

/* The scripts, from scripts.S; each ends with a NUL. */
extern const char jobs_lua[], worker_lua[], director_lua[];

struct message {
	size_t length;
	char text[MESSAGE];
};

static struct message places[2][QUEUE_LENGTH];
static struct queue queues[2];
static const char *const queue_names[] = { "jobs", "results", NULL };

static struct thread workers[WORKERS];
static char stacks[WORKERS + 1][STACK] __attribute__((__aligned__(16)));

/* send(queue, text [, ticks]): returns whether there was room in time */
static int lua_send(lua_State *lua)
{
	struct queue *queue = &queues[luaL_checkoption(lua, 1, NULL, queue_names)];
	struct message message = { 0 };
	const char *text = luaL_checklstring(lua, 2, &message.length);
	const lua_Integer ticks = luaL_optinteger(lua, 3, WAIT_FOREVER);

	luaL_argcheck(lua, message.length <= MESSAGE, 2, "too long for a message");
	luaL_argcheck(lua, ticks >= 0 && ticks <= (lua_Integer)WAIT_FOREVER, 3, "ticks");
	memcpy(message.text, text, message.length);
	lua_pushboolean(lua, !queue_send(queue, &message, (uint32_t)ticks));
	return 1;
}

/* receive(queue): returns a text */
static int lua_receive(lua_State *lua)
{
	struct queue *queue = &queues[luaL_checkoption(lua, 1, NULL, queue_names)];
	struct message message;

	queue_receive(queue, &message, WAIT_FOREVER);
	lua_pushlstring(lua, message.text, message.length);
	return 1;
}

/* print(text): prints a line in one piece */
static int lua_print(lua_State *lua)
{
	print("%s\n", luaL_checkstring(lua, 1));
	return 0;
}

/* least_ticks(): the ticks of the worker that has had the fewest */
static int lua_least_ticks(lua_State *lua)
{
	uint32_t least = UINT32_MAX;

	for (int i = 0; i < WORKERS; i++)
		if (workers[i].ticks < least)
			least = workers[i].ticks;
	lua_pushinteger(lua, least);
	return 1;
}

static const luaL_Reg libraries[] = {
	{ LUA_GNAME, luaopen_base },	      { LUA_STRLIBNAME, luaopen_string },
	{ LUA_TABLIBNAME, luaopen_table },    { LUA_MATHLIBNAME, luaopen_math },
	{ LUA_COLIBNAME, luaopen_coroutine },
};

static lua_State *new_state(void)
{
	lua_State *lua = luaL_newstate();

	if (!lua)
		kernel_panic("%s: out of memory for Lua", thread_self()->name);
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
		luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
		lua_pop(lua, 1);
	}
	lua_register(lua, "send", lua_send);
	lua_register(lua, "receive", lua_receive);
	lua_register(lua, "print", lua_print);
	lua_register(lua, "least_ticks", lua_least_ticks);
	return lua;
}

static void check(lua_State *lua, int error)
{
	if (error)
		kernel_panic("%s: %s", thread_self()->name, lua_tostring(lua, -1));
}

/* Runs a script; arguments and results are on the Lua stack. */
static void run(lua_State *lua, const char *script, const char *name, int arguments,
		int results)
{
	check(lua, luaL_loadbuffer(lua, script, strlen(script), name));
	lua_insert(lua, -1 - arguments);
	check(lua, lua_pcall(lua, arguments, results, 0));
}

static void worker(void *unused)
{
	lua_State *lua;

	(void)unused;
	newlib_attach_thread();
	lua = new_state();
	run(lua, jobs_lua, "=jobs", 0, 1);
	run(lua, worker_lua, "=worker", 1, 0);
	lua_close(lua);
}

static void start_workers(void)
{
	static const char *const names[WORKERS] = { "anna", "bert", "cleo", "dora",
						    "emil" };

	for (int i = 0; i < WORKERS; i++)
		thread_create(&workers[i], names[i], WORK_PRIORITY, worker, NULL,
			      stacks[i], STACK);
}

static void direct(void *unused)
{
	const uint32_t jobs = option_number("jobs", JOBS);
	lua_State *lua;

	(void)unused;
	newlib_init();
	newlib_attach_thread();
	for (int i = 0; i < 2; i++)
		queue_init(&queues[i], places[i], sizeof(**places), QUEUE_LENGTH);
	start_workers();
	lua = new_state();
	lua_pushinteger(lua, jobs);
	lua_pushinteger(lua, WORKERS);
	lua_pushinteger(lua, TICKS);
	run(lua, director_lua, "=director", 3, 0);
	lua_close(lua);
	for (int i = 0; i < WORKERS; i++)
		thread_join(&workers[i], WAIT_FOREVER);
	kernel_stop(0);
}

const struct application application = {
	.name = "director",
	.clock_rate = RATE,
	.main = direct,
	.priority = MAIN_PRIORITY,
	.stack = stacks[WORKERS],
	.stack_size = STACK,
};
