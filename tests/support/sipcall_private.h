/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/sipcall_private.h: between the files of the test peer's signalling; see sipcall.h. */
#ifndef TESTS_SIPCALL_PRIVATE_H
#define TESTS_SIPCALL_PRIVATE_H

#include "tests/support/sipcall.h"

/* sipcall_sig.c */
void sc_send(struct sc *s, const char *text);
void sc_again(struct sc_end *e, const char *text, int64_t now);	/* TEXT goes again, until sc_no_more() */
void sc_no_more(struct sc_end *e);
void sc_token(char *out, size_t size, const char *lead);
const char *sc_where(const struct sockaddr_in *a, char out[32]);
void sc_done(struct sc_end *e, int64_t now);
int sc_sdp_text(struct sc *s, const struct sc_end *e, char *out, size_t size, int dtmf);
/* A request of the dialog; EXTRA holds further complete header lines. */
void sc_request(struct sc *s, struct sc_end *e, const char *method, unsigned cseq, const char *branch,
		const char *extra, const char *sdp, char *out, size_t size);
struct sc_end *sc_find(struct sc *s, const struct sipmsg *m, const char *tag);	/* TAG: ours; "" for a first INVITE */

/* sipcall_uac.c */
void sc_uac_response(struct sc *s, const struct sipmsg *m, int64_t now);
void sc_uac_cancel(struct sc *s, struct sc_end *e);

/* sipcall_uas.c */
void sc_uas_request(struct sc *s, const struct sipmsg *m, int64_t now);
void sc_uas_final(struct sc *s, struct sc_end *e, int64_t now);

#endif
