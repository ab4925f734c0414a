/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/leg_list.h: the two analog drivers back to back on one card, an FXS port wired to an FXO port, with the real audio
 * path between them; and the list of all that their legs report. The order within a leg is kept, times are not: the same calls on
 * two cards give the same list, or one of the cards is wrong.
 */
#ifndef TESTS_SUPPORT_LEG_LIST_H
#define TESTS_SUPPORT_LEG_LIST_H

#include "channels/fxo.h"
#include "channels/fxs.h"

enum ll_side { LL_FXS, LL_FXO, LL_SIDES };
#define LL_OFFERED 31	/* beside enum leg_event_kind */

struct leg_list;

/* HW with ports FXS and FXO stays the caller's. 0 or a negative errno. */
int ll_open(struct leg_list **out, struct hw *hw, int fxs, int fxo);
void ll_close(struct leg_list *b);

/* Opens both trunks anew. Members that name the ports, their numbers and the country are filled in. */
struct ll_setup {
	const char *country;
	struct fxs_conf fxs;
	struct fxo_conf fxo;
};
int ll_setup(struct leg_list *b, const struct ll_setup *s);

/* A call towards SIDE's line: LL_FXO dials CALLED, LL_FXS rings the telephone with OFFER's caller. */
int ll_call(struct leg_list *b, enum ll_side side, const struct leg_offer *offer);
struct leg *ll_leg(const struct leg_list *b, enum ll_side side);	/* NULL: none (any more) */
/* Runs until SIDE's leg has reported KIND, once more than was waited for before. -ETIMEDOUT. */
int ll_wait(struct leg_list *b, enum ll_side side, int kind, int64_t limit_us);
void ll_run(struct leg_list *b, unsigned ms);
/* Runs until both lines are idle and no leg is left. -ETIMEDOUT. */
int ll_idle(struct leg_list *b, int64_t limit_us);
/* What SIDE's leg has reported since it was last asked for, a line an event. */
const char *ll_take(struct leg_list *b, enum ll_side side);

#endif
