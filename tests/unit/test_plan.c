/* The plan: what the launcher writes the runner accepts, and nothing that is damaged. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jumpslot/external_abi.h>
#include "launcher/run/plan_file.h"
#include "runner/plan_read.h"
#include "specimen.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

/* A plan's bytes; strings and tables lie where the launcher put them. */
struct bytes {
	uint8_t *at;
	size_t size;
};

static int create(const struct scan *scan, struct message *message)
{
	static char *arguments[] = { (char *)"guest.elf", (char *)"",
				     (char *)"two words" };
	struct options options = { .arguments = arguments,
				   .argument_count = 3,
				   .stack_size = 4096,
				   .host_stack_size = 12288,
				   .work_area_size = 8192,
				   .report = true,
				   .perf_map = true };
	struct provided function = { .name = scan->table.imports[0].name,
				     .function = 0x1234 };
	struct link link = { .status = LINK_BOUND,
			     .function = &function,
			     .call = { PLAN_GATED | PLAN_BLOCKING, 24 } };
	struct standby standby = { .provider = 1,
				   .function = &function,
				   .call = { PLAN_GATED, 24 } };
	static struct linked_guest guest;
	const struct irq_lines lines = {
		.lines = { { .vector = 2, .kind = PLAN_LINE_COUNT, .descriptor = 9 },
			   { .vector = 15, .kind = PLAN_LINE_BYTE, .descriptor = 3 } },
		.count = 2,
	};

	static struct sock_filter program[] = { { .code = 6, .k = 1 },
						{ .code = 6, .k = 2 } };
	const struct filter filter = { program, COUNT(program), true };

	static struct plan_watched watched[] = {
		{ .import = 0,
		  .stack_bytes = 24,
		  .pops = 8,
		  .first_place = 1,
		  .place_count = 2 },
	};
	static uint32_t places[] = { 0, 1, PLAN_PLACE_STACK | 8 };
	const struct watched_calls calls = {
		.watched = watched,
		.watched_count = COUNT(watched),
		.places = places,
		.place_count = COUNT(places),
		.traces = true,
	};

	guest = (struct linked_guest){
		.file = scan->file,
		.image = scan->image,
		.table = scan->table,
		.providers = { { .path = "/some/provider.so",
				 .options = "x=1",
				 .functions = &function,
				 .count = 1,
				 .status = { .st_dev = 5, .st_ino = 6 } },
			       { .name = "built-in",
				 .status = { .st_dev = 7, .st_ino = 8 } } },
		.provider_count = 2,
		.standbys = { &standby, 1 },
		.result = { .links = &link, .count = 1 },
	};
	guest.table.vcpu_state = 0x5000; /* as of a guest that has lines */
	static const struct port_files ports = {
		.ports = { { "first",
			     { .direction = 1,
			       .kind = 1,
			       .size = 8192,
			       .depth = 256,
			       .memory = 7,
			       .wake = 8,
			       .peer_count = 2 } },
			   { "second",
			     { .size = 1,
			       .depth = 1,
			       .memory = 9,
			       .refresh_ns = 5,
			       .wake = PLAN_NO_WAKE,
			       .first_peer = 2,
			       .peer_count = 1 } } },
		.count = 2,
		.peers = { 10, 11, 12 },
		.peer_count = 3,
	};
	const struct plan_parts parts = { &guest, &options, &lines, &ports,
					  &calls, &filter,  0 };

	return plan_file_create(&parts, message);
}

/* A sealed plan for hello. */
static int create_for_hello(void)
{
	struct specimen specimen = specimen_open("guests/hello-x86_64.elf");
	struct message message = blank_message();
	struct scan scan;
	int fd;

	ck_assert_msg(!scan_open(&scan, specimen.fd, &message), "%s", message.text);
	fd = create(&scan, &message);
	ck_assert_msg(fd >= 0, "%s", message.text);
	scan_free(&scan);
	specimen_close(&specimen);
	return fd;
}

