# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog lines: what befalls them. An exchange that gives no dial tone, a cut pair, both ends seized at once, a card that is pulled out; and
what a telephone's hook does to calls of a SIP system."""
import glob
import re
import time

import bed
import lines
import uas

DIDS = """\
[phones]
+44207946050[1-4]     phones
+44207946010[1-3]     office/{{last:3}}
+442079460100         test/milliwatt
+442079460108         test/echo
+442079460110         test/play:{folder}/talk.wav
+442079460112         test/quiet

[office]
+44207946050[1-4]     phones
9*                    copper/{{from:2}}

[copper]
+442079460601         test/milliwatt
+442079460602         office/{{last:3}}
"""


class More(lines.LinesTest):
    """SWAPS: what is changed in the trunk file, (old, new)."""
    swaps = ()
    telephones = (1, 2)

    def make_gateway(self, **kw):
        self.lines_dids = DIDS.format(folder=self.folder)
        self.wav('talk.wav', 3)
        gw = super().make_gateway(**kw)
        with open(gw.conf + '/trunks.yaml', encoding='utf-8') as f:
            text = f.read()
        for old, new in self.swaps:
            self.assertIn(old, text)
            text = text.replace(old, new)
        gw.write('trunks.yaml', text)
        return gw

    def out(self, *more, number='902079460110'):
        """A SIP call to an exchange line."""
        return self.sipcall_start('-n', number, '-f', '+442071838750', '-t', '30000', '-G', '30000', '-a', 'quiet', *more)

    def steps(self, call):
        return ['%s: %s' % (s['what'], s.get('detail', '')) for s in self.gw.ladder(call)['steps']]

    def copper_record(self):
        return self.last_record("out_trunk = 'copper'")

    def idle(self, seconds=20):
        self.assertEqual(self.gw.wait_idle(seconds), [])


# --- Exchanges that misbehave ---------------------------------------------------------------------------


class NoDialTone(More):
    """A hotline is called at once: whoever seizes its line hears no dial tone."""
    telephones = ()
    fxo = ', dialtone-wait: 1s, answer: [speech]'
    swaps = (('1: "+442079460501"', '1: {number: "+442079460501", hotline: "+442079460112"}'),)

    def test_the_next_line_is_tried(self):
        end = self.ends(self.sipcall_end(self.out()), 'uac')[0]
        self.assertEqual((end['status'], end['remote_bye']), (200, True), end)
        self.idle()
        r = self.copper_record()
        self.assertEqual((r['out_line'], r['answered_how']), ('1/6', 'speech'), r)
        steps = self.steps(r['call'])
        self.assertIn('no dial tone: within 1000 ms', steps)
        self.assertIn('next line: no dial tone', steps)
        kept = bed.wait_for(lambda: glob.glob(self.folder + '/audio/kept-*-5-dialtone.wav'), 5)
        self.assertTrue(kept, 'the audio of it is kept')


class NoDialToneAnywhere(More):
    telephones = ()
    fxo = ', dialtone-wait: 1s'
    swaps = tuple(('%d: "+44207946050%d"' % (n, n), '%d: {number: "+44207946050%d", hotline: "+442079460112"}' % (n, n))
                  for n in (1, 3, 4)) + (('name: "Workshop"', 'hotline: "+442079460112"'),)

    def test_cause_27(self):
        end = self.ends(self.sipcall_end(self.out()), 'uac')[0]
        self.assertEqual(end['status'], 502, end)
        self.idle()
        r = self.copper_record()
        self.assertEqual((r['cause'], r['answered']), (27, None), r)
        self.assertEqual(len(self.gw.records("in_trunk = 'phones'")), 4, 'each line was seized once')


