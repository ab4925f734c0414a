# SPDX-License-Identifier: GPL-2.0-or-later
"""ISDN dialects in whole calls: out and in at either side, and causes both ways. The simulated card has a few
dialects; the real driver has every one, and every cell of the table, against another far end (tests/dahdi/cells.py)."""
import os
import re
import socket

import bed

T1 = {'dms100': '', '4ess': ', nsf: megacom'}	# dialect: keys beside it in isdn:

# Called number, by the trunk that it comes in on: what its end does.
ROWS = {'100': ('test/milliwatt', 'answered', 16), '101': ('reject:1', 'failed', 1), '117': ('reject:17', 'busy', 17),
        '121': ('reject:21', 'rejected', 21), '134': ('reject:34', 'failed', 34), '138': ('reject:38', 'failed', 38)}


INVITE = """INVITE sip:{to}@127.0.0.1:{port} SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{tag};rport
From: "Front desk" <sip:{calling}@127.0.0.1>;tag={tag}
To: <sip:{to}@127.0.0.1>
Call-ID: {tag}@127.0.0.1
CSeq: 1 INVITE
Contact: <sip:peer@127.0.0.1:{own}>
Diversion: <sip:{diverted}@127.0.0.1>;reason=no-answer;counter=1
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: {length}

{sdp}"""
SDP = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {rtp} RTP/AVP 8 0
"""


class SipPeer:
    """Both SIP ends of one call in one socket: the peer `office` calls, is called back, and says busy."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(('127.0.0.1', bed.PEER_PORT))
        self.sock.settimeout(20)

    def send(self, text):
        self.sock.sendto(text.replace('\n', '\r\n').encode(), ('127.0.0.1', bed.SIP_PORT))

    def call(self, to, calling, diverted, tag):
        """The INVITE that comes back, and the status that our own got."""
        sdp = SDP.format(rtp=bed.PEER_RTP).replace('\n', '\r\n')
        self.send(INVITE.format(to=to, calling=calling, diverted=diverted, tag=tag, port=bed.SIP_PORT, own=bed.PEER_PORT,
                                length=len(sdp), sdp=sdp.replace('\r\n', '\n')))
        come = status = None
        while not (come and status):
            m = self.sock.recv(65536).decode().replace('\r\n', '\n')
            if m.startswith('INVITE') and not come:
                come = m
                head = ''.join(x + '\n' for x in m.split('\n') if re.match(r'(Via|From|Call-ID|CSeq):', x))
                to_tag = re.search(r'^(To: .*)$', m, re.M).group(1) + ';tag=peer\n'
                self.send('SIP/2.0 486 Busy Here\n' + head + to_tag + 'Content-Length: 0\n\n')
            elif m.startswith('SIP/2.0') and m.split()[1] >= '300':
                status = int(m.split()[1])
                head = ''.join(x + '\n' for x in m.split('\n') if re.match(r'(Via|From|To|Call-ID):', x))
                self.send('ACK sip:%s@127.0.0.1 SIP/2.0\n%sCSeq: 1 ACK\nMax-Forwards: 70\nContent-Length: 0\n\n' % (to, head))
        return come, status


class Dialects:
    """A gateway that has both ends: telco is the user side of the line, exchange the network side."""
    autostart, limit = False, 240

    def prefix(self):
        return '+1212555' if self.span['country'] == '1' else '+4420794'

    def number(self, row):
        return self.prefix() + '60'[:1 if self.span['country'] == '1' else 2] + row

    def rows(self):
        rows = ''.join('%s  %s\n' % (self.number(n), ROWS[n][0]) for n in ROWS)
        back = '%s  office\n' % self.number('199')
        return '[telco]\n%s[exchange]\n%s[office]\n%s  telco/%s\n%s  exchange/%s\n' % (
            rows + back, rows + back, self.number('801'), self.number('199'), self.number('802'), self.number('199'))

    def parties(self, dialect):
        """Calling and redirecting number both ways; the name where the dialect has it: EuroISDN from the network alone."""
        peer = SipPeer()
        calling, diverted = self.number('700'), self.number('701')
        for side, row in (('user', '801'), ('network', '802')):
            come, status = peer.call(self.number(row), calling, diverted, dialect + side)
            head = re.search(r'^From: .*$', come, re.M).group(0)
            self.assertEqual(('"Front desk"' in head, calling in head), (dialect != 'euroisdn' or side == 'network', True),
                             (dialect, side, head))
            self.assertRegex(come, r'Diversion: <sip:%s@[^>]*>;reason=no-answer' % re.escape(diverted), (dialect, side))
            self.assertEqual(status, 486)
        self.assertEqual(self.gw.wait_idle(), [])
        peer.sock.close()

    def calls(self, dialect):
        for caller in ('telco', 'exchange'):
            for row, (_, result, cause) in ROWS.items():
                r = self.gw.cli_json_any('call', caller, self.number(row), '--seconds', '1')
                self.assertEqual((r.get('cause'), r['result'] == 'answered'), (cause, result == 'answered'), (dialect, caller, r))
            self.assertEqual(self.gw.wait_idle(), [])
        legs = self.gw.records("in_trunk IN ('telco', 'exchange')")
        want = [cause for _, _, cause in ROWS.values()]
        for trunk in ('exchange', 'telco'):	# the called end: the user's calls come in at the exchange
            self.assertEqual([r['cause'] for r in legs if r['in_trunk'] == trunk], want, dialect)

    def each(self, dialects):
        folder = self.folder
        for dialect, more in dialects.items():
            with self.subTest(dialect=dialect):
                self.folder = os.path.join(folder, dialect)
                self.gw = self.make_gateway(span=dict(self.span, dialect=dialect + more), dids=self.rows())
                self.gw.start()
                self.calls(dialect)
                self.parties(dialect)
                self.assertEqual(self.gw.stop(), 0, self.gw.tail())


class OnE1(Dialects, bed.CallTest):
    def test_qsig(self):
        self.each({'qsig': ''})


class OnT1(Dialects, bed.CallTest):
    span = bed.T1

    def test_4ess_and_dms100(self):
        self.each(T1)


class OnJ1(Dialects, bed.CallTest):
    span = dict(bed.T1, type='j1')

    def test_euroisdn(self):
        self.each({'euroisdn': ''})
