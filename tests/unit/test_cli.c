/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command tipring, run as people run it, against a control socket that gives prepared answers. The
 * program is the one of the same build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/ops/control.h"

static char program[512], dir[64] = "/tmp/test_cli.XXXXXX", path[96];
static struct loop *the_loop;
static sem_t ready, stopped;
static char asked[1024];	/* the last request */
static pthread_mutex_t asked_lock = PTHREAD_MUTEX_INITIALIZER;

static const char ladder[] =
	"{'call':12,'in':'office','out':'telco 1/7','start':'2026-11-22T20:04:11.123Z','ended':true,"
	"'left_out':3,'left_out_after':4,'steps':["
	"{'ms':0,'side':'in','proto':'SIP','out':false,'what':'INVITE','detail':'+442079460100'},"
	"{'ms':0.4,'side':'call','proto':'call','out':true,'what':'routed','detail':'row 12 of dids'},"
	"{'ms':1.9,'side':'out','proto':'Q.931','out':true,'what':'SETUP','detail':'channel 7, called "
	"442079460100 type international'},"
	"{'ms':2,'side':'in','proto':'SIP','out':true,'what':'100 Trying','detail':''},"
	"{'ms':1290.4,'side':'out','proto':'media','out':false,'what':'first audio','detail':''},"
	"{'ms':9.1,'side':'in','proto':'SIP','out':true,'what':'183 Session Progress and more','detail':'PCMA'}]}";

static const char drawn[] =
	"call 12   began 2026-11-22T20:04:11.123Z   ended\n"
	"\n"
	"          office                    Tipring                  telco 1/7\n"
	"        ms   |                         |                         |\n"
	"       0.0   |-------- INVITE -------->|                         |  +442079460100\n"
	"       0.4   |                         * routed                  |  row 12 of dids\n"
	"       1.9   |                         |-------- SETUP --------->|  channel 7, called 442079460100\n"
	"             |                         |                         |  type international\n"
	"       2.0   |<------ 100 Trying ------|                         |\n"
	"       ...   3 steps are left out here\n"
	"    1290.4   |                         |<===== first audio ======|\n"
	"       9.1   |<- 183 Session Progress -|                         |  183 Session Progress and more:\n"
	"             |                         |                         |  PCMA\n";