class DialsBlindly(More):
    """A pair on which dial tone is lost, but digits are not."""
    telephones = ()
    fxs, fxo = ', tx-gain: -24', ', dialtone-wait: 1s, no-dialtone: dial, answer: [timer], answer-timer: 2s'
    pairs = '{fxs: 1, fxo: 5, loss: 20}, 2-6, 3-7, 4-8'

    def test_dialled_without_dial_tone(self):
        p = self.out('-t', '2000', number='902079460112')
        self.assertEqual(self.ends(self.sipcall_end(p), 'uac')[0]['status'], 200)
        self.idle()
        r = self.copper_record()
        self.assertEqual((r['out_line'], r['answered_how']), ('1/5', 'timer'), r)
        self.assertIn('no dial tone: within 1000 ms', self.steps(r['call']))
        self.assertEqual(self.last_record("in_trunk = 'phones'")['in_called'], '+442079460112')


class Cut(More):
    """copper/1 leads nowhere."""
    autostart, telephones = False, ()
    fxo = ', answer: [speech]'
    pairs = '{fxs: 1, fxo: 5, dead: true}, 2-6, 3-7, 4-8'

    def test_no_battery(self):
        self.gw.start(in_service=False)
        self.wait_line('copper/1', 'out of service')
        self.assertEqual(self.line('copper/1')['note'], 'no battery')
        said = self.gw.cli('status')[1]
        self.assertRegex(said, r'line 1 \(channel 5\) is out of service: no battery')
        self.wait_line('copper/2', 'idle')
        self.assertEqual(self.ends(self.sipcall_end(self.out()), 'uac')[0]['status'], 200)
        lines_busy = self.gw.busy_lines     # the cut one is never idle
        self.gw.busy_lines = lambda: [x for x in lines_busy() if x['line'] != 'copper/1']
        self.idle()
        self.assertEqual(self.copper_record()['out_line'], '1/6')


class Pulled(More):
    """The card leaves the machine during a call, and comes back."""
    telephones = ()

    def test_lines_come_back(self):
        p = self.sipcall_start('-n', '902079460112', '-t', '30000', '-G', '30000', '-a', 'quiet')
        self.wait_line('phones/1', 'up', 20)
        self.gw.cli('fault', '1', 'removed', '1')
        self.wait_line('copper/1', 'out of service')
        self.wait_line('phones/4', 'out of service')
        self.assertIn('out of service', self.gw.cli('status')[1])
        self.sipcall_end(p)
        self.assertTrue(bed.wait_for(lambda: not self.gw.calls_now(), 10), self.gw.ctl('calls'))
        self.gw.cli('fault', '1', 'removed', '0')
        self.idle()
        self.dial(2, '02079460503')
        self.hears(3, 'ring', 10)
        self.phone(2, 'on')
        self.idle()


class Glare(More):
    """A call is to ring copper/1 at the moment at which it is seized for another."""
    telephones = ()
    fxs, fxo = ', caller-id: none', ', answer: [speech], caller-id: false, answer-rings: 1, guard: 500ms'

    def test_each_call_finds_its_way(self):
        for apart_ms in (0, 60, 200):
            rings = self.sipcall_start('-n', '+442079460501', '-f', '+442071838751', '-t', '1500', '-G', '12000', '-a', 'quiet')
            time.sleep(apart_ms / 1000)
            goes = self.start_peer(self.second('902079460110'))
            self.assertIn('sipcall: ready', goes.proc.stderr.readline())
            came = self.ends(self.sipcall_end(rings), 'uac')[0]
            went = self.ends(self.sipcall_end(goes), 'uac')[0]
            self.assertEqual(went['status'], 200, '%d ms apart: %s' % (apart_ms, went))
            self.assertIn(came['status'], (200, 486), '%d ms apart: %s' % (apart_ms, came))
            self.idle()
        asked = [r['in_called'] for r in self.gw.records("in_trunk = 'phones'")]
        self.assertEqual(asked.count('+442079460110'), 3, 'what was dialled came to the exchange: %s' % asked)
        self.assertTrue(self.gw.records("in_trunk = 'copper'"), 'no call that rang was taken')

    def second(self, number):
        tool = bed.os.path.join(bed.TOP if bed.SLOW else bed.BUILD, 'build/gcc' if bed.SLOW else '', 'tests/tools/sipcall')
        return [tool, '-l', '127.0.0.1:%d' % bed.OTHER_PORT, '-r', '127.0.0.1:%d' % bed.SIP_PORT, '-P', bed.PEER_RTP + 40,
                '-n', number, '-f', '+442071838750', '-t', '30000', '-G', '30000', '-a', 'quiet']


