/*
 * The file that the runner reports through (common/outcome.h). Processes that a provider
 * forks do not have it: if one of them faults, the guest has not.
 */
#ifndef JUMPSLOT_OUTCOME_SHARE_H
#define JUMPSLOT_OUTCOME_SHARE_H

#include "common/message.h"
#include "common/outcome.h"

/* Maps the file and closes `fd`; -1: there is none. In a process that is forked,
 * `*outcome` is NULL. Returns 0 or a negative errno. */
int outcome_share(struct outcome **outcome, int fd, struct message *message);

/* Note that the guest runs from here on, and that it has ended with `status`. Without an
 * outcome they do nothing. */
void outcome_note_running(struct outcome *outcome);
void outcome_note_ended(struct outcome *outcome, int status);

/* Leaves to the supervisor to say why the guest cannot start. */
void outcome_refuse(struct outcome *outcome, const struct message *reason);

#endif
