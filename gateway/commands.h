/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/commands.h: what the control socket can be asked. Loop thread only. commands_status.c shows,
 * commands_calls.c acts on calls, commands_conf.c on the configuration. ARG of every command is the gateway.
 */
#ifndef GATEWAY_COMMANDS_H
#define GATEWAY_COMMANDS_H

#include "gateway/gateway.h"
#include "gateway/put.h"

extern const struct control_command gateway_commands[];

/* Reads the configuration again: as the reload command and SIGHUP do. Errors go to the log. */
void commands_reload(struct gateway *gw);
/* Those that wait for a trunk's last call to let go of its line: they are over, with nothing applied. */
void commands_reload_stop(struct gateway *gw);

/* commands_status.c */
void command_status(void *arg, struct control_request *req, struct json_object *args);
void command_trunks(void *arg, struct control_request *req, struct json_object *args);
void command_spans(void *arg, struct control_request *req, struct json_object *args);
void command_lines(void *arg, struct control_request *req, struct json_object *args);
void command_calls(void *arg, struct control_request *req, struct json_object *args);
/* commands_timers.c */
void command_timers(void *arg, struct control_request *req, struct json_object *args);
/* commands_calls.c */
void command_call(void *arg, struct control_request *req, struct json_object *args);
void command_mcid(void *arg, struct control_request *req, struct json_object *args);
void command_clear(void *arg, struct control_request *req, struct json_object *args);
void command_drain(void *arg, struct control_request *req, struct json_object *args);
void command_ladder(void *arg, struct control_request *req, struct json_object *args);
void command_fault(void *arg, struct control_request *req, struct json_object *args);
/* commands_line.c */
/* The file that came with REQ, open, is what is written as PATH. Returns 0, also when none came, or files_give()'s errors. */
int command_given_file(struct gateway *gw, struct control_request *req, const char *path);
/* The answer to a request ARG that was to write a file: its name, or why not (media_file_fn). */
void command_file_written(void *arg, const char *path, int err);
void command_line(void *arg, struct control_request *req, struct json_object *args);
/* commands_service.c */
void command_out(void *arg, struct control_request *req, struct json_object *args);
void command_in(void *arg, struct control_request *req, struct json_object *args);
void command_restart(void *arg, struct control_request *req, struct json_object *args);
void command_changeover(void *arg, struct control_request *req, struct json_object *args);
/* commands_phone.c */
void command_phone(void *arg, struct control_request *req, struct json_object *args);
/* commands_trace.c */
void command_trace(void *arg, struct control_request *req, struct json_object *args);
/* commands_conf.c */
void command_explain(void *arg, struct control_request *req, struct json_object *args);
void command_reload(void *arg, struct control_request *req, struct json_object *args);
void command_records(void *arg, struct control_request *req, struct json_object *args);
void command_log(void *arg, struct control_request *req, struct json_object *args);

/* Arguments of a request: the string or number under KEY, or the default. */
const char *command_str(struct json_object *args, const char *key, const char *def);
int64_t command_int(struct json_object *args, const char *key, int64_t def);

#endif
