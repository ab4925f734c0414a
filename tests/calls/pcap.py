# SPDX-License-Identifier: GPL-2.0-or-later
"""What tshark, which is nobody's of this house, reads of a capture. It decodes the operations in facilities as QSIG's unless
it is told otherwise, and ETSI's have the same numbers: so the dialect of each D channel must be known. In a capture of
tipringd it is the description of the interface; in one that a test makes, a part of the file's name. The
header that Nortel puts before an operation (dms100) it does not know, and takes for the operation."""
import glob
import os
import subprocess
import tempfile

ETSI = 'euroisdn'
FACILITIES = {ETSI: ['-o', 'q932.facility_encoding:Dissect facility as ETSI'], 'dms100': ['--disable-protocol', 'q932'],
              'others': ['-o', 'q932.facility_encoding:Dissect facility as QSIG']}
ERROR = 0x00800000	# epan/proto.h, PI_ERROR
EXPERT = ['frame.number', 'frame.protocols', '_ws.malformed', '_ws.expert.severity', '_ws.expert.group', '_ws.expert.message']
MALFORMED = 0x07000000	# PI_MALFORMED, a group


def dialects(path):
    """Those of its D channels that need to be known."""
    named = [d for d in FACILITIES if d in os.path.basename(path)]
    if named:
        return named
    with open(path, 'rb') as f:
        octets = f.read()
    return [d for d in FACILITIES if d.encode() in octets]


def tshark(path, *args, dialect=None):
    """The lines that tshark prints of PATH; facilities as DIALECT has them, or what the file says. SIP is known by its looks: some
    port of a test's belongs to a game."""
    dialect = dialect or (dialects(path) + ['others'])[0]
    argv = ['tshark', '-n', '-r', path, '-o', 'rtp.heuristic_rtp:FALSE', '-o', 'udp.try_heuristic_first:TRUE']
    return subprocess.run([*argv, *FACILITIES[dialect], *args], capture_output=True, text=True, timeout=120,
                          check=True).stdout.splitlines()


def fields(path, which, *names, dialect=None):
    """Of every frame that the display filter WHICH is true of: the values of the fields NAMES, as text."""
    args = ['-Y', which, '-T', 'fields']
    for name in names:
        args += ['-e', name]
    return [line.split('\t') for line in tshark(path, *args, dialect=dialect)]


def is_fault(malformed, severities, groups):
    """Of lists of texts, as tshark tells them."""
    return bool(malformed) or any(int(s, 0) >= ERROR for s in severities) or any(int(g, 0) == MALFORMED for g in groups)


def read(path):
    """(frames, faults) of a capture, each D channel as its dialect has it."""
    frames, faults = 0, []
    known = dialects(path)
    if known and known[0] in os.path.basename(path):
        passes = [('frame', known[0])]
    else:
        described = {d: 'frame.interface_description == "%s"' % d for d in known}
        passes = [*((described[d], d) for d in known), (' && '.join(['frame', *('!(%s)' % x for x in described.values())]), 'others')]
    for which, dialect in passes:
        for number, protocols, malformed, severities, groups, messages in fields(path, which, *EXPERT, dialect=dialect):
            frames += 1
            if is_fault(malformed, severities.split(',') if severities else [], groups.split(',') if groups else []):
                faults.append('%s: frame %s, %s: %s' % (os.path.basename(path), number, protocols, messages or malformed))
    return frames, faults


def read_all(paths, merged):
    """As read(), of many: of one file made of them, because tshark takes longer to start than to read. Where there is a fault each
    is read by itself, to say which. One that cannot be opened, or is cut short, is a fault."""
    try:
        subprocess.run(['mergecap', '-a', '-I', 'none', '-w', merged, *paths], capture_output=True, text=True, timeout=120, check=True)
        frames, faults = read(merged)
        if not faults:
            return frames, faults
    except subprocess.CalledProcessError as e:
        frames, faults = 0, ['mergecap or tshark: ' + e.stderr.strip()[-300:]]
    singly = []
    for path in paths:
        try:
            singly += read(path)[1]
        except subprocess.CalledProcessError as e:
            singly.append('%s: %s' % (os.path.basename(path), e.stderr.strip().splitlines()[-1]))
    return frames, singly or faults


def check(folder):
    """Every capture in FOLDER: prints a line, and the faults; (captures, faults)."""
    paths = sorted(glob.glob(os.path.join(folder, '*.pcap*')))
    own = [p for p in paths if p.endswith('.pcapng')]
    named = [p for p in paths if p not in own and ETSI in os.path.basename(p)]
    groups = {'own': own, ETSI: named, 'others': [p for p in paths if p not in own and p not in named]}
    frames, faults = 0, []
    with tempfile.TemporaryDirectory() as where:
        for name, group in groups.items():
            n, bad = read_all(group, os.path.join(where, name)) if group else (0, [])
            frames, faults = frames + n, faults + bad
    print('%-4s tshark: %d captures, %d frames, %d malformed or wrong' % ('FAIL' if faults else 'ok', len(paths), frames, len(faults)))
    for fault in faults[:40]:
        print('     ' + fault)
    return len(paths), faults