static const struct { const char *name, *body; } answers[] = {
	{ "status", "{'version':'1.0','uptime_s':11541,'draining':false,'calls':{'now':2,'total':120,'answered':100,"
	  "'failed':3,'refused_no_row':1},'sip':{'requests':500,'refused_source':7},'records':{'written':118,"
	  "'waiting':2,'lost':0,'error':'database or disk is full'},'alarms':[{'what':'records cannot be written: "
	  "database or disk is full','since_s':75}],'trunks':[]}" },
	{ "trunks", "{'trunks':[{'name':'telco','kind':'isdn','in_service':true,'calls':3,'max':0,'detail':'2 spans',"
	  "'why':''},{'name':'office','kind':'sip','in_service':false,'calls':0,'max':30,'detail':'192.0.2.7:5060',"
	  "'why':'no answer to OPTIONS'}]}" },
	{ "spans", "{'card':'sim','spans':[{'no':1,'name':'SIM/1','desc':'simulated','type':'E1','alarms':['red',"
	  "'yellow'],'trunk':'telco','layer2':'down','in_service':false,'since_s':3,'calls_in':1,'calls_out':2,"
	  "'l2_losses':4,'errors':9,'glare':5,'advice':'12.0 % of the calls met glare'}]}" },
	{ "lines", "{'lines':[{'line':'1/7','chan':7,'trunk':'telco','state':'up','since_s':61,'call':12,'calls':3},"
	  "{'line':'2/1','chan':32,'trunk':'exchange','state':'idle','since_s':90000,'calls':0}]}" },
	{ "calls", "{'calls':[{'call':12,'in':{'trunk':'office','line':'','number':'+442079460100','from':'1001',"
	  "'rtp':'in 5'},'out':{'trunk':'telco','line':'1/7','number':'+442079460100'},'state':'up',"
	  "'age_s':9,'answered_s':7}]}" },
	{ "records", "{'records':[{'call':11,'started':'2026-11-22T20:04:11.123Z','in_trunk':'office','in_line':'',"
	  "'in_calling':'1001','in_called':'+442079460486','out_trunk':'telco','out_line':'1/7','start_ms':1000,"
	  "'answer_ms':null,'end_ms':3500,'cause':17,'why':'the called party is busy'}]}" },
	{ "call", "{'result':'answered','call':12,'line':'1/7','cause':16,'cause_name':'normal clearing','times_ms':"
	  "{'proceeding':4.2,'progress':2.5,'answered':31.5},'level_dbm0':-0.03,'freq_hz':1004.0,'heard':'1004 Hz at 0.0 dBm0',"
	  "'seconds':3}" },
	{ "explain", "{'trunk':'office','number_in':'02079460100','number':'+442079460100','rows':[{'line':5,'row':"
	  "'+44*','won':true,'why':'the only one'}],'destinations':[{'dest':'trunk','trunk':'telco','sent':"
	  "'2079460100, type national'},{'dest':'busy','sent':'cause 17'}],'verdict':'line 5 decides'}" },
	{ "ladder", ladder },
	{ "clear", "{'cleared':12}" },
	{ "drain", "{'draining':true,'calls':2}" },
	{ "out", "{'trunk':'telco','lines':30,'calls':1}" }, { "in", "{'trunk':'telco','line':'1/7','lines':1,'calls':0}" },
	{ "restart", "{'trunk':'telco','lines':30,'calls':1}" },
	{ "changeover", "{'trunk':'telco','span':2,'dchannel':'backup'}" },
	{ "reload", "{'applied':false,'changed':[],'errors':[{'file':'trunks.yaml','line':7,'column':3,'length':5,"
	  "'message':'unknown key','suggestion':'hunts','source':'\\thunty: x'}],'why':'the files have errors'}" },
	{ "log", "{}" },
};

static void do_any(void *arg, struct control_request *r, struct json_object *args)
{
	const char *name = json_object_get_string(json_object_object_get(args, "do"));
	char text[4096];

	(void)arg;
	pthread_mutex_lock(&asked_lock);
	snprintf(asked, sizeof(asked), "%s", json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN));
	pthread_mutex_unlock(&asked_lock);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (strcmp(answers[i].name, name) != 0)
			continue;
		snprintf(text, sizeof(text), "%s", answers[i].body);
		for (char *p = text; *p; p++)
			*p = *p == '\'' ? '"' : *p;
		control_answer(r, json_tokener_parse(text));
		return;
	}
	control_fail(r, "faults are for \033[31mthe simulated card", "no");
}

static const struct control_command commands[] = {
	{ "status", do_any }, { "trunks", do_any }, { "spans", do_any }, { "lines", do_any }, { "calls", do_any },
	{ "records", do_any }, { "call", do_any }, { "explain", do_any }, { "ladder", do_any },
	{ "clear", do_any }, { "drain", do_any }, { "out", do_any }, { "in", do_any }, { "restart", do_any }, { "changeover", do_any }, { "reload", do_any }, { "log", do_any }, { "fault", do_any },
	{ NULL, NULL },
};

static void *serve(void *arg)
{
	struct control *c = NULL;

	(void)arg;
	assert_int_equal(loop_open(&the_loop), 0);
	assert_int_equal(control_open(&c, the_loop, path, commands, NULL), 0);
	sem_post(&ready);
	loop_run(the_loop);
	control_close(c);
	sem_wait(&stopped);
	loop_close(the_loop);
	return NULL;
}

/* Runs the program with ARGS (a shell's words); what it says on both outputs comes back. */
static const char *run(const char *args, int *status)
{
	static char out[16384];
	char cmd[1024];
	size_t n;
	FILE *f;

	snprintf(cmd, sizeof(cmd), "TIPRING_SOCKET=%s '%s' %s 2>&1", path, program, args);
	f = popen(cmd, "r");
	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = 0;
	*status = WEXITSTATUS(pclose(f));
	return out;
}

