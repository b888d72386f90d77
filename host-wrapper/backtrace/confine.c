/* Limits of resources, and a filter of system calls. See confine.h. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

#define MAX_CPU_SECONDS 2
#define MAX_MEMORY	((rlim_t)1 << 30)

static bool limit(int resource, rlim_t most)
{
	const struct rlimit limit = { most, most };

	return !setrlimit(resource, &limit);
}

/* AddressSanitizer reserves more addresses than any limit allows, and makes calls of its
 * own. */
#ifdef __SANITIZE_ADDRESS__
static bool confine_calls(void)
{
	return true;
}
#else
#define LOAD(field)                                                                      \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW(number)                                                                    \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), RETURN(SECCOMP_RET_ALLOW)
/* One call, if a check of the low half of an argument holds. */
#define ALLOW_IF(number, argument, test, value)                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), LOAD(args[argument]),         \
		BPF_JUMP(BPF_JMP | (test) | BPF_K, value, 0, 1),                         \
		RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EPERM)
#define FORBID_IF(number, argument, test, value)                                         \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), LOAD(args[argument]),         \
		BPF_JUMP(BPF_JMP | (test) | BPF_K, value, 1, 0),                         \
		RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EPERM)

/* Numbers with the bit of x32 are in no line. */
static const struct sock_filter filter[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	ALLOW(SYS_read),
	ALLOW(SYS_pread64),
	ALLOW(SYS_lseek),
	ALLOW(SYS_fstat),
	ALLOW(SYS_brk),
	ALLOW(SYS_munmap),
	ALLOW(SYS_mremap),
	ALLOW(SYS_madvise),
	ALLOW(SYS_close),
	ALLOW(SYS_futex),
	ALLOW(SYS_getrandom),
	ALLOW(SYS_exit_group),
	ALLOW(SYS_rt_sigreturn),
	ALLOW(SYS_restart_syscall),
	ALLOW_IF(SYS_newfstatat, 3, BPF_JEQ, 0x1000 /* AT_EMPTY_PATH */),
	ALLOW_IF(SYS_fcntl, 1, BPF_JEQ, 1 /* F_GETFD */),
	ALLOW_IF(SYS_write, 0, BPF_JEQ, STDOUT_FILENO),
	FORBID_IF(SYS_mmap, 2, BPF_JSET, PROT_EXEC),
	FORBID_IF(SYS_mprotect, 2, BPF_JSET, PROT_EXEC),
	RETURN(SECCOMP_RET_ERRNO | EPERM),
};

static bool confine_calls(void)
{
	const struct sock_fprog program = { sizeof(filter) / sizeof(*filter),
					    (struct sock_filter *)filter };

	return limit(RLIMIT_AS, MAX_MEMORY) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#endif

bool confine_self(void)
{
	return !prctl(PR_SET_PDEATHSIG, SIGKILL) &&
	       !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       limit(RLIMIT_CPU, MAX_CPU_SECONDS) && limit(RLIMIT_CORE, 0) &&
	       limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) && confine_calls();
}
