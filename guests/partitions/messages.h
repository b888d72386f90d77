/*
 * The messages between the partitions of this example, and the vectors of their arrival,
 * as flight.toml has them. The layout is the same on every architecture. Depends on
 * <stdint.h> alone.
 */
#ifndef PARTITIONS_MESSAGES_H
#define PARTITIONS_MESSAGES_H

#include <stdint.h>

#define READINGS	12 /* number of readings, after which all end */
#define READINGS_VECTOR 5  /* at the control: a reading is there */
#define STATE_VECTOR	6  /* at the display: a newer state is there */

/* Channel "readings": from the sensor to the control. */
struct reading {
	uint32_t number; /* 1 to READINGS */
	uint32_t celsius;
};

/* Channel "state", sampling: from the control to everybody who looks. Channel "events",
 * queuing: the same, each one, for the logger. */
struct state {
	uint32_t number; /* of the reading */
	uint32_t celsius;
	uint32_t valve_percent;
};

#endif
