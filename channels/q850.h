/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/q850.h: the names of Q.850's cause values, in one place. Pure; any thread. */
#ifndef CHANNELS_Q850_H
#define CHANNELS_Q850_H

const char *q850_name(int cause);	/* "user busy"; NULL for a value that Q.850 does not name */

#endif
