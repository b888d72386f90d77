/*
 * The users of a guest: one, whom getuid() names, with the root as home directory.
 * Depends on newlib.
 */
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static char name[] = "root", home[] = "/", nothing[] = "";
static char *no_members[] = { NULL };

static struct passwd user = {
	.pw_name = name,
	.pw_passwd = nothing,
	.pw_comment = nothing,
	.pw_gecos = nothing,
	.pw_dir = home,
	.pw_shell = nothing,
};

static struct group group = {
	.gr_name = name,
	.gr_passwd = nothing,
	.gr_mem = no_members,
};

/* An unknown user or group is not an error: errno stays as it is. */
struct passwd *getpwuid(uid_t number)
{
	return number == getuid() ? &user : NULL;
}

struct passwd *getpwnam(const char *wanted)
{
	return strcmp(wanted, name) ? NULL : &user;
}

struct group *getgrgid(gid_t number)
{
	return number == getgid() ? &group : NULL;
}

struct group *getgrnam(const char *wanted)
{
	return strcmp(wanted, name) ? NULL : &group;
}

char *getlogin(void)
{
	return name;
}

/* BSD's question whether a program has more rights than its user; glob() asks it. */
int issetugid(void)
{
	return 0;
}