class Hunting(More):
    autostart, telephones = False, ()
    fxo = ', guard: 200ms'

    def taken(self, hunt):
        """Lines that three calls were given, one after the other."""
        self.swaps = (('  copper:\n', '  copper:\n    hunt: %s\n' % hunt),)
        self.gw = self.make_gateway()
        self.gw.start()
        before = len(self.gw.records())
        for _ in range(3):
            self.sipcall('-n', '902079460504', '-C', '700', '-a', 'none', '-G', '9000')
            self.idle()
        took = [r['out_line'] for r in self.gw.records("out_trunk = 'copper'")][-3:]
        self.assertGreater(len(self.gw.records()), before)
        self.assertEqual(self.gw.stop(), 0)
        return took

    def test_orders(self):
        self.assertEqual(self.taken('ascending'), ['1/5'] * 3)
        self.assertEqual(self.taken('descending'), ['1/8'] * 3)
        self.assertEqual(self.taken('round-robin'), ['1/5', '1/6', '1/7'])
        self.assertEqual(len(set(self.taken('least-used'))), 3)


class BrokenCallerId(More):
    """The caller gives up while the digits of his number are sent."""
    telephones = ()
    tones = 'dk'        # DTMF after a reversal, before the first ring

    def test_its_audio_is_kept(self):
        self.sipcall('-n', '+442079460502', '-f', '+442071838750', '-C', '1300', '-a', 'none')
        kept = bed.wait_for(lambda: glob.glob(self.folder + '/audio/kept-*-6-callerid.wav'), 10)
        self.assertTrue(kept, self.gw.tail())
        self.assertIn('caller ID came broken', self.gw.tail())
        self.idle(30)
        self.assertEqual(self.gw.records("in_trunk = 'copper'"), [], 'it never rang')
        p = self.sipcall_start('-n', '+442079460502', '-f', '+442071838750', '-C', '9000', '-a', 'none')
        self.sipcall_end(p)
        self.idle(30)
        self.assertEqual(self.last_record("in_trunk = 'copper'")['in_calling'], '+442071838750')


class Drain(More):
    telephones = (1, 2, 3)

    def test_calls_end_by_themselves(self):
        self.dial(1, '02079460502')
        self.hears(2, 'ring', 10)
        self.phone(2, 'off')
        self.wait_line('phones/2', 'up')
        self.gw.cli('drain')
        self.off(3, 'congestion')
        self.phone(3, 'on')
        end = self.ends(self.sipcall('-n', '+442079460504', '-a', 'none'), 'uac')[0]
        self.assertEqual(end['status'], 503, end)
        self.phone(1, 'status')
        self.phone(2, 'play', self.folder + '/talk.wav')
        self.hears(1, 'speech')
        self.phone(1, 'on')
        self.phone(2, 'on')
        self.idle()
        self.gw.cli('drain', 'off')
        self.off(3)
        self.phone(3, 'on')
        self.idle()


# --- Audio ----------------------------------------------------------------------------------------------


class Gains(More):
    telephones = (1,)
    fxs = ', tx-gain: -6, rx-gain: -3'

    def level_is(self, want):
        got = []

        def near():
            got.append(self.phone(1, 'status')['level_dbm0'])
            return abs(got[-1] - want) < 0.5
        self.assertTrue(bed.wait_for(near, 8, 0.3), 'wanted %.1f dBm0, heard %s' % (want, got))

    def test_levels(self):
        self.dial(1, '02079460100')
        self.level_is(-6)
        self.phone(1, 'on')
        self.wait_line('phones/1', 'idle')
        self.dial(1, '02079460108')
        self.wait_line('phones/1', 'up')
        self.phone(1, 'play', self.wav('tone.wav', 20, 'sine', '1000', 'gain', '-13.17'))
        self.level_is(-10 - 3 - 6)      # full scale is +3.17 dBm0
        self.phone(1, 'on')
        self.idle()


