/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tipringd: arguments, signals, and the loop. */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/notify.h"

static const char usage[] =
	"usage: tipringd [-c DIR] [-s SOCKET] [-r FILE] [-d LEVEL]\n"
	"  -c DIR     configuration folder with trunks.yaml and dids (default /etc/tipring)\n"
	"  -s SOCKET  control socket (default /run/tipring/control)\n"
	"  -r FILE    call records, an SQLite file (default: what trunks.yaml says)\n"
	"  -d LEVEL   log level: error, warning, notice, info (default) or debug\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"Signals: TERM and INT stop in an orderly way (twice: at once), HUP reloads.\n";

struct daemon {
	struct loop *loop;
	struct gateway *gw;
	int sigfd, terms;
};

static void on_signal(void *arg, uint32_t events)
{
	struct daemon *d = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (read(d->sigfd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo == SIGHUP)
			commands_reload(d->gw);
		else if (d->terms++)
			loop_stop(d->loop);
		else
			gateway_stop(d->gw);
	}
}

static int run(const struct gateway_args *args)
{
	struct daemon d = { .sigfd = -1 };
	sigset_t set;
	int err;

	signal(SIGPIPE, SIG_IGN);
	mallopt(M_ARENA_MAX, 1);	/* one heap: a few threads, none of which allocates much */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	err = loop_open(&d.loop);
	if (!err)
		err = gateway_open(&d.gw, d.loop, args);
	if (!err) {
		d.sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
		err = d.sigfd < 0 ? -errno : loop_add_fd(d.loop, d.sigfd, EPOLLIN, on_signal, &d);
	}
	if (!err) {
		log_line(LOG_L_NOTICE, "tipringd %s: ready", TIPRING_VERSION);
		notify_service_manager("READY=1");
		loop_run(d.loop);
		log_line(LOG_L_NOTICE, "stopped");
	} else {
		/* What is wrong with the configuration has been said. */
		fprintf(stderr, "tipringd: not started%s%s\n", err == -EINVAL ? "" : ": ", err == -EINVAL ? "" : strerror(-err));
	}
	gateway_close(d.gw);
	if (d.sigfd >= 0)
		close(d.sigfd);
	loop_close(d.loop);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct gateway_args args = { .dir = "/etc/tipring", .socket = "/run/tipring/control" };
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "c:s:r:d:Vh", longs, NULL)) != -1) {
		switch (opt) {
		case 'c':
			args.dir = optarg;
			break;
		case 's':
			args.socket = optarg;
			break;
		case 'r':
			args.records = optarg;
			break;
		case 'd':
			if (log_level_from_name(optarg) < 0) {
				fprintf(stderr, "tipringd: no log level \"%s\"\n%s", optarg, usage);
				return 2;
			}
			log_set_level(log_level_from_name(optarg));
			break;
		case 'V':
			printf("tipringd %s\n", TIPRING_VERSION);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "tipringd: what is \"%s\"?\n%s", argv[optind], usage);
		return 2;
	}
	return run(&args);
}
