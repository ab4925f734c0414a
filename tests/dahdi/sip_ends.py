# SPDX-License-Identifier: GPL-2.0-or-later
"""Both SIP ends of a test in one socket: calls that come are answered, or refused with the cause that stands in their number;
calls go out with a name and a diversion. Each end says what it saw: names, numbers, statuses, Reason headers, holds."""
import re

import bed
import uas

INVITE = ['Max-Forwards: 70', 'CSeq: 1 INVITE', 'Contact: <sip:far@127.0.0.1:%d>' % bed.PEER_PORT]
SDP = ('v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 0\r\n'
       'a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n')


def cause_in(reason):
    m = re.search(r'Q\.850\s*;\s*cause=(\d+)', reason, re.I)
    return int(m.group(1)) if m else None


class Out(uas.Call):
    """A call of ours."""

    def __init__(self, n, number, calling):  # pylint: disable=super-init-not-called
        self.id, self.tag, self.number, self.n = 'out%d@127.0.0.1' % n, 'far%d' % n, number, n
        self.to, self.gateway = '<sip:%s@127.0.0.1>' % calling, '<sip:%s@127.0.0.1>' % number
        self.contact, self.status, self.cause = 'sip:%s@127.0.0.1:%d' % (number, bed.SIP_PORT), 0, None
        self.directions, self.over, self.cseq, self.events, self.ended_by = [], False, 1, 101, None
        self.rtp = uas.socket.socket(uas.socket.AF_INET, uas.socket.SOCK_DGRAM)
        self.rtp.bind(('127.0.0.1', bed.PEER_RTP + 2 * n))


class Ends(uas.Uas):
    """REFUSE: causes; a call to a number that ends with one of them, as three digits, is refused with it."""

    def __init__(self, refuse):
        super().__init__()
        self.endings = {'%03d' % cause: cause for cause in refuse}
        self.out = []

    # --- calls that come

    def came(self, m):
        method = m.first.split()[0]
        out = next((c for c in self.out if c.id == m.get('Call-ID')), None)
        if method == 'SIP/2.0' and out and m.get('CSeq') == '1 INVITE':
            self.heard_of(out, m)
            return
        if method == 'INVITE' and 'tag=' not in m.get('To'):
            self.invites.append(m)
            cause = self.endings.get(self.called(m)[-3:])
            if cause:
                self.write(['SIP/2.0 480 No', *m.copied(), 'To: %s;tag=no' % m.get('To'), 'Reason: Q.850;cause=%d' % cause], '', '')
                return
            self.write(['SIP/2.0 180 Ringing', *m.copied(), 'To: %s;tag=far%d' % (m.get('To'), self.count())], '', '')
            call = uas.Call(self.count(), m)
            call.ended_by = None
            self.calls.append(call)
            self.reply(m, 200, call, call.take(m.body))
            return
        if method == 'INVITE' and out:
            self.reply(m, 200, out, out.take(m.body))
            return
        super().came(m)
        if method == 'BYE':
            for c in self.calls + self.out:
                if c.id == m.get('Call-ID'):
                    c.over, c.ended_by = True, cause_in(m.get('Reason'))

    def count(self):
        return len(self.calls) + len(self.out)

    @staticmethod
    def called(m):
        return re.match(r'INVITE sip:([^@;>]*)', m.first).group(1)

    # --- calls that go

    def dial(self, number, calling, name='', diverted=''):
        call = Out(self.count(), number, calling)
        call.to = ('"%s" ' % name if name else '') + call.to
        self.out.append(call)
        rows = ['INVITE sip:%s@127.0.0.1 SIP/2.0' % number, self.via(call, 'INVITE'), 'From: %s;tag=%s' % (call.to, call.tag),
                'To: ' + call.gateway, 'Call-ID: ' + call.id, *INVITE]
        if diverted:
            rows.append('Diversion: <sip:%s@127.0.0.1>;reason=no-answer;counter=1' % diverted)
        self.write(rows, SDP % call.rtp.getsockname()[1], 'application/sdp')
        return call

    @staticmethod
    def via(call, what):
        return 'Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s%s' % (bed.PEER_PORT, call.tag, what)

    def heard_of(self, call, m):
        """An answer to our INVITE: 200 and refusals are acknowledged."""
        status = int(m.first.split()[1])
        if status < 200:
            return
        call.gateway = m.get('To')
        if status < 300:
            call.contact = re.search(r'<([^>]*)>', m.get('Contact')).group(1)
        if not call.status:
            call.status, call.cause = status, cause_in(m.get('Reason'))
        self.write(['ACK %s SIP/2.0' % call.contact, self.via(call, 'INVITE' if status >= 300 else 'ACK'), 'Max-Forwards: 70',
                    'From: %s;tag=%s' % (call.to, call.tag), 'To: ' + call.gateway, 'Call-ID: ' + call.id, 'CSeq: 1 ACK'], '', '')

    def bye(self, call):
        self.ask(call, 'BYE')

    def stop(self):
        super().stop()
        for c in self.out:
            c.rtp.close()
