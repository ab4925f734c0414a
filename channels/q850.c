/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of causes; see q850.h. */
#include "channels/q850.h"

#include <stddef.h>

static const struct {
	int cause;
	const char *name;
} names[] = { /* table 1 of Q.850 */
	{ 1, "unallocated number" },
	{ 2, "no route to transit network" },
	{ 3, "no route to destination" },
	{ 4, "send special information tone" },
	{ 5, "misdialled trunk prefix" },
	{ 6, "channel unacceptable" },
	{ 7, "call awarded in an established channel" },
	{ 8, "preemption" },
	{ 9, "preemption, circuit reserved" },
	{ 14, "query on release: ported number" },
	{ 16, "normal call clearing" },
	{ 17, "user busy" },
	{ 18, "no user responding" },
	{ 19, "no answer from user" },
	{ 20, "subscriber absent" },
	{ 21, "call rejected" },
	{ 22, "number changed" },
	{ 23, "redirection to new destination" },
	{ 24, "call rejected by a feature at the destination" },
	{ 25, "exchange routing error" },
	{ 26, "non-selected user clearing" },
	{ 27, "destination out of order" },
	{ 28, "address incomplete" },
	{ 29, "facility rejected" },
	{ 30, "response to status enquiry" },
	{ 31, "normal, unspecified" },
	{ 34, "no circuit available" },
	{ 38, "network out of order" },
	{ 39, "permanent frame connection out of service" },
	{ 40, "permanent frame connection operational" },
	{ 41, "temporary failure" },
	{ 42, "switching equipment congestion" },
	{ 43, "access information discarded" },
	{ 44, "requested channel not available" },
	{ 46, "precedence call blocked" },
	{ 47, "resource unavailable" },
	{ 49, "quality of service not available" },
	{ 50, "facility not subscribed" },
	{ 53, "outgoing calls barred in closed user group" },
	{ 55, "incoming calls barred in closed user group" },
	{ 57, "bearer capability not authorized" },
	{ 58, "bearer capability not available" },
	{ 62, "inconsistent access information" },
	{ 63, "service not available" },
	{ 65, "bearer capability not implemented" },
	{ 66, "channel type not implemented" },
	{ 69, "facility not implemented" },
	{ 70, "restricted digital bearer only" },
	{ 79, "service not implemented" },
	{ 81, "invalid call reference" },
	{ 82, "channel does not exist" },
	{ 83, "suspended call, wrong identity" },
	{ 84, "call identity in use" },
	{ 85, "no call suspended" },
	{ 86, "call has been cleared" },
	{ 87, "user not member of closed user group" },
	{ 88, "incompatible destination" },
	{ 90, "closed user group does not exist" },
	{ 91, "invalid transit network" },
	{ 95, "invalid message" },
	{ 96, "mandatory information element missing" },
	{ 97, "message type not implemented" },
	{ 98, "message not compatible with call state" },
	{ 99, "information element not implemented" },
	{ 100, "invalid information element contents" },
	{ 101, "message not compatible with call state" },
	{ 102, "recovery on timer expiry" },
	{ 103, "parameter not implemented" },
	{ 110, "message discarded" },
	{ 111, "protocol error" },
	{ 127, "interworking, unspecified" },
};

const char *q850_name(int cause)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].cause == cause)
			return names[i].name;
	return NULL;
}
