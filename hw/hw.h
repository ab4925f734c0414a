/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/hw.h: the boundary to hardware: spans, lines, D channels, audio, alarms.
 *
 * One interface, two drivers: hw_dahdi (DAHDI's kernel driver) and hw_sim (a simulated card in this
 * process). Each call says which thread makes it. "Loop" is the thread that owns calls and signalling;
 * "media" is the thread that moves audio. A driver starts no thread and reads no clock: time comes in as
 * an argument, in microseconds of CLOCK_MONOTONIC.
 *
 * Errors are negative errno values: -ENODEV (the card, span or channel is gone), -EBUSY (the channel is
 * in use by another program), -ENOENT (no such channel), -EINVAL (not that kind of channel), -ENOMEM.
 */
#ifndef HW_HW_H
#define HW_HW_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw;		/* an opened card driver; owns its lines and D channels */
struct hw_line;		/* an opened line: one B channel or one analog port */
struct hw_dchan;	/* an opened D channel */

enum hw_law { HW_ALAW, HW_MULAW };			/* ITU-T G.711 */
enum hw_span_type { HW_SPAN_E1, HW_SPAN_T1, HW_SPAN_J1, HW_SPAN_ANALOG, HW_SPAN_OTHER };
enum hw_chan_kind { HW_CHAN_B, HW_CHAN_D, HW_CHAN_FXS, HW_CHAN_FXO, HW_CHAN_UNUSED };
/* How an analog port starts a call, as the card is configured (DAHDI's system.conf: fxols, fxoks, fxogs and fxsls, fxsks, fxsgs). */
enum hw_start { HW_START_NONE, HW_START_LOOP, HW_START_KEWL, HW_START_GROUND };

/* Alarms of a span, as bits. Names and meaning as DAHDI's (dahdi/user.h). */
enum {
	HW_ALARM_RED = 1 << 0,		/* no signal, or no frame, received */
	HW_ALARM_YELLOW = 1 << 1,	/* the far end reports that it does not receive (RAI) */
	HW_ALARM_BLUE = 1 << 2,		/* all ones received (AIS) */
	HW_ALARM_RECOVERING = 1 << 3,	/* clear, but not yet for long enough */
	HW_ALARM_LOOPBACK = 1 << 4,
	HW_ALARM_NOTOPEN = 1 << 5,
};

/* How the line of a digital span is configured, as bits; 0 for what it comes up with. */
enum {
	HW_FRAME_SET = 1 << 0,		/* it has been configured: the bits below say how */
	HW_FRAME_CRC4 = 1 << 1,		/* E1: CRC-4 (ITU-T G.704) */
	HW_FRAME_D4 = 1 << 2,		/* T1, J1: D4 and not ESF */
	HW_FRAME_AMI = 1 << 3,		/* and not HDB3 or B8ZS */
	HW_FRAME_DYNAMIC = 1 << 4,	/* no line at all: a span of DAHDI's that another span or Ethernet carries */
};

struct hw_span {
	int no;				/* span number, from 1, as DAHDI numbers it */
	enum hw_span_type type;
	unsigned alarms;		/* HW_ALARM_ bits, 0 for none */
	int first_chan, chans;		/* channel numbers first_chan .. first_chan + chans - 1 */
	int errors;			/* line errors counted by the card since start (CRC, framing, slips) */
	unsigned framing;		/* HW_FRAME_ bits */
	int lbo;			/* line build-out, as DAHDI numbers it */
	char name[40], desc[80];	/* as the driver names it */
	char maker[40];			/* manufacturer and device, "" when unknown */
};

struct hw_chan {
	int no;				/* channel number, from 1, across all spans */
	int span, pos;			/* its span, and its place in it from 1 (the timeslot) */
	enum hw_chan_kind kind;
	enum hw_law law;		/* the law the span carries */
	enum hw_start start;		/* analog ports; else HW_START_NONE */
	enum hw_chan_kind port;		/* what it is made for: HW_CHAN_FXS, HW_CHAN_FXO, or HW_CHAN_B for a timeslot */
};

