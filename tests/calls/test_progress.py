# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress indicators, announcements after DISCONNECT, and digits one after the other, from end to end."""
import os
import socket
import time

import audio
import bed
import sip_end
import uas
from pcap import fields

TRUNKS = """\
site: {{country: 44, area: 20}}
card: sim
sim: {{spans: {{1: e1, 2: e1, 3: e1, 4: e1, 5: {{fxs: 2}}}}, wires: [1-2, 3-4]}}
sip: {{listen: ["127.0.0.1:{port}"], rtp-ports: {rtp}-{rtp_last}}}
trunks:
  telco:    {{isdn: {{spans: [1], side: user, overlap: true{telco}}}}}
  exchange: {{isdn: {{spans: [2], side: network, overlap: true, clear-tones: true}}}}
  west:     {{isdn: {{spans: [3], side: network, overlap: true}}}}
  far:      {{isdn: {{spans: [4], side: user, overlap: true}}}}
  phones:   {{fxs: {{lines: 125-126, numbers: {{125: "+442079460501"}}}}}}
  office:   {{sip: {{peer: "127.0.0.1:{peer}", from: [127.0.0.1], codecs: [pcma], health: 0s{office}}}}}
"""
DIDS = """\
[office]
+44*              telco
[exchange]
+442079460100     test/milliwatt
+4420794602xx     office
+442079460486     busy
+442079460487     test/busy
+442079460501     phones/1
+442079460109*    office
+4933*            west
+4934*            west/+4420{from:5}
[far]
+4933123456       test/milliwatt
[phones]
+442079460xxx     telco
"""


def messages(ladder, out=None):
    return ' '.join('%s%s' % ('>' if s['out'] else '<', s['what']) for s in ladder['steps']
                    if s['proto'] == 'Q.931' and (out is None or s['side'] == out))


class Far(bed.CallTest):
    telco = office = mask = ''

    def make_gateway(self, **kw):
        return super().make_gateway(dids=DIDS, trunks=self.mask + TRUNKS.format(
            port=bed.SIP_PORT, rtp=bed.RTP_FIRST, rtp_last=bed.RTP_LAST, peer=bed.PEER_PORT, telco=self.telco, office=self.office))

    def details(self, where, what):
        """The words of all messages WHAT in the ladders of the calls WHERE."""
        return [s['detail'] for r in self.gw.records(where) for s in self.gw.ladder(r['call'])['steps'] if s['what'] == what]


class Announcement(Far):
    """The exchange plays a tone after its DISCONNECT; the SIP caller hears it before the end."""

    def test_heard_before_the_answer(self):
        p = self.sipcall_start('-n', '+442079460486', '-t', 3000, '-C', 2500, '-a', 'quiet', '-o', self.folder, '-u', 'no')
        r = self.sipcall_end(p)
        e = self.ends(r, 'uac')[0]
        self.assertGreater(e['t183'], 0)
        self.assertGreater(e['packets_in'], 40, e)		# 2 s of a tone, not yet the end
        self.assertEqual(e['status'], 487, e)			# the caller has heard enough
        self.assertEqual(self.gw.wait_idle(), [])
        with open(self.folder + '/uac-0.raw', 'rb') as f:
            self.assertGreater(len(set(f.read())), 8, 'a tone, not silence')
        record = self.gw.records("in_trunk = 'office'")[0]
        self.assertEqual((record['out_cause'], record['cleared_by']), (17, 'in'))
        self.assertIn('progress 8', ' '.join(self.details("in_trunk = 'office'", 'DISCONNECT')))

    def test_a_plain_refusal_is_no_announcement(self):
        """The line's test answers busy before anything was sent: no tone, and the status at once."""
        r = self.sipcall('-n', '+442079999999', '-u', 'no')
        e = self.ends(r, 'uac')[0]
        self.assertEqual(e['status'], 404, e)


