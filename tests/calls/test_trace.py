# SPDX-License-Identifier: GPL-2.0-or-later
"""D channel, SIP and RTP in one file: what tshark reads of it."""
import glob
import os

import bed
from pcap import fields, read

DIDS = bed.DIDS['44'].replace('+442079460486         test/busy', '+442079460486         test/busy\n+442079460438         reject:38')


class Trace(bed.CallTest):
    dids = DIDS

    def assert_well_formed(self, path, apart=0.0):
        """No frame that tshark finds wrong; in order of time, but for APART seconds."""
        self.assertEqual(read(path)[1], [])
        times = [float(t[0]) for t in fields(path, 'frame', 'frame.time_epoch')]
        self.assertLessEqual(max(a - b for a, b in zip(times, times[1:])), apart)

    def test_running_trace(self):
        path = os.path.join(self.folder, 'all.pcapng')
        self.gw.cli('trace', 'start', path)
        self.assertNotEqual(self.gw.cli('trace', 'start', path + '2', check=False)[0], 0)
        self.assert_all_answered(self.sipcall('-c', 1, '-t', 1000), 1)
        self.assertEqual(self.gw.wait_idle(), [])
        self.gw.cli('trace', 'stop')
        self.assert_well_formed(path, 0.2)	# headers of RTP are collected ten times a second
        for span, way in ((1, '0'), (2, '1')):	# sent by one and received by the other
            self.assertEqual(fields(path, 'q931.message_type == 0x05 && frame.interface_name == "D channel of span %d"' % span,
                                    'q931.called_party_number.digits', 'frame.p2p_dir'), [['2079460200', way]])
        self.assertEqual({tuple(x) for x in fields(path, 'lapd || sip', 'frame.interface_name', 'frame.interface_description')},
                         {('D channel of span 1', 'euroisdn'), ('D channel of span 2', 'euroisdn'), ('IP', '')})
        messages = [int(x[0], 16) for x in fields(path, 'q931 && frame.interface_name == "D channel of span 1"',
                                                  'q931.message_type')]
        self.assertEqual(messages, [0x05, 0x02, 0x07, 0x0f, 0x45, 0x4d, 0x5a])
        sip = [x[0] or x[1] for x in fields(path, 'sip', 'sip.Method', 'sip.Status-Code')]
        self.assertEqual(sip.count('INVITE'), 2 + 2 * sip.count('401'), sip)
        self.assertIn('BYE', sip)
        # Both calls' streams, both ways, with the sequence numbers in order.
        streams = {}
        for key, seq in [((x[0], x[1], x[2]), int(x[3])) for x in fields(path, 'rtp', 'rtp.ssrc', 'udp.srcport', 'udp.dstport',
                                                                         'rtp.seq')]:
            streams.setdefault(key, []).append(seq)
        self.assertEqual(len(streams), 4, streams.keys())
        for key, seqs in streams.items():
            self.assertGreater(len(seqs), 40, key)
            self.assertEqual(sum((b - a) % 65536 != 1 for a, b in zip(seqs, seqs[1:])), 0, key)

    def test_where_it_cannot_be_written(self):
        """The answer says so, and nothing runs."""
        for args in (('trace', 'start', '/nowhere/at/all'), ('trace', 'all', '/nowhere/at/all')):
            code, out, err = self.gw.cli(*args, check=False)
            self.assertEqual((code, out), (1, ''), args)
            self.assertIn('cannot write to /nowhere/at/all: No such file or directory', err)
        self.assertIn('cannot write', self.gw.cli_json_any('trace', 'start', '/nowhere/at/all')['error'])
        with self.assertRaisesRegex(RuntimeError, 'No such file or directory'):	# the daemon's own opening
            self.gw.ctl('trace', act='start', file='/nowhere/at/all')
        self.assertNotIn('running', self.gw.ctl('trace'))

    def test_written_as_who_asks(self):
        """The file is the typist's own, in a folder that the daemon need not see; none is left when it says no."""
        path = os.path.join(self.folder, 'own.pcapng')
        old = os.umask(0o077)
        try:
            out = self.gw.cli('trace', 'start', path)[1]
        finally:
            os.umask(old)
        self.assertEqual(out, 'tracing to %s\n' % path)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        os.rename(path, path + '.moved')	# it goes on into the same file
        self.assert_all_answered(self.sipcall('-c', 1, '-t', 100), 1)
        self.assertEqual(self.gw.cli('trace', 'start', path, check=False)[0], 1)
        self.gw.cli('trace', 'stop')
        self.assert_well_formed(path + '.moved', 0.2)
        self.assertTrue(fields(path + '.moved', 'q931', 'frame.number'))
        self.assertEqual(self.gw.cli('trace', 'call', '99999', path, check=False)[0], 1)
        self.assertFalse(os.path.exists(path))

    def test_one_call_of_two(self):
        gw = self.gw
        self.assert_all_answered(self.sipcall('-c', 1, '-n', '+442079460201', '-t', 100), 1)
        self.assert_all_answered(self.sipcall('-c', 1, '-n', '+442079460202', '-t', 100), 1)
        self.assertEqual(gw.wait_idle(), [])
        wanted = [r for r in gw.records("in_trunk = 'office'") if r['in_called'] == '+442079460202'][0]
        path = os.path.join(self.folder, 'one.pcapng')
        gw.cli('trace', 'call', str(wanted['call']), path)
        self.assert_well_formed(path)
        ids = {x[0] for x in fields(path, 'sip', 'sip.Call-ID')}
        self.assertEqual(ids, {wanted['in_id']})
        called = {x[0] for x in fields(path, 'q931.message_type == 0x05', 'q931.called_party_number.digits')}
        self.assertIn('2079460202', called)
        self.assertEqual({x[0] for x in fields(path, 'lapd', 'frame.interface_name')}, {'D channel of span 1'})
        self.assertNotEqual(gw.cli('trace', 'call', str(wanted['call']), path, check=False)[0], 0, 'it exists')
        code, _, err = gw.cli('trace', 'call', '99999', path + '9', check=False)
        self.assertNotEqual(code, 0)
        self.assertIn('nothing is known', err)

    def kept(self, pattern):
        folder = self.gw.ctl('trace')['folder']
        bed.wait_for(lambda: glob.glob(os.path.join(folder, pattern)), 10)
        return glob.glob(os.path.join(folder, pattern))

    def test_failed_call_is_kept(self):
        """Temporary failure from the far end: the file is there without anybody asking."""
        self.sipcall('-c', 1, '-n', '+442079460438', '-G', 5000)
        self.assertEqual(self.gw.wait_idle(), [])
        r = self.gw.records("in_trunk = 'office'")[0]
        self.assertEqual(r['cause'], 38)
        files = self.kept('kept-*-call%d.pcapng' % r['call'])
        self.assertEqual(len(files), 1)
        self.assert_well_formed(files[0])
        self.assertIn(['38'], fields(files[0], 'q931.cause_value', 'q931.cause_value'))
        self.assertEqual({x[0] for x in fields(files[0], 'sip.Status-Code >= 300', 'sip.Status-Code')}, {'503'})

    def test_alarm_is_kept(self):
        self.gw.cli('fault', '1', 'down', '1')
        files = self.kept('kept-*-span1.pcapng')
        self.assertEqual(len(files), 1)
        self.assert_well_formed(files[0])
        self.assertTrue(fields(files[0], 'lapd', 'frame.number'))
        self.gw.cli('fault', '1', 'down', '0')
        self.assertTrue(bed.wait_for(lambda: all(s['in_service'] for s in self.gw.ctl('spans')['spans']), 30))
        # Again at once: its files would soon be all there are.
        kept = self.gw.ctl('trace')['kept']
        self.gw.cli('fault', '1', 'down', '1')
        self.assertTrue(bed.wait_for(lambda: self.gw.ctl('trace')['left_out'] > 0, 10))
        self.gw.cli('fault', '1', 'down', '0')
        self.assertTrue(bed.wait_for(lambda: all(s['in_service'] for s in self.gw.ctl('spans')['spans']), 30))
        self.assertEqual(self.gw.ctl('trace')['kept'], kept)
        self.assertEqual(len(self.kept('kept-*-span1.pcapng')), 1)


