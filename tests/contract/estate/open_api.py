# SPDX-License-Identifier: GPL-3.0-or-later
"""A description in OpenAPI 3.0 (JSON), and what of a call differs from it: path, query, body, status and reply."""
import json
import re
import urllib.parse

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
FORMATS = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "uri": re.compile(r"[a-z][a-z0-9+.-]*:\S+")}

REFUSALS = (401, 403, 404, 409, 422, 429)  # any call may be refused; a description rarely names them all


class Description:
    def __init__(self, file):
        with open(file, encoding="utf-8") as text:
            self.whole = json.load(text)
        self.paths = []
        for path in self.whole["paths"]:
            # "{path}" of contents and "{ref}" of commits may have slashes; fixed words are tried before names
            form = re.sub(r"\\\{(\w+)\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in ('path', 'ref', 'basehead') else '[^/]+'})", re.escape(path))
            self.paths.append((path.count("{"), -len(path), re.compile(form), path))
        self.paths.sort(key=lambda one: one[:2])

    def at(self, node):
        while isinstance(node, dict) and "$ref" in node:
            found = self.whole
            for part in node["$ref"][2:].split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def operation(self, method, path):
        """(path as it is described, values of its names, operation), or None."""
        for _, _, form, described in self.paths:
            found = form.fullmatch(path)
            if found and method.lower() in self.whole["paths"][described]:
                return described, found.groupdict(), self.whole["paths"][described][method.lower()]
        return None

    def differences(self, value, schema, place="", strict=False):
        """Where `value` is not what `schema` allows. `strict`: keys that it does not name are told as well (of what we send)."""
        schema = self.at(schema)
        if value is None:
            ways = schema.get("anyOf") or schema.get("oneOf") or []
            may = schema.get("nullable") or any(not self.differences(None, way) for way in ways) or not (ways or schema.get("type") or schema.get("allOf"))
            return [] if may else [f"{place or '/'} is null"]
        found = []
        for way in ("oneOf", "anyOf"):
            if way in schema:
                tried = [self.differences(value, one, place, strict) for one in schema[way]]
                if all(tried):
                    found += min(tried, key=len)
        for one in schema.get("allOf", []):
            found += self.differences(value, one, place)
        kind = schema.get("type")
        if kind and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
            return found + [f"{place or '/'} is {json.dumps(value)[:60]}, not of type {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{place} is {value!r}, none of {schema['enum']}")
        if isinstance(value, str):
            form = FORMATS.get(schema.get("format"))
            if form and value != schema.get("default") and not form.fullmatch(value):
                found.append(f"{place} is {value!r}, no {schema['format']}")
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{place} is {value!r}, not as {schema['pattern']}")
            if len(value) < schema.get("minLength", 0):
                found.append(f"{place} is too short")
        if isinstance(value, (int, float)) and not isinstance(value, bool) and "minimum" in schema and value < schema["minimum"]:
            found.append(f"{place} is {value}, less than {schema['minimum']}")
        if isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                found.append(f"{place or '/'} has {len(value)} items")
            for at, item in enumerate(value):
                found += self.differences(item, schema.get("items", {}), f"{place}/{at}", strict)
        if isinstance(value, dict):
            found += [f"{place}/{key} is missing" for key in schema.get("required", []) if key not in value]
            named, more = schema.get("properties", {}), schema.get("additionalProperties", True)
            for key, item in value.items():
                if key in named:
                    found += self.differences(item, named[key], f"{place}/{key}", strict)
                elif more is False or (strict and named and more is True):
                    found.append(f"{place}/{key} is unknown")
                elif isinstance(more, dict):
                    found += self.differences(item, more, f"{place}/{key}", strict)
        return found

    def call(self, method, target, body, status, content_type, reply):
        """(the operation's name, what the request has wrong, what the reply has wrong)."""
        path, _, query = target.partition("?")
        known = self.operation(method, path)
        if not known:
            return None, [f"{method} {path} is not described"], []
        described, values, operation = known
        name, asked, answered = f"{method} {described}", [], []
        parameters = [self.at(one) for one in operation.get("parameters", []) + self.whole["paths"][described].get("parameters", [])]
        given = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        for key, text in given.items():
            one = next((p for p in parameters if p["in"] == "query" and p["name"] == key), None)
            asked += [f"?{key}: unknown"] if one is None else self.of_text(text, one["schema"], f"?{key}")
        asked += [f"?{p['name']} is missing" for p in parameters if p["in"] == "query" and p.get("required") and p["name"] not in given]
        for p in parameters:
            if p["in"] == "path" and p["name"] in values:
                asked += self.of_text(urllib.parse.unquote(values[p["name"]]), p["schema"], f"{{{p['name']}}}")
        form = self.at(operation.get("requestBody", {}))
        if body and (form or json.loads(body)):  # "{}" says nothing
            sent = form.get("content", {}).get("application/json")
            asked += ["a body that none is described for"] if sent is None else self.differences(json.loads(body), sent["schema"], strict=True)
        elif form.get("required"):
            asked.append("the body is missing")
        if status == 304:  # to any question with an ETag, as the general part of the documentation says
            return name, asked, ["304 with a reply"] if reply else []
        response = self.at(operation["responses"].get(str(status), {}))
        if not response and status in REFUSALS:
            answered += self.differences(json.loads(reply), {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}, "status": {"type": "string"}}})
        elif not response:
            answered.append(f"status {status}, described are {sorted(operation['responses'])}")
        content = response.get("content", {})
        kind = content_type.split(";")[0].strip()
        if kind == "application/json" and "application/json" in content:
            answered += self.differences(json.loads(reply), content["application/json"]["schema"])
        elif kind == "application/json" and response and json.loads(reply) not in ({}, None):
            answered.append("a reply that none is described for")
        elif content and status < 300 and kind not in content and "raw" not in kind:
            answered.append(f"a reply of type {kind}, described are {sorted(content)}")
        return name, asked, answered

    def of_text(self, text, schema, place):
        """A value as an address has it."""
        schema = self.at(schema)
        ways = schema.get("oneOf") or schema.get("anyOf")
        if ways:
            tried = [self.of_text(text, way, place) for way in ways]
            return [] if not all(tried) else tried[0]
        if schema.get("type") == "integer":
            return self.differences(int(text), schema, place) if re.fullmatch(r"-?\d+", text) else [f"{place} is {text!r}, no integer"]
        if schema.get("type") == "boolean":
            return [] if text in ("true", "false") else [f"{place} is {text!r}, not true or false"]
        return self.differences(text, {**schema, "format": None}, place)
