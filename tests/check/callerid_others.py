#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID between us and programs of others: sox makes bursts tone by tone, minimodem reads ours.   callerid_others.py FILE-TOOL"""
import subprocess
import sys
import tempfile

TOOL = sys.argv[1]


def bits_of(message, mark):
    bits = [i & 1 for i in range(300)] + [1] * mark
    for octet in message:
        bits += [0] + [octet >> i & 1 for i in range(8)] + [1]
    return bits + [1] * 8


def sox_burst(message, mark_hz, space_hz, mark):
    """Each run of equal bits is a tone of sox's synth that begins at the phase where the last one ended; a bit is 40 samples."""
    out, phase, bits, at = b'', 0.0, bits_of(message, mark), 0
    while at < len(bits):
        run = 1
        while at + run < len(bits) and bits[at + run] == bits[at]:
            run += 1
        hz = mark_hz if bits[at] else space_hz
        out += subprocess.run(['sox', '-q', '-n', '-t', 's16', '-r', '48000', '-c', '1', '-', 'synth', f'{40 * run}s', 'sine', str(hz),
                               '0', '%.6f' % (phase * 100 % 100), 'vol', '-14dB'], capture_output=True, check=True).stdout
        phase += hz * 40 * run / 48000
        at += run
    quiet = b'\0\0' * 12000
    return subprocess.run(['sox', '-q', '-t', 's16', '-r', '48000', '-c', '1', '-', '-t', 's16', '-r', '8000', '-'],
                          input=quiet + out + quiet, capture_output=True, check=True).stdout


def message_of(number, name):
    body = b'\x01\x0812241830' + b'\x02' + bytes([len(number)]) + number + b'\x07' + bytes([len(name)]) + name
    message = bytes([0x80, len(body)]) + body
    return message + bytes([-sum(message) & 0xff])


failed = 0
for method, hz, mark in ('bell', (1200, 2200), 180), ('v23', (1300, 2100), 80):
    burst = sox_burst(message_of(b'02071838750', b'By sox'), *hz, mark)
    got = subprocess.run([TOOL, 'read'], input=burst, capture_output=True).stdout.decode().strip()
    good = got == f'{method} 02071838750 By sox 12 24 18 30'
    failed += not good
    print(f'made by sox, {method}: {"read" if good else "WRONG"}: {got}')



def minimodem_reads(method, number, name, *mode):
    ours = subprocess.run([TOOL, 'write', method, number, name], capture_output=True, check=True).stdout
    with tempfile.NamedTemporaryFile(suffix='.wav') as wav:
        subprocess.run(['sox', '-q', '-t', 's16', '-r', '8000', '-c', '1', '-', '-r', '48000', wav.name], input=ours, check=True)
        return subprocess.run(['minimodem', '--rx', *mode, '-q', '-f', wav.name], capture_output=True).stdout


def judge(what, good, said):
    global failed
    failed += not good
    print(f'{what}: {"read" if good else "WRONG"}: {said}')


said = minimodem_reads('bell', '2125551234', 'FRONT DESK', 'callerid')
judge('ours, Bell 202, by minimodem', all(word in said for word in (b'212-555-1234', b'FRONT DESK', b'12/24 18:30')), said)
# minimodem's caller ID mode knows Bell 202 alone: V.23 as octets.
said = minimodem_reads('v23', '02071838750', 'Front desk', '1200', '-M', '1300', '-S', '2100')
judge('ours, V.23, by minimodem', message_of(b'02071838750', b'Front desk')[2:-1] in said, said[-45:])
sys.exit(failed > 0)
