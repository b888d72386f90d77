/*
 * The values of options: a function for each option that takes one. Each checks the value
 * and keeps it, or pointers into it; it may cut `value`. They return 0, or -EINVAL with a
 * line that names the option. Know nothing of other options.
 */
#ifndef JUMPSLOT_OPTION_VALUES_H
#define JUMPSLOT_OPTION_VALUES_H

#include "options.h"

int option_take_host(struct options *options, const char *name, char *value,
		     struct message *message);
int option_take_image(struct options *options, const char *name, char *value,
		      struct message *message);
int option_take_model(struct options *options, const char *name, char *value,
		      struct message *message);
int option_take_provider(struct options *options, const char *name, char *value,
			 struct message *message);
int option_take_standby(struct options *options, const char *name, char *value,
			struct message *message);
int option_take_bind(struct options *options, const char *name, char *value,
		     struct message *message);
int option_take_stack(struct options *options, const char *name, char *value,
		      struct message *message);
int option_take_host_stack(struct options *options, const char *name, char *value,
			   struct message *message);
int option_take_work_area(struct options *options, const char *name, char *value,
			  struct message *message);
int option_take_line(struct options *options, const char *name, char *value,
		     struct message *message);
int option_take_clock(struct options *options, const char *name, char *value,
		      struct message *message);
int option_take_timeout(struct options *options, const char *name, char *value,
			struct message *message);
int option_take_sandbox(struct options *options, const char *name, char *value,
			struct message *message);
int option_take_trace_file(struct options *options, const char *name, char *value,
			   struct message *message);
int option_take_control(struct options *options, const char *name, char *value,
			struct message *message);
int option_take_gdb(struct options *options, const char *name, char *value,
		    struct message *message);
int option_take_on(struct options *options, const char *name, char *value,
		   struct message *message);
int option_take_policy(struct options *options, const char *name, char *value,
		       struct message *message);
int option_take_seed(struct options *options, const char *name, char *value,
		     struct message *message);

/* `value`: NULL if there is none. */
int option_take_report(struct options *options, const char *name, char *value,
		       struct message *message);
int option_take_trace(struct options *options, const char *name, char *value,
		      struct message *message);

#endif
