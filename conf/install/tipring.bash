# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of tipring in bash. Trunks, calls and spans are asked of the daemon.

_tipring_ask() {	# COMMAND KEY: the values under KEY in the daemon's answer
	timeout 1 "${COMP_WORDS[0]}" "${socket[@]}" --json "$1" 2>/dev/null |
		grep -oE "\"$2\":\"?[A-Za-z0-9._/-]+" | sed 's/^"[^"]*":"*//'
}

_tipring() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command="" words="" i nth=0
	local -a socket=()
	local commands="check detect explain cause status spans lines calls timers trunks call ladder trace clear mcid drain
		out in restart changeover reload records log fault line phone help"
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket) socket=(-s "${COMP_WORDS[++i]}") ;;
		--from | --seconds | --country | --area | -o | --output) i=$((i + 1)) ;;
		-*) ;;
		*) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else nth=$((nth + 1)); fi ;;
		esac
	done
	case $prev:$command:$nth in
	-s:* | --socket:* | start:trace:1 | all:trace:1 | *:trace:2 | *:line:3)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-o:* | --output:* | *:check:0 | *:detect:0)
		if [[ $cur != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			return
		fi
		;;
	esac
	case $command:$nth in
	:*) words="$commands --json --version --help -s" ;;
	explain:0 | call:0 | lines:0 | timers:0 | changeover:0) words=$(_tipring_ask trunks name) ;;
	clear:0 | ladder:0 | mcid:0) words=$(_tipring_ask calls call) ;;
	out:0 | in:0 | restart:0) words="span $(_tipring_ask trunks name) $(_tipring_ask lines line)" ;;
	out:1 | in:1 | restart:1) [[ $prev == span ]] && words=$(_tipring_ask spans no) ;;
	line:0 | phone:0) words=$(_tipring_ask lines line) ;;
	line:1) words="test record" ;;
	line:2) [[ $prev == test ]] && words=$(_tipring_ask lines line) ;;
	phone:*) words="off on dial pulse flash play wait record status" ;;
	trace:0) words="start stop call span all" ;;
	trace:1) if [[ $prev == call ]]; then words=$(_tipring_ask calls call); else words=$(_tipring_ask spans no); fi ;;
	fault:0) words=$(_tipring_ask spans no) ;;
	fault:1) words="down d-loss d-error bit-error ppm removed" ;;
	drain:0) words=off ;;
	log:0) words="error warning notice info debug" ;;
	help:0) words=$commands ;;
	esac
	case $cur:$command in
	-*:call) words="--seconds --from --overlap --json" ;;
	-*:phone) words="--seconds --json" ;;
	-*:detect) words="--country --area -o" ;;
	-*:?*) words=--json ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _tipring tipring
