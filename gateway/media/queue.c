/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int queue_open(struct queue *q, uint32_t records, size_t size)
{
	q->data = calloc(records, size);
	q->size = size;
	q->mask = records - 1;
	atomic_init(&q->head, 0);
	atomic_init(&q->tail, 0);
	return q->data ? 0 : -ENOMEM;
}

void queue_close(struct queue *q)
{
	free(q->data);
	q->data = NULL;
}

bool queue_push(struct queue *q, const void *record)
{
	uint32_t head = atomic_load_explicit(&q->head, memory_order_relaxed);

	if (head - atomic_load_explicit(&q->tail, memory_order_acquire) > q->mask)
		return false;
	memcpy(q->data + (head & q->mask) * q->size, record, q->size);
	atomic_store_explicit(&q->head, head + 1, memory_order_release);
	return true;
}

bool queue_pop(struct queue *q, void *record)
{
	uint32_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

	if (tail == atomic_load_explicit(&q->head, memory_order_acquire))
		return false;
	memcpy(record, q->data + (tail & q->mask) * q->size, q->size);
	atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
	return true;
}
