/*
 * jumpslot-backtrace: from the outcome of a guest and its image to the frames of its
 * stack, with source lines. host-wrapper starts it after a fault. It is a program of its
 * own because it reads the debug information of a file that nobody has checked: if that
 * makes libdw crash or loop, the report merely has fewer lines.
 *
 * Its arguments are two descriptors, of the image and of the outcome's file. It prints a
 * line for each frame: address, line number and source file; 0 and "-" if unknown.
 *
 * With the arguments "lines" and a descriptor of the image, it reads addresses of the
 * image in hexadecimal, and answers each line with line number and source file.
 * Depends on common/ and libdw.
 */
#include <elfutils/libdwfl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/close_range.h"
#include "common/outcome.h"
#include "confine.h"

#define MAX_FRAMES 64

/* The stack that is walked. */
struct walk {
	const struct outcome *outcome;
	const char *stack; /* a copy */
	Dwfl *dwfl;
	bool is_64_bit;
	unsigned frames;
};

static bool read_word(const struct walk *walk, uint64_t address, uint64_t *word)
{
	const size_t size = walk->is_64_bit ? 8 : 4;
	uint64_t offset = address - walk->outcome->stack_start;

	if (address < walk->outcome->stack_start || walk->outcome->stack_size < size ||
	    offset > walk->outcome->stack_size - size)
		return false;
	*word = 0;
	memcpy(word, walk->stack + offset, size);
	return true;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result,
			void *argument)
{
	uint64_t word;

	(void)dwfl;
	if (!read_word(argument, address, &word))
		return false;
	*result = word;
	return true;
}

static pid_t next_thread(Dwfl *dwfl, void *argument, void **thread)
{
	(void)dwfl;
	if (*thread)
		return 0;
	*thread = argument;
	return 1;
}

/* DWARF's numbers of registers, from the psABIs. */
static bool set_registers_64(Dwfl_Thread *thread, const struct outcome *outcome)
{
	const struct jumpslot_fault *from = &outcome->registers;
	const Dwarf_Word registers[] = {
		from->ax,  from->dx,	      from->cx,		 from->bx,  from->si,
		from->di,  outcome->guest_bp, outcome->guest_sp, from->r8,  from->r9,
		from->r10, from->r11,	      from->r12,	 from->r13, from->r14,
		from->r15, outcome->guest_pc,
	};

	return dwfl_thread_state_registers(thread, 0, 17, registers);
}

static bool set_registers_32(Dwfl_Thread *thread, const struct outcome *outcome)
{
	const struct jumpslot_fault *from = &outcome->registers;
	const Dwarf_Word registers[] = {
		from->ax, from->cx,	     from->dx,
		from->bx, outcome->guest_sp, outcome->guest_bp,
		from->si, from->di,	     outcome->guest_pc,
	};

	return dwfl_thread_state_registers(thread, 0, 9, registers);
}

static bool set_registers(Dwfl_Thread *thread, void *argument)
{
	const struct walk *walk = argument;

	dwfl_thread_state_register_pc(thread, walk->outcome->guest_pc);
	return walk->is_64_bit ? set_registers_64(thread, walk->outcome)
			       : set_registers_32(thread, walk->outcome);
}

struct place {
	const char *file; /* "-": not known */
	int line;
};

/* A damaged image has lines below 0 and names that would take more than one line. */
static bool is_printable(const struct place *place)
{
	return place->file && *place->file && !strchr(place->file, '\n') &&
	       place->line >= 0;
}

static struct place place_of(Dwfl_Module *module, uint64_t address)
{
	Dwfl_Line *line = module ? dwfl_module_getsrc(module, address) : NULL;
	struct place place = { 0 };

	if (line)
		place.file = dwfl_lineinfo(line, NULL, &place.line, NULL, NULL, NULL);
	return is_printable(&place) ? place : (struct place){ .file = "-" };
}

/* Prints a frame. `is_call`: the address is that after a call. Returns false at the end
 * of the guest's code. */
static bool print_frame(struct walk *walk, uint64_t pc, bool is_call)
{
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, pc - is_call);
	struct place place;

	if (!module)
		return false;
	place = place_of(module, pc - is_call);
	printf("%" PRIx64 " %d %s\n", pc, place.line, place.file);
	return ++walk->frames < MAX_FRAMES;
}