class NoAnnouncement(Far):
    telco = ', announcements: false'

    def test_cleared_at_once(self):
        e = self.ends(self.sipcall('-n', '+442079460486', '-u', 'no'), 'uac')[0]
        self.assertEqual(e['status'], 486, e)
        self.assertIn('cause=17', e['reason'])


class Indicators(Far):
    def test_sip_and_telephone(self):
        """From SIP: 1 in the SETUP. The called end: 2 in the first answer alone; 1 from SIP with audio."""
        self.sipcall('-n', '+442079460200', '-t', 300, '-g', 200)
        for words in self.details("in_trunk = 'office'", 'SETUP'):
            self.assertIn(' progress 1', words)
        self.assertIn(' progress 2', self.details("in_trunk = 'office'", 'ALERTING')[0])
        self.assertNotIn(' progress', self.details("in_trunk = 'office'", 'CONNECT')[0])
        e = self.ends(self.sipcall('-n', '+442079460201', '-t', 300, '-g', 200, '-e'), 'uac')[0]
        self.assertGreater(e['t183'], 0)
        self.assertEqual(' '.join(self.details("in_trunk = 'office'", 'PROGRESS')[0].split()[-4:]), 'progress 1 progress 8')
        e = self.ends(self.sipcall('-n', '+442079460501', '-C', 1500, '-u', 'no'), 'uac')[0]
        self.assertGreater(e['t180'], 0)
        self.assertEqual(e['packets_in'], 0, 'no audio in place of the ringback that the caller makes')
        self.assertIn(' progress 2', ' '.join(self.details("out_trunk = 'phones'", 'ALERTING')))

    def test_telephone_calls(self):
        self.gw.cli('phone', 'phones/2', 'off', 'wait', 'tone dial', 'dial', '02079460200')
        self.assertTrue(bed.wait_for(lambda: self.gw.calls_now() >= 2, 5))
        self.gw.cli('phone', 'phones/2', 'on')
        self.assertEqual(self.gw.wait_idle(), [])
        self.assertTrue(all(' progress 3' in w for w in self.details("in_trunk = 'phones'", 'SETUP')))
        self.assertTrue(self.details("in_trunk = 'phones'", 'SETUP'))


