/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/testleg.h: the test lines of the telephone trade as legs: milliwatt, quiet, echo, busy, noanswer,
 * play:FILE; and the probe, the incoming leg of a test call that measures what it hears. Loop thread only.
 */
#ifndef GATEWAY_TESTLEG_H
#define GATEWAY_TESTLEG_H

#include "channels/leg.h"
#include "gateway/loop.h"
#include "gateway/media/media.h"

/* Where a test leg lives; DIR is the folder of "play:" files with a relative path. */
struct testleg_env {
	struct loop *loop;
	struct media *media;
	const char *dir;
};

/* Does SPEC name a test line? For checks; says nothing of whether a file can be read. */
bool testleg_known(const char *spec);

/* An outgoing leg to the test line SPEC ("milliwatt", "play:greeting.wav"). Returns 0 or a Q.850 cause: 3 no such line,
 * 41 its file cannot be read, 42 no memory. */
int testleg_call(const struct testleg_env *env, const char *spec, leg_event_fn *fn, void *arg, struct leg **out);

/* An incoming leg that is a probe. What the call does to it is told to FN: it stands for the caller. */
struct probe_handlers {
	void (*proceeding)(void *arg);
	void (*alerting)(void *arg, bool inband);
	void (*progress)(void *arg, bool inband);
	void (*answered)(void *arg);
	void (*cleared)(void *arg, const struct leg_cause *cause);	/* the last one */
	void *arg;
};
int testleg_probe(const struct testleg_env *env, const struct probe_handlers *h, struct leg **out);
/* The caller hangs up. Nothing happens when it is over already. */
void testleg_probe_hangup(struct leg *probe);
/* What the probe hears: level and tone over the last second. */
void testleg_probe_heard(const struct leg *probe, struct media_stats *out);

/* Statistics of any test leg, for the record. */
void testleg_stats(const struct leg *leg, struct media_stats *out);

#endif
