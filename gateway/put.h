/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/put.h: members of a JSON object, in one line each. */
#ifndef GATEWAY_PUT_H
#define GATEWAY_PUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

void put_str(struct json_object *o, const char *key, const char *value);
void put_int(struct json_object *o, const char *key, int64_t value);
void put_bool(struct json_object *o, const char *key, bool value);
void put_dbl(struct json_object *o, const char *key, double value);

#endif