class EarlyAudio(Far):
    """What a far end plays before it answers. It is a SIP peer behind the exchange: its 180 with a description is ALERTING with
    progress indicator 8 on the line, and 183 with a description for the SIP caller, who hears it."""

    def setUp(self):
        super().setUp()
        self.end = sip_end.End()
        self.addCleanup(self.end.close)
        self.rtp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for n, s in enumerate(self.rtp):
            self.addCleanup(s.close)
            s.bind(('127.0.0.1', bed.PEER_RTP + 2 * n))
            s.setblocking(False)

    def heard(self, port, seconds=1.5):
        """The called end sends a tone of 1 kHz to PORT; its level where the caller listens."""
        tone = bytes((0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4)) * 20	# G.711 table 5: 0 dBm0
        octets, begun = b'', time.monotonic()
        for n in range(int(seconds * 50)):
            time.sleep(max(0, begun + n * 0.02 - time.monotonic()))
            head = bytes((0x80, 8)) + n.to_bytes(2, 'big') + (160 * n).to_bytes(4, 'big') + b'tone'
            self.rtp[1].sendto(head + tone, ('127.0.0.1', port))
            try:
                while True:
                    octets += self.rtp[0].recv(2048)[12:]
            except BlockingIOError:
                pass
        self.assertGreater(len(octets), 8000 * (seconds - 0.7))
        return audio.level([audio.alaw(o) for o in octets], 1000)

    def port(self, m):
        return int(m.body.split('m=audio ')[1].split()[0])

    def statuses(self):
        """Of what went to the caller and what the ALERTING said, in the order it was sent."""
        steps = [s for r in self.gw.records("in_trunk = 'office'") for s in self.gw.ladder(r['call'])['steps']]
        return [s['what'].split()[0] for s in steps if s['proto'] == 'SIP' and s['out'] and s['what'][0] == '1']

    def through(self, first, then=None):
        """A call whose called end says FIRST (status, with a description); the statuses that the caller got."""
        out = self.end.invite('+442079460200')
        come = self.end.taken(self.end.get('INVITE'))
        for status, sdp in [first] + [then] * bool(then):
            self.end.reply(come, come['invite'], status, body=sip_end.SDP % (bed.PEER_RTP + 2) if sdp else '')
            m = self.end.get(183 if sdp else 180, out)
            self.assertEqual('m=audio' in m.body, sdp)
        self.assertGreater(self.heard(self.port(come['invite'])), -10)
        self.end.answer(come)
        self.end.acknowledge(out, self.end.get(200, out))
        self.end.end(out, come)
        self.assertEqual(self.gw.wait_idle(), [])
        return self.statuses()

    def test_alerting_with_audio(self):
        self.assertEqual(self.through((180, True)), ['100', '183'])
        words = self.details("in_trunk = 'office'", 'ALERTING')
        self.assertIn('progress 8', words[0])
        self.assertNotEqual(self.gw.records("in_trunk = 'office'")[0]['alert_ms'] or 0, 0)

    def test_alerting_then_audio(self):
        """ALERTING alone: the caller rings by himself. PROGRESS with 8 after it: he hears the line."""
        self.assertEqual(self.through((180, False), (183, True)), ['100', '180', '183'])
        self.assertNotIn('progress 8', self.details("in_trunk = 'office'", 'ALERTING')[0])
        self.assertIn('progress 8', self.details("in_trunk = 'office'", 'PROGRESS')[0])

    def test_audio_after_all(self):
        """ALERTING twice, the second one with audio: a far end that begins to ring and then plays music."""
        self.assertEqual(self.through((180, False), (180, True)), ['100', '180', '183'])


class Dialled(Far):
    telco = ', announcements: false'

    def dial(self, number):
        r = self.gw.cli_json_any('call', 'telco', number, '--overlap', '--seconds', '1')
        self.assertEqual(self.gw.wait_idle(), [])
        return r


class Overlap(Dialled):
    def test_received(self):
        """The SETUP has no digit; the rows say when the number is complete, with no timer."""
        r = self.dial('+442079460100')
        self.assertEqual(r['result'], 'answered', r)
        record = self.gw.records("in_trunk = 'exchange'")[0]
        self.assertEqual(record['in_called'], '+442079460100')
        said = messages(self.gw.ladder(record['call']), 'in')
        self.assertEqual(said, '<SETUP >SETUP ACKNOWLEDGE' + ' <INFORMATION' * 10 +
                         ' >CALL PROCEEDING >CONNECT <CONNECT ACKNOWLEDGE <DISCONNECT >RELEASE <RELEASE COMPLETE')
        self.assertIn('progress 8', self.details("in_trunk = 'exchange'", 'SETUP ACKNOWLEDGE')[0])

    def test_one_invite_with_the_whole_number(self):
        p = self.sipcall_start('-c', 0)
        r = self.dial('+442079460234')
        p.proc.terminate()
        report = self.sipcall_end(p)
        self.assertEqual(r['result'], 'answered', r)
        self.assertEqual([e['called'] for e in self.ends(report, 'uas')], ['+442079460234'])

    def test_no_such_number(self):
        """Known to be wrong with the second digit: refused then, not when a timer has run."""
        r = self.dial('+442179460234')
        self.assertNotEqual(r['result'], 'answered')
        self.assertEqual(r['cause'], 1, r)
        self.assertEqual(len(self.gw.records("in_trunk = 'exchange' AND cause = 1")), 1)

    def test_passed_on(self):
        """Exchange and west have a row of any length between them: digits go on as they come, span to span."""
        r = self.dial('+4933123456')
        self.assertEqual(r['result'], 'answered', r)
        between = self.gw.records("in_trunk = 'exchange' AND out_trunk = 'west'")[0]
        self.assertEqual((between['in_called'], between['out_called']), ('+4933123456', '+4933123456'))
        said = messages(self.gw.ladder(between['call']), 'out')
        self.assertIn('>SETUP <SETUP ACKNOWLEDGE >INFORMATION', said)
        last = self.gw.records("in_trunk = 'far'")[0]
        self.assertEqual(last['in_called'], '+4933123456')


