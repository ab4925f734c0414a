/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tipring: the command that people type. The commands are a table; help and "did you mean" are made
 * from it.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/trunks.h"
#include "gateway/cli/cli.h"

#define DEFAULT_SOCKET "/run/tipring/control"

static int run_check(const struct cli *cli, int argc, char **argv)
{
	return cli_check(argc ? argv[0] : "/etc/tipring", cli->json);
}

static int run_help(const struct cli *cli, int argc, char **argv);

static const struct cli_command commands[] = {
	{ "check", "[DIR]", "read the configuration in DIR (/etc/tipring) and say what is wrong", 0, 1, run_check,
	  "Reads trunks.yaml and dids as the daemon would, and runs the expect rows. Needs no daemon." },
	{ "detect", "[DIR]", "what the card has, as a first system.conf, trunks.yaml and dids", 0, 1, cli_detect,
	  "  --country CODE  country code of the lines, as 44; required\n"
	  "  --area CODE     their area code without its prefix, as 20\n"
	  "  -o FOLDER       write the files there instead of printing them; none that is there is written over\n"
	  "Reads DAHDI's spans and channels and disturbs nothing. With DIR, a configuration of the simulated card, that\n"
	  "card is read." },
	{ "explain", "TRUNK NUMBER", "how a call from TRUNK to NUMBER would be routed, row by row", 2, 2, cli_explain,
	  "Places no call. Exit status 1 when the call would be refused." },
	{ "cause", "[N]", "what a Q.850 cause or a SIP status is, and what becomes of it at the border", 0, 1, cli_cause,
	  "N is a cause from 1 to 127 or a final SIP status; without it all causes are listed. A trunk's own rows\n"
	  "(causes:, statuses:) and a Reason header go before these tables. Needs no daemon." },
	{ "status", "", "the gateway at a glance: calls, trunks, records, alarms", 0, 0, cli_status, "" },
	{ "spans", "", "the E1 and T1 ports: alarms, layer 2, counters", 0, 0, cli_spans, "" },
	{ "lines", "[TRUNK]", "each line and what it is doing", 0, 1, cli_lines, "" },
	{ "calls", "", "the calls that are up", 0, 0, cli_calls, "" },
	{ "timers", "[TRUNK]", "the Q.921 and Q.931 timers of ISDN trunks, with their ranges", 0, 1, cli_timers,
	  "They are set in trunks.yaml: isdn: {timers: {T203: 10s}}." },
	{ "trunks", "", "the trunks: in service or not, and why", 0, 0, cli_trunks, "" },
	{ "call", "TRUNK NUMBER", "place a test call: how far it got, its times, what was heard", 2, 2, cli_call,
	  "  --seconds N     stay on the line for N seconds after the answer (3)\n"
	  "  --from NUMBER   the calling number to show\n"
	  "  --overlap       digit by digit, on an ISDN trunk that has overlap\n"
	  "The call goes out on TRUNK. Silence is sent, and what the far end sends is measured. Exit status 0\n"
	  "when it was answered, 1 when not. Ctrl-C clears it." },
	{ "ladder", "[CALL]", "the time line of a call (the latest one): ISDN, SIP and audio", 0, 1, cli_ladder,
	  "Arrows of - are signalling, of = audio, * is what the gateway did itself. The last 500 calls are kept." },
	{ "trace", "[ACT] [...]", "what passed on D channels, SIP and RTP, in a file for Wireshark", 0, 3, cli_trace,
	  "  start FILE [SPAN]    everything from now on, until stop; SPAN: of D channels this one alone\n"
	  "  stop                 ends it\n"
	  "  call CALL FILE       of what is in memory: a call's D channel, SIP messages and RTP headers\n"
	  "  span SPAN FILE       the D channel of a span\n"
	  "  all FILE             all that is in memory\n"
	  "Without ACT: how far back the memory goes, and what runs. FILE must not exist yet." },
	{ "clear", "CALL", "clear a call that is up", 1, 1, cli_clear, "" },
	{ "mcid", "CALL", "have the exchange keep who is calling: a malicious call", 1, 1, cli_mcid,
	  "For a call that is up and came from an exchange, on a trunk with mcid in its services." },
	{ "drain", "[off]", "take no new calls, let those that are up end by themselves", 0, 1, cli_drain,
	  "\"drain off\" takes calls again." },
	{ "out", "LINE | TRUNK | span N", "take ISDN lines out of service: no new call, either way", 1, 2, cli_out,
	  "A call that is up goes on until it ends. LINE is as \"tipring lines\" has it: 1/7, or its DAHDI\n"
	  "channel, a bare number. The lines are shown as \"taken out\" and in the alarms until \"tipring in\" or the\n"
	  "next start of the daemon. The far end is told where the trunk has service-messages." },
	{ "in", "LINE | TRUNK | span N", "put ISDN lines back into service, restarted first", 1, 2, cli_in, "" },
	{ "restart", "LINE | TRUNK | span N", "RESTART of ISDN lines that have no call (Q.931 5.5)", 1, 2, cli_restart, "" },
	{ "changeover", "TRUNK", "NFAS: signalling goes to the other D channel", 1, 1, cli_changeover,
	  "From the primary to the backup, or back; calls stay. The far end is told by SERVICE, so the trunk must send\n"
	  "it: 4ESS and 5ESS do, others with service-messages: send." },
	{ "reload", "", "read the configuration again; nothing is applied if it has errors", 0, 0, cli_reload,
	  "Prints what changed. Calls on trunks that did not change are not disturbed. An ISDN trunk that is removed,\n"
	  "or has another span, dialect or side, is made anew, when it has no calls. Exit status 1 when nothing was\n"
	  "applied." },
	{ "records", "[N]", "the last N call records (10)", 0, 1, cli_records,
	  "All of them, with every field, are in an SQLite file: sqlite3 FILE 'SELECT * FROM call_list'." },
	{ "log", "LEVEL", "what the daemon logs: error, warning, notice, info, debug", 1, 1, cli_log, "" },
	{ "fault", "SPAN FAULT [N]", "on the simulated card: break something", 2, 3, cli_fault,
	  "FAULT is down or removed, or with its amount N: d-loss or d-error (of 1000 D-channel frames), bit-error (of a\n"
	  "million octets), ppm (of the far end's clock, -1000 to 1000). 0 mends it." },
	{ "line", "LINE test [OTHER] | LINE record SECONDS FILE", "measure an analog line, or record a line", 2, 4, cli_line,
	  "LINE is as \"tipring lines\" has it: copper/1, 1/7, or a channel number. FILE becomes a WAV file: what the\n"
	  "line brings on the left, what goes out on the right. It must not exist yet.\n"
	  "test takes an idle line from calls for some 15 s; with OTHER, an FXS and an FXO port that are wired together for\n"
	  "some 30: ring, caller ID, levels, keys, clearing. Exit status 1: something is bad, or it was cut short." },
	{ "phone", "LINE [ACT]...", "on the simulated card: act as the telephone on an FXS line", 1, 64, cli_phone,
	  "LINE is TRUNK/PORT, as \"tipring lines\" has it. Acts are done one after the other:\n"
	  "  off, on              lift it, hang up\n"
	  "  dial DIGITS          by tones; pulse DIGITS by the dial\n"
	  "  flash                press the hook for a moment\n"
	  "  play FILE|TONE       speak: a WAV file, or a tone by name\n"
	  "  wait WHAT            until it happens: ring, \"tone dial\", \"tone busy\", speech, silence, \"caller ID\"\n"
	  "  record FILE          both directions into a WAV file\n"
	  "  status               what it hears, and what has happened (also with no act)\n"
	  "  --seconds N          how long wait and record take at most (20)\n"
	  "Exit status 1 when what is waited for does not happen.\n"
	  "  tipring phone phones/1 off wait \"tone dial\" dial 02079460100 wait \"tone ringback\" on" },
	{ "help", "[COMMAND]", "this, or more about a command", 0, 1, run_help, "" },
	{ NULL, NULL, NULL, 0, 0, NULL, NULL },
};

