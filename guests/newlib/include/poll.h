/* Waiting for files, which newlib leaves to the system. Depends on nothing. */
#ifndef JUMPSLOT_NEWLIB_POLL_H
#define JUMPSLOT_NEWLIB_POLL_H

#ifdef __cplusplus
extern "C" {
#endif

#define POLLIN	   0x1
#define POLLOUT	   0x2
#define POLLERR	   0x4
#define POLLHUP	   0x8
#define POLLNVAL   0x10
#define POLLRDNORM POLLIN
#define POLLWRNORM POLLOUT
/* Nothing has urgent data or priorities. */
#define POLLPRI	   0
#define POLLRDBAND 0
#define POLLWRBAND 0

typedef unsigned int nfds_t;

struct pollfd {
	int fd;
	short events, revents;
};

int poll(struct pollfd *files, nfds_t count, int milliseconds);

#ifdef __cplusplus
}
#endif
#endif