class Masked(Dialled):
    """trace: {mask: true}: of a number whose digits come one by one, what the SETUP has and no more."""
    mask = 'trace: {mask: true}\n'

    def test_digits_that_follow(self):
        path = os.path.join(self.folder, 'masked.pcapng')
        r = self.dial('+442079460100')
        self.assertEqual(r['result'], 'answered', r)
        self.gw.cli('trace', 'all', path)
        said = fields(path, 'q931.called_party_number.digits', 'q931.message_type', 'q931.called_party_number.digits')
        self.assertEqual({digits for kind, digits in said if int(kind, 16) == 0x7b}, {'*'}, said)
        self.assertGreaterEqual(len(said), 20)
        self.assertLessEqual(max(sum(c.isdigit() for c in digits) for _, digits in said), 4)


class Sip(uas.Uas):
    """A far end that knows one number, and says of each that is shorter that it is not complete."""

    def __init__(self, number):
        super().__init__()
        self.number, self.invites = number, []

    def came(self, m):
        called = m.first.split()[1].split('@')[0].split(':')[-1]
        if m.first.startswith('INVITE'):
            self.invites.append((called, m.get('Call-ID'), m.get('From').split('tag=')[-1], int(m.get('CSeq').split()[0]), m.get('To')))
            if called != self.number:
                self.reply(m, 484 if self.number.startswith(called) else 404, None)
                return
        super().came(m)


class OverlapToSip(Dialled):
    """RFC 3578: an INVITE after each 484, in one Call-ID."""
    office = ', overlap: rfc3578'

    def sip(self, number, dialled):
        far = Sip(number)
        far.start()
        r = self.dial(dialled)
        far.stop()
        self.assertIsNone(far.failed)
        return r, far

    def test_until_it_is_complete(self):
        r, far = self.sip('+44207946010955', '+44207946010955')
        self.assertEqual(r['result'], 'answered', r)
        self.assertEqual([x[0] for x in far.invites], ['+442079460109', '+4420794601095', '+44207946010955'])
        self.assertEqual(len({x[1:3] for x in far.invites}), 1, 'one Call-ID and one tag')
        self.assertEqual([x[3] for x in far.invites], sorted({x[3] for x in far.invites}))
        self.assertTrue(all(x[0] in x[4] for x in far.invites))
        self.assertTrue(far.calls[0].over)		# our BYE was in the dialog of the last
        self.assertEqual(self.gw.records("out_trunk = 'office'")[0]['out_called'], '+44207946010955')

    def test_another_refusal_is_final(self):
        r, far = self.sip('+44207946010944', '+44207946010955')
        self.assertEqual((r['result'], r['cause']), ('refused', 1), r)
        self.assertEqual([x[0] for x in far.invites], ['+442079460109', '+4420794601095'])

    def test_given_up_while_nothing_is_out(self):
        far = Sip('+44207946010955')
        far.start()
        p = self.start_peer([bed.os.path.join(bed.BUILD, 'tipring'), '-s', self.gw.sock, 'call', 'telco', '+442079460109',
                             '--overlap'])
        self.assertTrue(bed.wait_for(lambda: far.invites, 10))
        p.proc.terminate()
        self.assertEqual(self.gw.wait_idle(), [])
        far.stop()
        self.assertEqual(len(far.invites), 1)