static int on_frame(Dwfl_Frame *frame, void *argument)
{
	Dwarf_Addr pc;
	bool is_exact;

	if (!dwfl_frame_pc(frame, &pc, &is_exact) ||
	    !print_frame(argument, pc, !is_exact))
		return DWARF_CB_ABORT;
	return DWARF_CB_OK;
}

/* For images without unwind tables: a chain of frame pointers, which leads upwards. */
static void walk_frame_pointers(struct walk *walk)
{
	const uint64_t size = walk->is_64_bit ? 8 : 4;
	uint64_t frame = walk->outcome->guest_bp, next, pc;

	while (read_word(walk, frame + size, &pc) && print_frame(walk, pc, true) &&
	       read_word(walk, frame, &next) && next > frame)
		frame = next;
}

static bool has_tables(Dwfl_Module *module)
{
	Dwarf_Addr bias;

	return dwfl_module_eh_cfi(module, &bias) || dwfl_module_dwarf_cfi(module, &bias);
}

static void walk_stack(struct walk *walk)
{
	static const Dwfl_Thread_Callbacks callbacks = {
		.next_thread = next_thread,
		.memory_read = read_memory,
		.set_initial_registers = set_registers,
	};
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, walk->outcome->guest_pc);

	if (!module)
		return;
	if (has_tables(module) &&
	    dwfl_attach_state(walk->dwfl, NULL, 1, &callbacks, walk)) {
		dwfl_getthread_frames(walk->dwfl, 1, on_frame, walk);
		return;
	}
	if (print_frame(walk, walk->outcome->guest_pc, false))
		walk_frame_pointers(walk);
}

/* Debug information is in the image, or there is none. */
static int find_nothing(Dwfl_Module *module, void **data, const char *name,
			Dwarf_Addr address, const char *file, const char *link,
			GElf_Word crc, char **found)
{
	(void)module;
	(void)data;
	(void)name;
	(void)address;
	(void)file;
	(void)link;
	(void)crc;
	(void)found;
	return -1;
}

static bool open_image(struct walk *walk, int image, uint64_t base)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = find_nothing,
		.section_address = dwfl_offline_section_address,
	};
	GElf_Addr bias;
	Elf *elf;
	Dwfl_Module *module;

	walk->dwfl = dwfl_begin(&callbacks);
	if (!walk->dwfl)
		return false;
	dwfl_report_begin(walk->dwfl);
	module = dwfl_report_elf(walk->dwfl, "guest", "guest", image, base, true);
	if (!module || dwfl_report_end(walk->dwfl, NULL, NULL))
		return false;
	elf = dwfl_module_getelf(module, &bias);
	walk->is_64_bit = elf && gelf_getclass(elf) == ELFCLASS64;
	return elf;
}

static void answer_line(const struct walk *walk, uint64_t address)
{
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, address);
	const struct place place = place_of(module, address);

	printf("%d %s\n", place.line, place.file);
}

/* Answers until the end of the input. */
static int answer_lines(int image)
{
	struct walk walk = { 0 };
	uint64_t address;

	if (!open_image(&walk, image, 0))
		return EXIT_FAILURE;
	while (scanf("%" SCNx64, &address) == 1) {
		answer_line(&walk, address);
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct walk walk = { 0 };
	bool lines;
	char *file;

	if (argc != 3) {
		fputs("jumpslot-backtrace: started by host-wrapper, not by hand\n",
		      stderr);
		return EXIT_FAILURE;
	}
	lines = !strcmp(argv[1], "lines");
	if (lines && close_descriptors((unsigned)atoi(argv[2]) + 1, ~0u))
		return EXIT_FAILURE;
	/* The image may be made to crash libdw, or to use up memory or time. */
	if (!confine_self())
		return EXIT_FAILURE;
	if (lines)
		return answer_lines(atoi(argv[2]));
	/* A copy: what is checked stays as it is. */
	file = malloc(OUTCOME_FILE_SIZE);
	if (!file ||
	    pread(atoi(argv[2]), file, OUTCOME_FILE_SIZE, 0) != OUTCOME_FILE_SIZE)
		return EXIT_FAILURE;
	walk.outcome = (const struct outcome *)file;
	walk.stack = file + OUTCOME_STACK_OFFSET;
	if (walk.outcome->stack_size > OUTCOME_STACK_MAX ||
	    !open_image(&walk, atoi(argv[1]), walk.outcome->base))
		return EXIT_FAILURE;
	walk_stack(&walk);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
