/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/sip_pair.c: two user agents in one loop over 127.0.0.1, A that calls and B that is called, on a
 * media path of numbers. Included, as fake_media.c is, by the tests that use it.
 */
#ifndef TESTS_SIP_PAIR_H
#define TESTS_SIP_PAIR_H

#include "gateway/sip/ua.h"
#include "tests/support/fake_media.h"

struct pair_end {
	struct leg *leg;
	struct leg_offer offer;
	struct sip_leg_info info;	/* at the end */
	struct leg_cause cause;
	struct leg_number connected;
	char events[256], trace[2048];
	bool cleared, by_far_end, inband;
	char digit;
	int offered;
};

struct pair {
	su_root_t *root;
	struct media media;
	struct sip_ua *a, *b;
	struct pair_end from, to;	/* our legs at A and B */
	/* What B does when it is offered a call. */
	void (*on_offered)(struct pair *w);
	int log_lines;
	char last_log[320];
};

extern const char *const pair_conf_a;
extern const char *const pair_conf_b;
extern const char *const pair_conf_stranger;
extern const char *const pair_conf_b_pcma;

struct conf *pair_load(const char *text);
void pair_on_event(void *arg, struct leg *leg, const struct leg_event *ev);
void pair_on_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer);
void pair_on_log(void *arg, int level, const char *text);
void pair_world_open(struct pair *w, const char *b);
void pair_world_close(struct pair *w);
void pair_turn(struct pair *w);
void pair_until(struct pair *w, const bool *flag);
void pair_until_seen(struct pair *w, const struct pair_end *e, const char *word);
void pair_for_ms(struct pair *w, int ms);
struct leg_offer pair_an_offer(void);
void pair_call(struct pair *w, const char *trunk);
void pair_clear(struct pair_end *e, int q850, const char *text);
void pair_both_cleared(struct pair *w);
void pair_ring(struct pair *w);
void pair_answer_at_once(struct pair *w);
void pair_ring_inband(struct pair *w);

#endif
