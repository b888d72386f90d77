/*
 * The bare virtual machine that bench/kvm.py compares with: one processor in ring 3 of
 * 64-bit mode, three memory slots, and a loop that stores 8 bytes to a page without
 * memory. Each store is an exit. Depends on Linux alone.
 *
 * Prints the nanoseconds per exit, of as many exits as its argument says; with 1, it
 * makes the machine and takes one exit.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE	 0x1000ul
#define CODE	 (4 * PAGE) /* pages 0 to 3 are the page tables */
#define DOORBELL (5 * PAGE) /* has no memory */
#define OTHERS	 0x10000000ul

/* Page-table entries: present, writable, for user code. */
#define ENTRY 7ul

static int vcpu;
static struct kvm_run *run;

static void __attribute__((__noreturn__)) stop(const char *what)
{
	perror(what);
	exit(1);
}

static int call(int fd, unsigned long request, void *argument, const char *what)
{
	const int result = ioctl(fd, request, argument);

	if (result < 0)
		stop(what);
	return result;
}

static uint8_t *add_memory(int vm, unsigned slot, uint64_t address, size_t size)
{
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	if (memory == MAP_FAILED)
		stop("mmap");
	call(vm, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
	return memory;
}

/* One table of each level, which map the first pages to themselves. */
static void write_tables(uint8_t *memory)
{
	for (unsigned level = 0; level < 3; level++)
		*(uint64_t *)(memory + level * PAGE) = (level + 1) * PAGE | ENTRY;
	for (unsigned page = 0; page < 8; page++)
		((uint64_t *)(memory + 3 * PAGE))[page] = page * PAGE | ENTRY;
}

/* loop: mov %rax, DOORBELL; jmp loop */
static void write_code(uint8_t *memory)
{
	static const uint8_t code[] = { 0x48, 0x89, 0x04, 0x25, 0x00,
					0x50, 0x00, 0x00, 0xeb, 0xf6 };

	memcpy(memory + CODE, code, sizeof(code));
}

static struct kvm_segment segment(unsigned selector, unsigned type, unsigned is_code)
{
	return (struct kvm_segment){
		.limit = UINT32_MAX,
		.selector = (uint16_t)selector,
		.type = (uint8_t)type,
		.present = 1,
		.dpl = 3,
		.db = !is_code,
		.s = 1,
		.l = (uint8_t)is_code,
		.g = 1,
	};
}

static void set_registers(void)
{
	struct kvm_regs registers = { .rip = CODE, .rflags = 2 };
	struct kvm_sregs state;

	call(vcpu, KVM_GET_SREGS, &state, "KVM_GET_SREGS");
	state.cr0 = 0x80050033;
	state.cr3 = 0;
	state.cr4 = 0x620;
	state.efer = 0xd00;
	state.cs = segment(0x2b, 11, 1);
	state.ss = state.ds = state.es = state.fs = state.gs = segment(0x23, 3, 0);
	call(vcpu, KVM_SET_SREGS, &state, "KVM_SET_SREGS");
	call(vcpu, KVM_SET_REGS, &registers, "KVM_SET_REGS");
}

static void make_machine(void)
{
	const int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	uint8_t *memory;
	int vm, size;

	if (kvm < 0)
		stop("/dev/kvm");
	vm = call(kvm, KVM_CREATE_VM, NULL, "KVM_CREATE_VM");
	size = call(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, "KVM_GET_VCPU_MMAP_SIZE");
	memory = add_memory(vm, 0, 0, DOORBELL);
	add_memory(vm, 1, OTHERS, 1 << 20);
	add_memory(vm, 2, 2 * OTHERS, 1 << 20);
	vcpu = call(vm, KVM_CREATE_VCPU, NULL, "KVM_CREATE_VCPU");
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		stop("mmap");
	write_tables(memory);
	write_code(memory);
	set_registers();
}

static void take_exits(long count)
{
	while (count--) {
		call(vcpu, KVM_RUN, NULL, "KVM_RUN");
		if (run->exit_reason != KVM_EXIT_MMIO ||
		    run->mmio.phys_addr != DOORBELL) {
			fprintf(stderr, "exit for reason %u\n", run->exit_reason);
			exit(1);
		}
	}
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int main(int argc, char **argv)
{
	const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
	uint64_t start;

	make_machine();
	start = nanoseconds();
	take_exits(count);
	printf("%.1f\n", (double)(nanoseconds() - start) / (double)count);
	return 0;
}
