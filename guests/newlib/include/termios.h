/*
 * Modes of a terminal, which newlib leaves to the system: a guest can read them;
 * tcsetattr() fails with EINVAL unless it changes nothing. Depends on nothing.
 */
#ifndef JUMPSLOT_NEWLIB_TERMIOS_H
#define JUMPSLOT_NEWLIB_TERMIOS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned char cc_t;
typedef unsigned int speed_t;
typedef unsigned int tcflag_t;

#define VINTR  0
#define VQUIT  1
#define VERASE 2
#define VKILL  3
#define VEOF   4
#define VMIN   5
#define VTIME  6
#define VSTART 7
#define VSTOP  8
#define VSUSP  9
#define VEOL   10
#define NCCS   11

/* c_iflag */
#define BRKINT 0x1u
#define ICRNL  0x2u
#define IGNBRK 0x4u
#define IGNCR  0x8u
#define IGNPAR 0x10u
#define INLCR  0x20u
#define INPCK  0x40u
#define ISTRIP 0x80u
#define IXANY  0x100u
#define IXOFF  0x200u
#define IXON   0x400u
#define PARMRK 0x800u

/* c_oflag */
#define OPOST 0x1u
#define ONLCR 0x2u

/* c_cflag */
#define CSIZE  0x3u
#define CS5    0x0u
#define CS6    0x1u
#define CS7    0x2u
#define CS8    0x3u
#define CSTOPB 0x4u
#define CREAD  0x8u
#define PARENB 0x10u
#define PARODD 0x20u
#define HUPCL  0x40u
#define CLOCAL 0x80u

/* c_lflag */
#define ECHO   0x1u
#define ECHOE  0x2u
#define ECHOK  0x4u
#define ECHONL 0x8u
#define ICANON 0x10u
#define IEXTEN 0x20u
#define ISIG   0x40u
#define NOFLSH 0x80u
#define TOSTOP 0x100u

/* A console has no speed; programs expect one. */
#define B0     0u
#define B9600  9600u
#define B38400 38400u

#define TCSANOW	  0
#define TCSADRAIN 1
#define TCSAFLUSH 2

struct termios {
	tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
	speed_t c_ispeed, c_ospeed;
	cc_t c_cc[NCCS];
};

int tcgetattr(int file, struct termios *modes);
int tcsetattr(int file, int when, const struct termios *modes);
speed_t cfgetispeed(const struct termios *modes);
speed_t cfgetospeed(const struct termios *modes);

#ifdef __cplusplus
}
#endif
#endif