/* What a line or a D channel reports, on the loop thread, from inside hw_service(). */
enum hw_event {
	HW_EV_ALARM,		/* the span went from no alarm to some */
	HW_EV_NOALARM,		/* all alarms of the span are clear */
	HW_EV_READABLE,		/* D channel only: at least one frame can be read */
	HW_EV_ABORT,		/* D channel only: HDLC abort received (normal at opening and recovery) */
	HW_EV_OVERRUN,		/* D channel only: frames lost, nobody read them in time */
	HW_EV_BADFCS,		/* D channel only: a frame with a wrong check sequence was dropped */
	HW_EV_REMOVED,		/* the span has left: close this handle; nothing more will come on it */
	/* FXS ports only. Our end has the telephone. */
	HW_EV_OFFHOOK,		/* loop closed: lifted, or answered while it rang (ringing has stopped by itself) */
	HW_EV_ONHOOK,		/* loop open for longer than a flash */
	HW_EV_FLASH,		/* loop opened for flash_min_ms to flash_max_ms */
	HW_EV_RINGER_ON,	/* a ring of our cadence begins; of each ring, the first included */
	HW_EV_RINGER_OFF,	/* and ends by itself: the silence in which caller ID may go. Not told of one cut short */
	HW_EV_PULSE_START,	/* the first break of a pulse digit */
	/* FXO ports only. Our end is the telephone. */
	HW_EV_RING_BEGIN,	/* ring voltage has come */
	HW_EV_RING_END,		/* and gone */
	HW_EV_DISCONNECT,	/* kewl start: the far end took battery away from a seized line for a while. Ground start: it took the
				 * ground from tip, of a seized line or of one that it had rung */
	HW_EV_TIP_GROUND,	/* ground start: the far end has answered our seizure; the loop is closed now */
	HW_EV_POLARITY,		/* battery is reversed against what it was */
	HW_EV_NO_BATTERY,	/* no battery on the line: unplugged, or cut for longer than a disconnect */
	HW_EV_BATTERY,		/* it is back */
	/* Both. */
	HW_EV_HOOK_DONE,	/* a flash of ours, or the battery drop after HW_DROP, is over */
	HW_EV_DIAL_DONE,	/* all of hw_dial_pulse() has gone out */
	HW_EV_PULSE,		/* FXS: a pulse digit; HW_EV_PULSE + 0 .. 9 */
	HW_EV_PULSE_LAST = HW_EV_PULSE + 9,
};
typedef void hw_event_fn(void *arg, enum hw_event ev);

/* How audio of a line is to run; see hw_line_start(). */
struct hw_audio {
	unsigned block;		/* octets that one read gives, 8 to 160; a read never gives part of a block */
	unsigned buffers;	/* blocks that fit each way, 2 to 32 */
	bool clear;		/* clear channel: no law, no canceller, 0xff when idle (Q.931 unrestricted) */
	unsigned echo_taps;	/* echo canceller length in samples; 0 for none */
};

/* --- Analog ports ---------------------------------------------------------------------------------- */

/* What hw_hook() does. FXS means a port that has a telephone, FXO one that is a telephone. */
enum hw_hook {
	HW_ONHOOK,	/* FXO: opens the loop. FXS: ends ringing, normal battery; ground start: tip is open */
	HW_OFFHOOK,	/* FXO: seizes the line or answers it; ground start: a line that the far end has not seized is seized by
			 * grounding ring, and the loop closes at HW_EV_TIP_GROUND. FXS: battery for talking (needed before
			 * audio), tip grounded */
	HW_FLASH,	/* FXO: opens the loop for flash_out_ms; HW_EV_HOOK_DONE. -EBUSY: on hook, or not off hook for long */
	HW_RING,	/* FXS: rings with the cadence until HW_RING_OFF, HW_ONHOOK or the far end goes off hook.
			 * -EBUSY: it rings, or somebody is off hook */
	HW_RING_OFF,	/* FXS: ends ringing */
	HW_DROP,	/* FXS: takes battery away for drop_ms (open-loop disconnect), then on hook; HW_EV_HOOK_DONE.
			 * Meanwhile HW_OFFHOOK and HW_RING are -EBUSY. Ground start: opens tip, which stays so; HW_EV_HOOK_DONE at
			 * once */
};
/* Times of a port. A member that is 0 keeps what the driver has. */
struct hw_timing {
	uint16_t flash_min_ms, flash_max_ms;	/* FXS: an opening this long is a flash; longer is on hook */
	uint16_t flash_out_ms;			/* FXO: our own flash */
	uint16_t pulse_make_ms, pulse_break_ms, pulse_gap_ms;	/* FXO dials pulses; gap: between digits */
	uint16_t debounce_ms;			/* FXS: hook changes this soon after an off hook are not believed */
	uint16_t drop_ms;			/* FXS: length of HW_DROP */
};
#define HW_CADENCE_MAX 16	/* entries of a ring cadence: on, off, on, off ... in ms */