static struct bytes copy(int fd)
{
	struct bytes bytes;
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	bytes.size = (size_t)status.st_size;
	bytes.at = malloc(bytes.size);
	ck_assert_int_eq(pread(fd, bytes.at, bytes.size, 0), status.st_size);
	return bytes;
}

/* Reads `size` of the bytes as a plan with these seals. */
static int read_sealed(const struct bytes *bytes, size_t size, int seals,
		       struct message *message)
{
	int fd = memfd_create("plan", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	const struct plan *plan = NULL;
	int error;

	*message = blank_message();
	ck_assert_int_eq(write(fd, bytes->at, size), (ssize_t)size);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	error = plan_read(&plan, fd, message);
	if (plan)
		munmap((void *)plan, size);
	close(fd);
	return error;
}

static int read_bytes(const struct bytes *bytes, struct message *message)
{
	return read_sealed(bytes, bytes->size, SEALS, message);
}

START_TEST(what_the_launcher_writes_the_runner_accepts)
{
	int fd = create_for_hello();
	struct message message;
	const struct plan *plan;

	ck_assert_msg(!plan_read(&plan, fd, &message), "%s", message.text);
	ck_assert_uint_eq(plan->imports.count, 1);
	ck_assert_str_eq(plan_string(plan, plan_imports(plan)->name),
			 "_BSP_Virtual_Console_write");
	ck_assert_uint_eq(plan_imports(plan)->function, 0x1234);
	ck_assert_uint_eq(plan_imports(plan)->provider, 0);
	ck_assert_uint_eq(plan->providers.count, 2);
	ck_assert_str_eq(plan_string(plan, plan_providers(plan)[0].path),
			 "/some/provider.so");
	ck_assert_str_eq(plan_string(plan, plan_providers(plan)[0].options), "x=1");
	ck_assert_uint_eq(plan_providers(plan)[0].inode, 6);
	ck_assert_uint_eq(plan_providers(plan)[1].path, PLAN_NO_STRING);
	ck_assert_uint_eq(plan->arguments.count, 3);
	ck_assert_str_eq(plan_argument(plan, 0), "guest.elf");
	ck_assert_str_eq(plan_argument(plan, 1), "");
	ck_assert_str_eq(plan_argument(plan, 2), "two words");
	ck_assert_str_eq(plan_string(plan, plan->name), "guest.elf");
	ck_assert_uint_eq(plan->lines.count, 2);
	ck_assert_uint_eq(plan_lines(plan)[0].vector, 2);
	ck_assert_uint_eq(plan_lines(plan)[0].kind, PLAN_LINE_COUNT);
	ck_assert_uint_eq(plan_lines(plan)[0].descriptor, 9);
	ck_assert_uint_eq(plan_lines(plan)[1].vector, 15);
	ck_assert_uint_eq(plan->ports.count, 2);
	ck_assert_str_eq(plan_string(plan, plan_ports(plan)[1].name), "second");
	ck_assert_uint_eq(plan_ports(plan)[0].depth, 256);
	ck_assert_uint_eq(plan_peers(plan)[plan_ports(plan)[1].first_peer], 12);
	ck_assert_uint_eq(plan->stack_size, 4096);
	ck_assert_uint_eq(plan->host_stack_size, 12288);
	ck_assert_uint_eq(plan_imports(plan)->carry, PLAN_GATED | PLAN_BLOCKING);
	ck_assert_uint_eq(plan_imports(plan)->stack_bytes, 24);
	ck_assert_uint_eq(plan->standbys.count, 1);
	ck_assert_uint_eq(plan_standbys(plan)->provider, 1);
	ck_assert_uint_eq(plan_standbys(plan)->carry, PLAN_GATED);
	ck_assert_uint_eq(plan->filter.count, 2);
	ck_assert_uint_eq(((const struct sock_filter *)plan_at(plan, &plan->filter))[1].k,
			  2);
	ck_assert_uint_eq(plan->watched.count, 1);
	ck_assert_uint_eq(plan_watched(plan)->stack_bytes, 24);
	ck_assert_uint_eq(plan->places.count, 3);
	ck_assert_uint_eq(plan_places(plan)[2], PLAN_PLACE_STACK | 8);
	ck_assert_uint_eq(plan->options, PLAN_SHOW_BOUND | PLAN_PERF_MAP | PLAN_SANDBOX |
						 PLAN_PROCESSES | PLAN_KEEPS_MXCSR |
						 PLAN_TRACE);
	munmap((void *)plan, plan->size);
	close(fd);
}
END_TEST

START_TEST(nobody_can_change_a_plan)
{
	int fd = create_for_hello();

	ck_assert_int_eq(fcntl(fd, F_GET_SEALS) & SEALS, SEALS);
	ck_assert_int_eq(write(fd, "x", 1), -1);
	ck_assert_int_eq(ftruncate(fd, 1), -1);
	ck_assert_ptr_eq(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	close(fd);
}
END_TEST

START_TEST(a_plan_that_could_change_is_refused)
{
	static const int seals[] = { 0, SEALS & ~F_SEAL_WRITE, SEALS & ~F_SEAL_SHRINK,
				     SEALS & ~F_SEAL_GROW };
	int fd = create_for_hello();
	struct bytes bytes = copy(fd);
	struct message message;

	for (size_t i = 0; i < COUNT(seals); i++) {
		ck_assert_int_eq(read_sealed(&bytes, bytes.size, seals[i], &message),
				 -EINVAL);
		ck_assert_msg(
			text_matches(message.text, "descriptor * is not a sealed plan"),
			"%s", message.text);
	}
	free(bytes.at);
	close(fd);
}
END_TEST

START_TEST(what_is_no_memory_file_is_refused)
{
	int fd = open(unit_path("guests/hello-x86_64.elf"), O_RDONLY | O_CLOEXEC);
	const struct plan *plan;
	struct message message;

	ck_assert_int_eq(plan_read(&plan, fd, &message), -EINVAL);
	ck_assert_msg(text_matches(message.text, "descriptor * is not a sealed plan"),
		      "%s", message.text);
	ck_assert_int_eq(plan_read(&plan, -1, &message), -EINVAL);
	ck_assert_str_eq(message.text, "descriptor -1 is not a sealed plan");
	close(fd);
}
END_TEST

START_TEST(a_plan_cut_short_anywhere_is_refused)
{
	int fd = create_for_hello();
	struct bytes bytes = copy(fd);
	struct message message;

	ck_assert_msg(!read_bytes(&bytes, &message), "%s", message.text);
	for (size_t size = 0; size < bytes.size; size++) {
		ck_assert_int_eq(read_sealed(&bytes, size, SEALS, &message), -EINVAL);
		ck_assert_msg(text_matches(message.text,
					   size < sizeof(struct plan)
						   ? "a plan of * bytes: at least *"
						   : "not a plan of version 1"),
			      "%s", message.text);
	}
	free(bytes.at);
	close(fd);
}
END_TEST

static void *in(struct plan *plan, const struct plan_table *table)
{
	return (uint8_t *)plan + table->offset;
}

static struct plan_provider *provider(struct plan *plan)
{
	return in(plan, &plan->providers);
}

static void carry(struct plan *plan, uint32_t how, uint32_t stack_bytes)
{
	struct plan_import *import = in(plan, &plan->imports);

	import->carry = how;
	import->stack_bytes = stack_bytes;
}

static struct plan_line *second_line(struct plan *plan)
{
	return (struct plan_line *)in(plan, &plan->lines) + 1;
}

#define WRONG(name, action)                                                              \
	static void name(struct plan *p)                                                 \
	{                                                                                \
		action;                                                                  \
	}
WRONG(nothing, (void)p)
WRONG(magic, p->magic++)
WRONG(version, p->version++)
WRONG(size, p->size--)
WRONG(machine, p->machine = EM_AARCH64)
WRONG(no_end, ((char *)in(p, &p->strings))[p->strings.count - 1] = 'x')
WRONG(no_strings, p->strings.count = 0)
WRONG(name_beyond, p->name = (uint32_t)p->strings.count)
WRONG(name_none, p->name = PLAN_NO_STRING)
WRONG(import_name, ((struct plan_import *)in(p, &p->imports))->name = PLAN_NO_STRING)
WRONG(import_provider, ((struct plan_import *)in(p, &p->imports))->provider = 2)
WRONG(standby_import, ((struct plan_standby *)in(p, &p->standbys))->import = 1)
WRONG(standby_provider, ((struct plan_standby *)in(p, &p->standbys))->provider = 2)
WRONG(standby_carry, ((struct plan_standby *)in(p, &p->standbys))->carry = 9)
WRONG(import_unprovided,
      ((struct plan_import *)in(p, &p->imports))->provider = PLAN_NO_PROVIDER;
      carry(p, 0, 0))
WRONG(unprovided_gated,
      ((struct plan_import *)in(p, &p->imports))->provider = PLAN_NO_PROVIDER;
      carry(p, PLAN_GATED, 0))
WRONG(direct, carry(p, PLAN_DIRECT, 0))
WRONG(direct_blocking, carry(p, PLAN_DIRECT | PLAN_BLOCKING, 0))
WRONG(direct_bytes, carry(p, PLAN_DIRECT, 8))
WRONG(guest_stack, carry(p, PLAN_GUEST_STACK | PLAN_BLOCKING, 0))
WRONG(guest_stack_bytes, carry(p, PLAN_GUEST_STACK, 8))
WRONG(gated_most, carry(p, PLAN_GATED, JUMPSLOT_MAX_STACK_BYTES))
WRONG(gated_more, carry(p, PLAN_GATED, JUMPSLOT_MAX_STACK_BYTES + 8))
WRONG(gated_unaligned, carry(p, PLAN_GATED, 12))
WRONG(carry_mode, carry(p, 6, 0))
WRONG(trap, carry(p, PLAN_TRAP | PLAN_BLOCKING | PLAN_WIDE | PLAN_LEAF, 8))
WRONG(trap_mxcsr, carry(p, PLAN_TRAP | PLAN_RETURNS_MXCSR, 0))
WRONG(trap_stack_bytes, carry(p, PLAN_TRAP_STACK, 8))
WRONG(inline_blocking, carry(p, PLAN_INLINE | PLAN_BLOCKING, 0))
WRONG(gated_mxcsr, carry(p, PLAN_GATED | PLAN_RETURNS_MXCSR, 0))
WRONG(direct_mxcsr, carry(p, PLAN_DIRECT | PLAN_RETURNS_MXCSR, 0))
WRONG(carry_bit, carry(p, PLAN_GATED | 0x40, 0))
WRONG(no_host_stack, p->host_stack_size = 0)
WRONG(part_of_a_page, p->host_stack_size = 4097)
WRONG(provider_path, provider(p)->path = (uint32_t)p->strings.count)
WRONG(provider_options, provider(p)->options = (uint32_t)p->strings.count)
WRONG(provider_without_options, provider(p)->options = PLAN_NO_STRING)
WRONG(argument, ((uint32_t *)in(p, &p->arguments))[2] = PLAN_NO_STRING)
WRONG(no_arguments, p->arguments.count = 0)
WRONG(unaligned, p->imports.offset += 4)
WRONG(lines_without_state, p->vcpu_state = 0)
WRONG(line_of_the_console, second_line(p)->vector = 1)
WRONG(line_too_high, second_line(p)->vector = 16)
WRONG(line_too_high_to_shift, second_line(p)->vector = 34)
WRONG(line_twice, second_line(p)->vector = 2)
WRONG(line_kind, second_line(p)->kind = 3)
WRONG(line_descriptor, second_line(p)->descriptor = 1u << 31)

static struct plan_port *port(struct plan *plan)
{
	return (struct plan_port *)in(plan, &plan->ports);
}

WRONG(port_name, port(p)->name = PLAN_NO_STRING)
WRONG(port_direction, port(p)->direction = 2)
WRONG(port_kind, port(p)->kind = 2)
WRONG(port_size, port(p)->size = 8193)
WRONG(port_depth, port(p)->depth = 257)
WRONG(port_refresh, port(p)->refresh_ns = 1)
WRONG(port_memory, port(p)->memory = 1u << 31)
WRONG(port_wake, port(p)->wake = PLAN_NO_WAKE)
WRONG(port_wake_of_sampling, port(p)[1].wake = 8)
WRONG(port_peers, port(p)->peer_count = 4)
WRONG(port_first_peer, port(p)[1].first_peer = UINT32_MAX)
WRONG(peer, ((uint32_t *)in(p, &p->peers))[1] = 1u << 31)

static void no_filter(struct plan *plan)
{
	plan->filter.count = 0;
}

static void no_sandbox(struct plan *plan)
{
	plan->options &= ~(uint32_t)PLAN_SANDBOX;
}

START_TEST(what_is_wrong_with_a_plan_is_said)
{
	static const char beyond[] = "plan: an index lies beyond its table";
	static const char no_plan[] = "not a plan of version 1";
	static const char no_port[] = "plan: port 0: not a valid channel's end";
	static const struct {
		void (*damage)(struct plan *plan);
		const char *text; /* NULL: accepted */
	} wrong[] = {
		{ nothing, NULL },
		{ magic, no_plan },
		{ version, no_plan },
		{ size, no_plan },
		{ machine, "a plan for ELF machine 183, not 62" },
		{ no_end, "plan: its last string has no end" },
		{ no_strings, "plan: its last string has no end" },
		{ name_beyond, beyond },
		{ name_none, beyond },
		{ import_name, beyond },
		{ import_provider, beyond },
		{ standby_import, beyond },
		{ standby_provider, beyond },
		{ standby_carry, "plan: *: carry 0x9 with 24 stack bytes" },
		{ import_unprovided, NULL },
		{ unprovided_gated, "plan: *: carry 0x1 with 0 stack bytes" },
		{ direct, NULL },
		{ direct_blocking, "plan: *: carry 0x10 with 0 stack bytes" },
		{ direct_bytes, "plan: *: carry 0x0 with 8 stack bytes" },
		{ guest_stack, NULL },
		{ guest_stack_bytes, "plan: *: carry 0x2 with 8 stack bytes" },
		{ gated_most, NULL },
		{ gated_more, "plan: *: carry 0x1 with 65544 stack bytes" },
		{ gated_unaligned, "plan: *: carry 0x1 with 12 stack bytes" },
		{ carry_mode, "plan: *: carry 0x6 with 0 stack bytes" },
		{ trap, NULL },
		{ trap_mxcsr, "plan: *: carry 0x23 with 0 stack bytes" },
		{ trap_stack_bytes, "plan: *: carry 0x4 with 8 stack bytes" },
		{ inline_blocking, "plan: *: carry 0x15 with 0 stack bytes" },
		{ gated_mxcsr, NULL },
		{ direct_mxcsr, "plan: *: carry 0x20 with 0 stack bytes" },
		{ carry_bit, "plan: *: carry 0x41 with 0 stack bytes" },
		{ no_host_stack, "plan: a host stack of 0 bytes: not whole pages" },
		{ part_of_a_page, "plan: a host stack of 4097 bytes: not whole pages" },
		{ provider_path, beyond },
		{ provider_options, beyond },
		{ provider_without_options, beyond },
		{ argument, beyond },
		{ no_arguments, beyond },
		{ unaligned, "plan: 1 imports at * do not lie within its * bytes" },
		{ lines_without_state, "plan: lines for a guest without a vCPU state" },
		{ line_of_the_console, "plan: line 1 of kind 0 by descriptor 3" },
		{ line_too_high, "plan: line 16 of kind 0 by descriptor 3" },
		{ line_too_high_to_shift, "plan: line 34 of kind 0 by descriptor 3" },
		{ line_twice, "plan: line 2 of kind 0 by descriptor 3" },
		{ line_kind, "plan: line 15 of kind 3 by descriptor 3" },
		{ port_name, no_port },
		{ port_direction, no_port },
		{ port_kind, no_port },
		{ port_size, no_port },
		{ port_depth, no_port },
		{ port_refresh, no_port },
		{ port_memory, no_port },
		{ port_wake, no_port },
		{ port_wake_of_sampling, "plan: port 1: not a valid channel's end" },
		{ port_peers, no_port },
		{ port_first_peer, "plan: port 1: not a valid channel's end" },
		{ peer, "plan: a peer by descriptor 2147483648" },
		{ no_filter, "plan: a filter of 0 instructions, with a sandbox" },
		{ no_sandbox, "plan: a filter of 2 instructions, without a sandbox" },
		{ line_descriptor, "plan: line 15 of kind 0 by descriptor 2147483648" },
	};
	int fd = create_for_hello();

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct bytes bytes = copy(fd);
		struct message message;
		int error;

		wrong[i].damage((struct plan *)bytes.at);
		error = read_bytes(&bytes, &message);
		ck_assert_int_eq(error, wrong[i].text ? -EINVAL : 0);
		ck_assert_msg(!error || text_matches(message.text, wrong[i].text),
			      "expected: %s\ngot: %s", wrong[i].text, message.text);
		free(bytes.at);
	}
	close(fd);
}
END_TEST

/* A table that begins or ends at an extreme is refused, and said by its name. */
static void check_extremes(const struct bytes *intact, size_t table, const char *name)
{
	const uint64_t extremes[] = {
		1,	    8,	       intact->size - 1, intact->size,	 intact->size + 1,
		UINT32_MAX, INT64_MAX, UINT64_MAX,	 UINT64_MAX / 8, UINT64_MAX - 7
	};
	struct plan *plan = (struct plan *)intact->at;
	struct plan_table *its = (struct plan_table *)(intact->at + table);
	const struct plan_table right = *its;
	char pattern[128] = "plan: * ";
	unsigned refused = 0;

	strcat(strcat(pattern, name), " at * do not lie within its * bytes");
	for (size_t i = 0; i < 2 * COUNT(extremes); i++) {
		struct message message;
		int error;

		*(i % 2 ? &its->offset : &its->count) = extremes[i / 2];
		error = read_bytes(intact, &message);
		check_verdict(error ? -ENOEXEC : 0, &message);
		refused += error && text_matches(message.text, pattern);
		if (extremes[i / 2] > plan->size)
			ck_assert_msg(text_matches(message.text, pattern), "%s",
				      message.text);
		*its = right;
	}
	ck_assert_uint_gt(refused, 12);
}

START_TEST(tables_lie_within_the_plan)
{
	int fd = create_for_hello();
	struct bytes bytes = copy(fd);

	check_extremes(&bytes, offsetof(struct plan, segments), "segments");
	check_extremes(&bytes, offsetof(struct plan, imports), "imports");
	check_extremes(&bytes, offsetof(struct plan, standbys), "standby functions");
	check_extremes(&bytes, offsetof(struct plan, providers), "providers");
	check_extremes(&bytes, offsetof(struct plan, arguments), "arguments");
	check_extremes(&bytes, offsetof(struct plan, lines), "lines");
	check_extremes(&bytes, offsetof(struct plan, ports), "ports");
	check_extremes(&bytes, offsetof(struct plan, peers), "peers");
	check_extremes(&bytes, offsetof(struct plan, filter),
		       "instructions of the filter");
	check_extremes(&bytes, offsetof(struct plan, strings), "string bytes");
	free(bytes.at);
	close(fd);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_the_launcher_writes_the_runner_accepts,
		nobody_can_change_a_plan,
		a_plan_that_could_change_is_refused,
		what_is_no_memory_file_is_refused,
		a_plan_cut_short_anywhere_is_refused,
		what_is_wrong_with_a_plan_is_said,
		tables_lie_within_the_plan,
	};

	return unit_run("plan", tests, COUNT(tests));
}
