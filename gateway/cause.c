/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of causes; see cause.h. A row names its source: "own choice" is ours where the RFCs are silent. */
#include "gateway/cause.h"

#include <stddef.h>

#include "channels/q850.h"

#define TO_SIP "RFC 3398 7.2.4.1"
#define FROM_SIP "RFC 3398 8.2.6.1"

struct row {
	int q850, sip;
	bool reroute;
	const char *source;
};

static const struct row causes[] = {
	{ 1, 404, false, TO_SIP },
	{ 2, 404, true, TO_SIP },
	{ 3, 404, true, TO_SIP },
	{ 4, 480, false, "RFC 4497 8.4" },
	{ 5, 484, false, "own choice: the number is wrong" },
	{ 6, 500, true, "own choice: a fault of this line, 5xx" },
	{ 7, 480, false, "own choice" },
	{ 8, 480, false, "own choice" },
	{ 9, 480, false, "own choice" },
	{ 14, 480, false, "own choice" },
	{ 16, 480, false, "RFC 4497 8.4" },
	{ 17, 486, false, TO_SIP },
	{ 18, 408, true, TO_SIP },
	{ 19, 480, false, TO_SIP },
	{ 20, 480, false, TO_SIP },
	{ 21, 403, false, TO_SIP },
	{ 22, 410, false, TO_SIP },
	{ 23, 410, false, TO_SIP },
	{ 24, 403, false, "own choice: as 21" },
	{ 25, 483, true, "RFC 4497 8.4" },
	{ 26, 404, false, TO_SIP },
	{ 27, 502, true, TO_SIP },
	{ 28, 484, false, TO_SIP },
	{ 29, 501, false, TO_SIP },
	{ 30, 480, false, "own choice" },
	{ 31, 480, false, TO_SIP },
	{ 34, 503, true, TO_SIP },
	{ 38, 503, true, TO_SIP },
	{ 39, 503, true, "own choice: class 010" },
	{ 40, 503, true, "own choice: class 010" },
	{ 41, 503, true, TO_SIP },
	{ 42, 503, true, TO_SIP },
	{ 43, 503, true, "RFC 4497 8.4" },
	{ 44, 503, true, "RFC 4497 8.4" },
	{ 46, 503, true, "own choice: class 010" },
	{ 47, 503, true, TO_SIP },
	{ 49, 503, true, "own choice" },
	{ 50, 503, false, "own choice" },
	{ 53, 403, false, "own choice: as 55" },
	{ 55, 403, false, TO_SIP },
	{ 57, 403, false, TO_SIP },
	{ 58, 503, true, TO_SIP },
	{ 62, 503, false, "own choice" },
	{ 63, 503, true, "own choice: class 011" },
	{ 65, 488, false, TO_SIP },
	{ 66, 501, true, "own choice: class 100" },
	{ 69, 501, false, "own choice: class 100" },
	{ 70, 488, false, TO_SIP },
	{ 79, 501, false, TO_SIP },
	{ 81, 500, true, "own choice: class 101, 5xx" },
	{ 82, 500, true, "own choice" },
	{ 83, 500, false, "own choice" },
	{ 84, 500, false, "own choice" },
	{ 85, 500, false, "own choice" },
	{ 86, 500, false, "own choice" },
	{ 87, 403, false, TO_SIP },
	{ 88, 503, false, TO_SIP },
	{ 90, 403, false, "own choice" },
	{ 91, 502, true, "own choice" },
	{ 95, 500, false, "own choice: class 101" },
	{ 96, 500, false, "own choice: class 110" },
	{ 97, 500, false, "own choice: class 110" },
	{ 98, 500, false, "own choice: class 110" },
	{ 99, 500, false, "own choice: class 110" },
	{ 100, 500, false, "own choice: class 110" },
	{ 101, 500, false, "own choice: class 110" },
	{ 102, 504, true, TO_SIP },
	{ 103, 500, false, "own choice: class 110" },
	{ 110, 500, false, "own choice: class 110" },
	{ 111, 500, true, TO_SIP },
	{ 127, 500, false, TO_SIP },
};