static void test_rows(void **state)
{
	static const struct { const char *why, *args; int status; const char *want[4]; } rows[] = {
		{ "no command", "", 2, { "usage: tipring", "exit status" } },
		{ "help goes well", "help", 0, { "place a test call" } },
		{ "help on one", "help call", 0, { "--seconds N", "Ctrl-C" } },
		{ "help stays in its columns", "help", 0, {
		  "\n  restart  LINE | TRUNK | span N RESTART of",
		  "\n  spans                          the E1",
		  "\n  line     LINE test [OTHER] | LINE record SECONDS FILE\n                                 measure" } },
		{ "an area code with its prefix", "detect --country 44 --area 020", 2, { "area 020 begins with the trunk prefix of "
		  "country 44; write --area 20\n" } },
		{ "an area that is right so", "detect --country 39 --area 06 /nonexistent", 1, { "/nonexistent" } },
		{ "version", "--version", 0, { "tipring " } },
		{ "did you mean", "statsu", 2, { "there is no command \"statsu\": did you mean \"status\"?" } },
		{ "like nothing", "xyzzy", 2, { "\"tipring help\" lists them" } },
		{ "too few words", "explain office", 2, { "usage: tipring explain TRUNK NUMBER" } },
		{ "too many", "status now", 2, { "usage: tipring status" } },
		{ "an option of another command", "status --seconds 3", 2, { "usage: tipring status" } },
		{ "an unknown option", "--jsno status", 2, { "jsno" } },
		{ "nonsense for a number", "clear twelve", 2, { "\"twelve\" is no number" } },
		{ "no daemon", "-s /nonexistent/control status", 3, { "there is no daemon at /nonexistent/control",
		  "systemctl start tipring" } },
		{ "no socket", "-s /etc/passwd status", 3, { "/etc/passwd" } },
		{ "the daemon says no, with its hint made clean", "fault 1 down", 1, { "tipring: no\n",
		  "faults are for .[31mthe simulated card" } },
		{ "status", "status", 0, { "Tipring 1.0, up 3 h 12 m", "2 now, 120 ended: 100 answered, 3 failed, 1 "
		  "with no row", "118 written, 2 wait in memory", "ALARM    records cannot be written: database or "
		  "disk is full (for 1 m 15 s)" } },
		{ "trunks", "trunks", 0, {
		  "TRUNK   KIND  SERVICE         CALLS  MAX  DETAIL\n"
		  "telco   isdn  in service          3    -  2 spans\n"
		  "office  sip   out of service      0   30  no answer to OPTIONS; 192.0.2.7:5060\n" } },
		{ "spans", "spans", 0, { "red, yellow", "layer 2 lost 4, glare 5, line errors 9", "span 1 (telco): 12.0 % of the calls met glare\n", "out for 3 s" } },
		{ "lines", "lines", 0, { "1/7         7  telco     up     1 m 1 s      3        12\n",
		  "2/1        32  exchange  idle   1 d 1 h      0         -\n" } },
		{ "lines of a trunk", "lines exchange", 0, { "2/1" } },
		{ "lines of none", "lines nowhere", 1, { "no trunk \"nowhere\"" } },
		{ "calls", "calls", 0, { "12  office      1001    +442079460100  telco 1/7  up" } },
		{ "records", "records", 0, { "the called party is busy", "2.5" } },
		{ "records of no number", "records many", 2, { "\"many\" is no number" } },
		{ "a test call", "call telco +442079460100", 0, { "call 12: answered on line 1/7\n",
		  "2.5 ms  progress\n       4.2 ms  the network took the number", "31.5 ms  answered",
		  "heard for 3 s: 1004 Hz at 0.0 dBm0" } },
		{ "explain", "explain office 02079460100", 0, { "which is +442079460100", "+44*  wins     the only one",
		  "try  telco: 2079460100, type national\n", "then busy: cause 17\n" } },
		{ "ladder", "ladder 12", 0, { drawn } },
		{ "clear", "clear 12", 0, { "call 12 is being cleared" } },
		{ "drain", "drain", 0, { "no new calls are taken; 2 are still up" } },
		{ "out", "out span 1", 0, { "30 lines taken out of service, 1 of them when its call ends\n" } },
		{ "in", "in 1/7", 0, { "1/7 put back into service\n" } },
		{ "restart", "restart telco", 0, { "29 lines restarted; 1 with a call left alone\n" } },
		{ "changeover", "changeover telco", 0, { "telco signals on span 2 now, its backup D channel\n" } },
		{ "out of what?", "out", 2, { "usage: tipring out LINE | TRUNK | span N" } },
		{ "drain what?", "drain sink", 2, { "usage: tipring drain [off]" } },
		{ "a reload that was not applied", "reload", 1, { "trunks.yaml:7:3: error: unknown key\n    \thunty: x\n"
		  "    \t ^~~~~\n", "  hunts\n", "nothing was applied: the files have errors" } },
		{ "log", "log debug", 0, { "logs debug" } },
		{ "json, exactly as it came", "--json clear 12", 0, { "{\"ok\":true,\"cleared\":12}\n" } },
		{ "json of a no", "fault 1 down --json", 1, { "{\"ok\":false,\"error\":\"no\"" } },
		{ "json of a reload not applied", "reload --json", 1, { "\"applied\":false" } },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		int status;
		const char *out = run(rows[r].args, &status);

		print_message("%s\n", rows[r].why);
		for (int i = 0; i < 4 && rows[r].want[i]; i++) {
			if (!strstr(out, rows[r].want[i]))
				print_error("tipring %s printed:\n%sand not:\n%s\n", rows[r].args, out, rows[r].want[i]);
			assert_non_null(strstr(out, rows[r].want[i]));
		}
		assert_int_equal(status, rows[r].status);
		assert_null(strchr(out, '\033'));	/* no colours into a pipe, none from the wire */
	}
}

