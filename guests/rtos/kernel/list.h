/*
 * A doubly linked list whose links are members of the listed structures. The head is a
 * link too. A link that is in no list points to itself.
 * Depends only on <stdbool.h> and <stddef.h>.
 */
#ifndef RTOS_LIST_H
#define RTOS_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *previous;
};

/* The structure that contains `link` as its member `member`. */
#define LIST_ENTRY(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

#define LIST_FOR_EACH(link, head)                                                        \
	for (struct list *link = (head)->next; link != (head); link = link->next)

static inline void list_init(struct list *list)
{
	list->next = list->previous = list;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_insert_before(struct list *place, struct list *link)
{
	link->next = place;
	link->previous = place->previous;
	place->previous->next = link;
	place->previous = link;
}

static inline void list_append(struct list *head, struct list *link)
{
	list_insert_before(head, link);
}

static inline void list_remove(struct list *link)
{
	link->previous->next = link->next;
	link->next->previous = link->previous;
	list_init(link);
}

#endif