/* What can be seen of an analog port. -1: this card cannot tell. */
struct hw_analog {
	int offhook;		/* FXS: the telephone is; FXO: we are */
	int ringing;		/* FXS: we ring it; FXO: ring voltage now */
	int battery;		/* FXO: there is battery; ground start has none to see while it is idle: -1 */
	int reversed;		/* polarity is reversed */
	int voltage_mv;		/* FXO: loop voltage with its sign; INT_MIN: cannot tell */
	int current_ua;		/* loop current; INT_MIN: cannot tell */
	int grounded;		/* FXO, ground start: tip is, so the far end has seized the line or answered our seizure; else 0 */
};

/* A driver. Every member is required; callers use the functions below. */
struct hw_ops {
	const char *name;
	void (*close)(struct hw *hw);
	int (*fd)(const struct hw *hw);
	void (*service)(struct hw *hw, int64_t now_us);
	int (*spans)(struct hw *hw, struct hw_span *out, int max);
	int (*chans)(struct hw *hw, int span, struct hw_chan *out, int max);
	int (*clock_poll)(struct hw *hw, struct pollfd *out);
	int (*clock_start)(struct hw *hw, unsigned period_samples);
	int (*clock_tick)(struct hw *hw, int64_t now_us);
	int (*dchan_open)(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out);
	void (*dchan_close)(struct hw_dchan *d);
	int (*dchan_read)(struct hw_dchan *d, uint8_t *buf, size_t size);
	int (*dchan_write)(struct hw_dchan *d, const uint8_t *buf, size_t len);
	int (*line_open)(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out);
	void (*line_close)(struct hw_line *l);
	int (*line_start)(struct hw_line *l, const struct hw_audio *a);
	void (*line_stop)(struct hw_line *l);
	int (*line_read)(struct hw_line *l, uint8_t *buf, size_t size);
	int (*line_read_all)(struct hw_line *l, uint8_t *buf, size_t size);	/* NULL, -EOPNOTSUPP: block by block */
	int (*line_write)(struct hw_line *l, const uint8_t *buf, size_t len);
	int (*hook)(struct hw_line *l, enum hw_hook what);
	int (*set_timing)(struct hw_line *l, const struct hw_timing *t);
	int (*set_cadence)(struct hw_line *l, const uint16_t *ms, int n, int repeat_from);
	int (*dial_pulse)(struct hw_line *l, const char *digits);
	int (*polarity)(struct hw_line *l, bool reversed);
	int (*message_lamp)(struct hw_line *l, bool on);
	int (*onhook_transfer)(struct hw_line *l, unsigned ms);
	int (*gain)(struct hw_line *l, double rx_db, double tx_db);
	int (*analog)(struct hw_line *l, struct hw_analog *out);
};

/* The first members of each driver's own structs, so that the wrappers in hw.c need no table look-up. */
struct hw {
	const struct hw_ops *ops;
};
struct hw_line {
	const struct hw_ops *ops;
	struct hw *hw;
	int chan;		/* channel number */
	int span;		/* its span */
	enum hw_law law;	/* law of the octets read and written */
	enum hw_chan_kind kind;	/* HW_CHAN_B, HW_CHAN_FXS or HW_CHAN_FXO */
	enum hw_start start;	/* analog ports */
};
struct hw_dchan {
	const struct hw_ops *ops;
	struct hw *hw;
	int chan, span;
};

/* --- The card (loop thread) ------------------------------------------------------------------- */

/* Opens DAHDI. A host without the driver or without any span is no error: hw_spans() then counts 0. */
int hw_dahdi_open(struct hw **out);
/* The simulated card is opened by hw_sim_open(), hw/sim.h. */

/* Closes the card with all its lines and D channels. NULL is fine. Media must have let go of every line. */
void hw_close(struct hw *hw);

/* One descriptor for everything the loop must hear of: readable (POLLIN) when hw_service() has work. */
int hw_fd(const struct hw *hw);
/* Delivers what is waiting to the callbacks given at opening. Cheap when there is nothing. A callback may
 * open, close, read and write any line or D channel, its own included. */
void hw_service(struct hw *hw, int64_t now_us);

/* Fill OUT with at most MAX entries, by rising number, read from the card at this moment. Return how many
 * there are, which may be more than MAX. hw_chans: SPAN 0 means all spans. */
int hw_spans(struct hw *hw, struct hw_span *out, int max);
int hw_chans(struct hw *hw, int span, struct hw_chan *out, int max);

/* --- The card's clock (media thread) ---------------------------------------------------------- */

