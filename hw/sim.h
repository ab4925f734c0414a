/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim.h: the simulated card: E1, T1 and J1 spans and analog ports in this process, wired to each other. It behaves as
 * DAHDI does; where the two differ, the test on the real driver decides. Loop thread, except where said.
 */
#ifndef HW_SIM_H
#define HW_SIM_H

#include "hw/hw.h"

struct sim_span {
	int no;				/* 1 and up, without holes */
	enum hw_span_type type;		/* E1: 31 channels, D on 16, A-law; T1, J1: 24, D on 24, mu-law; HW_SPAN_ANALOG: PORTS */
	int fxs, fxo;			/* analog: so many FXS ports, then so many FXO ports; else 0 */
	enum hw_law law;		/* analog: law of its ports */
	bool ground_start;		/* analog: all its ports are ground start; else kewl start */
	bool no_dchan;			/* T1, J1: channel 24 is a B channel too, as on spans of an NFAS group */
};
/* A copper pair from an FXS port to an FXO port, by channel number, and what it does to audio. All zero: a short
 * clean pair, on which octets pass unchanged. FXO 0: the pair ends in the open, and holds for a telephone. Noise is
 * that of the line: below -60 dBm0 the steps of the law make their own. */
struct sim_pair {
	int fxs, fxo;
	double loss_db;			/* each way, 0 to 20 */
	double echo_db;			/* 2-wire hybrid: what an end sends comes back to it this much lower; 0 for none */
	double echo_ms;			/* after this time, 0 to 32; a line started with echo_taps beyond it hears none */
	double noise_dbm0;		/* white noise at both ends; 0 for none */
	bool dead;			/* cut: no battery at the FXO end, nothing passes */
};
struct sim_wire {
	int a, b;			/* two spans joined back to back; a span has one wire at most */
	double ppm;	/* clock of span b against span a; what does not fit is slipped, a frame at a time */
};
struct sim_conf {
	const struct sim_span *spans;
	int n_spans;
	const struct sim_wire *wires;
	int n_wires;
	const struct sim_pair *pairs;
	int n_pairs;
};

/* Copies CONF. A digital span without a wire is in red alarm. -EINVAL: a span numbered wrongly or twice, a wire to
 * nowhere, a second wire, a wire between spans of different law or length, an offset over 1000 ppm, a pair of what are no ports or are
 * paired already or differ in law or start, a value out of its range. Times are
 * those given to hw_service() and hw_clock_tick(); hw_fd() becomes readable by itself when a frame or an alarm
 * falls due. */
int hw_sim_open(struct hw **out, const struct sim_conf *conf);

/* Faults, one span at a time; each acts on what the span receives. 0 takes the fault away. An analog span knows
 * SIM_FAULT_REMOVED alone. */
enum sim_fault {
	SIM_FAULT_DOWN,		/* 1: no signal: red here, yellow at the other end, at once */
	SIM_FAULT_D_LOSS,	/* per mille of D-channel frames that vanish */
	SIM_FAULT_D_ERROR,	/* per mille of D-channel frames that arrive with a wrong check sequence */
	SIM_FAULT_BIT_ERROR,	/* errored octets per million on B channels */
	SIM_FAULT_PPM,		/* the far end's clock is faster by so many ppm, to +-1000: both slip */
	SIM_FAULT_REMOVED,	/* 1: the span has left the machine; 0: it is plugged in again */
};
int hw_sim_fault(struct hw *hw, int span, enum sim_fault fault, int value);

/* What the card counted for a span: for tests and status. Any thread. */
struct sim_counters {
	uint64_t d_frames, d_lost, d_errored;	/* D-channel frames received, dropped by a fault, errored */
	uint64_t slips;				/* frames repeated or dropped for the clock */
	uint64_t underruns, overruns;	/* octets of silence sent by a dry line; octets dropped unread */
	uint64_t bit_errors;			/* octets errored by a fault */
	uint64_t stalls;			/* ticks over 600 ms late: what was beyond that is skipped */
};
int hw_sim_counters(struct hw *hw, int span, struct sim_counters *out);

/* Faults of a loop, by its FXS port; each lasts MS from the next hw_service() on, 1 to 60000. */
enum sim_line_fault {
	SIM_RING_NOISE,		/* ring voltage that nobody sends */
	SIM_HOOK_BOUNCE,	/* a contact lets go: the loop is open, whoever is off hook */
	SIM_BATTERY_GLITCH,	/* battery is away */
};
int hw_sim_line_fault(struct hw *hw, int fxs, enum sim_line_fault fault, unsigned ms);

/* A telephone bridged across the wires of FXS port CHAN, beside what the pair leads to: hook, flash and pulses by hw_hook()
 * and hw_dial_pulse(), events and audio as on an FXO port (kind HW_CHAN_FXO, chan CHAN). One at a time: -EBUSY. */
int hw_sim_phone_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out);
/* Changes a pair under way: loss, echo, noise, dead. Its two ports name it. -ENOENT: no such pair. */
int hw_sim_pair(struct hw *hw, const struct sim_pair *pair);

#endif