/* RFC 3398 8.2.6.1, a few rows of RFC 4497 8.4 and later codes. */
static const struct {
	int sip, q850;
	const char *phrase, *source;
} statuses[] = {
	{ 100, 0, "Trying", "" },
	{ 180, 0, "Ringing", "" },
	{ 181, 0, "Call Is Being Forwarded", "" },
	{ 182, 0, "Queued", "" },
	{ 183, 0, "Session Progress", "" },
	{ 200, 16, "OK", "" },
	{ 300, 23, "Multiple Choices", "own choice: a redirection not followed" },
	{ 301, 23, "Moved Permanently", "own choice: a redirection not followed" },
	{ 302, 23, "Moved Temporarily", "own choice: a redirection not followed" },
	{ 305, 23, "Use Proxy", "own choice: a redirection not followed" },
	{ 380, 23, "Alternative Service", "own choice: a redirection not followed" },
	{ 400, 41, "Bad Request", FROM_SIP },
	{ 401, 21, "Unauthorized", FROM_SIP },
	{ 402, 21, "Payment Required", FROM_SIP },
	{ 403, 21, "Forbidden", FROM_SIP },
	{ 404, 1, "Not Found", FROM_SIP },
	{ 405, 63, "Method Not Allowed", FROM_SIP },
	{ 406, 79, "Not Acceptable", FROM_SIP },
	{ 407, 21, "Proxy Authentication Required", FROM_SIP },
	{ 408, 102, "Request Timeout", FROM_SIP },
	{ 410, 22, "Gone", FROM_SIP },
	{ 413, 127, "Request Entity Too Large", FROM_SIP },
	{ 414, 127, "Request-URI Too Long", FROM_SIP },
	{ 415, 79, "Unsupported Media Type", FROM_SIP },
	{ 416, 127, "Unsupported URI Scheme", FROM_SIP },
	{ 420, 127, "Bad Extension", FROM_SIP },
	{ 421, 127, "Extension Required", FROM_SIP },
	{ 423, 127, "Interval Too Brief", FROM_SIP },
	{ 433, 24, "Anonymity Disallowed", "3GPP TS 29.163 7.2.3.1.8" },
	{ 480, 18, "Temporarily Unavailable", FROM_SIP },
	{ 481, 41, "Call/Transaction Does Not Exist", FROM_SIP },
	{ 482, 25, "Loop Detected", FROM_SIP },
	{ 483, 25, "Too Many Hops", FROM_SIP },
	{ 484, 28, "Address Incomplete", FROM_SIP },
	{ 485, 1, "Ambiguous", FROM_SIP },
	{ 486, 17, "Busy Here", FROM_SIP },
	{ 487, 16, "Request Terminated", "own choice: our CANCEL, a normal clearing" },
	{ 488, 65, "Not Acceptable Here", "RFC 4497 8.4" },
	{ 491, 41, "Request Pending", "own choice" },
	{ 500, 41, "Server Internal Error", FROM_SIP },
	{ 501, 79, "Not Implemented", FROM_SIP },
	{ 502, 38, "Bad Gateway", FROM_SIP },
	{ 503, 41, "Service Unavailable", FROM_SIP },
	{ 504, 102, "Server Time-out", FROM_SIP },
	{ 505, 127, "Version Not Supported", FROM_SIP },
	{ 513, 127, "Message Too Large", FROM_SIP },
	{ 600, 17, "Busy Everywhere", FROM_SIP },
	{ 603, 21, "Decline", FROM_SIP },
	{ 604, 1, "Does Not Exist Anywhere", FROM_SIP },
	{ 606, 88, "Not Acceptable", "own choice: 3398 has 58, 4497 has 65: the callee's choice" },
	{ 607, 21, "Unwanted", "own choice: as 603 (RFC 8197)" },
	{ 608, 21, "Rejected", "own choice: as 603 (RFC 8688)" },
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

const char *cause_to_sip_source(int q850)
{
	const struct row *r = find(q850);

	return r ? r->source : "RFC 3398 7.2.4.1: by its class";
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

const char *cause_from_sip_source(int status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].sip == status && statuses[i].q850)
			return statuses[i].source;
	return "RFC 3261 8.1.3.2: as the x00 of its class";
}

static const char *const locations[16] = {
	[0] = "user", [1] = "private network of the local user", [2] = "public network of the local user",
	[3] = "transit network", [4] = "public network of the remote user", [5] = "private network of the remote user",
	[7] = "international network", [10] = "network beyond an interworking point",
};

const char *cause_location_name(int location)
{
	return location >= 0 && location < 16 && locations[location] ? locations[location] : "location not known";
}

bool cause_reroutes(int q850)
{
	const struct row *r = find(q850);

	if (r)
		return r->reroute;
	return (q850 >> 4) == 2; /* an unknown cause of the resource-unavailable class */
}
