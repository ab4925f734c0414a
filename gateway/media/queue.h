/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/queue.h: a ring of fixed-size records between one writing and one reading thread, without locks. */
#ifndef GATEWAY_MEDIA_QUEUE_H
#define GATEWAY_MEDIA_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue {
	uint8_t *data;
	size_t size;		/* octets of a record */
	uint32_t mask;		/* records - 1; a power of two */
	_Alignas(64) _Atomic uint32_t head;	/* written by the writer */
	_Alignas(64) _Atomic uint32_t tail;	/* written by the reader */
};

int queue_open(struct queue *q, uint32_t records, size_t size);	/* RECORDS: a power of two */
void queue_close(struct queue *q);
bool queue_push(struct queue *q, const void *record);	/* false: full */
bool queue_pop(struct queue *q, void *record);		/* false: empty */

#endif
