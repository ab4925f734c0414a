#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every configuration in tests/conf-bad is refused with just the errors in its file "expected": a line for each,
# FILE:LINE:COLUMN: part of the message | part of the suggestion.   conf-bad.sh [TIPRING [FOLDER...]]
tipring=$(realpath "${1:-build/gcc/tipring}") || exit 2
cd "$(dirname "$0")/../.." || exit 2
[ $# -gt 1 ] && shift || set -- tests/conf-bad/*/
exec /usr/bin/python3 - "$tipring" "$@" <<'PYTHON'
import json, os, re, subprocess, sys

def check(tipring, folder):
    want = open(os.path.join(folder, 'expected'), encoding='utf-8').read().splitlines()
    run = subprocess.run([tipring, '--json', 'check', folder], capture_output=True, timeout=20)
    if run.returncode != 1:
        return ['exit status %d, not 1: %s' % (run.returncode, run.stderr.decode(errors='replace'))]
    answer = json.loads(run.stdout)
    errors, wrong = answer['errors'], []
    if answer['ok'] or not want:
        wrong.append('nothing is wrong, or nothing is expected')
    if len(errors) != len(want):
        wrong.append('%d errors, not %d' % (len(errors), len(want)))
    for e, line in zip(errors, want):
        place, message, hint = re.fullmatch(r'(\S+:\d+:\d+): (.+) \| (.+)', line).groups()
        got = '%s:%d:%d' % (os.path.basename(e['file']), e['line'], e['column'])
        if got != place or message not in e['message'] or hint not in e['suggestion']:
            wrong.append('wanted %s\n     got %s: %s | %s' % (line, got, e['message'], e['suggestion']))
    # The words for people say the same.
    text = subprocess.run([tipring, 'check', folder], capture_output=True, timeout=20)
    lines = text.stdout.decode(errors='replace')
    if text.returncode != 1 or any('%s:%d:%d: error: %s' % (e['file'], e['line'], e['column'], e['message'])
                                   not in lines for e in errors):
        wrong.append('the text does not have every error')
    return wrong

passed = failed = 0
for folder in sys.argv[2:]:
    wrong = check(sys.argv[1], folder)
    failed += bool(wrong)
    passed += not wrong
    if wrong:
        print('FAILED', folder, *('  ' + w for w in wrong), sep='\n')
print('bad configurations: %d passed, %d failed' % (passed, failed))
sys.exit(failed > 0 or passed == 0)
PYTHON
