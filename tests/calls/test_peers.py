# SPDX-License-Identifier: GPL-2.0-or-later
"""Independent programs judge: baresip as a telephone, tshark as the reader of what went over the wire."""
import os
import struct
import subprocess
import time

import bed

BARESIP = """\
poll_method epoll
sip_listen 127.0.0.1:{port}
audio_source aufile,{wav}
audio_player aufile,{folder}/unused.wav
audio_alert aufile,{wav}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-{rtp_last}
jitter_buffer_delay 1-2
rtp_stats no
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
snd_path {folder}
"""


def samples(path):
    """16-bit samples of a mono WAV file."""
    with open(path, 'rb') as f:
        data = f.read()
    at = data.index(b'data') + 8
    return struct.unpack('<%dh' % ((len(data) - at) // 2), data[at:len(data) - (len(data) - at) % 2])


def energy(x):
    return sum(v * v for v in x)


def likeness(a, b):
    """Normalised correlation of two equally long pieces, 1.0 for the same but for level."""
    return sum(p * q for p, q in zip(a, b)) / ((energy(a) * energy(b)) ** 0.5 or 1)


def best_shift(heard, said, at, length, reach):
    """Where in HEARD the piece SAID[at:at+length] is found best: (likeness, shift)."""
    piece = said[at:at + length]
    return max((likeness(heard[at + s:at + s + length], piece), s) for s in range(-reach, reach)
               if at + s >= 0 and at + s + length <= len(heard))


class Baresip(bed.CallTest):
    # It names the host's address in SDP and sends from 127.0.0.1, as softphones on the gateway's own host do.
    office = ', symmetric: true'
    limit = 120
    jitter = bed.STEADY    # baresip's packets leave when the host lets it, and a late one is not what is tested

    def test_speech_to_the_echo_line_and_back(self):
        """Three tries: a host that stops either program for longer than that makes a gap in any of them."""
        for n in range(3):
            found = self.one_call(n)
            if sum(like > 0.98 for like, _ in found) >= 6:
                break
        else:
            self.fail('what came back is not what was said: %s' % ['%.3f at %.1f ms' % (like, shift / 8)
                                                                   for like, shift in found])
        self.assertEqual({r['cause'] for r in self.gw.records()}, {16})

    def one_call(self, n):
        """Where eight pieces of what was said are found in what came back: likeness and shift of each."""
        wav = os.path.join(self.folder, 'speech.wav')
        subprocess.run(['espeak-ng', '-v', 'en', '-w', self.folder + '/s.wav',
                        'The quick brown fox jumps over the lazy dog. ' * 6], check=True)
        subprocess.run(['sox', self.folder + '/s.wav', '-r', '8000', '-c', '1', '-b', '16', wav, 'gain', '-6'],
                       check=True)
        conf = os.path.join(self.folder, 'baresip%d' % n)
        os.mkdir(conf)
        with open(conf + '/config', 'w', encoding='ascii') as f:
            f.write(BARESIP.format(port=bed.PEER_PORT, wav=wav, folder=conf, rtp=bed.PEER_RTP,
                                   rtp_last=bed.PEER_RTP + 20))
        with open(conf + '/accounts', 'w', encoding='ascii') as f:
            f.write('<sip:+442071838750@127.0.0.1:%d>;regint=0;audio_codecs=PCMA/8000/1;ptime=20\n' % bed.SIP_PORT)
        p = self.start_peer(['baresip', '-f', conf, '-t', '14', '-e',
                             '/dial sip:+442079460108@127.0.0.1:%d' % bed.SIP_PORT], 'baresip%d.out' % n)
        p.wait(30)
        with open(self.folder + '/baresip%d.out' % n, encoding='utf-8', errors='replace') as f:
            said = f.read()
        self.assertRegex(said, r'Call established', said)
        dumps = {kind: os.path.join(conf, name) for name in os.listdir(conf) for kind in ('enc', 'dec')
                 if name.startswith('dump') and kind in name}
        self.assertEqual(sorted(dumps), ['dec', 'enc'], os.listdir(conf) + [said])
        sent, heard = samples(dumps['enc']), samples(dumps['dec'])
        self.assertGreater(len(heard), 60000, 'seconds of what came back')
        # The loudest tenth of a second of each of eight parts, found again within 150 ms of its place in
        # either recording (they do not begin together); baresip's clock is not real-time, it may slip in two.
        step = (min(len(sent), len(heard)) - 12000) // 8
        pieces = [max(range(8000 + k * step, 8000 + (k + 1) * step, 400), key=lambda i: energy(sent[i:i + 800:4]))
                  for k in range(8)]
        return [best_shift(heard, sent, at, 800, 1200) for at in pieces]


class Wire(bed.CallTest):
    def test_no_malformed_packet(self):
        pcap = os.path.join(self.folder, 'wire.pcapng')
        capture = subprocess.Popen(['dumpcap', '-q', '-i', 'lo', '-w', pcap, '-f',
                                    'portrange %d-%d' % (bed.PORT, bed.PORT + 999)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(capture.kill)
        self.assertTrue(bed.wait_for(lambda: os.path.exists(pcap) and os.path.getsize(pcap), 10))
        time.sleep(0.5)
        r = self.sipcall('-c', 3, '-t', 6500, '-d', '15', '-g', 200)
        self.assert_all_answered(r, 3)
        self.sipp_ok(self.sipp('uac_answer', bed.OTHER_PORT, '-t', 't1', number='+442079460100'), 'uac_answer')
        self.sipcall('-n', '+442079467486', '-m', 1, '-k', 3, '-u', 'number')
        time.sleep(0.5)
        capture.terminate()
        capture.wait(10)
        base = ['tshark', '-r', pcap, '-d', 'udp.port==%d,sip' % bed.SIP_PORT, '-d', 'tcp.port==%d,sip' % bed.SIP_PORT,
                '-o', 'rtp.heuristic_rtp:FALSE']

        def count(what):
            p = subprocess.run([*base, '-Y', what], capture_output=True, text=True, timeout=60, check=True)
            return p.stdout.splitlines()
        bad = count('_ws.malformed || (_ws.expert.severity == error && (sip || rtp || rtcp || sdp))')
        self.assertEqual(bad[:10], [])
        self.assertGreater(len(count('sip')), 30)
        self.assertGreater(len(count('sip && tcp')), 5)
        self.assertGreater(len(count('rtp')), 3 * 2 * 2 * 250)
        self.assertGreater(len(count('rtp.p_type == 101')), 5, 'telephone-events')
        self.assertGreater(len(count('rtcp')), 5, 'RTCP reports')
