/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of causes; see cause.h. A row's source stands at its end: 3398 and 4497 are RFCs, "own" is a
 * choice of ours where both are silent. */
#include "gateway/cause.h"

#include <stddef.h>

struct row {
	int q850, sip;
	bool reroute;
	const char *name; /* Q.850 table 1 */
};

static const struct row causes[] = {
	{ 1, 404, false, "unallocated number" },		    /* 3398 */
	{ 2, 404, true, "no route to transit network" },	    /* 3398 */
	{ 3, 404, true, "no route to destination" },		    /* 3398 */
	{ 4, 480, false, "send special information tone" },	    /* 4497: as 31 */
	{ 5, 484, false, "misdialled trunk prefix" },		    /* own: the number is wrong */
	{ 6, 500, true, "channel unacceptable" },		    /* own: a fault of this line, 5xx */
	{ 7, 480, false, "call awarded in an established channel" }, /* own */
	{ 8, 480, false, "preemption" },			    /* own */
	{ 9, 480, false, "preemption, circuit reserved" },	    /* own */
	{ 14, 480, false, "query on release: ported number" },	    /* own */
	{ 16, 480, false, "normal call clearing" }, /* 3398 has none before answer; 4497: 480 */
	{ 17, 486, false, "user busy" },			    /* 3398 */
	{ 18, 408, true, "no user responding" },		    /* 3398 */
	{ 19, 480, false, "no answer from user" },		    /* 3398 */
	{ 20, 480, false, "subscriber absent" },		    /* 3398 */
	{ 21, 403, false, "call rejected" },			    /* 3398 */
	{ 22, 410, false, "number changed" },			    /* 3398 without diagnostic */
	{ 23, 410, false, "redirection to new destination" },	    /* 3398 */
	{ 25, 483, true, "exchange routing error" },		    /* 4497 */
	{ 26, 404, false, "non-selected user clearing" },	    /* 3398 */
	{ 27, 502, true, "destination out of order" },		    /* 3398 */
	{ 28, 484, false, "address incomplete" },		    /* 3398 */
	{ 29, 501, false, "facility rejected" },		    /* 3398 */
	{ 30, 480, false, "response to status enquiry" },	    /* own */
	{ 31, 480, false, "normal, unspecified" },		    /* 3398 */
	{ 34, 503, true, "no circuit available" },		    /* 3398 */
	{ 38, 503, true, "network out of order" },		    /* 3398 */
	{ 39, 503, true, "permanent frame connection out of service" }, /* own: class 010 */
	{ 40, 503, true, "permanent frame connection operational" },	/* own: class 010 */
	{ 41, 503, true, "temporary failure" },			    /* 3398 */
	{ 42, 503, true, "switching equipment congestion" },	    /* 3398 */
	{ 43, 503, true, "access information discarded" },	    /* 4497 */
	{ 44, 503, true, "requested channel not available" },	    /* 4497 */
	{ 46, 503, true, "precedence call blocked" },		    /* own: class 010 */
	{ 47, 503, true, "resource unavailable" },		    /* 3398 */
	{ 49, 503, true, "quality of service not available" },	    /* own */
	{ 50, 503, false, "facility not subscribed" },		    /* own */
	{ 53, 403, false, "outgoing calls barred in closed user group" }, /* own: as 55 */
	{ 55, 403, false, "incoming calls barred in closed user group" }, /* 3398 */
	{ 57, 403, false, "bearer capability not authorized" },	    /* 3398 */
	{ 58, 503, true, "bearer capability not available" },	    /* 3398 */
	{ 62, 503, false, "inconsistent access information" },	    /* own */
	{ 63, 503, true, "service not available" },		    /* own: class 011 */
	{ 65, 488, false, "bearer capability not implemented" },    /* 3398 */
	{ 66, 501, true, "channel type not implemented" },	    /* own: class 100 */
	{ 69, 501, false, "facility not implemented" },		    /* own: class 100 */
	{ 70, 488, false, "restricted digital bearer only" },	    /* 3398 */
	{ 79, 501, false, "service not implemented" },		    /* 3398 */
	{ 81, 500, true, "invalid call reference" },		    /* own: class 101, 5xx */
	{ 82, 500, true, "channel does not exist" },		    /* own */
	{ 83, 500, false, "suspended call, wrong identity" },	    /* own */
	{ 84, 500, false, "call identity in use" },		    /* own */
	{ 85, 500, false, "no call suspended" },		    /* own */
	{ 86, 500, false, "call has been cleared" },		    /* own */
	{ 87, 403, false, "user not member of closed user group" }, /* 3398 */
	{ 88, 503, false, "incompatible destination" },		    /* 3398 */
	{ 90, 403, false, "closed user group does not exist" },	    /* own */
	{ 91, 502, true, "invalid transit network" },		    /* own */
	{ 95, 500, false, "invalid message" },			    /* own: class 101 */
	{ 96, 500, false, "mandatory information element missing" }, /* own: class 110 */
	{ 97, 500, false, "message type not implemented" },	    /* own: class 110 */
	{ 98, 500, false, "message not compatible with call state" }, /* own: class 110 */
	{ 99, 500, false, "information element not implemented" },  /* own: class 110 */
	{ 100, 500, false, "invalid information element contents" }, /* own: class 110 */
	{ 101, 500, false, "message not compatible with call state" }, /* own: class 110 */
	{ 102, 504, true, "recovery on timer expiry" },		    /* 3398 */
	{ 103, 500, false, "parameter not implemented" },	    /* own: class 110 */
	{ 110, 500, false, "message discarded" },		    /* own: class 110 */
	{ 111, 500, true, "protocol error" },			    /* 3398 */
	{ 127, 500, false, "interworking, unspecified" },	    /* 3398 */
};

