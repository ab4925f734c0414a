/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/card.h: the DAHDI driver, private to hw/dahdi/.
 *
 * One epoll set is what hw_fd() gives: D channels for reading and events, lines for events only, as their
 * audio belongs to the media thread. A descriptor is shared by the two threads as the kernel
 * allows: the loop asks for events, the media thread reads and writes, and neither waits.
 *
 * The trap of this interface: while an event waits, read and write fail with errno 500 (ELAST). The media
 * thread takes that as "nothing now"; the loop is woken by the same event and fetches it.
 *
 * Another: while the driver dials pulses, a write ends the dialling. So the media thread writes under a lock,
 * and what it writes meanwhile goes nowhere.
 */
#ifndef HW_DAHDI_CARD_H
#define HW_DAHDI_CARD_H

#include <dahdi/user.h>
#include <pthread.h>

#include "hw/notify.h"

struct dahdi_card {
	struct hw base;
	int ctl;                    /* /dev/dahdi/ctl, -1 while there is no driver */
	int epoll, wake;            /* wake: an eventfd, for events met outside hw_service() */
	int beat;                   /* a timerfd, running while a port settles after a drop of battery */
	int first[DAHDI_MAX_SPANS]; /* first channel of each span when last looked; 0 for unknown */
	struct notify_set notify;
	/* Media thread */
	int clock_fd;
	bool clock_is_card;        /* /dev/dahdi/timer; else a timerfd */
	int64_t period_us, ticked; /* time up to which periods were counted; -1 before the first tick */
};

struct dahdi_handle {
	struct notify notify; /* first: card.c finds the handle by it */
	struct dahdi_card *card;
	int fd;              /* -1 when not open */
	bool is_dchan, lost; /* lost: out of the epoll set */
};

struct dahdi_dchan {
	struct hw_dchan base;
	struct dahdi_handle h;
};

enum dahdi_port_state {
	PORT_IDLE,
	PORT_RINGING,
	PORT_TALK,     /* off hook; a port for a telephone: battery for talking */
	PORT_STARTING, /* ground start: ring is grounded, tip is not yet */
	PORT_DROPPING, /* battery is away */
	PORT_SETTLING, /* it is back, but DAHDI takes no order yet */
};
struct dahdi_port { /* an analog port; loop thread */
	int sigtype;
	bool own_line; /* a span of analog ports: an alarm of the channel means no battery */
	enum dahdi_port_state state;
	bool lifted;   /* FXS: what was told last */
	bool flashing; /* FXO */
	int reversed;  /* FXS: what was set; FXO: -1, as DAHDI tells only changes */
	int beats;     /* left until the port has settled */
	int wanted;    /* an order that waits for that; -1 for none */
	/* Ground start: ground.c. */
	bool ring_on, rang; /* FXO: ring voltage has been told; and neither its end as a call nor our hook */
	bool glare;         /* FXS: it rings, and the far end grounds ring: no answer */
	bool stray;         /* FXS: the next pulse digit is none */
	int watch;          /* FXO: beats for which a lost tip ground is not told by an event */
};

struct dahdi_line {
	struct hw_line base;
	struct dahdi_handle h;
	struct dahdi_port port;
	pthread_mutex_t writing; /* analog ports: guards DIALLING against a write under way */
	bool dialling;
	/* Media thread */
	unsigned block;         /* octets a read gives; 0 while stopped */
	unsigned unit;          /* octets of a buffer in the driver: whole blocks, at least 16 */
	unsigned kept, kept_at; /* rest of a unit, and where it begins */
	uint8_t keep[32];
};

/* events.c: loop thread */
void dahdi_service(struct hw *hw, int64_t now_us);
void dahdi_drain(struct dahdi_handle *h); /* fetches the events that wait, for the next service */
void dahdi_wake(struct dahdi_card *c);
struct dahdi_line *dahdi_analog_of(struct dahdi_handle *h); /* the analog port of a handle, or NULL */