class Masked(Trace):
    more = 'trace: {mask: true, rtp: true, keep: 1}\n'

    def test_running_trace(self):
        path = os.path.join(self.folder, 'masked.pcapng')
        self.assert_all_answered(self.sipcall('-c', 1, '-t', 200), 1)
        self.assertEqual(self.gw.wait_idle(), [])
        self.gw.cli('trace', 'all', path)
        self.assert_well_formed(path)
        with open(path, 'rb') as f:
            self.assertNotIn(b'2079460200', f.read())
        self.assertEqual({x[0] for x in fields(path, 'q931.called_party_number.digits', 'q931.called_party_number.digits')},
                         {'2079******'})
        self.assertTrue(fields(path, 'rtp', 'rtp.ssrc'), 'headers of RTP are in the memory too')
        self.assertIn('sip:+4420********@', fields(path, 'sip.Method == INVITE', 'sip.r-uri')[0][0])

    def test_user_user_information(self):
        """In hex in SIP, as it is on the D channel: the discriminator is left, in messages that are still well formed."""
        path, said = os.path.join(self.folder, 'masked.pcapng'), b'my number is 02079460298'
        self.assert_all_answered(self.sipcall('-c', 1, '-t', 200, '-H', 'User-to-User: 04%s;encoding=hex' % said.hex()), 1)
        self.assertEqual(self.gw.wait_idle(), [])
        self.gw.cli('trace', 'all', path)
        self.assert_well_formed(path)
        with open(path, 'rb') as f:
            text = f.read()
        for secret in (said, said.hex().encode(), b'02079460298', b'02079460298'.hex().encode()):
            self.assertNotIn(secret, text)
        self.assertEqual(text.count(b'User-to-User: 04' + b'2a' * len(said)), 2)	# in, and out at the other end
        self.assertEqual({len(x[0]) > 0 for x in fields(path, 'q931.message_type == 0x05', 'q931.called_party_number.digits')}, {True})
        self.assertEqual(text.count(b'\x04' + b'*' * len(said)), 2)			# SETUP on both spans

    def test_one_call_of_two(self):
        """The older of two files is removed."""
        for n in ('+442079460438', '+442079460438'):
            self.sipcall('-c', 1, '-n', n, '-G', 5000)
        bed.wait_for(lambda: self.gw.ctl('trace')['kept'] == 2, 10)
        self.assertEqual(len(self.kept('kept-*')), 1)

    test_failed_call_is_kept = test_alarm_is_kept = test_where_it_cannot_be_written = test_written_as_who_asks = None