/* Fill OUT with the descriptor and events to poll for the next tick. */
int hw_clock_poll(struct hw *hw, struct pollfd *out);
/* One tick each PERIOD samples of 125 us (8 = 1 ms); 0 stops the clock and costs nothing from then on. */
int hw_clock_start(struct hw *hw, unsigned period_samples);
/* Acknowledge the tick; the simulated card moves its audio here. Returns how many periods have passed
 * (0 when woken for nothing), or a negative errno. */
int hw_clock_tick(struct hw *hw, int64_t now_us);

/* --- D channels (loop thread) ----------------------------------------------------------------- */

/* FN is called from hw_service() until hw_dchan_close(); NULL: nobody wants to know. One opener at a time: -EBUSY. */
int hw_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out);
void hw_dchan_close(struct hw_dchan *d);	/* NULL is fine */
/* One frame without its check sequence (Q.921: address field to end of information field). Returns its
 * length, 0 when there is none, -EMSGSIZE (it did not fit SIZE and is lost), -ENODEV. */
int hw_dchan_read(struct hw_dchan *d, uint8_t *buf, size_t size);
/* Queues one frame. Returns LEN, -EAGAIN (the queue is full; the frame was not taken), -EMSGSIZE (over
 * 1022 octets), -ENODEV. */
int hw_dchan_write(struct hw_dchan *d, const uint8_t *buf, size_t len);

/* --- Lines ------------------------------------------------------------------------------------ */

/* Loop thread. The line is idle (silence of its law goes out) until media starts it. */
int hw_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out);
void hw_line_close(struct hw_line *l);		/* NULL is fine; media must have stopped it */

/* Media thread. Start drops what was buffered both ways and begins to record; stop goes back to silence. */
int hw_line_start(struct hw_line *l, const struct hw_audio *a);
void hw_line_stop(struct hw_line *l);
/* One whole block of the size given at start, in the line's law; SIZE must hold it. Returns the octets, 0
 * when no block is complete, -ENODEV when the span has left. When nobody reads, the oldest blocks are
 * kept and new ones dropped. */
int hw_line_read(struct hw_line *l, uint8_t *buf, size_t size);
/* As many whole blocks as there are, up to SIZE octets: for who comes seldom. Returns as hw_line_read() does. */
int hw_line_read_all(struct hw_line *l, uint8_t *buf, size_t size);
/* Queues LEN octets, at most one block; goes out after what is queued. Returns the octets taken, 0 when
 * full, -ENODEV. When the queue runs dry the line sends silence of its law (mu-law: either zero, 0xff or
 * 0x7f). */
int hw_line_write(struct hw_line *l, const uint8_t *buf, size_t len);

/* --- Analog ports (loop thread) ---------------------------------------------------------------- */
/* All: -EINVAL on a line of another kind, -EOPNOTSUPP when this card cannot, -ENODEV. None of them waits. An FXO port
 * records and plays audio also on hook (caller ID); an FXS port plays on hook when hw_onhook_transfer() has
 * said so, or by itself between rings. */

int hw_hook(struct hw_line *l, enum hw_hook what);
/* -EOPNOTSUPP: a time is another on this card and stays so; the others are set (200 ms for
 * flash_min_ms, as shorter openings are pulses; DAHDI: 500 for drop_ms). Members of the other kind of port do not matter. */
int hw_set_timing(struct hw_line *l, const struct hw_timing *t);
/* FXS: N (even, at most HW_CADENCE_MAX) times of ring and pause for rings from now on. From entry REPEAT_FROM on it
 * repeats: entries before that are played once (a first ring apart from the others, a short ring before caller ID). */
int hw_set_cadence(struct hw_line *l, const uint16_t *ms, int n, int repeat_from);
/* FXO, off hook: digits 0-9, each by loop openings; HW_EV_DIAL_DONE. -EBUSY while it dials. Audio written meanwhile
 * goes nowhere. */
int hw_dial_pulse(struct hw_line *l, const char *digits);
/* FXS: battery reversed (answer, charging, or before caller ID) or normal. */
int hw_polarity(struct hw_line *l, bool reversed);
/* FXS: the neon lamp (voltage) of a telephone with a waiting message. */
int hw_message_lamp(struct hw_line *l, bool on);
/* FXS on hook: audio may be sent for MS from now on (caller ID, MWI without ringing). */
int hw_onhook_transfer(struct hw_line *l, unsigned ms);
/* Gains in dB, -24 to +24, applied to audio read and written from now on; 0 0 is bit-transparent. Between
 * hw_line_start() and hw_line_stop() too. */
int hw_gain(struct hw_line *l, double rx_db, double tx_db);
int hw_analog(struct hw_line *l, struct hw_analog *out);

#endif
