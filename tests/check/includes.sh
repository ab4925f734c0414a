#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails on an include that turns back between folders, or on a library that a folder must not use.
cd "$(dirname "$0")/../.." || exit 2
bad=0
# rule FOLDER REGEX-OF-FORBIDDEN-INCLUDES
rule() {
	out=$(grep -rnE "^[ \t]*#[ \t]*include[ \t]*[<\"]($2)" --include='*.c' --include='*.h' "$1") || return 0
	echo "$out" | sed "s|\$|   <- $1/ must not include this|"
	bad=1
}
any='sofia-sip|libpri|spandsp|tonezone|dahdi/|json-c|sqlite3|ares|libfyaml'
rule hw "channels/|dialplan/|conf/|gateway/|tests/|sofia-sip|libpri|spandsp|json-c|sqlite3|ares|libfyaml"
rule channels "dialplan/|conf/|gateway/|tests/|sofia-sip|dahdi/|json-c|sqlite3|ares|libfyaml"
rule dialplan "hw/|channels/|conf/|gateway/|tests/|$any"
rule conf "hw/|channels/|dialplan/|gateway/|tests/|sofia-sip|libpri|spandsp|tonezone|dahdi/|json-c|sqlite3|ares"
rule gateway "tests/|libpri|dahdi/|libfyaml"
rule channels/sound "channels/[^s]|libpri|tonezone"
rule gateway/media "gateway/sip/|gateway/ops/|gateway/cli/|channels/[^s]|sofia-sip|json-c|sqlite3"
rule gateway/sip "gateway/ops/|gateway/cli/|sqlite3"
rule gateway/ops "gateway/sip/|gateway/cli/"
rule tests/switch "channels/|hw/|gateway/|conf/|dialplan/|tests/[^s]|tests/support"
rule gateway/cli "gateway/sip/|gateway/media/|hw/|channels/|sofia-sip|sqlite3"
[ $bad = 0 ] && echo "includes: every arrow points down"
exit $bad