/* What is asked of the daemon. */
static void test_requests(void **state)
{
	static const struct { const char *args, *want; } rows[] = {
		{ "call telco 100 --seconds 9 --from 1001", "{\"do\":\"call\",\"trunk\":\"telco\",\"number\":\"100\","
		  "\"seconds\":9,\"from\":\"1001\"}" },
		{ "ladder", "{\"do\":\"ladder\"}" },
		{ "ladder 7", "{\"do\":\"ladder\",\"call\":7}" },
		{ "drain", "{\"do\":\"drain\",\"on\":true}" },
		{ "drain off", "{\"do\":\"drain\",\"on\":false}" },
		{ "out span 2", "{\"do\":\"out\",\"what\":\"span 2\"}" },
		{ "in 1/7", "{\"do\":\"in\",\"what\":\"1\\/7\"}" },
		{ "restart telco", "{\"do\":\"restart\",\"what\":\"telco\"}" },
		{ "changeover telco", "{\"do\":\"changeover\",\"trunk\":\"telco\"}" },
		{ "records 5", "{\"do\":\"records\",\"count\":5}" },
		{ "log debug", "{\"do\":\"log\",\"level\":\"debug\"}" },
		{ "fault 2 ppm 30", "{\"do\":\"fault\",\"span\":2,\"fault\":\"ppm\",\"value\":30}" },
		{ "explain office '*57'", "{\"do\":\"explain\",\"trunk\":\"office\",\"number\":\"*57\"}" },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		int status;

		run(rows[r].args, &status);
		pthread_mutex_lock(&asked_lock);
		assert_string_equal(asked, rows[r].want);
		pthread_mutex_unlock(&asked_lock);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_requests),
	};
	char *slash = strrchr(argv[0], '/');
	pthread_t thread;
	int rc;

	(void)argc;
	snprintf(program, sizeof(program), "%.*s/../../tipring", slash ? (int)(slash - argv[0]) : 1,
		 slash ? argv[0] : ".");
	if (getenv("TIPRING_PROGRAM"))
		snprintf(program, sizeof(program), "%s", getenv("TIPRING_PROGRAM"));
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/control", dir);
	sem_init(&ready, 0, 0);
	sem_init(&stopped, 0, 0);
	pthread_create(&thread, NULL, serve, NULL);
	sem_wait(&ready);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	loop_stop(the_loop);
	sem_post(&stopped);
	pthread_join(thread, NULL);
	rmdir(dir);
	return rc;
}