/* analog.c, gain.c: loop thread */
void dahdi_port_open(struct dahdi_line *l, const struct dahdi_params *p);
int dahdi_hook(struct hw_line *l, enum hw_hook what);
int dahdi_set_timing(struct hw_line *l, const struct hw_timing *t);
int dahdi_set_cadence(struct hw_line *l, const uint16_t *ms, int n, int repeat_from);
int dahdi_dial_pulse(struct hw_line *l, const char *digits);
int dahdi_polarity(struct hw_line *l, bool reversed);
int dahdi_message_lamp(struct hw_line *l, bool on);
int dahdi_onhook_transfer(struct hw_line *l, unsigned ms);
int dahdi_analog(struct hw_line *l, struct hw_analog *out);
int dahdi_gain(struct hw_line *l, double rx_db, double tx_db);
int dahdi_port_ioctl(struct dahdi_line *l, unsigned long request, void *arg);
void dahdi_port_dialling(struct dahdi_line *l, bool on);

/* ground.c: loop thread */
enum hw_start dahdi_start(int sigtype);
static inline bool dahdi_ground(const struct dahdi_line *l)
{
	return l->base.start == HW_START_GROUND;
}
int dahdi_ground_seize(struct dahdi_line *l);
int dahdi_ground_onhook(struct dahdi_line *l);
bool dahdi_ground_fxo_event(struct dahdi_line *l, int ev); /* true: it is dealt with */
bool dahdi_ground_fxs_event(struct dahdi_line *l, int ev);
void dahdi_ground_ring_over(struct dahdi_line *l); /* FXS: it no longer rings */
bool dahdi_ground_beat(struct dahdi_line *l, int beats); /* true: there is more to watch */

/* analog_events.c: loop thread */
void dahdi_port_lifted(struct dahdi_line *l, bool on);
void dahdi_run_beat(struct dahdi_card *c, bool on);
void dahdi_port_event(struct dahdi_line *l, int ev);
void dahdi_port_settle(struct dahdi_line *l); /* battery is back: orders wait for DAHDI */
void dahdi_beat(struct dahdi_card *c);

/* open.c: loop thread */
int dahdi_handle_open(struct dahdi_handle *h, struct dahdi_card *c, int chan, struct dahdi_params *out);
int dahdi_handle_watch(struct dahdi_handle *h, hw_event_fn *fn, void *arg);
void dahdi_handle_close(struct dahdi_handle *h);
enum hw_chan_kind dahdi_kind(int sigtype);
enum hw_law dahdi_law(int curlaw);

/* spans.c: loop thread */
int dahdi_spans(struct hw *hw, struct hw_span *out, int max);
int dahdi_chans(struct hw *hw, int span, struct hw_chan *out, int max);
bool dahdi_span_is_analog(struct dahdi_card *c, int span);

/* dchan.c: loop thread */
int dahdi_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out);
void dahdi_dchan_close(struct hw_dchan *d);
int dahdi_dchan_read(struct hw_dchan *d, uint8_t *buf, size_t size);
int dahdi_dchan_write(struct hw_dchan *d, const uint8_t *buf, size_t len);

/* line.c: opening and closing on the loop thread, audio on the media thread */
int dahdi_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out);
void dahdi_line_close(struct hw_line *l);
int dahdi_line_start(struct hw_line *l, const struct hw_audio *a);
void dahdi_line_stop(struct hw_line *l);
int dahdi_line_read(struct hw_line *l, uint8_t *buf, size_t size);
int dahdi_line_read_all(struct hw_line *l, uint8_t *buf, size_t size);
int dahdi_line_write(struct hw_line *l, const uint8_t *buf, size_t len);

/* clock.c: media thread, but for open and close */
int dahdi_clock_open(struct dahdi_card *c);
int dahdi_clock_poll(struct hw *hw, struct pollfd *out);
int dahdi_clock_start(struct hw *hw, unsigned period_samples);
int dahdi_clock_tick(struct hw *hw, int64_t now_us);

#endif
