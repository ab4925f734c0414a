# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog lines for the whole-call tests: four telephones on FXS ports, each wired to an FXO port, and somebody to lift them."""
import cmath
import json
import os
import subprocess

import bed

TRUNKS = """\
site: {{country: {country}, area: {area}, tones: {tones}}}
card: sim
sim:
  spans: {{1: {{fxs: 4, fxo: 4{ports}}}}}
  pairs: [{pairs}]
sip: {{listen: ["127.0.0.1:{sip_port}"], rtp-ports: {rtp_first}-{rtp_last}, jitter: 40ms}}

trunks:
  phones:
    fxs: {{lines: 1-4, numbers: {{1: "+442079460501", 2: {{number: "+442079460502", name: "Workshop"}}, 3: "+442079460503",
                                4: "+442079460504"}}{fxs}}}
  copper:
    fxo: {{lines: 5-8, numbers: {{5: "+442079460601", 6: "+442079460602", 7: "+442079460603", 8: "+442079460604"}}{fxo}}}
  office:
    sip: {{peer: "127.0.0.1:{peer_port}", from: [127.0.0.1], health: 0s}}
"""

# [copper] has no row by default: its lines are not answered when the telephone across them rings.
DIDS = """\
[phones]
+44207946050[1-4]     phones
+44207946010x         office/{last:3}
+442079460108         test/echo
+442079460100         test/milliwatt
+442079460486         test/busy
9*                    copper/{from:2}

[office]
+44207946050[1-4]     phones
9*                    copper/{from:2}
"""


def share_of(x, hz):
    """How much of the power of X (8 kHz) lies within 5 Hz of HZ, 50 ms at a time, the median."""
    shares = []
    for at in range(0, len(x) - 399, 400):
        part = x[at:at + 400]
        c = sum(v * cmath.exp(-2j * cmath.pi * hz * i / 8000) for i, v in enumerate(part))
        shares.append(2 * abs(c) ** 2 / (400 * (sum(v * v for v in part) or 1)))
    return sorted(shares)[len(shares) // 2]


class LinesTest(bed.CallTest):
    """One gateway whose lines are copper. FXS and FXO are more keys of the two trunks, as ', polarity-answer: true', PORTS of
    the card's span."""
    ports, fxs, fxo, lines_dids, tones, country, area = '', '', '', DIDS, 'uk', '44', '20'
    pairs = '1-5, 2-6, 3-7, 4-8'

    telephones = (1, 2, 3, 4)   # those that are there from the start; others come when they are first asked for

    def setUp(self):
        super().setUp()
        for port in self.telephones if self.gw.proc else ():
            self.phone(port, 'status')

    def make_gateway(self, **kw):
        text = TRUNKS.format(country=self.country, area=self.area, tones=self.tones, pairs=self.pairs, ports=self.ports, fxs=self.fxs,
                             fxo=self.fxo, sip_port=bed.SIP_PORT, peer_port=bed.PEER_PORT, rtp_first=bed.RTP_FIRST,
                             rtp_last=bed.RTP_LAST)
        return bed.Gateway(self.folder, trunks=text, dids=self.lines_dids, **kw)

    def phone(self, port, act, arg=None, seconds=10):
        """One act of the telephone on phones/PORT; the answer. Raises when it cannot, or when what is waited for does not come."""
        more = {} if arg is None else {'arg': arg}
        return self.gw.ctl('phone', timeout=seconds + 20, line='phones/%d' % port, act=act, seconds=seconds, **more)

    def hears(self, port, what, seconds=10):
        """Waits until the telephone has seen WHAT since its last act: 'ring', 'tone dial', 'speech', 'caller ID ...'."""
        return self.phone(port, 'wait', what, seconds)

    def off(self, port, tone='dial'):
        self.phone(port, 'off')
        if tone:
            self.hears(port, 'tone ' + tone)

    def dial(self, port, number, by='dial'):
        self.off(port)
        self.phone(port, by, number)

    def line(self, name):
        return [x for x in self.gw.ctl('lines')['lines'] if x['line'] == name][0]

    def wait_line(self, name, state, seconds=10):
        if not bed.wait_for(lambda: self.line(name)['state'] == state, seconds):
            self.fail('%s is %s, not %s\n%s' % (name, self.line(name)['state'], state, json.dumps(self.gw.ctl('lines'))))

    def last_record(self, where='1'):
        return self.gw.records(where, 1)[0]

    def wav(self, name, seconds, *synth):
        """A WAV file in the test's folder: speech by espeak-ng, or what sox's synth makes."""
        path = os.path.join(self.folder, name)
        if synth:
            subprocess.run(['sox', '-n', '-r', '8000', '-c', '1', '-b', '16', path, 'synth', str(seconds), *synth],
                           check=True)
        else:
            subprocess.run('espeak-ng -v en -w %s.s.wav "%s" && sox %s.s.wav -r 8000 -c 1 -b 16 %s trim 0 %d' %
                           (path, 'The quick brown fox jumps over the lazy dog. ' * (seconds // 2 + 1), path, path, seconds),
                           shell=True, check=True)
        return path