const struct cli_command *cli_commands(void)
{
	return commands;
}

static const struct cli_command *find(const char *name)
{
	const struct cli_command *c = commands;

	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

static int unknown(const char *name)
{
	const char *names[sizeof(commands) / sizeof(commands[0])], *near;
	size_t n = 0;

	while (commands[n].name) {
		names[n] = commands[n].name;
		n++;
	}
	near = conf_nearest(name, names, n);
	fprintf(stderr, "tipring: there is no command \"%s\"", name);
	if (near)
		fprintf(stderr, ": did you mean \"%s\"?\n", near);
	else
		fprintf(stderr, "; \"tipring help\" lists them\n");
	return CLI_USAGE;
}

#define ARGS_WIDE 24

static void usage(FILE *f)
{
	int wide = 0;

	fprintf(f, "usage: tipring [-s PATH] [--json] COMMAND ...\n\n");
	for (const struct cli_command *c = commands; c->name; c++)
		if ((int)strlen(c->args) > wide && strlen(c->args) <= ARGS_WIDE)
			wide = (int)strlen(c->args);
	for (const struct cli_command *c = commands; c->name; c++)
		if (strlen(c->args) > ARGS_WIDE)	/* in a row of their own */
			fprintf(f, "  %-8s %s\n  %-8s %-*s %s\n", c->name, c->args, "", wide, "", c->summary);
		else
			fprintf(f, "  %-8s %-*s %s\n", c->name, wide, c->args, c->summary);
	fprintf(f, "\n  -s PATH   the daemon's control socket ($TIPRING_SOCKET, or " DEFAULT_SOCKET ")\n"
		"  --json    print the daemon's answer as it came, for scripts\n\n"
		"exit status: 0 done, 1 the daemon said no or the call failed, 2 wrong usage, 3 no daemon\n");
}

static int command_usage(FILE *f, const struct cli_command *c)
{
	fprintf(f, "usage: tipring %s%s%s%s\n", c->name, *c->args ? " " : "", c->args,
		strcmp(c->name, "detect") == 0 ? " --country CODE [--area CODE] [-o FOLDER]" :
		strcmp(c->name, "call") == 0   ? " [--seconds N] [--from NUMBER] [--overlap]" :
						 "");
	return CLI_USAGE;
}

static int run_help(const struct cli *cli, int argc, char **argv)
{
	const struct cli_command *c = argc ? find(argv[0]) : NULL;

	(void)cli;
	if (argc && !c)
		return unknown(argv[0]);
	if (!c) {
		usage(stdout);
		return CLI_OK;
	}
	command_usage(stdout, c);
	printf("%s\n%s%s", c->summary, c->help, *c->help ? "\n" : "");
	return CLI_OK;
}

/* Options may stand anywhere; returns -1 to go on, or an exit status. */
static int options(struct cli *cli, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },	 { "socket", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 'n' }, { "from", required_argument, NULL, 'f' },
		{ "country", required_argument, NULL, 'C' }, { "area", required_argument, NULL, 'A' },
		{ "output", required_argument, NULL, 'o' },
		{ "overlap", no_argument, NULL, 'O' },
		{ "help", no_argument, NULL, 'h' },	 { "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "s:o:hV", longs, NULL)) != -1) {
		switch (o) {
		case 'j':
			cli->json = true;
			break;
		case 's':
			cli->socket = optarg;
			break;
		case 'f':
			cli->from = optarg;
			break;
		case 'C':
			cli->country = optarg;
			break;
		case 'A':
			cli->area = optarg;
			break;
		case 'o':
			cli->output = optarg;
			break;
		case 'O':
			cli->overlap = true;
			break;
		case 'n':
			cli->seconds = atoi(optarg);
			if (cli->seconds < 1 || cli->seconds > 3600) {
				fprintf(stderr, "tipring: --seconds is 1 to 3600\n");
				return CLI_USAGE;
			}
			break;
		case 'h':
			usage(stdout);
			return CLI_OK;
		case 'V':
			puts("tipring " TIPRING_VERSION);
			return CLI_OK;
		default:
			fprintf(stderr, "\"tipring help\" tells more\n");
			return CLI_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct cli cli = { .socket = getenv("TIPRING_SOCKET") };
	const struct cli_command *c;
	int rc = options(&cli, argc, argv);

	if (rc >= 0)
		return rc;
	argc -= optind;
	argv += optind;
	if (argc == 0) {
		usage(stderr);
		return CLI_USAGE;
	}
	if (!cli.socket || !*cli.socket)
		cli.socket = DEFAULT_SOCKET;
	c = find(argv[0]);
	if (!c)
		return unknown(argv[0]);
	argc--;
	if ((cli.country || cli.area || cli.output) && c->run != cli_detect)
		return command_usage(stderr, c);
	if (argc < c->min_args || argc > c->max_args || ((cli.from || cli.overlap) && c->run != cli_call) ||
	    (cli.seconds && c->run != cli_call && c->run != cli_phone))
		return command_usage(stderr, c);
	rc = c->run(&cli, argc, argv + 1);
	if (fflush(stdout) || ferror(stdout)) {
		perror("tipring: standard output");
		return CLI_NO;
	}
	return rc;
}
