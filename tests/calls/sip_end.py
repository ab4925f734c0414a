# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP far end that a test plays message by message: it calls the gateway, is called by it, and hands over every
header as it came. One UDP socket, no thread, no audio. A message that does not come fails the test."""
import re
import socket
import time

import bed
from uas import Message

SDP = ('v=0\r\no=end 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\n'
       'a=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n')


class End:
    allow = 'INVITE, ACK, CANCEL, BYE, UPDATE'

    def __init__(self, port=None):
        self.port = port or bed.PEER_PORT
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(('127.0.0.1', self.port))
        self.waiting, self.count = [], 0

    def close(self):
        self.sock.close()

    # --- in

    def get(self, what, call=None, seconds=8):
        """The next message that is WHAT, a method or a status, of CALL's dialog when that is given."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for m in self.waiting:
                if self.kind(m) == str(what) and (call is None or m.get('Call-ID') == call['id']):
                    self.waiting.remove(m)
                    return m
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            try:
                m = Message(self.sock.recv(65536).decode())
            except socket.timeout:
                break
            if not any(x.first == m.first and x.get('Via') == m.get('Via') and x.get('CSeq') == m.get('CSeq') for x in self.waiting):
                self.waiting.append(m)
        raise AssertionError('no %s within %s s; there were %s' % (what, seconds, [m.first for m in self.waiting]))

    @staticmethod
    def kind(m):
        words = m.first.split()
        return words[1] if words[0] == 'SIP/2.0' else words[0]

    # --- out

    def write(self, rows, body=''):
        if body:
            rows = [*rows, 'Content-Type: application/sdp']
        text = '\r\n'.join([*rows, 'Content-Length: %d' % len(body), '', body])
        self.sock.sendto(text.encode(), ('127.0.0.1', bed.SIP_PORT))

    def request(self, call, method, rows=(), body='', cseq=None, branch=None):
        if cseq is None:
            call['cseq'] += 1
        self.count += 1
        self.write(['%s %s SIP/2.0' % (method, call['target']),
                    'Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s%d' % (self.port, call['id'][:8], branch or self.count),
                    'Max-Forwards: 70', 'From: ' + call['local'], 'To: ' + call['remote'], 'Call-ID: ' + call['id'],
                    'CSeq: %d %s' % (cseq or call['cseq'], method),
                    'Contact: <sip:end@127.0.0.1:%d>' % self.port, *rows], body)

    def invite(self, number, rows=(), sender='<sip:+442071838750@127.0.0.1>'):
        """Calls NUMBER, a whole user part."""
        self.count += 1
        uri = 'sip:%s@127.0.0.1:%d' % (number, bed.SIP_PORT)
        call = {'id': 'end%d-%d@test' % (self.count, time.monotonic_ns()), 'cseq': 0, 'target': uri,
                'local': sender + ';tag=e%d' % self.count, 'remote': '<%s>' % uri}
        self.request(call, 'INVITE', ['Allow: ' + self.allow, *rows], SDP % bed.PEER_RTP)
        call['branch'] = self.count
        return call

    def acknowledge(self, call, m):
        """The final response M to our INVITE; the dialog is CALL's from here on."""
        call['remote'] = m.get('To')
        found = re.search(r'<([^>]*)>', m.get('Contact'))
        status = int(self.kind(m))
        if found:
            call['target'] = found.group(1)
        self.request(call, 'ACK', cseq=call['cseq'], branch=call['branch'] if status >= 300 else None)

    def taken(self, m):
        """The dialog that a received INVITE makes."""
        self.count += 1
        target = re.search(r'<([^>]*)>', m.get('Contact')).group(1)
        return {'id': m.get('Call-ID'), 'cseq': 100, 'target': target, 'remote': m.get('From'), 'invite': m,
                'local': m.get('To') + ';tag=t%d' % self.count}

    def reply(self, call, m, status, rows=(), body=''):
        via = ['Via: ' + v for k, v in m.rows if k.lower() == 'via']
        self.write(['SIP/2.0 %d So it is' % status, *via, 'From: ' + m.get('From'), 'To: ' + call['local'],
                    'Call-ID: ' + m.get('Call-ID'), 'CSeq: ' + m.get('CSeq'), 'Contact: <sip:end@127.0.0.1:%d>' % self.port,
                    'Allow: ' + self.allow, *rows], body)

    def answer(self, call, rows=()):
        self.reply(call, call['invite'], 200, rows, SDP % (bed.PEER_RTP + 2))
        self.get('ACK', call)

    def end(self, call, other, rows=()):
        """BYE of CALL; the BYE that OTHER gets for it."""
        self.request(call, 'BYE', rows)
        self.get(200, call)
        m = self.get('BYE', other)
        self.reply({'local': m.get('To')}, m, 200)
        return m
