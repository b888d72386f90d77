/*
 * A compiled model of partitions: everything that gen/monitor-model tells the launcher.
 * Records of fixed width in one file, the same on every machine (little-endian). Strings
 * are offsets in `strings`; indices are those of the tables. The launcher checks each
 * record once (launcher/model/model_file.h). Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_MODEL_H
#define JUMPSLOT_MODEL_H

#include <stdint.h>

#define MODEL_MAGIC   0x6c646f6du /* "modl" */
#define MODEL_VERSION 1

#define MODEL_MAX_PARTITIONS 8
#define MODEL_MAX_SCHEDULES  8
#define MODEL_MAX_SLOTS	     256 /* of all schedules */
#define MODEL_MAX_CHANNELS   64
#define MODEL_MAX_ENDS	     256 /* of all channels */
#define MODEL_CHANNEL_ENDS   32	 /* of one channel */
#define MODEL_MAX_HEALTH     64
#define MODEL_MAX_WORDS	     1024 /* arguments and libraries of all partitions */
#define MODEL_MAX_NAME	     31	  /* bytes of a name: letters, digits, '_', '-', '.' */
#define MODEL_MAX_SIZE	     0x100000

#define MODEL_MAX_MESSAGE    8192 /* bytes */
#define MODEL_MAX_DEPTH	     256  /* messages of a queue */
#define MODEL_MAX_TIME_NS    3600000000000u
#define MODEL_MIN_SLOT_NS    50000u
#define MODEL_MAX_RUN_NS     86400000000000u
#define MODEL_MAX_RESTARTS   1000000u
#define MODEL_FIRST_VECTOR   2
#define MODEL_LAST_VECTOR    15
#define MODEL_MAX_MEMORY     ((uint64_t)1 << 32)
#define MODEL_ALL_PARTITIONS 0xffffffffu
#define MODEL_NO_RULE	     0xffffffffu
#define MODEL_DEFAULT_STACK  ((uint64_t)1 << 20)
#define MODEL_DEFAULT_WORK   ((uint64_t)1 << 20)
#define MODEL_DEFAULT_MEMORY ((uint64_t)64 << 20)

/* model_partition.options */
#define MODEL_CONSOLE	   0x1 /* reads the console's input; one partition at most */
#define MODEL_MAY_SCHEDULE 0x2 /* may change the schedule */
#define MODEL_OPTIONS	   0x3 /* all that are defined */

enum model_kind { MODEL_SAMPLING, MODEL_QUEUING, MODEL_KINDS };

/* model_end.direction */
enum model_direction { MODEL_SOURCE, MODEL_DESTINATION, MODEL_DIRECTIONS };

/* Kinds of errors of a partition. */
enum model_error {
	MODEL_ERROR_FAULT,	/* memory that it may not access so */
	MODEL_ERROR_ILLEGAL,	/* a privileged or undefined instruction */
	MODEL_ERROR_ARITHMETIC, /* division by 0, or an unmasked exception of the FPU */
	MODEL_ERROR_STACK,	/* an overflow of its stack */
	MODEL_ERROR_MISSING,	/* a call of a function without a provider */
	MODEL_ERROR_PORT,	/* an undeclared port, or one of the other direction */
	MODEL_ERROR_EXIT,	/* its end with another status than 0 */
	MODEL_ERRORS,
};

enum model_level { MODEL_LEVEL_PARTITION, MODEL_LEVEL_MODULE, MODEL_LEVELS };

enum model_action {
	MODEL_LOG,	    /* and go on */
	MODEL_GUEST,	    /* its own handler; without one, `then` */
	MODEL_STOP,	    /* the partition */
	MODEL_RESTART_COLD, /* at most `restarts` times, then `then` */
	MODEL_RESTART_WARM,
	MODEL_HALT,  /* end the run of all partitions */
	MODEL_RESET, /* start all partitions again, cold */
	MODEL_ACTIONS,
};

/* `count` records at `offset` from the start of the file, a multiple of 8. */
struct model_table {
	uint32_t offset;
	uint32_t count;
};

/* Records `first` and up of a table that several records share. */
struct model_span {
	uint32_t first;
	uint32_t count;
};

struct model {
	uint32_t magic;
	uint32_t version;
	uint64_t size;	   /* bytes of the file, a multiple of 8 */
	uint64_t frame_ns; /* of every schedule */
	uint64_t run_ns;   /* end the run after that time; 0: none */
	uint32_t source;   /* string: the model's file, for messages */
	uint32_t reserved;
	struct model_table partitions; /* in the order of their start */
	struct model_table schedules;  /* the first is in force at the start */
	struct model_table slots;
	struct model_table channels;
	struct model_table ends;
	struct model_table health;
	struct model_table words;   /* uint32_t: strings */
	struct model_table strings; /* bytes, the last of them NUL */
};