/* RFC 3398 8.2.6.1, a few rows of RFC 4497 8.4.4 and later codes. */
static const struct {
	int sip, q850;
	const char *phrase;
} statuses[] = {
	{ 100, 0, "Trying" },
	{ 180, 0, "Ringing" },
	{ 181, 0, "Call Is Being Forwarded" },
	{ 182, 0, "Queued" },
	{ 183, 0, "Session Progress" },
	{ 200, 16, "OK" },
	{ 300, 23, "Multiple Choices" },		/* own: a redirection not followed */
	{ 301, 23, "Moved Permanently" },
	{ 302, 23, "Moved Temporarily" },
	{ 305, 23, "Use Proxy" },
	{ 380, 23, "Alternative Service" },
	{ 400, 41, "Bad Request" },			/* 3398 */
	{ 401, 21, "Unauthorized" },			/* 3398 */
	{ 402, 21, "Payment Required" },		/* 3398 */
	{ 403, 21, "Forbidden" },			/* 3398 */
	{ 404, 1, "Not Found" },			/* 3398 */
	{ 405, 63, "Method Not Allowed" },		/* 3398 */
	{ 406, 79, "Not Acceptable" },			/* 3398 */
	{ 407, 21, "Proxy Authentication Required" },	/* 3398 */
	{ 408, 102, "Request Timeout" },		/* 3398 */
	{ 410, 22, "Gone" },				/* 3398 */
	{ 413, 127, "Request Entity Too Large" },	/* 3398 */
	{ 414, 127, "Request-URI Too Long" },		/* 3398 */
	{ 415, 79, "Unsupported Media Type" },		/* 3398 */
	{ 416, 127, "Unsupported URI Scheme" },		/* 3398 */
	{ 420, 127, "Bad Extension" },			/* 3398 */
	{ 421, 127, "Extension Required" },		/* 3398 */
	{ 423, 127, "Interval Too Brief" },		/* 3398 */
	{ 480, 18, "Temporarily Unavailable" },		/* 3398 */
	{ 481, 41, "Call/Transaction Does Not Exist" },	/* 3398 */
	{ 482, 25, "Loop Detected" },			/* 3398 */
	{ 483, 25, "Too Many Hops" },			/* 3398 */
	{ 484, 28, "Address Incomplete" },		/* 3398 */
	{ 485, 1, "Ambiguous" },			/* 3398 */
	{ 486, 17, "Busy Here" },			/* 3398 */
	{ 487, 16, "Request Terminated" },		/* own: our CANCEL, a normal clearing */
	{ 488, 65, "Not Acceptable Here" },		/* 4497 */
	{ 491, 41, "Request Pending" },			/* own */
	{ 500, 41, "Server Internal Error" },		/* 3398 */
	{ 501, 79, "Not Implemented" },			/* 3398 */
	{ 502, 38, "Bad Gateway" },			/* 3398 */
	{ 503, 41, "Service Unavailable" },		/* 3398 */
	{ 504, 102, "Server Time-out" },		/* 3398 */
	{ 505, 127, "Version Not Supported" },		/* 3398 */
	{ 513, 127, "Message Too Large" },		/* 3398 */
	{ 600, 17, "Busy Everywhere" },			/* 3398 */
	{ 603, 21, "Decline" },				/* 3398 */
	{ 604, 1, "Does Not Exist Anywhere" },		/* 3398 */
	{ 606, 88, "Not Acceptable" },			/* own: 3398 has 58, 4497 has 65: the callee's choice */
};

static const struct row *find(int q850)
{
	size_t i;

	for (i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (causes[i].q850 == q850)
			return &causes[i];
	return NULL;
}

const char *cause_name(int q850)
{
	const struct row *r = find(q850);

	return r ? r->name : "unknown cause";
}

int cause_to_sip(int q850)
{
	const struct row *r = find(q850);

	if (r)
		return r->sip;
	/* By class, Q.850 2.2.4: 001 normal, 010 resource, 011 service, 100 not implemented, the rest errors. */
	switch (q850 >> 4) {
	case 0:
	case 1:
		return 480;
	case 2:
	case 3:
		return 503;
	case 4:
		return 501;
	default:
		return 500;
	}
}

const char *sip_phrase(int status)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].sip == status)
			return statuses[i].phrase;
	return status < 400 ? "Redirection" : status < 500 ? "Request Failure" :
	       status < 600 ? "Server Failure" : "Global Failure";
}

int cause_from_sip(int status)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].sip == status && statuses[i].q850)
			return statuses[i].q850;
	/* RFC 3261 8.1.3.2: an unknown code is treated as its class's x00. */
	return status < 400 ? 23 : status < 500 ? 41 : status < 600 ? 41 : 17;
}

bool cause_reroutes(int q850)
{
	const struct row *r = find(q850);

	if (r)
		return r->reroute;
	return (q850 >> 4) == 2; /* an unknown cause of the resource-unavailable class */
}
