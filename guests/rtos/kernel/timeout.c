/* See timeout.h. Knows nothing of threads or clocks. Depends only on list. */
#include "timeout.h"

static uint32_t now;
static struct list timeouts = { &timeouts, &timeouts }; /* the next one first */

uint32_t timeout_now(void)
{
	return *(volatile uint32_t *)&now;
}

/* Counts correctly when `now` wraps; a tick in the past is a huge number away. */
static uint32_t ticks_until(const struct timeout *timeout)
{
	return timeout->until - now;
}

static struct timeout *first_timeout(void)
{
	return list_is_empty(&timeouts) ? NULL
					: LIST_ENTRY(timeouts.next, struct timeout, link);
}

uint32_t timeout_next(void)
{
	struct timeout *first = first_timeout();

	return first ? ticks_until(first) : UINT32_MAX;
}

void timeout_set(struct timeout *timeout, uint32_t ticks)
{
	timeout->until = now + ticks;
	LIST_FOR_EACH(link, &timeouts)
	{
		if (ticks_until(LIST_ENTRY(link, struct timeout, link)) > ticks) {
			list_insert_before(link, &timeout->link);
			return;
		}
	}
	list_append(&timeouts, &timeout->link);
}

void timeout_tick(void)
{
	struct timeout *first;

	now++;
	while ((first = first_timeout()) && first->until == now) {
		list_remove(&first->link);
		first->expired(first);
	}
}
