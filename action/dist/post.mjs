import { setTimeout } from "node:timers/promises";
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import tls from "node:tls";
import * as os from "os";
import { EOL } from "os";
import * as crypto from "crypto";
import * as fs from "fs";
import { constants, existsSync, promises, readFileSync } from "fs";
const DEFAULT_CONFIG = {
	lang: void 0,
	message: void 0,
	abortEarly: void 0,
	abortPipeEarly: void 0
};
/**
* Returns the global configuration.
*
* @param config The config to merge.
*
* @returns The configuration.
*/
/* @__NO_SIDE_EFFECTS__ */
function getGlobalConfig(config$1) {
	if (!config$1 && true) return DEFAULT_CONFIG;
	return {
		lang: config$1?.lang ?? void 0,
		message: config$1?.message,
		abortEarly: config$1?.abortEarly ?? void 0,
		abortPipeEarly: config$1?.abortPipeEarly ?? void 0
	};
}
/**
* Stringifies an unknown input to a literal or type string.
*
* @param input The unknown input.
*
* @returns A literal or type string.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _stringify(input) {
	const type = typeof input;
	if (type === "string") return `"${input}"`;
	if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
	if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
	return type;
}
/**
* Adds an issue to the dataset.
*
* @param context The issue context.
* @param label The issue label.
* @param dataset The input dataset.
* @param config The configuration.
* @param other The optional props.
*
* @internal
*/
function _addIssue(context, label, dataset, config$1, other) {
	const input = other && "input" in other ? other.input : dataset.value;
	const expected = other?.expected ?? context.expects ?? null;
	const received = other?.received ?? /* @__PURE__ */ _stringify(input);
	const issue = {
		kind: context.kind,
		type: context.type,
		input,
		expected,
		received,
		message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
		requirement: context.requirement,
		path: other?.path,
		issues: other?.issues,
		lang: config$1.lang,
		abortEarly: config$1.abortEarly,
		abortPipeEarly: config$1.abortPipeEarly
	};
	const isSchema = context.kind === "schema";
	const message$1 = other?.message ?? context.message ?? (context.reference, issue.lang, void 0) ?? (isSchema ? (issue.lang, void 0) : null) ?? config$1.message ?? (issue.lang, void 0);
	if (message$1 !== void 0) issue.message = typeof message$1 === "function" ? message$1(issue) : message$1;
	if (isSchema) dataset.typed = false;
	if (dataset.issues) dataset.issues.push(issue);
	else dataset.issues = [issue];
}
/**
* Compares two values using the SameValueZero algorithm, which treats `NaN`
* as equal to itself unlike `===`.
*
* @param value1 The first value.
* @param value2 The second value.
*
* @returns Whether the values are equal.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isSameValueZero(value1, value2) {
	return value1 === value2 || Number.isNaN(value1) && Number.isNaN(value2);
}
/**
* Joins multiple `expects` values with the given separator.
*
* @param values The `expects` values.
* @param separator The separator.
*
* @returns The joined `expects` property.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _joinExpects(values$1, separator) {
	const list = [...new Set(values$1)];
	if (list.length > 1) return `(${list.join(` ${separator} `)})`;
	return list[0] ?? "never";
}
/**
* Eagerly creates and attaches the Standard Schema properties of a schema.
*
* Hint: The contextual `this` type includes the standard properties that are
* attached before the schema is returned.
*
* @param schema The schema to attach standard properties to.
*
* @returns The schema with standard properties attached.
*
* @internal
*/
function _standardSchema(schema) {
	schema["~standard"] = {
		version: 1,
		vendor: "valibot",
		validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
	};
	return schema;
}
/* @__NO_SIDE_EFFECTS__ */
function getDotPath(issue) {
	if (issue.path) {
		let key = "";
		for (const item of issue.path) if (typeof item.key === "string" || typeof item.key === "number") if (key) key += `.${item.key}`;
		else key += item.key;
		else return null;
		return key;
	}
	return null;
}
/**
* Returns the fallback value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The output dataset if available.
* @param config The config if available.
*
* @returns The fallback value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getFallback(schema, dataset, config$1) {
	return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
/**
* Returns the default value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The input dataset if available.
* @param config The config if available.
*
* @returns The default value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getDefault(schema, dataset, config$1) {
	return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
/* @__NO_SIDE_EFFECTS__ */
function array(item, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "array",
		reference: array,
		expects: "Array",
		async: false,
		item,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (Array.isArray(input)) {
				dataset.typed = true;
				dataset.value = [];
				for (let key = 0; key < input.length; key++) {
					const value$1 = input[key];
					const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
					if (itemDataset.issues) {
						const pathItem = {
							type: "array",
							origin: "value",
							input,
							key,
							value: value$1
						};
						for (const issue of itemDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = itemDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!itemDataset.typed) dataset.typed = false;
					dataset.value.push(itemDataset.value);
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function boolean(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "boolean",
		reference: boolean,
		expects: "boolean",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "boolean") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function literal(literal_, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "literal",
		reference: literal,
		expects: /* @__PURE__ */ _stringify(literal_),
		async: false,
		literal: literal_,
		message: message$1,
		"~run"(dataset, config$1) {
			if (/* @__PURE__ */ _isSameValueZero(dataset.value, this.literal)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function number(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "number",
		reference: number,
		expects: "number",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function object(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "object",
		reference: object,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function optional(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "optional",
		reference: optional,
		expects: `(${wrapped.expects} | undefined)`,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			if (dataset.value === void 0) {
				if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
				if (dataset.value === void 0) {
					dataset.typed = true;
					return dataset;
				}
			}
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function string(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "string",
		reference: string,
		expects: "string",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "string") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function undefined_(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "undefined",
		reference: undefined_,
		expects: "undefined",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.value === void 0) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/**
* Returns the sub issues of the provided datasets for the union issue.
*
* @param datasets The datasets.
*
* @returns The sub issues.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _subIssues(datasets) {
	let issues;
	if (datasets) for (const dataset of datasets) if (issues) for (const issue of dataset.issues) issues.push(issue);
	else issues = dataset.issues;
	return issues;
}
/* @__NO_SIDE_EFFECTS__ */
function union(options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "union",
		reference: union,
		expects: /* @__PURE__ */ _joinExpects(options.map((option) => option.expects), "|"),
		async: false,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			let validDataset;
			let typedDatasets;
			let untypedDatasets;
			for (const schema of this.options) {
				const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
				if (optionDataset.typed) if (optionDataset.issues) if (typedDatasets) typedDatasets.push(optionDataset);
				else typedDatasets = [optionDataset];
				else {
					validDataset = optionDataset;
					break;
				}
				else if (untypedDatasets) untypedDatasets.push(optionDataset);
				else untypedDatasets = [optionDataset];
			}
			if (validDataset) return validDataset;
			if (typedDatasets) {
				if (typedDatasets.length === 1) return typedDatasets[0];
				_addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(typedDatasets) });
				dataset.typed = true;
			} else if (untypedDatasets?.length === 1) return untypedDatasets[0];
			else _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(untypedDatasets) });
			return dataset;
		}
	});
}
/**
* Parses an unknown input based on a schema.
*
* @param schema The schema to be used.
* @param input The input to be parsed.
* @param config The parse configuration.
*
* @returns The parse result.
*/
/* @__NO_SIDE_EFFECTS__ */
function safeParse(schema, input, config$1) {
	const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
	return {
		typed: dataset.typed,
		success: !dataset.issues,
		output: dataset.value,
		issues: dataset.issues
	};
}
// shared/wire/oauth.ts
/** What both halves know of the token endpoint (RFC 8693) and of giving a token back (RFC 7009). */
/** To OAuth an API token is an opaque access token (RFC 8693 §3). */
const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const IdAndName = /* @__PURE__ */ object({
	id: /* @__PURE__ */ string(),
	name: /* @__PURE__ */ string()
});
const ExchangeResponse = /* @__PURE__ */ object({
	access_token: /* @__PURE__ */ string(),
	issued_token_type: /* @__PURE__ */ literal(ACCESS_TOKEN_TYPE),
	token_type: /* @__PURE__ */ literal("Bearer"),
	/** Seconds. */
	expires_in: /* @__PURE__ */ number(),
	/** What is left of what was asked, where the token carries less than its account holds. */
	scope: /* @__PURE__ */ optional(/* @__PURE__ */ string()),
	account: /* @__PURE__ */ optional(IdAndName),
	/** The federated credential that admitted an assertion. */
	policy: /* @__PURE__ */ optional(IdAndName)
});
// action/failure.ts
var Failure = class extends Error {
	name = "Failure";
	code;
	files;
	block;
	status;
	serverCode;
	failingClaim;
	constructor(code, { what, why, fix, files = [], block, ...answer }) {
		super([
			what,
			why,
			fix
		].filter(Boolean).join(" "));
		this.code = code;
		this.files = files;
		this.block = block;
		this.status = answer.status;
		this.serverCode = answer.serverCode;
		this.failingClaim = answer.failingClaim;
	}
	/** The same failure, saying how often it was tried. */
	after(tries) {
		if (tries > 1) this.message += ` (Tried ${tries} times.)`;
		return this;
	}
};
// package.json
var version = "0.1.0";
// action/body.ts
function encode(body) {
	if (body === void 0) return {
		headers: {},
		length: 0
	};
	if (typeof body === "string") return encoded("application/json", body, Buffer.byteLength(body));
	if (body instanceof URLSearchParams) {
		const text = body.toString();
		return encoded("application/x-www-form-urlencoded", text, text.length);
	}
	return encoded(body.type, body.open(), body.length);
}
const encoded = (type, body, length) => ({
	headers: {
		"Content-Type": type,
		"Content-Length": String(length)
	},
	body,
	length
});
// shared/wire/error.ts
/** Error bodies. `message` is what Kestra's clients print; `code` is what programs should look at. */
/** Under `/api/v1`: Kestra's shape, with a stable code, a sentence of advice and the request id beside it. */
const ApiError = /* @__PURE__ */ object({
	message: /* @__PURE__ */ string(),
	code: /* @__PURE__ */ string(),
	detail: /* @__PURE__ */ optional(/* @__PURE__ */ string()),
	requestId: /* @__PURE__ */ string(),
	_links: /* @__PURE__ */ object({ self: /* @__PURE__ */ array(/* @__PURE__ */ object({
		href: /* @__PURE__ */ string(),
		templated: /* @__PURE__ */ boolean()
	})) }),
	_embedded: /* @__PURE__ */ optional(/* @__PURE__ */ object({ errors: /* @__PURE__ */ array(/* @__PURE__ */ object({
		message: /* @__PURE__ */ string(),
		path: /* @__PURE__ */ optional(/* @__PURE__ */ string())
	})) }))
});
/** Under `/oauth`: RFC 6749 §5.2, with the same code and request id. */
const OauthError = /* @__PURE__ */ object({
	error: /* @__PURE__ */ string(),
	error_description: /* @__PURE__ */ string(),
	code: /* @__PURE__ */ string(),
	/** The claim of an assertion that a trust policy for its own repository did not find as it wants it. */
	failing_claim: /* @__PURE__ */ optional(/* @__PURE__ */ string()),
	requestId: /* @__PURE__ */ string()
});
// action/refusal.ts
/** Whether the same request may succeed later. */
const isTransient = (status) => [
	408,
	425,
	429,
	500,
	502,
	503,
	504
].includes(status);
/**
* @param redact takes the secrets out of what the server says, which may echo them
* @param isBasic whether a user and a password were sent, and no token
*/
function readRefusal(answer, redact, isBasic) {
	const { url, status, headers } = answer;
	if (status >= 300 && status < 400) return new Failure("POSTERN-401", {
		what: `${url} redirects to ${shorten(redact(headers.location ?? "nowhere"))}.`,
		why: "Redirects are not followed, so that the credential goes nowhere else.",
		fix: "Set server to the address that Postern itself answers at."
	});
	const said = readError(answer.bytes.toString());
	const isPage = headers["content-type"]?.startsWith("text/html") ?? false;
	if (said === void 0 && !isTransient(status) && (isPage || status !== 401)) return notFromPostern(url, `has the status ${status} and is no error of Postern: ${describe(answer, redact)}`, isPage ? void 0 : status);
	const code = codeOf(status, said?.code, isBasic);
	const retryAfter = headers["retry-after"];
	return new Failure(code, {
		what: `${url} answered ${status}${retryAfter ? ` (Retry-After: ${shorten(redact(retryAfter))})` : ""}.`,
		...said && { why: shorten(redact(told(said))) },
		fix: ADVICE[said?.code ?? ""] ?? FIXES[code] ?? "Look for the request id in the log of the worker.",
		status,
		...said?.code && { serverCode: said.code },
		...said?.failingClaim && { failingClaim: shorten(redact(said.failingClaim)) }
	});
}
/** An answer with which the Action cannot go on, whoever gave it. */
function notFromPostern(url, flaw, status) {
	return new Failure("POSTERN-401", {
		what: `The answer of ${url} ${flaw}.`,
		why: "A Postern of this version does not answer so; a sign-in page or a proxy before it may.",
		fix: "Check the input server, and that the runner may reach it without signing in.",
		...status && { status }
	});
}
/** Of a body only HTML is quoted: one that was to be JSON may hold a token that nobody knows yet. */
function describe({ headers, bytes }, redact) {
	const contentType = shorten(redact(headers["content-type"] ?? "none"));
	return `content type ${contentType}${contentType.startsWith("text/html") ? `, begins with «${redact(bytes.toString()).slice(0, 80)}»` : ""}`;
}
/** Only the code of the error is shown: a message of `fetch` can hold a header, and so the credential. */
function readNetworkError(url, error) {
	const { origin } = new URL(url);
	const reason = reasonOf(error);
	if (/CERT|^ERR_(TLS|SSL)_|^UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(reason)) return {
		failure: new Failure("POSTERN-403", {
			what: `The TLS connection to ${origin} failed (${reason}).`,
			why: "The certificate of the server is not one that this runner trusts.",
			fix: "Set ca-certificate to that of your own authority, or give the server one for the name in the input server."
		}),
		isTransient: false
	};
	if (reason === "ERR_PROXY_TUNNEL") return {
		failure: new Failure("POSTERN-404", {
			what: `The proxy of this runner does not lead to ${origin}.`,
			why: "HTTPS_PROXY names a proxy, and NO_PROXY does not name this server.",
			fix: "Let the proxy pass the connection, or add the server to NO_PROXY."
		}),
		isTransient: true
	};
	return {
		failure: new Failure("POSTERN-405", {
			what: `There is no answer from ${origin} (${reason}).`,
			fix: "Check the input server, that it is up, and that this runner may connect to it (through HTTPS_PROXY, where that is set); then run again."
		}),
		isTransient: true
	};
}
const NEW_TOKEN = "Create a new API token in Postern and put it in the secret that api-token reads.";
/** By the code of the server's answer. */
const ADVICE = {
	route_not_found: "Check the input server: it is the base URL, without /api/v1 or anything below.",
	stale_run: "Run the workflow for the newest commit, or set stale-run to skip or allow.",
	path_taken: "The namespace has a file where the directory has a folder, or the other way round: remove or rename one of them."
};
const FIXES = {
	"POSTERN-112": NEW_TOKEN,
	"POSTERN-113": NEW_TOKEN,
	"POSTERN-114": "Check user and password. A service account has none: give it an API token; so wants Kestra Cloud.",
	"POSTERN-115": "Leave audience out, check the clock of a runner of your own, and run the job again: each try mints a fresh token.",
	"POSTERN-121": "Give the service account a role with this permission in the namespace or one above it, or check tenant and namespace.",
	"POSTERN-406": "Wait, or let fewer runs start at the same time; then run again."
};
/** By the code of the server's answer, where the status would say less. */
const CODES = {
	token_expired: "POSTERN-113",
	account_disabled: "POSTERN-112",
	credentials_wrong: "POSTERN-114",
	assertion_refused: "POSTERN-111",
	stale_run: "POSTERN-302",
	scope_empty: "POSTERN-121"
};
function codeOf(status, serverCode = "", isBasic) {
	if (status === 429) return "POSTERN-406";
	const known = CODES[serverCode];
	if (known) return known;
	if (/^assertion_|^audience_/.test(serverCode)) return "POSTERN-115";
	if (serverCode.startsWith("token_")) return "POSTERN-112";
	if (status === 401) return isBasic ? "POSTERN-114" : "POSTERN-112";
	return status === 403 ? "POSTERN-121" : "POSTERN-407";
}
const told = ({ text, code, requestId }) => code === void 0 ? text : `${text} (${code}, request ${requestId})`;
/** RFC 8693 with what Postern adds: the claim of an assertion that no trust policy takes, if the caller may know it. */
const Refused = /* @__PURE__ */ object({
	...OauthError.entries,
	failing_claim: /* @__PURE__ */ optional(/* @__PURE__ */ string())
});
/** Of a stock Kestra: its own shape, or a problem document (RFC 9457) from its version 2 on. */
const KestraError = /* @__PURE__ */ union([/* @__PURE__ */ object({ message: /* @__PURE__ */ string() }), /* @__PURE__ */ object({ detail: /* @__PURE__ */ string() })]);
function readError(text) {
	const json = parseJson(text);
	const api = /* @__PURE__ */ safeParse(ApiError, json);
	if (api.success) return {
		...api.output,
		text: api.output.detail ?? api.output.message
	};
	const oauth = /* @__PURE__ */ safeParse(Refused, json);
	if (oauth.success) {
		const { error_description, failing_claim, ...rest } = oauth.output;
		return {
			...rest,
			text: error_description,
			failingClaim: failing_claim
		};
	}
	const kestra = /* @__PURE__ */ safeParse(KestraError, json);
	if (!kestra.success) return void 0;
	return { text: "message" in kestra.output ? kestra.output.message : kestra.output.detail };
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
function reasonOf(error) {
	if (!(error instanceof Error)) return "unknown";
	return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
/** What servers say can be long; a line of the log should not be. */
const shorten = (text) => text.length > 300 ? `${text.slice(0, 300)}…` : text;
// action/transport.ts
/**
* One request and its whole answer, over Node's own client: it takes proxies from the environment (`HTTPS_PROXY`,
* `NO_PROXY`) and certificates of one's own, which `fetch` cannot be told about. No redirect is followed.
*/
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule("node:http");
/** Above the longest honest one: a plan that deletes 10,000 files with long paths of any script. */
const MAX_ANSWER_BYTES = 33554432;
/**
* @param text PEM, or the path of a file that holds it; empty for none
* @throws {Failure} POSTERN-100 for anything else
*/
async function readCertificate(text, workspace) {
	if (text === "") return void 0;
	const pem = text.includes("-----BEGIN") ? text : await readFile(resolve(workspace, text), "utf8").catch(() => "");
	try {
		return new X509Certificate(pem).toString() && pem;
	} catch {
		throw new Failure("POSTERN-100", {
			what: "Input ca-certificate is neither a certificate in PEM nor the path of a file that holds one.",
			fix: "Correct that, then run again."
		});
	}
}
/** @param certificate PEM of an authority that is trusted besides those that Node trusts */
function createTransport(certificate) {
	const ca = certificate === void 0 ? {} : { ca: [...tls.getCACertificates("default"), certificate] };
	const secure = new Agent({
		keepAlive: true,
		proxyEnv: process.env,
		...ca
	});
	const clear = new HttpAgent({ keepAlive: true });
	return async ({ method, url, headers, body, receive, signal }) => {
		const sent = url.startsWith("https:") ? request(url, {
			method,
			headers,
			signal,
			agent: secure
		}) : httpRequest(url, {
			method,
			headers,
			signal,
			agent: clear
		});
		const received = new Promise((resolve, reject) => {
			sent.once("response", resolve).on("error", reject);
			if (typeof body === "object") pipeline(body, sent).catch(reject);
			else sent.end(body);
		});
		try {
			const response = await received;
			const { statusCode: status = 0, headers } = response;
			if (!receive || !isGood(status)) return {
				url,
				status,
				headers,
				bytes: await readBody(url, response)
			};
			for await (const piece of response) receive(piece);
			return {
				url,
				status,
				headers,
				bytes: Buffer.alloc(0)
			};
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		}
	};
}
const isGood = (status) => status >= 200 && status < 300;
/** Rejects when the connection breaks before the answer is whole. */
async function readBody(url, response) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of response) {
		bytes += chunk.byteLength;
		if (bytes > MAX_ANSWER_BYTES) throw notFromPostern(url, `is longer than ${MAX_ANSWER_BYTES} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
const DEFAULT_DEADLINE_MS = 3e5;
/** 256 KB a second. */
const SLOWEST_BYTES_PER_MS = 256;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8e3;
function createHttp({ redact, signal: ending = new AbortController().signal, headers: common = {}, transport = createTransport(), sleep: pause = (ms, signal) => setTimeout(ms, void 0, { signal }), random = Math.random, now = Date.now, retries = 3, timeoutMs = 6e4, deadlineMs = DEFAULT_DEADLINE_MS }) {
	const deadline = now() + deadlineMs;
	let requests = 0;
	async function sendOnce(method, url, request) {
		const { headers, body, receive } = request;
		const encoded = encode(typeof body === "function" ? await body() : body);
		const timeMs = timeoutMs + Math.floor(encoded.length / SLOWEST_BYTES_PER_MS);
		requests++;
		return transport({
			method,
			url,
			headers: {
				Accept: "application/json",
				"User-Agent": `postern-action/${version}`,
				...encoded.headers,
				...common,
				...headers
			},
			body: encoded.body,
			receive: receive?.(),
			signal: AbortSignal.any([ending, AbortSignal.timeout(Math.max(0, Math.min(timeMs, deadline - now())))])
		});
	}
	/** The answer, or why there is none, and whether another try may end better. */
	async function attempt(method, url, request) {
		try {
			const answer = await sendOnce(method, url, request);
			if (isGood(answer.status)) return { answer };
			const failure = readRefusal(answer, redact, {
				...common,
				...request.headers
			}.Authorization?.startsWith("Basic ") ?? false);
			const retryAfterMs = readRetryAfter(answer.headers["retry-after"], now());
			return {
				failure,
				isTransient: isTransient(answer.status),
				retryAfterMs
			};
		} catch (error) {
			return error instanceof Failure ? {
				failure: error,
				isTransient: false
			} : readNetworkError(url, error);
		}
	}
	return {
		async send(method, url, request, read) {
			for (let tries = 1;; tries++) {
				const outcome = await attempt(method, url, request);
				if ("answer" in outcome) return read(outcome.answer, redact);
				const jitterMs = random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
				const pauseMs = Math.max(outcome.retryAfterMs ?? 0, jitterMs);
				if (!(outcome.isTransient && tries <= retries && now() + pauseMs < deadline && !ending.aborted)) throw outcome.failure.after(tries);
				await pause(pauseMs, ending);
			}
		},
		get requests() {
			return requests;
		}
	};
}
/** Checks JSON with a schema, to which an empty answer is `undefined`. */
function json(schema) {
	return (answer, redact) => {
		const text = answer.bytes.toString();
		let value;
		try {
			if (text !== "") value = JSON.parse(text);
		} catch {
			throw notFromPostern(answer.url, `is not JSON: ${describe(answer, redact)}`);
		}
		const parsed = /* @__PURE__ */ safeParse(schema, value);
		if (parsed.success) return parsed.output;
		const place = /* @__PURE__ */ getDotPath(parsed.issues[0]) ?? "its top";
		throw notFromPostern(answer.url, `has something unexpected at ${place}`);
	};
}
/** RFC 9110 §10.2.3: seconds, or a date. Milliseconds from now; `undefined` when absent or neither. */
function readRetryAfter(text, now) {
	if (text === void 0) return void 0;
	if (/^\d+$/.test(text)) return Number(text) * 1e3;
	return text.endsWith(" GMT") ? Date.parse(text) - now || void 0 : void 0;
}
new Map(Object.entries({
	API: "pst",
	SESSION: "psu",
	IMPERSONATION: "psi",
	INVITATION: "psv"
}).map(([kind, prefix]) => [prefix, kind]));
Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 3988292384 : 0);
	return crc;
});
// shared/result.ts
const ok = (value) => ({
	ok: true,
	value
});
const err = (error) => ({
	ok: false,
	error
});
// action/inputs/headers.ts
/** Headers of one's own, for what stands before the server and wants to be told who comes. */
/** Those that the client itself has to set, and the one that is for the credential. */
const RESERVED_HEADERS = /^(authorization|host|connection|content-.*|transfer-encoding|if-match|idempotency-key)$/i;
/** One `Name=value` a line, as the Kestra CLI takes them one by one. RFC 9110 §5.1 and §5.5. */
function parseHeaders(text) {
	const headers = {};
	for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
		const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(line) ?? [];
		if (name === void 0 || value === void 0) return err("must have one Name=value a line");
		if (RESERVED_HEADERS.test(name)) return err(`must not set ${name}`);
		headers[name] = value;
	}
	return ok(headers);
}
// action/secrets.ts
function createSecrets() {
	const forms = /* @__PURE__ */ new Set();
	return {
		add(secret) {
			const added = formsOf(secret).filter((form) => !forms.has(form));
			for (const form of added) forms.add(form);
			return added;
		},
		redact: (text) => [...forms].sort((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, "***"), text)
	};
}
/** A line of a longer secret that is shorter is no secret: a brace alone would be found everywhere. */
const MIN_LINE = 4;
/** As it is, line by line, in Base64 and percent-encoded. A mask of nothing would be a mask of everything. */
function formsOf(secret) {
	const forms = [secret, ...secret.split(/[\r\n]+/).filter((line) => line.length >= MIN_LINE)].map((line) => line.trim()).flatMap((line) => [
		line,
		Buffer.from(line).toString("base64").replaceAll("=", ""),
		Buffer.from(line).toString("base64url"),
		encodeURIComponent(line.toWellFormed())
	]);
	return [...new Set(forms)].filter((form) => form !== "");
}
/** Below this, a value of a header is more likely a switch than a secret, and would be found in every other word. */
const MIN_HEADER_SECRET = 6;
/**
* The secrets among the inputs. They are known before anything is said of the inputs, so they are looked for in
* what was written there, right or wrong.
*/
function secretsAmongInputs(read) {
	const [user, password] = [read("user"), read("password")];
	const colon = user.indexOf(":");
	return [
		read("api-token"),
		read("apiToken"),
		read("github-token"),
		password,
		password && `${user}:${password}`,
		...colon < 0 ? [] : [user, user.slice(colon + 1)],
		...read("headers").split("\n").map((line) => line.slice(line.indexOf("=") + 1).trim()).filter((value) => value.length >= MIN_HEADER_SECRET)
	].filter((secret) => secret !== "");
}
/** Proxies may want a password, which stands in their address. */
function secretsAmongVariables(env) {
	return Object.entries(env).flatMap(([name, value = ""]) => {
		if (!/^(https?|all)_proxy$/i.test(name) || !URL.canParse(value)) return [];
		const { username, password } = new URL(value);
		if (password === "") return [];
		const plain = decodeURIComponent(password);
		return [
			password,
			plain,
			`${decodeURIComponent(username)}:${plain}`
		];
	});
}
({ ...ExchangeResponse.entries });
/**
* Revokes the access token of this job, if there is one that lives (RFC 7009). It expires soon anyway: a failure is
* a warning.
*/
async function giveBackToken(runner) {
	const token = runner.readState("access-token");
	const expiresAt = runner.readState("expires-at");
	if (token === "" || expiresAt !== "" && Date.now() > Number(expiresAt)) return;
	for (const secret of [token, ...secretsAmongInputs(runner.input)]) runner.mask(secret);
	try {
		const headers = parseHeaders(runner.input("headers"));
		const http = createHttp({
			redact: runner.redact,
			transport: createTransport(await readCertificate(runner.input("ca-certificate"), runner.workspace)),
			...headers.ok && { headers: headers.value },
			timeoutMs: 1e4,
			deadlineMs: 3e4
		});
		const body = new URLSearchParams({ token });
		await http.send("POST", `${runner.readState("server")}/oauth/revoke`, { body }, json(/* @__PURE__ */ undefined_()));
		runner.info("The access token was revoked.");
	} catch (error) {
		const reason = error instanceof Failure ? `${error.code}: ${error.message}` : "An unexpected error.";
		runner.warning(`The access token was not revoked; it expires within minutes. ${reason}`);
	}
}
// node_modules/@actions/core/lib/utils.js
/**
* Sanitizes an input into a string so it can be passed into issueCommand safely
* @param input input to sanitize into a string
*/
function toCommandValue(input) {
	if (input === null || input === void 0) return "";
	else if (typeof input === "string" || input instanceof String) return input;
	return JSON.stringify(input);
}
/**
*
* @param annotationProperties
* @returns The command properties to send with the actual annotation command
* See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
*/
function toCommandProperties(annotationProperties) {
	if (!Object.keys(annotationProperties).length) return {};
	return {
		title: annotationProperties.title,
		file: annotationProperties.file,
		line: annotationProperties.startLine,
		endLine: annotationProperties.endLine,
		col: annotationProperties.startColumn,
		endColumn: annotationProperties.endColumn
	};
}
// node_modules/@actions/core/lib/command.js
/**
* Issues a command to the GitHub Actions runner
*
* @param command - The command name to issue
* @param properties - Additional properties for the command (key-value pairs)
* @param message - The message to include with the command
* @remarks
* This function outputs a specially formatted string to stdout that the Actions
* runner interprets as a command. These commands can control workflow behavior,
* set outputs, create annotations, mask values, and more.
*
* Command Format:
*   ::name key=value,key=value::message
*
* @example
* ```typescript
* // Issue a warning annotation
* issueCommand('warning', {}, 'This is a warning message');
* // Output: ::warning::This is a warning message
*
* // Set an environment variable
* issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
* // Output: ::set-env name=MY_VAR::some value
*
* // Add a secret mask
* issueCommand('add-mask', {}, 'secretValue123');
* // Output: ::add-mask::secretValue123
* ```
*
* @internal
* This is an internal utility function that powers the public API functions
* such as setSecret, warning, error, and exportVariable.
*/
function issueCommand(command, properties, message) {
	const cmd = new Command(command, properties, message);
	process.stdout.write(cmd.toString() + os.EOL);
}
const CMD_STRING = "::";
var Command = class {
	constructor(command, properties, message) {
		if (!command) command = "missing.command";
		this.command = command;
		this.properties = properties;
		this.message = message;
	}
	toString() {
		let cmdStr = CMD_STRING + this.command;
		if (this.properties && Object.keys(this.properties).length > 0) {
			cmdStr += " ";
			let first = true;
			for (const key in this.properties) if (this.properties.hasOwnProperty(key)) {
				const val = this.properties[key];
				if (val) {
					if (first) first = false;
					else cmdStr += ",";
					cmdStr += `${key}=${escapeProperty(val)}`;
				}
			}
		}
		cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
		return cmdStr;
	}
};
function escapeData(s) {
	return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
	return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}
// node_modules/@actions/core/lib/file-command.js
function issueFileCommand(command, message) {
	const filePath = process.env[`GITHUB_${command}`];
	if (!filePath) throw new Error(`Unable to find environment variable for file command ${command}`);
	if (!fs.existsSync(filePath)) throw new Error(`Missing file at path: ${filePath}`);
	fs.appendFileSync(filePath, `${toCommandValue(message)}${os.EOL}`, { encoding: "utf8" });
}
function prepareKeyValueMessage(key, value) {
	const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
	const convertedValue = toCommandValue(value);
	if (key.includes(delimiter)) throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
	if (convertedValue.includes(delimiter)) throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
	return `${key}<<${delimiter}${os.EOL}${convertedValue}${os.EOL}${delimiter}`;
}
// node_modules/@actions/core/lib/summary.js
var __awaiter$1 = function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
const { access, appendFile, writeFile } = promises;
const SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
	constructor() {
		this._buffer = "";
	}
	/**
	* Finds the summary file path from the environment, rejects if env var is not found or file does not exist
	* Also checks r/w permissions.
	*
	* @returns step summary file path
	*/
	filePath() {
		return __awaiter$1(this, void 0, void 0, function* () {
			if (this._filePath) return this._filePath;
			const pathFromEnv = process.env[SUMMARY_ENV_VAR];
			if (!pathFromEnv) throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
			try {
				yield access(pathFromEnv, constants.R_OK | constants.W_OK);
			} catch (_a) {
				throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
			}
			this._filePath = pathFromEnv;
			return this._filePath;
		});
	}
	/**
	* Wraps content in an HTML tag, adding any HTML attributes
	*
	* @param {string} tag HTML tag to wrap
	* @param {string | null} content content within the tag
	* @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
	*
	* @returns {string} content wrapped in HTML element
	*/
	wrap(tag, content, attrs = {}) {
		const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
		if (!content) return `<${tag}${htmlAttrs}>`;
		return `<${tag}${htmlAttrs}>${content}</${tag}>`;
	}
	/**
	* Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
	*
	* @param {SummaryWriteOptions} [options] (optional) options for write operation
	*
	* @returns {Promise<Summary>} summary instance
	*/
	write(options) {
		return __awaiter$1(this, void 0, void 0, function* () {
			const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
			const filePath = yield this.filePath();
			yield (overwrite ? writeFile : appendFile)(filePath, this._buffer, { encoding: "utf8" });
			return this.emptyBuffer();
		});
	}
	/**
	* Clears the summary buffer and wipes the summary file
	*
	* @returns {Summary} summary instance
	*/
	clear() {
		return __awaiter$1(this, void 0, void 0, function* () {
			return this.emptyBuffer().write({ overwrite: true });
		});
	}
	/**
	* Returns the current summary buffer as a string
	*
	* @returns {string} string of summary buffer
	*/
	stringify() {
		return this._buffer;
	}
	/**
	* If the summary buffer is empty
	*
	* @returns {boolen} true if the buffer is empty
	*/
	isEmptyBuffer() {
		return this._buffer.length === 0;
	}
	/**
	* Resets the summary buffer without writing to summary file
	*
	* @returns {Summary} summary instance
	*/
	emptyBuffer() {
		this._buffer = "";
		return this;
	}
	/**
	* Adds raw text to the summary buffer
	*
	* @param {string} text content to add
	* @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
	*
	* @returns {Summary} summary instance
	*/
	addRaw(text, addEOL = false) {
		this._buffer += text;
		return addEOL ? this.addEOL() : this;
	}
	/**
	* Adds the operating system-specific end-of-line marker to the buffer
	*
	* @returns {Summary} summary instance
	*/
	addEOL() {
		return this.addRaw(EOL);
	}
	/**
	* Adds an HTML codeblock to the summary buffer
	*
	* @param {string} code content to render within fenced code block
	* @param {string} lang (optional) language to syntax highlight code
	*
	* @returns {Summary} summary instance
	*/
	addCodeBlock(code, lang) {
		const attrs = Object.assign({}, lang && { lang });
		const element = this.wrap("pre", this.wrap("code", code), attrs);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML list to the summary buffer
	*
	* @param {string[]} items list of items to render
	* @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
	*
	* @returns {Summary} summary instance
	*/
	addList(items, ordered = false) {
		const tag = ordered ? "ol" : "ul";
		const listItems = items.map((item) => this.wrap("li", item)).join("");
		const element = this.wrap(tag, listItems);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML table to the summary buffer
	*
	* @param {SummaryTableCell[]} rows table rows
	*
	* @returns {Summary} summary instance
	*/
	addTable(rows) {
		const tableBody = rows.map((row) => {
			const cells = row.map((cell) => {
				if (typeof cell === "string") return this.wrap("td", cell);
				const { header, data, colspan, rowspan } = cell;
				const tag = header ? "th" : "td";
				const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
				return this.wrap(tag, data, attrs);
			}).join("");
			return this.wrap("tr", cells);
		}).join("");
		const element = this.wrap("table", tableBody);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds a collapsable HTML details element to the summary buffer
	*
	* @param {string} label text for the closed state
	* @param {string} content collapsable content
	*
	* @returns {Summary} summary instance
	*/
	addDetails(label, content) {
		const element = this.wrap("details", this.wrap("summary", label) + content);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML image tag to the summary buffer
	*
	* @param {string} src path to the image you to embed
	* @param {string} alt text description of the image
	* @param {SummaryImageOptions} options (optional) addition image attributes
	*
	* @returns {Summary} summary instance
	*/
	addImage(src, alt, options) {
		const { width, height } = options || {};
		const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
		const element = this.wrap("img", null, Object.assign({
			src,
			alt
		}, attrs));
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML section heading element
	*
	* @param {string} text heading text
	* @param {number | string} [level=1] (optional) the heading level, default: 1
	*
	* @returns {Summary} summary instance
	*/
	addHeading(text, level) {
		const tag = `h${level}`;
		const allowedTag = [
			"h1",
			"h2",
			"h3",
			"h4",
			"h5",
			"h6"
		].includes(tag) ? tag : "h1";
		const element = this.wrap(allowedTag, text);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML thematic break (<hr>) to the summary buffer
	*
	* @returns {Summary} summary instance
	*/
	addSeparator() {
		const element = this.wrap("hr", null);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML line break (<br>) to the summary buffer
	*
	* @returns {Summary} summary instance
	*/
	addBreak() {
		const element = this.wrap("br", null);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML blockquote to the summary buffer
	*
	* @param {string} text quote text
	* @param {string} cite (optional) citation url
	*
	* @returns {Summary} summary instance
	*/
	addQuote(text, cite) {
		const attrs = Object.assign({}, cite && { cite });
		const element = this.wrap("blockquote", text, attrs);
		return this.addRaw(element).addEOL();
	}
	/**
	* Adds an HTML anchor tag to the summary buffer
	*
	* @param {string} text link text/content
	* @param {string} href hyperlink
	*
	* @returns {Summary} summary instance
	*/
	addLink(text, href) {
		const element = this.wrap("a", text, { href });
		return this.addRaw(element).addEOL();
	}
};
const summary = new Summary();
/**
* The code to exit an action
*/
var ExitCode;
(function(ExitCode) {
	/**
	* A code indicating that the action was successful
	*/
	ExitCode[ExitCode["Success"] = 0] = "Success";
	/**
	* A code indicating that the action was a failure
	*/
	ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
/**
* Registers a secret which will get masked from logs
*
* @param secret - Value of the secret to be masked
* @remarks
* This function instructs the Actions runner to mask the specified value in any
* logs produced during the workflow run. Once registered, the secret value will
* be replaced with asterisks (***) whenever it appears in console output, logs,
* or error messages.
*
* This is useful for protecting sensitive information such as:
* - API keys
* - Access tokens
* - Authentication credentials
* - URL parameters containing signatures (SAS tokens)
*
* Note that masking only affects future logs; any previous appearances of the
* secret in logs before calling this function will remain unmasked.
*
* @example
* ```typescript
* // Register an API token as a secret
* const apiToken = "abc123xyz456";
* setSecret(apiToken);
*
* // Now any logs containing this value will show *** instead
* console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
* ```
*/
function setSecret(secret) {
	issueCommand("add-mask", {}, secret);
}
/**
* Gets the value of an input.
* Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
* Returns an empty string if the value is not defined.
*
* @param     name     name of the input to get
* @param     options  optional. See InputOptions.
* @returns   string
*/
function getInput(name, options) {
	const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
	if (options && options.required && !val) throw new Error(`Input required and not supplied: ${name}`);
	if (options && options.trimWhitespace === false) return val;
	return val.trim();
}
/**
* Sets the value of an output.
*
* @param     name     name of the output to set
* @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
*/
function setOutput(name, value) {
	if (process.env["GITHUB_OUTPUT"] || "") return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
	process.stdout.write(os.EOL);
	issueCommand("set-output", { name }, toCommandValue(value));
}
/**
* Writes debug message to user log
* @param message debug message
*/
function debug(message) {
	issueCommand("debug", {}, message);
}
/**
* Adds an error issue
* @param message error issue message. Errors will be converted to string via toString()
* @param properties optional properties to add to the annotation.
*/
function error(message, properties = {}) {
	issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
* Adds a warning issue
* @param message warning issue message. Errors will be converted to string via toString()
* @param properties optional properties to add to the annotation.
*/
function warning(message, properties = {}) {
	issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
* Writes info to log with console.log.
* @param message info message
*/
function info(message) {
	process.stdout.write(message + os.EOL);
}
/**
* Saves state for current action, the state can only be retrieved by this action's post job execution.
*
* @param     name     name of the state to store
* @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
*/
function saveState(name, value) {
	if (process.env["GITHUB_STATE"] || "") return issueFileCommand("STATE", prepareKeyValueMessage(name, value));
	issueCommand("save-state", { name }, toCommandValue(value));
}
/**
* Gets the value of an state set by this action's main execution.
*
* @param     name     name of the state to get
* @returns   string
*/
function getState(name) {
	return process.env[`STATE_${name}`] || "";
}
// node_modules/@actions/github/lib/context.js
var Context = class {
	/**
	* Hydrate the context from the environment
	*/
	constructor() {
		var _a, _b, _c;
		this.payload = {};
		if (process.env.GITHUB_EVENT_PATH) {
			if (existsSync(process.env.GITHUB_EVENT_PATH)) this.payload = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, { encoding: "utf8" }));
			else {
				const path = process.env.GITHUB_EVENT_PATH;
				process.stdout.write(`GITHUB_EVENT_PATH ${path} does not exist${EOL}`);
			}
		}
		this.eventName = process.env.GITHUB_EVENT_NAME;
		this.sha = process.env.GITHUB_SHA;
		this.ref = process.env.GITHUB_REF;
		this.workflow = process.env.GITHUB_WORKFLOW;
		this.action = process.env.GITHUB_ACTION;
		this.actor = process.env.GITHUB_ACTOR;
		this.job = process.env.GITHUB_JOB;
		this.runAttempt = parseInt(process.env.GITHUB_RUN_ATTEMPT, 10);
		this.runNumber = parseInt(process.env.GITHUB_RUN_NUMBER, 10);
		this.runId = parseInt(process.env.GITHUB_RUN_ID, 10);
		this.apiUrl = (_a = process.env.GITHUB_API_URL) !== null && _a !== void 0 ? _a : `https://api.github.com`;
		this.serverUrl = (_b = process.env.GITHUB_SERVER_URL) !== null && _b !== void 0 ? _b : `https://github.com`;
		this.graphqlUrl = (_c = process.env.GITHUB_GRAPHQL_URL) !== null && _c !== void 0 ? _c : `https://api.github.com/graphql`;
	}
	get issue() {
		const payload = this.payload;
		return Object.assign(Object.assign({}, this.repo), { number: (payload.issue || payload.pull_request || payload).number });
	}
	get repo() {
		if (process.env.GITHUB_REPOSITORY) {
			const [owner, repo] = process.env.GITHUB_REPOSITORY.split("/");
			return {
				owner,
				repo
			};
		}
		if (this.payload.repository) return {
			owner: this.payload.repository.owner.login,
			repo: this.payload.repository.name
		};
		throw new Error("context.repo requires a GITHUB_REPOSITORY environment variable like 'owner/repo'");
	}
};
// node_modules/@actions/github/lib/github.js
const context = new Context();
// action/environment.ts
function describeRun(env, pullRequest) {
	const variables = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => name.startsWith("GITHUB_") && name !== "GITHUB_TOKEN" ? [[name.slice(7), value]] : []));
	return {
		event: env.GITHUB_EVENT_NAME ?? "",
		graphqlUrl: env.GITHUB_GRAPHQL_URL || "https://api.github.com/graphql",
		variables,
		...pullRequest === void 0 ? {} : { pullRequest }
	};
}
function describeIdentity(env) {
	const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
	return url && token ? {
		url,
		token
	} : void 0;
}
// action/foreign-text.ts
/** Text that others wrote (names of files, words of a server), made harmless for where it is shown. */
/**
* For a line of the log. Control characters, line breaks among them, and those that turn the direction of writing
* are replaced; the two signs by which GitHub's runner knows a command are broken up: `::` at the start of a line,
* white space before it aside, and `##[` anywhere.
*/
function neutralise(text) {
	return replaceControls(text).replace(/^(\s*):(?=:)/, "$1: ").replaceAll("##[", "## [");
}
function replaceControls(text) {
	return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, "�");
}
// action/runner.ts
/**
* GitHub's runner as the Action sees it: inputs, log, outputs, state, summary, and what is known of the run.
* Everything that is written passes here, and here only: secrets are taken out, and data cannot act as a command.
*/
function createRunner() {
	const secrets = createSecrets();
	const clean = (text) => neutralise(secrets.redact(text));
	const mask = (secret) => secrets.add(secret).forEach(setSecret);
	secretsAmongVariables(process.env).forEach(mask);
	return {
		workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
		temporary: process.env.RUNNER_TEMP || void 0,
		isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0",
		run: describeRun(process.env, context.payload.pull_request?.number),
		identity: describeIdentity(process.env),
		input: (name) => getInput(name),
		mask,
		redact: secrets.redact,
		info: (line) => info(clean(line)),
		debug: (text) => debug(clean(text)),
		warning: (message) => warning(clean(message)),
		error: (message, { title, file }) => error(clean(message), {
			title: clean(title),
			...file === void 0 ? {} : { file: clean(file) }
		}),
		progress: (done, total) => info(`Sent ${done.toLocaleString("en")} of ${total.toLocaleString("en")} contents`),
		output: (name, value) => setOutput(name, secrets.redact(value)),
		saveState,
		readState: getState,
		async summary(markdown) {
			if (!process.env.GITHUB_STEP_SUMMARY) return;
			try {
				await summary.addRaw(secrets.redact(markdown), true).write();
			} catch (error) {
				warning(clean(`The job summary could not be written: ${String(error)}`));
			}
		}
	};
}
// action/post.ts
/** After the job, whatever became of it: gives the access token back. Nothing here can fail the job. */
await giveBackToken(createRunner());
export {};