struct model_partition {
	uint32_t name;
	uint32_t guest;		     /* path, relative to the folder of this file */
	struct model_span arguments; /* of `words`, without the guest's name */
	struct model_span libraries; /* of `words` */
	uint32_t options;
	uint32_t line;	 /* in the source, of the partition, */
	uint64_t memory; /* the most that all of its memory may take */
	uint64_t stack;	 /* whole pages */
	uint64_t work_area;
	uint32_t guest_line; /* and of these two keys */
	uint32_t memory_line;
};

struct model_schedule {
	uint32_t name;
	uint32_t line;
	struct model_span slots; /* in ascending order; gaps are idle */
};

struct model_slot {
	uint32_t partition;
	uint32_t line;
	uint64_t start_ns; /* in the frame */
	uint64_t length_ns;
};

struct model_channel {
	uint32_t name;
	uint32_t line;
	uint32_t kind;	/* enum model_kind */
	uint32_t size;	/* bytes of a message at most */
	uint32_t depth; /* of a queue; sampling: 1 */
	uint32_t reserved;
	uint64_t refresh_ns;	/* sampling: an older message is not valid; queuing: 0 */
	struct model_span ends; /* the first is the source, the others destinations */
};

struct model_end {
	uint32_t channel;
	uint32_t partition;
	uint32_t port; /* string: its name in the partition */
	uint32_t direction;
	uint32_t vector; /* raised there when a message (or room) arrives; 0: none */
	uint32_t line;
};

/* A rule for one error; one of a partition comes before one for all. At most one of each
 * for an error. */
struct model_health {
	uint32_t partition; /* or MODEL_ALL_PARTITIONS */
	uint32_t error;
	uint32_t level;
	uint32_t action;
	uint32_t then;
	uint32_t restarts; /* 0: no limit */
	uint32_t line;
	uint32_t reserved;
};

_Static_assert(sizeof(struct model) == 104, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_partition) == 64, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_schedule) == 16, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_slot) == 24, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_channel) == 40, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_end) == 24, "as gen/monitor-model writes it");
_Static_assert(sizeof(struct model_health) == 32, "as gen/monitor-model writes it");

/* Access to a model that was checked. */
static inline const void *model_at(const struct model *model,
				   const struct model_table *table)
{
	return (const char *)model + table->offset;
}

static inline const struct model_partition *model_partitions(const struct model *model)
{
	return (const struct model_partition *)model_at(model, &model->partitions);
}

static inline const struct model_schedule *model_schedules(const struct model *model)
{
	return (const struct model_schedule *)model_at(model, &model->schedules);
}

static inline const struct model_slot *model_slots(const struct model *model)
{
	return (const struct model_slot *)model_at(model, &model->slots);
}

static inline const struct model_channel *model_channels(const struct model *model)
{
	return (const struct model_channel *)model_at(model, &model->channels);
}

static inline const struct model_end *model_ends(const struct model *model)
{
	return (const struct model_end *)model_at(model, &model->ends);
}

static inline const struct model_health *model_health_rules(const struct model *model)
{
	return (const struct model_health *)model_at(model, &model->health);
}

/* The number of the rule for an error of a partition: its own, or the one for all; or
 * MODEL_NO_RULE. */
static inline uint32_t model_health_rule(const struct model *model, uint32_t partition,
					 uint32_t error)
{
	uint32_t found = MODEL_NO_RULE;

	for (uint32_t i = 0; i < model->health.count; i++) {
		const struct model_health *rule = &model_health_rules(model)[i];

		if (rule->error != error)
			continue;
		if (rule->partition == partition)
			return i;
		if (rule->partition == MODEL_ALL_PARTITIONS)
			found = i;
	}
	return found;
}

/* The words of the source. */
static inline const char *model_error_word(enum model_error error)
{
	static const char *const words[MODEL_ERRORS] = {
		"fault", "illegal", "arithmetic", "stack", "missing", "port", "exit",
	};

	return words[error];
}

static inline const char *model_action_word(enum model_action action)
{
	static const char *const words[MODEL_ACTIONS] = {
		[MODEL_LOG] = "log",
		[MODEL_GUEST] = "guest",
		[MODEL_STOP] = "stop",
		[MODEL_RESTART_COLD] = "restart cold",
		[MODEL_RESTART_WARM] = "restart warm",
		[MODEL_HALT] = "halt",
		[MODEL_RESET] = "reset",
	};

	return words[action];
}

static inline const uint32_t *model_words(const struct model *model)
{
	return (const uint32_t *)model_at(model, &model->words);
}

static inline const char *model_string(const struct model *model, uint32_t string)
{
	return (const char *)model_at(model, &model->strings) + string;
}

#endif