class Far(More):
    """The office is a far end that these tests steer."""
    refer, notify = 202, 200

    def setUp(self):
        super().setUp()
        self.far = uas.Uas(self.refer, self.notify)
        self.far.start()
        self.addCleanup(self.far.stop)

    def tearDown(self):
        self.assertIsNone(self.far.failed)
        super().tearDown()

    def call(self, port, number):
        """PORT has dial tone already, or gets it; the far end answers."""
        n = len(self.far.calls)
        self.phone(port, 'dial', number)
        self.assertTrue(bed.wait_for(lambda: len(self.far.calls) > n, 10), 'no INVITE')
        self.wait_line('phones/%d' % port, 'up')
        return self.far.calls[n]

    def directions(self, call, *want):
        if not bed.wait_for(lambda: tuple(call.directions) == want, 6):
            self.fail('%s, not %s' % (call.directions, want))


TONE = bytes((0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4))     # G.711 table 5: 1 kHz at 0 dBm0, A-law


class Echo(Far):
    """The pair's hybrid gives back 12 dB lower what the far end says."""
    telephones = ()
    pairs = '{fxs: 1, fxo: 5, echo: 12, echo-delay: 4}, 2-6, 3-7, 4-8'

    def comes_back(self):
        self.off(1)
        c = self.call(1, '02079460101')
        self.far.talk(c, TONE, 2.5)
        self.phone(1, 'on')
        self.idle()
        return self.far.level(c, 1000)

    def test_cancelled(self):
        self.assertLess(self.comes_back(), -40)


class EchoLeft(Echo):
    fxs = ', echo-canceller: 0'

    def test_cancelled(self):
        """With none it comes back: the pair does what the test beside this one relies upon."""
        self.assertAlmostEqual(self.comes_back(), -3.17 - 12, delta=1.5)


# --- Hook and SIP ---------------------------------------------------------------------------------------


class Hold(Far):
    def test_a_flash_holds_the_far_end(self):
        self.off(1)
        a = self.call(1, '02079460101')
        self.phone(1, 'flash')
        self.hears(1, 'tone dial')
        self.directions(a, 'sendrecv', 'sendonly')
        b = self.call(1, '02079460102')
        self.assertEqual(len(b.directions), 1)
        self.phone(1, 'flash')
        self.wait_line('phones/1', 'three-way')
        self.directions(a, 'sendrecv', 'sendonly', 'sendrecv')
        self.far.talk(a, TONE, 2)
        self.assertGreater(self.far.level(b, 1000), -10, 'the two far ends hear each other')
        self.phone(1, 'flash')      # the last that came goes
        self.assertTrue(bed.wait_for(lambda: b.over, 5))
        self.assertFalse(a.over)
        self.phone(1, 'on')
        self.assertTrue(bed.wait_for(lambda: a.over, 5))
        self.idle()


class Transfer(Far):
    def consult(self):
        self.off(1)
        a = self.call(1, '02079460101')
        self.phone(1, 'flash')
        self.hears(1, 'tone dial')
        self.directions(a, 'sendrecv', 'sendonly')
        b = self.call(1, '02079460102')
        self.phone(1, 'on')
        self.assertTrue(bed.wait_for(lambda: a.refer or b.refer, 6), 'no REFER')
        return (a, b) if a.refer else (b, a)

    def assert_replaces(self, asked, other):
        """RFC 3891 3: the tags are those of whom the new INVITE goes to: to-tag his own, from-tag ours."""
        ours = re.search('tag=(.*)', other.gateway).group(1)
        self.assertIn('Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s' % (other.id.replace('@', '%40'), other.tag, ours),
                      asked.refer)
        self.assertIn('<sip:far@127.0.0.1:%d' % bed.PEER_PORT, asked.refer)

    def test_the_far_ends_join(self):
        asked, other = self.consult()
        self.assert_replaces(asked, other)
        self.assertTrue(bed.wait_for(lambda: asked.over and other.over, 6), 'we are still in the middle')
        self.idle()
        self.assertIn(('+442079460501', 16), [(r['in_calling'], r['cause']) for r in self.gw.records()])


