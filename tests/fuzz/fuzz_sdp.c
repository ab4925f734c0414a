/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session description from anywhere: read, agreed on, answered; the answer must be one that we can read. */
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/sdp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sdp_local ours = {
		.address = "192.0.2.1", .port = 5000, .session = 1, .version = 1, .codecs = { CONF_PCMA, CONF_PCMU },
		.n_codecs = 2, .ptime = 20,
	};
	struct media_rtp_remote r;
	struct sdp_agreed a, b;
	struct sdp theirs, back;
	char text[SDP_OUT_MAX], words[96];

	if (sdp_read((const char *)data, size, &theirs) < 0)
		return 0;
	sdp_words(&theirs, words, sizeof(words));
	sdp_agree(&ours, &theirs, true, &b);
	if (sdp_agree(&ours, &theirs, false, &a) < 0)
		return 0;
	sdp_remote(&theirs, &a, &r);
	if (r.ptime_ms != 10 && r.ptime_ms != 20 && r.ptime_ms != 30)
		abort();
	sdp_answer(&ours, &theirs, &a, text);
	if (strlen(text) + 1 >= SDP_OUT_MAX)
		abort();	/* cut */
	if (sdp_read(text, strlen(text), &back) < 0 || back.audio != theirs.audio || back.dir != a.dir)
		abort();
	return 0;
}
