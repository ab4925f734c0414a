/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of causes; see cause.h. A row's source stands at its end: 3398 and 4497 are RFCs, "own" is a
 * choice of ours where both are silent. */
#include "gateway/cause.h"

#include <stddef.h>

#include "channels/q850.h"

struct row {
	int q850, sip;
	bool reroute;
};

static const struct row causes[] = {
	{ 1, 404, false },	/* 3398 */
	{ 2, 404, true },	/* 3398 */
	{ 3, 404, true },	/* 3398 */
	{ 4, 480, false },	/* 4497: as 31 */
	{ 5, 484, false },	/* own: the number is wrong */
	{ 6, 500, true },	/* own: a fault of this line, 5xx */
	{ 7, 480, false },	/* own */
	{ 8, 480, false },	/* own */
	{ 9, 480, false },	/* own */
	{ 14, 480, false },	/* own */
	{ 16, 480, false },	/* 3398 has none before answer; 4497: 480 */
	{ 17, 486, false },	/* 3398 */
	{ 18, 408, true },	/* 3398 */
	{ 19, 480, false },	/* 3398 */
	{ 20, 480, false },	/* 3398 */
	{ 21, 403, false },	/* 3398 */
	{ 22, 410, false },	/* 3398 without diagnostic */
	{ 23, 410, false },	/* 3398 */
	{ 25, 483, true },	/* 4497 */
	{ 26, 404, false },	/* 3398 */
	{ 27, 502, true },	/* 3398 */
	{ 28, 484, false },	/* 3398 */
	{ 29, 501, false },	/* 3398 */
	{ 30, 480, false },	/* own */
	{ 31, 480, false },	/* 3398 */
	{ 34, 503, true },	/* 3398 */
	{ 38, 503, true },	/* 3398 */
	{ 39, 503, true },	/* own: class 010 */
	{ 40, 503, true },	/* own: class 010 */
	{ 41, 503, true },	/* 3398 */
	{ 42, 503, true },	/* 3398 */
	{ 43, 503, true },	/* 4497 */
	{ 44, 503, true },	/* 4497 */
	{ 46, 503, true },	/* own: class 010 */
	{ 47, 503, true },	/* 3398 */
	{ 49, 503, true },	/* own */
	{ 50, 503, false },	/* own */
	{ 53, 403, false },	/* own: as 55 */
	{ 55, 403, false },	/* 3398 */
	{ 57, 403, false },	/* 3398 */
	{ 58, 503, true },	/* 3398 */
	{ 62, 503, false },	/* own */
	{ 63, 503, true },	/* own: class 011 */
	{ 65, 488, false },	/* 3398 */
	{ 66, 501, true },	/* own: class 100 */
	{ 69, 501, false },	/* own: class 100 */
	{ 70, 488, false },	/* 3398 */
	{ 79, 501, false },	/* 3398 */
	{ 81, 500, true },	/* own: class 101, 5xx */
	{ 82, 500, true },	/* own */
	{ 83, 500, false },	/* own */
	{ 84, 500, false },	/* own */
	{ 85, 500, false },	/* own */
	{ 86, 500, false },	/* own */
	{ 87, 403, false },	/* 3398 */
	{ 88, 503, false },	/* 3398 */
	{ 90, 403, false },	/* own */
	{ 91, 502, true },	/* own */
	{ 95, 500, false },	/* own: class 101 */
	{ 96, 500, false },	/* own: class 110 */
	{ 97, 500, false },	/* own: class 110 */
	{ 98, 500, false },	/* own: class 110 */
	{ 99, 500, false },	/* own: class 110 */
	{ 100, 500, false },	/* own: class 110 */
	{ 101, 500, false },	/* own: class 110 */
	{ 102, 504, true },	/* 3398 */
	{ 103, 500, false },	/* own: class 110 */
	{ 110, 500, false },	/* own: class 110 */
	{ 111, 500, true },	/* 3398 */
	{ 127, 500, false },	/* 3398 */
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
	const char *name = q850_name(q850);

	return name ? name : "unknown cause";
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
