# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP far end of several calls at once, which the tests steer: it answers at once, takes part in hold and transfer,
notes what it was asked, and can speak and listen on each call. UDP on the loopback: nothing is lost."""
import re
import socket
import threading
import time

import audio
import bed

MIRROR = {'sendrecv': 'sendrecv', 'sendonly': 'recvonly', 'recvonly': 'sendonly', 'inactive': 'inactive'}


class Message:
    def __init__(self, text):
        head, _, self.body = text.partition('\r\n\r\n')
        self.first, *rows = head.split('\r\n')
        self.rows = [tuple(x.strip() for x in row.split(':', 1)) for row in rows]

    def get(self, name):
        return next((v for k, v in self.rows if k.lower() == name.lower()), '')

    def copied(self):
        return ['%s: %s' % (k, v) for k, v in self.rows if k.lower() in ('via', 'from', 'call-id', 'cseq')]


class Call:
    """One dialog, with an RTP socket of its own."""

    def __init__(self, n, invite):
        self.id, self.tag, self.to = invite.get('Call-ID'), 'far%d' % n, invite.get('To')
        self.gateway = invite.get('From')
        self.contact = re.search(r'<([^>]*)>', invite.get('Contact')).group(1)
        self.directions, self.over, self.refer = [], False, None
        self.seq, self.cseq, self.heard = 0, 0, []
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(('127.0.0.1', bed.PEER_RTP + 2 * n))
        self.rtp.setblocking(False)

    def take(self, sdp):
        """An offer; the answer."""
        port = re.search(r'm=audio (\d+)', sdp).group(1)
        self.dest = ('127.0.0.1', int(port))
        found = re.search(r'a=rtpmap:(\d+) telephone-event', sdp)
        self.events = int(found.group(1)) if found else 0
        found = re.search(r'a=(sendrecv|sendonly|recvonly|inactive)', sdp)
        self.directions.append(found.group(1) if found else 'sendrecv')
        return ('v=0\r\no=far 1 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 %d\r\n'
                'a=rtpmap:8 PCMA/8000\r\na=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-16\r\na=ptime:20\r\na=%s\r\n' %
                (len(self.directions), self.rtp.getsockname()[1], *[self.events] * 3, MIRROR[self.directions[-1]]))

    def send(self, octets):
        head = bytes((0x80, 8)) + self.seq.to_bytes(2, 'big') + (160 * self.seq).to_bytes(4, 'big') + b'far!'
        self.seq += 1
        self.rtp.sendto(head + octets, self.dest)

    def flash(self):
        """A hook flash as a telephone event of 100 ms, its end three times."""
        ts, self.seq = 160 * self.seq, self.seq + 1
        for n in range(1, 6):
            head = bytes((0x80, self.events | (0x80 if n == 1 else 0))) + self.seq.to_bytes(2, 'big') + ts.to_bytes(4, 'big')
            self.seq += 1
            self.rtp.sendto(head + b'far!' + bytes((16, 0x80 if n >= 3 else 0)) + (800).to_bytes(2, 'big'), self.dest)
            time.sleep(0.02)

    def receive(self):
        try:
            while True:
                self.heard.append(self.rtp.recv(2048)[12:])
        except BlockingIOError:
            pass


class Uas(threading.Thread):
    """REFER: the status that a transfer is answered with; NOTIFY: what the referred call came to, as it is told afterwards."""

    def __init__(self, refer=202, notify=200, moved=''):
        super().__init__(daemon=True)
        self.moved, self.invites, self.answers, self.told = moved, [], [], []
        self.refer, self.notify, self.calls, self.failed = refer, notify, [], None
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(('127.0.0.1', bed.PEER_PORT))
        self.sock.settimeout(0.2)
        self.dest, self.stopped = ('127.0.0.1', bed.SIP_PORT), False

    def run(self):
        while not self.stopped:
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                continue
            try:
                self.came(Message(data.decode()))
            except Exception as e:  # pylint: disable=broad-except
                self.failed = e
        self.sock.close()
        for c in self.calls:
            c.rtp.close()

    def stop(self):
        self.stopped = True
        self.join(5)

    def came(self, m):
        method = m.first.split()[0]
        call = next((c for c in self.calls if c.id == m.get('Call-ID')), None)
        if method == 'SIP/2.0':
            self.answered(m, call)
            return
        if method == 'ACK':
            return
        if method == 'INVITE' and self.moved:
            self.invites.append(m)
            self.reply(m, 302, None, contact=self.moved)
        elif method == 'INVITE':
            if not call:
                call = Call(len(self.calls), m)
                self.calls.append(call)
            self.reply(m, 200, call, call.take(m.body))
        elif method == 'REFER' and call:
            self.reply(m, self.refer, call)
            call.refer = m.get('Refer-To')
            if self.refer == 202:
                self.tell(call, 'SIP/2.0 100 Trying')
                self.tell(call, 'SIP/2.0 %d Whatever' % self.notify)
        else:
            self.reply(m, 200, call)
            if method == 'BYE' and call:
                call.over = True
            if method == 'NOTIFY':
                self.told.append(m.body.split('\r\n')[0])

    def answered(self, m, call):
        """An answer to what we asked within CALL."""
        number, method = m.get('CSeq').split()
        if int(m.first.split()[1]) >= 200:
            self.answers.append((method, int(m.first.split()[1])))
            if method == 'INVITE':
                self.ask(call, 'ACK', cseq=int(number))

    def ask(self, call, method, rows=(), body='', cseq=0):
        """A request of ours within CALL."""
        if not cseq:
            call.cseq += 1
        cseq = cseq or call.cseq
        self.write(['%s %s SIP/2.0' % (method, call.contact),
                    'Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s%s%d' % (bed.PEER_PORT, call.tag, method, cseq),
                    'Max-Forwards: 70', 'From: %s;tag=%s' % (call.to, call.tag), 'To: %s' % call.gateway,
                    'Call-ID: ' + call.id, 'CSeq: %d %s' % (cseq, method),
                    'Contact: <sip:far@127.0.0.1:%d>' % bed.PEER_PORT, *rows], body, 'application/sdp')

    def hold(self, call, direction='sendonly'):
        """Our re-INVITE; sendrecv takes the call back."""
        sdp = ('v=0\r\no=far 1 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\n'
               'a=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=%s\r\n')
        self.ask(call, 'INVITE', body=sdp % (100 + call.cseq, call.rtp.getsockname()[1], direction))

    def transfer(self, call, to):
        """REFER within CALL, to a user or to another call."""
        if isinstance(to, Call):
            theirs = re.search(r'tag=([^;>]*)', to.gateway).group(1)
            to = 'sip:gateway@127.0.0.1:%d?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s' % (
                bed.SIP_PORT, to.id.replace('@', '%40'), theirs, to.tag)
        else:
            to = 'sip:%s@127.0.0.1:%d' % (to, bed.SIP_PORT)
        self.ask(call, 'REFER', ['Refer-To: <%s>' % to])

    def reply(self, m, status, call, sdp='', contact=''):
        rows = ['SIP/2.0 %d Whatever' % status, *m.copied()]
        tag = ';tag=' + call.tag if call and 'tag=' not in m.get('To') else ''
        rows += ['To: %s%s' % (m.get('To'), tag), 'Contact: <%s>' % (contact or 'sip:far@127.0.0.1:%d' % bed.PEER_PORT)]
        self.write(rows, sdp, 'application/sdp')

    def tell(self, call, words):
        call.cseq += 1
        self.write(['NOTIFY %s SIP/2.0' % call.contact,
                    'Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s%d' % (bed.PEER_PORT, call.tag, call.cseq), 'Max-Forwards: 70',
                    'From: %s;tag=%s' % (call.to, call.tag), 'To: %s' % call.gateway, 'Call-ID: ' + call.id,
                    'CSeq: %d NOTIFY' % call.cseq, 'Event: refer', 'Subscription-State: active',
                    'Contact: <sip:far@127.0.0.1:%d>' % bed.PEER_PORT], words + '\r\n', 'message/sipfrag')

    def write(self, rows, body, kind):
        if body:
            rows.append('Content-Type: ' + kind)
        rows.append('Content-Length: %d' % len(body))
        self.sock.sendto(('\r\n'.join(rows) + '\r\n\r\n' + body).encode(), self.dest)

    def talk(self, call, octets, seconds):
        """CALL sends OCTETS again and again; every call is listened to."""
        octets = octets * (2 + 160 // len(octets))
        for c in self.calls:
            c.receive()
            c.heard = []
        begun = time.monotonic()
        for n in range(int(seconds * 50)):
            time.sleep(max(0, begun + n * 0.02 - time.monotonic()))
            call.send(octets[:160])
            for c in self.calls:
                c.receive()

    @staticmethod
    def level(call, hz):
        """Of the tone HZ in what CALL has heard of late, dB below full scale; -99 for nothing at all."""
        samples = [audio.alaw(o) for packet in call.heard for o in packet][-8000:]
        return audio.level(samples, hz) if len(samples) >= 8000 else -99
