# SPDX-License-Identifier: GPL-2.0-or-later
"""What tshark says of the captures that a guest left: no frame is malformed, and each element that a test expects is
there by tshark's decoder, which is nobody's of this house. Runs on the host."""
import glob
import json
import os
import subprocess

FIELDS = ['cause_value', 'cause_location', 'channel.number', 'channel.interface_id', 'channel.selection', 'channel.exclusive', 'call_ref',
          'call_state', 'progress_indicator.description', 'restart_indicator', 'called_party_number.digits',
          'calling_party_number.digits', 'connected_number.digits', 'disc', 'maintenance_message_type', 'extension_ind_new_status']
ALWAYS = ['frame.number', 'lapd.direction', 'q931.message_type', '_ws.malformed', '_ws.expert.severity',
          '_ws.expert.message']
ERROR = 0x00800000	# epan/proto.h, PI_ERROR


def value(text):
    """A number where it is one: tshark writes 0x45, 69 or b:c."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def frames(path):
    # Operations of ETSI and of QSIG have the same numbers.
    facility = 'ETSI' if 'euroisdn' in os.path.basename(path) else 'QSIG'
    argv = ['tshark', '-r', path, '-T', 'fields', '-o', 'q932.facility_encoding:Dissect facility as ' + facility]
    for f in ALWAYS + ['q931.' + f for f in FIELDS]:
        argv += ['-e', f]
    out = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout
    for line in out.splitlines():
        cells = line.split('\t')
        yield {name: [value(v) for v in cell.split(',') if v] for name, cell in zip(ALWAYS + FIELDS, cells)}


def faults(all_frames):
    """Frames that tshark cannot read, or that it calls an error."""
    for f in all_frames:
        bad = f['_ws.malformed'] or any(isinstance(s, int) and s >= ERROR for s in f['_ws.expert.severity'])
        if bad:
            yield 'frame %d: %s %s' % (f['frame.number'][0], f['_ws.malformed'], f['_ws.expert.message'])


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
    bad, seen = [], {}
    for i in range(1, told['captures'] + 1):
        seen[i] = list(frames('%s-%d.pcap' % (path[:-5], i)))
        bad += faults(seen[i])
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
    return passed, failed
