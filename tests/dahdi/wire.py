# SPDX-License-Identifier: GPL-2.0-or-later
"""What tshark says of the captures that a guest left: no frame of any is malformed (../calls/pcap.py), and of those of the
exchange's D channel each element that a test expects is there. Runs on the host."""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'calls'))
import pcap  # pylint: disable=wrong-import-position

FIELDS = ['cause_value', 'cause_location', 'channel.number', 'channel.interface_id', 'channel.selection', 'channel.exclusive', 'call_ref',
          'call_state', 'progress_indicator.description', 'restart_indicator', 'called_party_number.digits',
          'calling_party_number.digits', 'connected_number.digits', 'disc', 'maintenance_message_type', 'extension_ind_new_status']
ALWAYS = ['frame.number', 'lapd.direction', 'q931.message_type']


def value(text):
    """A number where it is one: tshark writes 0x45, 69 or b:c."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def frames(path):
    for cells in pcap.fields(path, 'frame', *ALWAYS, *('q931.' + f for f in FIELDS)):
        yield {name: [value(v) for v in cell.split(',') if v] for name, cell in zip(ALWAYS + FIELDS, cells)}


def fits(f, want, network):
    """Is it the message that was expected? Direction 1 is from the network's side."""
    if want['type'] not in f['q931.message_type'] + f['maintenance_message_type'] or want['sent'] not in (None, f['lapd.direction'] == [int(network)]):
        return False
    if not want['first'] < f['frame.number'][0] <= want.get('last', 1 << 30):
        return False
    return all(value(str(v)) in f[k] if v is not None else not f[k] for k, v in want['fields'].items())


def check_test(path):
    """(complaints, notes, lines of a table) of one test."""
    with open(path, encoding='utf-8') as f:
        told = json.load(f)
    bad = []
    seen = {i + 1: list(frames(os.path.join(os.path.dirname(path), name))) for i, name in enumerate(told['captures'])}
    for want in told['expect']:
        n = sum(fits(f, want, told['network']) for f in seen[want['capture']])
        if n != want['times'] if want['times'] is not None else not n:
            bad.append('%s: %d times and not %s: message 0x%02x %s' % (
                want['scenario'], n, want['times'], want['type'], want['fields']))
    count = '%d frames read, %d expectations' % (sum(len(s) for s in seen.values()), len(told['expect']))
    return bad, [count] + told['notes'], told.get('table', [])


def check(folder):
    """Of every capture in FOLDER: prints, and returns how many tests passed and failed."""
    passed = failed = 0
    table = []
    for path in sorted(glob.glob(os.path.join(folder, '*.json'))):
        bad, notes, lines = check_test(path)
        table += lines
        print('%-4s tshark: %s: %s' % ('FAIL' if bad else 'ok', os.path.basename(path)[:-5], '; '.join(notes)))
        for line in bad:
            print('     ' + line)
        passed, failed = passed + (not bad), failed + bool(bad)
    print(''.join('     %s\n' % line for line in table), end='')
    read, faults = pcap.check(folder)
    passed, failed = passed + bool(read and not faults), failed + bool(faults)
    return passed, failed