class TransferRefused(Transfer):
    refer = 603

    def test_the_far_ends_join(self):
        """What they will not do among themselves is done here."""
        asked, other = self.consult()
        time.sleep(0.5)
        self.assertFalse(asked.over or other.over)
        self.wait_line('phones/1', 'idle')
        for a, b in ((asked, other), (other, asked)):
            self.far.talk(a, TONE, 2)
            self.assertGreater(self.far.level(b, 1000), -10)
        for c in self.gw.ctl('calls')['calls']:
            self.gw.cli('clear', str(c['call']))
        self.assertTrue(bed.wait_for(lambda: asked.over and other.over, 6))
        self.idle()


class FlashOut(Far):
    """A SIP far end flashes towards the exchange that it has a call from."""
    telephones = (1,)
    fxs, fxo = ', flash-min: 80ms, flash-max: 800ms', ', flash: 300ms, caller-id: false, answer-rings: 1'

    def test_the_exchange_gives_dial_tone(self):
        self.dial(1, '02079460502')
        self.assertTrue(bed.wait_for(lambda: self.far.calls, 20), 'no INVITE')
        self.wait_line('phones/2', 'up')
        time.sleep(1.5)     # a line that has only just gone off hook cannot flash
        self.far.calls[0].send(b'\xd5' * 160)
        self.far.calls[0].flash()
        self.wait_line('phones/2', 'held')
        self.far.talk(self.far.calls[0], b'\xd5', 2)
        self.assertGreater(self.far.level(self.far.calls[0], 350), -30, 'no dial tone')
        self.far.calls[0].flash()
        self.wait_line('phones/2', 'up')
        self.phone(1, 'on')
        self.idle(30)
        r = self.last_record("in_trunk = 'copper'")
        self.assertIn('flash: 300 ms', self.steps(r['call']))


class AlertInfo(More):
    telephones = (3,)

    def test_distinctive_ring(self):
        """Bellcore-dr3 is 400 on, 200 off, 400 on, 200 off, 800 on, 4000 off."""
        p = self.sipcall_start('-n', '+442079460503', '-C', '9000', '-a', 'none', '-H',
                               'Alert-Info: <http://127.0.0.1/Bellcore-dr3>')
        self.hears(3, 'ring', 10)
        time.sleep(3.5)
        marks = [(e['ago_s'], e['what']) for e in self.phone(3, 'status')['events'] if e['what'] in ('ring', 'silent')]
        gaps = [(a[1], round((a[0] - b[0]) * 1000)) for a, b in zip(marks, marks[1:])]
        self.assertEqual([g[0] for g in gaps[:4]], ['silent', 'ring', 'silent', 'ring'], gaps)
        for got, want in zip(gaps, (144, 456, 144, 856)):      # a ring's end is told 56 ms late
            self.assertLess(abs(got[1] - want), 120, gaps)
        self.sipcall_end(p)
        self.idle()


class Countries(More):
    """Telephone to telephone with a country's tones, ring and caller ID, by its row alone."""
    autostart, telephones = False, ()

    def call(self, tones):
        self.tones = tones
        self.gw = self.make_gateway()
        self.gw.start()
        for port in (1, 2):
            self.phone(port, 'status')
        self.dial(1, '02079460502')
        self.hears(2, 'ring', 10)
        if tones == 'jp':       # the telephone closes the loop, reads, opens it, and is rung then
            self.phone(2, 'off')
            self.hears(2, 'caller ID 02079460501', 5)
            self.phone(2, 'on')
            self.hears(2, 'ring', 8)
        else:
            self.assertTrue(bed.wait_for(lambda: (self.phone(2, 'status').get('caller_id') or {}).get('number') == '02079460501',
                                         8))
        self.hears(1, 'tone ringback', 15)
        self.phone(2, 'off')
        self.hears(1, 'tone ends')
        self.wait_line('phones/1', 'up')
        self.phone(1, 'play', self.folder + '/talk.wav')
        self.hears(2, 'speech')
        self.phone(2, 'on')
        self.hears(1, 'tone busy', 10)
        self.phone(1, 'on')
        self.idle()
        self.assertEqual(self.gw.stop(), 0)

    def test_us(self):
        self.call('us')

    def test_de(self):
        self.call('de')

    def test_jp(self):
        self.call('jp')
