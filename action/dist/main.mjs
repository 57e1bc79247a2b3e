import { setTimeout } from "node:timers/promises";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, open, readFile, readdir, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import * as os from "os";
import { EOL } from "os";
import * as crypto$1 from "crypto";
import * as fs from "fs";
import { constants as constants$1, existsSync, promises, readFileSync } from "fs";
// \0rolldown/runtime.js
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJSMin = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod, mod.exports), cb = null), mod.exports);
var __copyProps = (to, from, except, desc) => {
	if (from && typeof from === "object" || typeof from === "function") for (var keys = __getOwnPropNames(from), i = 0, n = keys.length, key; i < n; i++) {
		key = keys[i];
		if (!__hasOwnProp.call(to, key) && key !== except) __defProp(to, key, {
			get: ((k) => from[k]).bind(null, key),
			enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable
		});
	}
	return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(isNodeMode || !mod || !mod.__esModule || !__hasOwnProp.call(mod, "default") ? __defProp(target, "default", {
	value: mod,
	enumerable: true
}) : target, mod));
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
/* @__NO_SIDE_EFFECTS__ */
function check(requirement, message$1) {
	return {
		kind: "validation",
		type: "check",
		reference: check,
		async: false,
		expects: null,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "input", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function integer(message$1) {
	return {
		kind: "validation",
		type: "integer",
		reference: integer,
		async: false,
		expects: null,
		requirement: Number.isInteger,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "integer", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function maxLength(requirement, message$1) {
	return {
		kind: "validation",
		type: "max_length",
		reference: maxLength,
		async: false,
		expects: `<=${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && dataset.value.length > this.requirement) _addIssue(this, "length", dataset, config$1, { received: `${dataset.value.length}` });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function minValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "min_value",
		reference: minValue,
		async: false,
		expects: `>=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value >= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function nonEmpty(message$1) {
	return {
		kind: "validation",
		type: "non_empty",
		reference: nonEmpty,
		async: false,
		expects: "!0",
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && dataset.value.length === 0) _addIssue(this, "length", dataset, config$1, { received: "0" });
			return dataset;
		}
	};
}
/**
* Creates a raw transformation action.
*
* @param action The transformation action.
*
* @returns A raw transform action.
*/
/* @__NO_SIDE_EFFECTS__ */
function rawTransform(action) {
	return {
		kind: "transformation",
		type: "raw_transform",
		reference: rawTransform,
		async: false,
		"~run"(dataset, config$1) {
			const output = action({
				dataset,
				config: config$1,
				addIssue: (info) => _addIssue(this, info?.label ?? "input", dataset, config$1, info),
				NEVER: null
			});
			if (dataset.issues) dataset.typed = false;
			else dataset.value = output;
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function regex(requirement, message$1) {
	return {
		kind: "validation",
		type: "regex",
		reference: regex,
		async: false,
		expects: `${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "format", dataset, config$1);
			return dataset;
		}
	};
}
/**
* Creates a custom transformation action.
*
* @param operation The transformation operation.
*
* @returns A transform action.
*/
/* @__NO_SIDE_EFFECTS__ */
function transform(operation) {
	return {
		kind: "transformation",
		type: "transform",
		reference: transform,
		async: false,
		operation,
		"~run"(dataset) {
			dataset.value = this.operation(dataset.value);
			return dataset;
		}
	};
}
const ABORT_EARLY_CONFIG = { abortEarly: true };
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
function variant(key, options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "variant",
		reference: variant,
		expects: "Object",
		async: false,
		key,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				let outputDataset;
				let maxDiscriminatorPriority = 0;
				let invalidDiscriminatorKey = this.key;
				let expectedDiscriminators = [];
				const parseOptions = (variant$1, allKeys) => {
					for (const schema of variant$1.options) {
						if (schema.type === "variant") parseOptions(schema, new Set(allKeys).add(schema.key));
						else {
							let keysAreValid = true;
							let currentPriority = 0;
							for (const currentKey of allKeys) {
								const discriminatorSchema = schema.entries[currentKey];
								if (currentKey in input ? discriminatorSchema["~run"]({
									typed: false,
									value: input[currentKey]
								}, ABORT_EARLY_CONFIG).issues : discriminatorSchema.type !== "exact_optional" && discriminatorSchema.type !== "optional" && discriminatorSchema.type !== "nullish") {
									keysAreValid = false;
									if (invalidDiscriminatorKey !== currentKey && (maxDiscriminatorPriority < currentPriority || maxDiscriminatorPriority === currentPriority && currentKey in input && !(invalidDiscriminatorKey in input))) {
										maxDiscriminatorPriority = currentPriority;
										invalidDiscriminatorKey = currentKey;
										expectedDiscriminators = [];
									}
									if (invalidDiscriminatorKey === currentKey) expectedDiscriminators.push(schema.entries[currentKey].expects);
									break;
								}
								currentPriority++;
							}
							if (keysAreValid) {
								const optionDataset = schema["~run"]({ value: input }, config$1);
								if (!outputDataset || !outputDataset.typed && optionDataset.typed) outputDataset = optionDataset;
							}
						}
						if (outputDataset && !outputDataset.issues) break;
					}
				};
				parseOptions(this, /* @__PURE__ */ new Set([this.key]));
				if (outputDataset) return outputDataset;
				_addIssue(this, "type", dataset, config$1, {
					input: input[invalidDiscriminatorKey],
					expected: /* @__PURE__ */ _joinExpects(expectedDiscriminators, "|"),
					path: [{
						type: "object",
						origin: "value",
						input,
						key: invalidDiscriminatorKey,
						value: input[invalidDiscriminatorKey]
					}]
				});
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function pipe(...pipe$1) {
	return _standardSchema({
		...pipe$1[0],
		pipe: pipe$1,
		"~run"(dataset, config$1) {
			for (const item of pipe$1) if (item.kind !== "metadata") {
				if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
					dataset.typed = false;
					break;
				}
				if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
			}
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
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
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
/** The one error that is thrown on purpose: what happened, why, and what to do. */
/** Each code is stable, and has a section in docs/errors.md under this title. */
const FAILURES = {
	"POSTERN-100": "An input is wrong",
	"POSTERN-102": "No credential",
	"POSTERN-112": "The API token is not accepted",
	"POSTERN-113": "The API token has expired",
	"POSTERN-121": "A permission is missing",
	"POSTERN-201": "The directory does not exist",
	"POSTERN-202": "An empty directory would delete everything",
	"POSTERN-203": "A symbolic link, or a path outside the workspace",
	"POSTERN-204": "Files cannot be deployed",
	"POSTERN-205": "A file changed during the run",
	"POSTERN-301": "The folder keeps changing",
	"POSTERN-401": "The server is not a Postern",
	"POSTERN-403": "The TLS connection failed",
	"POSTERN-405": "The server cannot be reached",
	"POSTERN-406": "The server limits the rate of requests",
	"POSTERN-407": "The server refused the request",
	"POSTERN-999": "A defect in the Action"
};
var Failure = class extends Error {
	name = "Failure";
	code;
	files;
	serverCode;
	constructor(code, { what, why, fix, files = [], serverCode }) {
		super([
			what,
			why,
			fix
		].filter(Boolean).join(" "));
		this.code = code;
		this.files = files;
		this.serverCode = serverCode;
	}
	/** The same failure, saying how often it was tried. */
	after(tries) {
		if (tries > 1) this.message += ` (Tried ${tries} times.)`;
		return this;
	}
};
// package.json
var version = "0.1.0";
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
/** What an answer that is not 200, or no answer at all, means to who runs the Action. Pure. */
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
/** @param redact takes the secrets out of what the server says, which may echo them */
function readRefusal(answer, redact) {
	const { url, status, headers } = answer;
	if (status >= 300 && status < 400) return new Failure("POSTERN-401", {
		what: `${url} redirects to ${shorten(redact(headers.get("Location") ?? "nowhere"))}.`,
		why: "Redirects are not followed, so that the credential goes nowhere else.",
		fix: "Set server to the address that Postern itself answers at."
	});
	const said = readError(answer.text);
	if (said === void 0 && !isTransient(status)) return notFromPostern(url, `has the status ${status} and is no error of Postern: ${describe(answer, redact)}`);
	const code = codeOf(status, said?.code);
	const retryAfter = headers.get("Retry-After");
	return new Failure(code, {
		what: `${url} answered ${status}${retryAfter ? ` (Retry-After: ${shorten(redact(retryAfter))})` : ""}.`,
		...said && { why: shorten(redact(`${said.text} (${said.code}, request ${said.requestId})`)) },
		fix: ADVICE[said?.code ?? ""] ?? FIXES[code] ?? "Look for the request id in the log of the worker.",
		...said && { serverCode: said.code }
	});
}
/** An answer with which the Action cannot go on, whoever gave it. */
function notFromPostern(url, flaw) {
	return new Failure("POSTERN-401", {
		what: `The answer of ${url} ${flaw}.`,
		why: "A Postern of this version does not answer so; a sign-in page or a proxy before it may.",
		fix: "Check the input server, and that the runner may reach it without signing in."
	});
}
/** Of a body only HTML is quoted: one that was to be JSON may hold a token that nobody knows yet. */
function describe({ headers, text }, redact) {
	const contentType = shorten(redact(headers.get("Content-Type") ?? "none"));
	return `content type ${contentType}${contentType.startsWith("text/html") ? `, begins with «${redact(text).slice(0, 80)}»` : ""}`;
}
/** Only the code of the error is shown: a message of `fetch` can hold a header, and so the credential. */
function readNetworkError(url, error) {
	const { origin } = new URL(url);
	const reason = reasonOf(error);
	if (/CERT|^ERR_(TLS|SSL)_|^UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(reason)) return {
		failure: new Failure("POSTERN-403", {
			what: `The TLS connection to ${origin} failed (${reason}).`,
			why: "The certificate of the server is not one that this runner trusts.",
			fix: "Give the server a certificate of a public authority, for the name in the input server."
		}),
		isTransient: false
	};
	return {
		failure: new Failure("POSTERN-405", {
			what: `There is no answer from ${origin} (${reason}).`,
			fix: "Check the input server, that it is up, and that this runner may connect to it; then run again."
		}),
		isTransient: true
	};
}
const NEW_TOKEN = "Create a new API token in Postern and put it in the secret that api-token reads.";
/** By the code of the server's answer. */
const ADVICE = {
	route_not_found: "Check the input server: it is the base URL, without /api/v1 or anything below.",
	path_taken: "The namespace has a file where the directory has a folder, or the other way round: remove or rename one of them."
};
const FIXES = {
	"POSTERN-112": NEW_TOKEN,
	"POSTERN-113": NEW_TOKEN,
	"POSTERN-121": "Give the service account a role with this permission in the namespace or one above it, or check tenant and namespace.",
	"POSTERN-406": "Wait, or let fewer runs start at the same time; then run again."
};
function codeOf(status, serverCode) {
	if (status === 429) return "POSTERN-406";
	if (serverCode === "token_expired") return "POSTERN-113";
	if (status === 401 || serverCode?.startsWith("token_") || serverCode === "account_disabled") return "POSTERN-112";
	return status === 403 ? "POSTERN-121" : "POSTERN-407";
}
function readError(text) {
	const json = parseJson(text);
	const api = /* @__PURE__ */ safeParse(ApiError, json);
	if (api.success) return {
		...api.output,
		text: api.output.detail ?? api.output.message
	};
	const oauth = /* @__PURE__ */ safeParse(OauthError, json);
	return oauth.success ? {
		...oauth.output,
		text: oauth.output.error_description
	} : void 0;
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
	const { cause } = error;
	if (!(cause instanceof Error)) return error.name;
	return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}
/** What servers say can be long; a line of the log should not be. */
const shorten = (text) => text.length > 300 ? `${text.slice(0, 300)}…` : text;
// action/http.ts
/**
* The HTTP client: one POST at a time, tried again while that can help, and an answer that has been checked.
* Every request of the Action is harmless to repeat (an access token whose answer got lost expires by itself). No redirect is followed, so a credential reaches one origin only.
*/
const MAX_TRIES = 4;
/** Above the longest honest one: a plan that deletes 10,000 files with long paths of any script. */
const MAX_ANSWER_BYTES = 33554432;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8e3;
function createHttp({ redact, fetch = globalThis.fetch, sleep: pause = (ms, signal) => setTimeout(ms, void 0, { signal }), random = Math.random, now = Date.now, timeoutMs = 6e4, deadlineMs = 3e5 }) {
	const deadline = now() + deadlineMs;
	const ending = new AbortController();
	let requests = 0;
	async function send(url, { headers, body }) {
		requests++;
		const response = await fetch(url, {
			method: "POST",
			headers: {
				Accept: "application/json",
				"User-Agent": `postern-action/${version}`,
				...headers
			},
			body,
			redirect: "manual",
			signal: AbortSignal.any([ending.signal, AbortSignal.timeout(Math.max(0, Math.min(timeoutMs, deadline - now())))])
		});
		return {
			url,
			status: response.status,
			headers: response.headers,
			text: await readText(url, response)
		};
	}
	/** The answer, or why there is none, and whether another try may end better. */
	async function attempt(url, request) {
		try {
			const answer = await send(url, request);
			if (answer.status === 200) return { answer };
			const failure = readRefusal(answer, redact);
			const retryAfterMs = readRetryAfter(answer.headers.get("Retry-After"), now());
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
		async post(url, request, schema) {
			for (let tries = 1;; tries++) {
				const outcome = await attempt(url, request);
				if ("answer" in outcome) return readJson(outcome.answer, schema, redact);
				const jitterMs = random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
				const pauseMs = Math.max(outcome.retryAfterMs ?? 0, jitterMs);
				if (!(outcome.isTransient && tries < MAX_TRIES && now() + pauseMs < deadline && !ending.signal.aborted)) throw outcome.failure.after(tries);
				await pause(pauseMs, ending.signal);
			}
		},
		get requests() {
			return requests;
		},
		abort: () => ending.abort()
	};
}
async function readText(url, response) {
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		bytes += chunk.byteLength;
		if (bytes > MAX_ANSWER_BYTES) throw notFromPostern(url, `is longer than ${MAX_ANSWER_BYTES} bytes`);
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}
function readJson(answer, schema, redact) {
	let json;
	try {
		if (answer.text !== "") json = JSON.parse(answer.text);
	} catch {
		throw notFromPostern(answer.url, `is not JSON: ${describe(answer, redact)}`);
	}
	const parsed = /* @__PURE__ */ safeParse(schema, json);
	if (parsed.success) return parsed.output;
	throw notFromPostern(answer.url, `has something unexpected at ${/* @__PURE__ */ getDotPath(parsed.issues[0]) ?? "its top"}`);
}
/** RFC 9110 §10.2.3: seconds, or a date. Milliseconds from now; `undefined` when absent or neither. */
function readRetryAfter(text, now) {
	if (text === null) return void 0;
	if (/^\d+$/.test(text)) return Number(text) * 1e3;
	return text.endsWith(" GMT") ? Date.parse(text) - now || void 0 : void 0;
}
// action/authenticate.ts
/** RFC 6750 §2.1. Anything else would break the header that it is put in. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
/**
* Exchanges the API token (RFC 8693). The access token is masked and noted for `post` before anything else can
* happen, so that it is given back even if the job is cancelled.
*/
async function authenticate(http, runner, { server, apiToken }) {
	const url = `${server}/oauth/token`;
	const body = new URLSearchParams({
		grant_type: TOKEN_EXCHANGE,
		subject_token: apiToken,
		subject_token_type: ACCESS_TOKEN_TYPE
	});
	const { access_token } = await http.post(url, { body }, ExchangeResponse);
	if (!BEARER_TOKEN.test(access_token)) throw notFromPostern(url, "has something unexpected at access_token");
	runner.mask(access_token);
	runner.saveState("access-token", access_token);
	runner.saveState("server", server);
	return access_token;
}
// shared/result.ts
const ok = (value) => ({
	ok: true,
	value
});
const err = (error) => ({
	ok: false,
	error
});
const MAX_PATH_LENGTH = 1024;
/**
* Reads a path that has been form-decoded exactly once. `.` and empty segments collapse, `\` is `/`.
*
* @returns a sentence saying what is wrong, for the caller's error answer, when the path is refused
*/
function parseFilePath(text) {
	if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return err(`Not a path: ${text}`);
	if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) return err("A path must not contain control characters or broken Unicode.");
	const segments = [];
	for (const segment of text.replaceAll("\\", "/").split("/")) {
		if (segment === "" || segment === ".") continue;
		if (segment.split(/%2f|%5c/i).some((part) => /^(\.|%2e){2}$/i.test(part))) return err("File should be accessed with their full path and not using relative '..' path.");
		if (segment.length > 255) return err(`A file or folder name exceeds the maximum length of 255 characters.`);
		segments.push(segment);
	}
	if (segments.length > 32) return err(`A path has more than 32 names.`);
	const path = `/${segments.join("/")}`;
	if (segments[0] === "_flows") return err(`Forbidden path: ${path}`);
	if (path.length > 1024) return err(`A path exceeds the maximum length of ${MAX_PATH_LENGTH} characters.`);
	return ok(path);
}
/** Reads the path of a file in a folder. It must be in its one spelling: `a/b.txt`, never `./a//b.txt`. */
function joinPath(folder, relative) {
	const joined = pathIn(folder, relative);
	const path = parseFilePath(joined);
	if (path.ok && (path.value !== joined || relative === "")) return err("must be a relative path without empty or . segments");
	return path;
}
/** The opposite of `relativeTo`, for what came from it. */
const pathIn = (folder, relative) => `${folder === "/" ? "" : folder}/${relative}`;
/** Dots nest: `company.team` lies in `company`. */
const NamespaceId = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ maxLength(150, "must have at most 150 characters"), /* @__PURE__ */ regex(/^[a-z0-9][a-z0-9._-]*$/, "must be lower-case letters, digits, dots, hyphens or underscores"));
/** Segments under `/api/v1` that name something else; a tenant of that name could never be reached. */
const RESERVED_TENANT_IDS = new Set("users service-accounts tenants me auths configs setup login logout license-info license validate-password forgotten-password reset-password auditlogs basicauthvalidationerrors main-tenant-flows instance plugins banners invitations cluster files namespaces groups roles bindings tenant-access acls issuers signing-keys master-key".split(" "));
const TenantId = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ maxLength(63, "must have at most 63 characters"), /* @__PURE__ */ regex(/^[a-z0-9][a-z0-9_-]*$/, "must be lower-case letters, digits, hyphens or underscores"), /* @__PURE__ */ check((id) => !RESERVED_TENANT_IDS.has(id), "is a reserved word"));
// shared/base62.ts
/** Base62: the alphabet of ids, tokens and checksums. Header-safe, URL-safe, selectable with a double click. */
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Writes a non-negative integer in base62, left-padded with `0` to `width` characters. */
function toBase62(value, width) {
	let text = "";
	for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text;
	return text.padStart(width, "0");
}
const KINDS = new Map(Object.entries({
	API: "pst",
	SESSION: "psu",
	IMPERSONATION: "psi",
	INVITATION: "psv"
}).map(([kind, prefix]) => [prefix, kind]));
const WHOLE_TOKEN = /^(ps[tuiv])_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}$/;
const CHECKSUM_LENGTH = 6;
/** Reads a token without any I/O; `undefined` when prefix, length, alphabet or checksum is wrong. */
function parseToken(text) {
	const [, prefix = "", id = ""] = WHOLE_TOKEN.exec(text) ?? [];
	const kind = KINDS.get(prefix);
	if (kind === void 0) return void 0;
	const body = text.slice(0, -6);
	return text === body + checksum(body) ? {
		kind,
		id,
		token: text
	} : void 0;
}
function checksum(body) {
	return toBase62(crc32(body), CHECKSUM_LENGTH);
}
/** CRC-32 as in ISO 3309 and zip, over ASCII text. */
function crc32(text) {
	let crc = 4294967295;
	for (let i = 0; i < text.length; i++) {
		crc ^= text.charCodeAt(i);
		for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 3988292384 : 0);
	}
	return (crc ^ 4294967295) >>> 0;
}
// action/inputs.ts
/** The inputs of the step, read once and all together. Pure: nothing is looked up, nothing is printed. */
/** Also here, and not in action.yml alone: an expression that comes to nothing hands over an empty input. */
const DEFAULTS = {
	tenant: "main",
	directory: ".",
	"namespace-path": "/",
	delete: "false",
	"dry-run": "false"
};
const Required = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ nonEmpty("is required"));
const Switch = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^(true|false)$/i, "must be true or false"), /* @__PURE__ */ transform((text) => text.toLowerCase() === "true"));
const Inputs = /* @__PURE__ */ object({
	server: /* @__PURE__ */ pipe(Required, readBy(parseServer)),
	tenant: TenantId,
	namespace: /* @__PURE__ */ pipe(Required, NamespaceId),
	directory: /* @__PURE__ */ string(),
	"namespace-path": /* @__PURE__ */ pipe(/* @__PURE__ */ string(), readBy(parseRoot)),
	"api-token": /* @__PURE__ */ pipe(Required, /* @__PURE__ */ check((text) => parseToken(text)?.kind === "API", "is not a whole API token of Postern, which starts with pst_ and has 66 characters")),
	delete: Switch,
	"dry-run": Switch
});
/**
* @param read gives an input by its name in the workflow, trimmed, empty when it is not set
* @throws {Failure} POSTERN-102 when nothing but the API token is missing, POSTERN-112 when nothing but it is
* malformed, else POSTERN-100 with everything that is wrong. No message repeats a value: it may hold a secret.
*/
function readInputs(read) {
	const given = Object.fromEntries(Object.keys(Inputs.entries).map((name) => [name, read(name) || (DEFAULTS[name] ?? "")]));
	const parsed = /* @__PURE__ */ safeParse(Inputs, given, { abortPipeEarly: true });
	if (!parsed.success) throw toFailure(parsed.issues, given["api-token"] === "");
	const inputs = parsed.output;
	return Object.freeze({
		server: inputs.server,
		tenant: inputs.tenant,
		namespace: inputs.namespace,
		directory: inputs.directory,
		root: inputs["namespace-path"],
		apiToken: inputs["api-token"],
		isDeleting: inputs.delete,
		isDryRun: inputs["dry-run"]
	});
}
function toFailure(issues, isTokenMissing) {
	const problems = issues.map((issue) => `Input ${/* @__PURE__ */ getDotPath(issue)} ${issue.message}`);
	const isTokenAlone = issues.every((issue) => /* @__PURE__ */ getDotPath(issue) === "api-token");
	if (isTokenAlone && isTokenMissing) return new Failure("POSTERN-102", {
		what: "There is no credential: input api-token is empty.",
		why: "GitHub hands no secrets to runs for forks, and to those of Dependabot only its own.",
		fix: "Create an API token in Postern, keep it in a secret, and set api-token to that secret."
	});
	return new Failure(isTokenAlone ? "POSTERN-112" : "POSTERN-100", {
		what: `${problems.join(". ")}.`,
		fix: isTokenAlone ? "Copy the whole token into the secret again." : "Correct the `with:` of this step."
	});
}
function parseServer(text) {
	if (!URL.canParse(text)) return err("must be a URL such as https://postern.example.com");
	const url = new URL(text);
	if (url.username !== "" || url.password !== "") return err("must not hold a user name or a password");
	if (/[?#]/.test(text)) return err("must have neither a query nor a fragment");
	const isLoopback = [
		"127.0.0.1",
		"localhost",
		"[::1]"
	].includes(url.hostname);
	if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) return err("must start with https:// (http:// is for 127.0.0.1, localhost and [::1] alone)");
	return ok(url.origin + url.pathname.replace(/\/+$/, ""));
}
/** The shared rule says what is wrong in a sentence of its own. */
function parseRoot(text) {
	const path = parseFilePath(text);
	return path.ok ? path : err(`is refused: ${path.error.replace(/\.$/, "")}`);
}
function readBy(parse) {
	return /* @__PURE__ */ rawTransform(({ dataset, addIssue, NEVER }) => {
		const parsed = parse(dataset.value);
		if (parsed.ok) return parsed.value;
		addIssue({ message: parsed.error });
		return NEVER;
	});
}
/** One namespace file. */
const MAX_FILE_BYTES = 16777216;
/** Files in one folder that is planned and committed as a whole. */
const MAX_FOLDER_FILES = 1e4;
const FileChange = /* @__PURE__ */ variant("kind", [
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("create"),
		path: /* @__PURE__ */ string(),
		size: /* @__PURE__ */ number()
	}),
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("update"),
		path: /* @__PURE__ */ string(),
		size: /* @__PURE__ */ number(),
		previousSize: /* @__PURE__ */ number()
	}),
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("delete"),
		path: /* @__PURE__ */ string(),
		previousSize: /* @__PURE__ */ number()
	})
]);
/** RFC 9110 §8.8.3, strong. */
const Etag = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^"[\x21\x23-\x7e]{0,100}"$/));
const Count = /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(0));
const Plan = /* @__PURE__ */ object({
	/** The folder as it is now; send it back as `If-Match` of the commit. */
	etag: Etag,
	/** Sorted by path, relative to the root. Empty: the folder is as wanted, and there is nothing more to do. */
	changes: /* @__PURE__ */ array(FileChange),
	unchanged: Count,
	/** Hashes of contents that the namespace does not hold yet. */
	missing: /* @__PURE__ */ array(/* @__PURE__ */ string())
});
const StoredBlobs = /* @__PURE__ */ object({ stored: /* @__PURE__ */ array(/* @__PURE__ */ string()) });
const Deployment = /* @__PURE__ */ object({
	/** Absent when the folder was already as wanted: then nothing was recorded. */
	id: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^[A-Za-z0-9_-]{1,64}$/))),
	/** The folder as it is after the commit. */
	etag: Etag,
	created: Count,
	updated: Count,
	deleted: Count,
	unchanged: Count
});
// action/remote/postern.ts
/** The bulk protocol of Postern, call by call. Which call comes when is the business of sync. */
function connectPostern(http, { server, tenant, namespace }, accessToken) {
	const files = `${server}/api/v1/${tenant}/namespaces/${namespace}/files`;
	const authorization = { Authorization: `Bearer ${accessToken}` };
	const json = {
		...authorization,
		"Content-Type": "application/json"
	};
	return {
		plan: (manifest) => http.post(`${files}/plan`, {
			headers: json,
			body: JSON.stringify(manifest)
		}, Plan),
		async upload(contents) {
			const body = new FormData();
			for (const { sha256, bytes } of contents) body.append("blob", new Blob([bytes], { type: "application/octet-stream" }), sha256);
			await http.post(`${files}/blobs`, {
				headers: authorization,
				body
			}, StoredBlobs);
		},
		commit(commit, etag) {
			const headers = {
				...json,
				"If-Match": etag,
				"Idempotency-Key": crypto.randomUUID()
			};
			return http.post(`${files}/commit`, {
				headers,
				body: JSON.stringify(commit)
			}, Deployment);
		}
	};
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
/**
* For Markdown, as code: GitHub looks for mentions, links and references in text, but not in code. An HTML element
* and not back-ticks, which a name could close.
*/
const toCode = (text) => `<code>${toEntities(text)}</code>`;
/** For Markdown, as running text: an invisible space keeps `@` and `#` from meaning somebody or something. */
const toProse = (text) => toEntities(text.replace(/[@#]/g, "$&​"));
/** An entity is never markup, to Markdown or HTML. All become one but letters, digits, spaces, `/` and `-`. */
const toEntities = (text) => replaceControls(text).replace(/[^\p{L}\p{N}/ -]/gu, (character) => `&#${character.codePointAt(0)};`);
// action/report.ts
/** GitHub keeps ten error annotations of a step: nine files, and the failure itself. */
const MAX_FILE_ANNOTATIONS = 9;
const MAX_SHOWN = 200;
const MAX_SHOWN_BYTES = 9e5;
const MAX_PLAN_LENGTH = 262144;
const SIGNS = {
	create: "+",
	update: "~",
	delete: "-"
};
const DONE = {
	create: "created",
	update: "updated",
	delete: "deleted"
};
function toLog(report) {
	const { shown, more } = firstOf(report.plan.changes.map((change) => `${SIGNS[change.kind]} ${change.path} (${sizesOf(change)})`));
	return [
		...shown,
		...more,
		headingOf(report, `${report.namespace}, folder ${report.root}`),
		countsOf(report)
	];
}
function toSummary(report) {
	const rows = report.plan.changes.map((change) => `| ${DONE[change.kind]} | ${toCode(change.path)} | ${sizesOf(change)} |`);
	const { shown, more } = firstOf(rows);
	const table = rows.length === 0 ? [] : [
		"",
		"| Change | File | Size |",
		"| --- | --- | --- |",
		...shown,
		"",
		...more
	];
	return [
		`## ${headingOf(report, `${toCode(report.namespace)}, folder ${toCode(report.root)}`)}`,
		"",
		countsOf(report),
		...table,
		""
	].join("\n");
}
function toOutputs({ plan, deploymentId = "" }) {
	const changes = JSON.stringify(plan.changes);
	return {
		changed: String(plan.changes.length > 0),
		...Object.fromEntries(countKinds(plan.changes).map(([kind, count]) => [kind, String(count)])),
		unchanged: String(plan.unchanged),
		deployment: deploymentId,
		plan: Buffer.byteLength(changes) <= MAX_PLAN_LENGTH ? changes : ""
	};
}
function toAnnotations(failure) {
	const title = `${failure.code}: ${FAILURES[failure.code]}`;
	return [...failure.files.slice(0, MAX_FILE_ANNOTATIONS).map(({ file, problem }) => ({
		title,
		message: `${file} ${problem}.`,
		file
	})), {
		title,
		message: `${failure.code}: ${failure.message}`
	}];
}
function toFailureSummary({ code, message, files }) {
	const items = files.map(({ file, problem }) => `- ${toCode(file)} ${toProse(problem)}`);
	const heading = `## Failed: ${FAILURES[code]} (${code})`;
	const { shown, more } = firstOf(items);
	return [
		heading,
		"",
		toProse(message),
		"",
		...shown,
		...more,
		""
	].join("\n");
}
function headingOf({ plan, isDryRun }, target) {
	if (plan.changes.length === 0) return `Nothing to change in ${target}`;
	return isDryRun ? `Dry run: nothing was written to ${target}` : `Deployed to ${target}`;
}
/** Such as «3 created, 1 updated, 2 deleted, 140 unchanged · 18.2 KB sent · 4 requests · 0.9 s». */
function countsOf({ plan, sentBytes, requests, durationMs }) {
	return [
		[...countKinds(plan.changes), ["unchanged", plan.unchanged]].map(([kind, count]) => `${count.toLocaleString("en")} ${kind}`).join(", "),
		`${formatBytes(sentBytes)} sent`,
		requests === 1 ? "1 request" : `${requests} requests`,
		`${(durationMs / 1e3).toFixed(1)} s`
	].join(" · ");
}
const countKinds = (changes) => [
	"create",
	"update",
	"delete"
].map((kind) => [DONE[kind], changes.filter((change) => change.kind === kind).length]);
function sizesOf(change) {
	switch (change.kind) {
		case "create": return formatBytes(change.size);
		case "update": return `${formatBytes(change.previousSize)} → ${formatBytes(change.size)}`;
		case "delete": return formatBytes(change.previousSize);
	}
}
/** In units of 1,000: «512 B», «18.2 KB», «4.0 MB». */
function formatBytes(bytes) {
	if (bytes < 1e3) return `${bytes} B`;
	return bytes < 999950 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
/** The first lines, and how many more there are: no reader wants all of ten thousand, and GitHub takes 1 MiB. */
function firstOf(lines) {
	let bytes = 0;
	const isWithin = (line, index) => {
		bytes += Buffer.byteLength(line);
		return index < MAX_SHOWN && bytes < MAX_SHOWN_BYTES;
	};
	const end = lines.findIndex((line, index) => !isWithin(line, index));
	if (end < 0) return {
		shown: [...lines],
		more: []
	};
	return {
		shown: lines.slice(0, end),
		more: [`… and ${(lines.length - end).toLocaleString("en")} more`]
	};
}
// action/parallel.ts
var import_ignore = /* @__PURE__ */ __toESM((/* @__PURE__ */ __commonJSMin(((exports, module) => {
	function makeArray(subject) {
		return Array.isArray(subject) ? subject : [subject];
	}
	const UNDEFINED = void 0;
	const EMPTY = "";
	const SPACE = " ";
	const ESCAPE = "\\";
	const REGEX_LITERAL_SPECIAL = /[.*+?()[\]{}^$|\\/]/;
	const BOM = "﻿";
	const REGEX_ANCHORED_GLOBSTAR = /^\/\*{2,}$/;
	const REGEX_REPLACE_LEADING_EXCAPED_EXCLAMATION = /^\\!/;
	const REGEX_REPLACE_LEADING_EXCAPED_HASH = /^\\#/;
	const REGEX_SPLITALL_CRLF = /\r?\n/g;
	const DOUBLE_SLASH = "//";
	const SLASH_CODE = 47;
	const DOT_CODE = 46;
	const SLASH = "/";
	let TMP_KEY_IGNORE = "node-ignore";
	/* istanbul ignore else */
	if (typeof Symbol !== "undefined") TMP_KEY_IGNORE = Symbol.for("node-ignore");
	const KEY_IGNORE = TMP_KEY_IGNORE;
	const define = (object, key, value) => {
		Object.defineProperty(object, key, { value });
		return value;
	};
	const RETURN_FALSE = () => false;
	const POSIX_CLASSES = {
		alnum: "0-9A-Za-z",
		alpha: "A-Za-z",
		blank: " \\t",
		cntrl: "\\x00-\\x1f\\x7f",
		digit: "0-9",
		graph: "!-.0-~",
		lower: "a-z",
		print: " -.0-~",
		punct: "!-.:-@\\[-`{-~",
		space: " \\t\\n\\r",
		upper: "A-Z",
		xdigit: "0-9A-Fa-f"
	};
	const CLASS_MEMBERS_TO_ESCAPE = "\\]^-[";
	const escapeMember = (char) => CLASS_MEMBERS_TO_ESCAPE.indexOf(char) < 0 ? char : ESCAPE + char;
	const NON_SLASH = "(?!\\/)";
	const classSource = (negated, body) => {
		if (negated) return `[^\\/${body}]`;
		const source = `[${body}]`;
		return new RegExp(source).test("/") ? NON_SLASH + source : source;
	};
	const scanBracket = (pattern, start) => {
		const { length } = pattern;
		let index = start + 1;
		let negated = EMPTY;
		const lead = pattern[index];
		if (lead === "!" || lead === "^") {
			negated = "^";
			index++;
		}
		let body = EMPTY;
		let prev = EMPTY;
		for (;;) {
			const char = pattern[index];
			if (char === UNDEFINED) return null;
			if (char === ESCAPE) {
				const escaped = pattern[++index];
				body += escapeMember(escaped);
				prev = escaped;
			} else if (char === "-" && prev && index + 1 < length && pattern[index + 1] !== "]") {
				index++;
				let to = pattern[index];
				if (to === ESCAPE) to = pattern[index += 1];
				if (prev <= to) body += `-${escapeMember(to)}`;
				prev = EMPTY;
			} else if (char === "[" && pattern[index + 1] === ":") {
				const nameStart = index + 2;
				let end = nameStart;
				while (end < length && pattern[end] !== "]") end++;
				if (end === length) return null;
				if (end > nameStart && pattern[end - 1] === ":") {
					const name = pattern.slice(nameStart, end - 1);
					if (!Object.prototype.hasOwnProperty.call(POSIX_CLASSES, name)) return null;
					body += POSIX_CLASSES[name];
					prev = EMPTY;
					index = end;
				} else {
					body += escapeMember("[");
					prev = "[";
					index = nameStart - 2;
				}
			} else {
				body += escapeMember(char);
				prev = char;
			}
			index++;
			if (pattern[index] === "]") return {
				end: index,
				source: classSource(negated, body)
			};
		}
	};
	const NEVER_MATCH = "[]";
	const PLACEHOLDER = "\0";
	const REGEX_RESTORE_PLACEHOLDER = new RegExp(`${PLACEHOLDER}(\\d+)${PLACEHOLDER}`, "g");
	const TRAILING_WILDCARD = "";
	const TRAILING_DOUBLESTAR = "";
	const isReserved = (char) => char === PLACEHOLDER || char === TRAILING_WILDCARD || char === TRAILING_DOUBLESTAR;
	const extractBrackets = (pattern) => {
		const sources = [];
		const hold = (source) => `${PLACEHOLDER}${sources.push(source) - 1}${PLACEHOLDER}`;
		const { length } = pattern;
		let out = EMPTY;
		let index = 0;
		while (index < length) {
			const char = pattern[index];
			if (char === ESCAPE) {
				const escaped = pattern[index + 1];
				if (escaped === SLASH && index + 2 === length) out += hold(NEVER_MATCH);
				else if (escaped === "*" || escaped === "[" || escaped === SPACE) out += pattern.slice(index, index + 2);
				else out += hold(REGEX_LITERAL_SPECIAL.test(escaped) ? ESCAPE + escaped : isReserved(escaped) ? `[${escaped}]` : escaped);
				index += 2;
			} else if (isReserved(char)) {
				out += hold(`[${char}]`);
				index++;
			} else if (char === "[") {
				const scanned = scanBracket(pattern, index);
				if (scanned === null) {
					out += hold(NEVER_MATCH);
					index = length;
				} else {
					out += hold(scanned.source);
					index = scanned.end + 1;
				}
			} else {
				out += char;
				index++;
			}
		}
		return {
			source: out,
			sources
		};
	};
	const DIRECT = null;
	const REGEX_INNER_SLASH = /\/(?!$)/;
	const WILDCARD = "[^\\/]*";
	const REPLACERS = [
		[
			/(\\+)( ?)/g,
			(_, run, space) => space ? run.slice(0, run.length - run.length % 2) + SPACE : run,
			"\\ "
		],
		[
			/(^|\/)\*{3,}(?=\/|$)/g,
			(_, start) => `${start}**`,
			"*"
		],
		[/[\\$.|*+(){^]/g, (match) => `\\${match}`],
		[
			/(?!\\)\?/g,
			() => "[^/]",
			"?"
		],
		[
			/^\//,
			() => "^",
			SLASH
		],
		[
			/\//g,
			() => "\\/",
			SLASH
		],
		[
			/^\^*(?:\\\*\\\*\\\/)+/,
			() => "(?:^|\\/)",
			"*"
		],
		[DIRECT, (source, pattern) => {
			if (!source || source[0] === "^" || source[0] === "(") return source;
			return (!REGEX_INNER_SLASH.test(pattern) ? "(?:^|\\/)" : "^") + source;
		}],
		[
			/\\\/\\\*\\\*(?=\\\/|$)/g,
			(_, index, str) => index + 6 < str.length ? str.slice(index + 6) === "\\/" ? "(?:\\/[^\\/]+)+" : "(?:\\/[^\\/]+)*" : `\\/${TRAILING_DOUBLESTAR}`,
			"*"
		],
		[
			/(^|[^\\])(?:\\\*)+(?!$)/g,
			(_, p1) => p1 + WILDCARD,
			"*"
		],
		[
			/(^|[^\\])((?:\\\\)*)\\\*$/,
			(match, p1, p2) => p2 === EMPTY ? p1 + TRAILING_WILDCARD : match,
			"*"
		],
		[
			/\\\\\\(?=[$.|*+(){^])/g,
			() => ESCAPE,
			"\\\\"
		],
		[
			/\\\\/g,
			() => ESCAPE,
			"\\\\"
		],
		[
			/\\\[([^\]/]*?)($|\])/g,
			(match, range, close) => `\\[${range}${close}`,
			"["
		],
		[DIRECT, (source) => {
			const last = source[source.length - 1];
			if (!last || last === TRAILING_WILDCARD || last === TRAILING_DOUBLESTAR) return source;
			return last === SLASH ? `${source}$` : `${source}(?=$|\\/$)`;
		}]
	];
	const REGEX_REPLACE_TRAILING_WILDCARD = /(^|\\\/)?\uE000$/;
	const MODE_IGNORE = "regex";
	const MODE_CHECK_IGNORE = "checkRegex";
	const replaceTrailingWildcard = (_, p1) => {
		return `${p1 ? `${p1}[^/]+` : "[^/]*"}(?=$|\\/$)`;
	};
	const REGEX_REPLACE_TRAILING_DOUBLESTAR = /\uE001$/;
	const replaceTrailingDoublestar = () => "[\\s\\S]";
	const separatorAfter = (run, at) => {
		let separator = EMPTY;
		for (let index = at + 1; index < run.length && !run[index].wildcard; index++) separator += run[index].single;
		return separator;
	};
	const pinWildcards = (source) => {
		if (source.indexOf(WILDCARD) < 0) return source;
		const tokens = [];
		const { length } = source;
		let index = 0;
		while (index < length) {
			const char = source[index];
			if (source.startsWith(WILDCARD, index)) {
				tokens.push({ wildcard: true });
				index += 6;
			} else if (char === "[") {
				let end = index + 1;
				if (source[end] === "^") end++;
				if (source[end] === "]") end++;
				while (end < length && source[end] !== "]") end += source[end] === ESCAPE ? 2 : 1;
				end++;
				tokens.push({ single: source.slice(index, end) });
				index = end;
			} else if (char === ESCAPE) {
				tokens.push({ single: source.slice(index, index + 2) });
				index += 2;
			} else if (char === "(") {
				let depth = 0;
				let end = index;
				do {
					if (source[end] === ESCAPE) end++;
					else if (source[end] === "(") depth++;
					else if (source[end] === ")") depth--;
					end++;
				} while (end < length && depth > 0);
				if ("*+?".indexOf(source[end]) >= 0) end++;
				tokens.push({ boundary: source.slice(index, end) });
				index = end;
			} else if (char === "^" || char === "$") {
				tokens.push({ boundary: char });
				index++;
			} else {
				tokens.push({ single: char });
				index++;
			}
		}
		let out = EMPTY;
		let run = [];
		const flush = () => {
			let lastWildcard;
			run.forEach((token, at) => {
				if (token.wildcard) lastWildcard = at;
			});
			run.forEach((token, at) => {
				if (!token.wildcard) {
					out += token.single;
					return;
				}
				out += at === lastWildcard ? WILDCARD : `(?:(?!${separatorAfter(run, at)})[^\\/])*`;
			});
			run = [];
		};
		tokens.forEach((token) => {
			if (token.boundary === void 0) {
				run.push(token);
				return;
			}
			flush();
			out += token.boundary;
		});
		flush();
		return out;
	};
	const makeRegexPrefix = (pattern) => {
		if (REGEX_ANCHORED_GLOBSTAR.test(pattern)) pattern = "**";
		const { source, sources } = extractBrackets(pattern);
		const replaced = REPLACERS.reduce((prev, [matcher, replacer, required]) => {
			if (matcher === DIRECT) return replacer(prev, pattern);
			if (required !== UNDEFINED && prev.indexOf(required) < 0) return prev;
			return matcher.test(prev) ? prev.replace(matcher, replacer.bind(pattern)) : prev;
		}, source);
		return sources.length ? replaced.replace(REGEX_RESTORE_PLACEHOLDER, (match, index) => sources[index]) : replaced;
	};
	const checkSourceOf = (body, prefix) => {
		if (body[body.length - 1] === SLASH) prefix = makeRegexPrefix(body.slice(0, -1));
		const head = prefix.slice(0, -1);
		const last = prefix[prefix.length - 1];
		return last === TRAILING_WILDCARD ? `${head}$` : last === TRAILING_DOUBLESTAR ? head : NEVER_MATCH;
	};
	const matchesBasename = (body) => {
		const index = body.indexOf(SLASH);
		return index < 0 || index === body.length - 1;
	};
	const basenameOf = (path) => {
		const end = path.length - 1;
		const index = path.lastIndexOf(SLASH, path[end] === SLASH ? end - 1 : end);
		return index < 0 ? path : path.slice(index + 1);
	};
	const parentOf = (path) => {
		if (path.charCodeAt(0) === SLASH_CODE || path.indexOf(DOUBLE_SLASH) >= 0) {
			const slices = path.split(SLASH).filter(Boolean);
			slices.pop();
			return slices.length ? slices.join(SLASH) + SLASH : EMPTY;
		}
		const end = path.length - 1;
		const cut = path.lastIndexOf(SLASH, path.charCodeAt(end) === SLASH_CODE ? end - 1 : end);
		return cut < 0 ? EMPTY : path.slice(0, cut + 1);
	};
	const isString = (subject) => typeof subject === "string";
	const checkPattern = (pattern) => pattern && isString(pattern);
	const splitPattern = (pattern) => (pattern[pattern.length - 1] === "\r" ? pattern.slice(0, -1) : pattern).split(REGEX_SPLITALL_CRLF).filter(Boolean);
	var IgnoreRule = class {
		constructor(pattern, mark, body, ignoreCase, negative, prefix) {
			this.pattern = pattern;
			this.mark = mark;
			this.negative = negative;
			define(this, "body", body);
			define(this, "ignoreCase", ignoreCase);
			define(this, "regexPrefix", prefix);
		}
		get _basenameOnly() {
			return define(this, "_basenameOnly", matchesBasename(this.body));
		}
		get regex() {
			const key = "_regex";
			if (this[key]) return this[key];
			return this._make(MODE_IGNORE, key);
		}
		get checkRegex() {
			const key = "_checkRegex";
			if (this[key]) return this[key];
			return this._make(MODE_CHECK_IGNORE, key);
		}
		_make(mode, key) {
			const str = pinWildcards(mode === MODE_IGNORE ? this.regexPrefix.replace(REGEX_REPLACE_TRAILING_WILDCARD, replaceTrailingWildcard).replace(REGEX_REPLACE_TRAILING_DOUBLESTAR, replaceTrailingDoublestar) : checkSourceOf(this.body, this.regexPrefix));
			const regex = this.ignoreCase ? new RegExp(str, "i") : new RegExp(str);
			return define(this, key, regex);
		}
	};
	const hasTrailingBackslash = (str) => {
		let count = 0;
		while (str[str.length - count - 1] === ESCAPE) count++;
		return count % 2 === 1;
	};
	const trimEnd = (body, stripLineEnd) => {
		let lineEnd = body.length;
		let end;
		for (;;) {
			if (stripLineEnd && body[lineEnd - 1] === "\r") lineEnd--;
			end = lineEnd;
			while (body[end - 1] === SPACE) end--;
			if (!stripLineEnd || body[end - 1] !== "\n") break;
			lineEnd = end - 1;
		}
		if (end === lineEnd) return body.slice(0, lineEnd);
		let backslashes = 0;
		while (body[end - backslashes - 1] === ESCAPE) backslashes++;
		return backslashes % 2 ? body.slice(0, end - 1) + SPACE : body.slice(0, end);
	};
	const createRule = (pattern, mark, ignoreCase, stripLineEnd, stripBOM) => {
		let body = stripBOM && pattern[0] === BOM ? pattern.slice(1) : pattern;
		if (body[0] === "#") return;
		let negative = false;
		if (body[0] === "!") {
			negative = true;
			body = body.slice(1);
		}
		const last = body[body.length - 1];
		if (last === SPACE || stripLineEnd && (last === "\r" || last === "\n")) body = trimEnd(body, stripLineEnd);
		if (!body || hasTrailingBackslash(body)) return;
		body = body.replace(REGEX_REPLACE_LEADING_EXCAPED_EXCLAMATION, "!").replace(REGEX_REPLACE_LEADING_EXCAPED_HASH, "#");
		const regexPrefix = makeRegexPrefix(body);
		return new IgnoreRule(pattern, mark, body, ignoreCase, negative, regexPrefix);
	};
	var RuleManager = class {
		constructor(ignoreCase) {
			this._ignoreCase = ignoreCase;
			this._rules = [];
			this._basenameCount = 0;
		}
		_add(pattern, index) {
			if (pattern && pattern[KEY_IGNORE]) {
				this._rules = this._rules.concat(pattern._rules._rules);
				this._basenameCount += pattern._rules._basenameCount;
				this._added = true;
				return;
			}
			const isStr = isString(pattern);
			const raw = isStr ? pattern : pattern.pattern;
			const rule = checkPattern(raw) && createRule(raw, isStr ? UNDEFINED : pattern.mark, this._ignoreCase, !this._split, this._stripBOM && !index);
			if (rule) {
				this._added = true;
				this._rules.push(rule);
				if (matchesBasename(rule.body)) this._basenameCount++;
			}
		}
		add(pattern) {
			this._added = false;
			this._split = isString(pattern);
			this._stripBOM = !this._split || pattern[0] === BOM;
			makeArray(this._split ? splitPattern(pattern) : pattern).forEach(this._add, this);
			if (this._added) this._literalRules = UNDEFINED;
			return this._added;
		}
		testLiteral(path) {
			const rules = this._literalRules || (this._literalRules = this._rules.filter(({ body }) => body[body.length - (body[body.length - 1] === SLASH ? 2 : 1)] === "*"));
			let ignored = false;
			let unignored = false;
			let matchedRule;
			for (let index = rules.length - 1; index >= 0; index--) {
				const rule = rules[index];
				if (rule.checkRegex.test(path)) {
					ignored = !rule.negative;
					unignored = rule.negative;
					matchedRule = rule.negative ? UNDEFINED : rule;
					break;
				}
			}
			const ret = {
				ignored,
				unignored
			};
			if (matchedRule) ret.rule = matchedRule;
			return ret;
		}
		test(path, mode) {
			const rules = this._rules;
			const { length } = rules;
			const shortcut = this._basenameCount * 2 >= length;
			const basename = shortcut ? basenameOf(path) : path;
			for (let index = length - 1; index >= 0; index--) {
				const rule = rules[index];
				if (rule[mode].test(shortcut && rule._basenameOnly ? basename : path)) {
					const { negative } = rule;
					const ret = {
						ignored: !negative,
						unignored: negative
					};
					if (!negative) ret.rule = rule;
					return ret;
				}
			}
			return {
				ignored: false,
				unignored: false
			};
		}
	};
	const throwError = (message, Ctor) => {
		throw new Ctor(message);
	};
	const checkPath = (path, originalPath, doThrow) => {
		if (!isString(path)) return doThrow(`path must be a string, but got \`${originalPath}\``, TypeError);
		if (!path) return doThrow(`path must not be empty`, TypeError);
		if (checkPath.isNotRelative(path)) return doThrow(`path should be a \`path.relative()\`d string, but got "${originalPath}"`, RangeError);
		return true;
	};
	const isNotRelative = (path) => {
		const first = path.charCodeAt(0);
		if (first === SLASH_CODE) return true;
		if (first !== DOT_CODE) return false;
		if (path.length === 1) return true;
		const second = path.charCodeAt(1);
		if (second === SLASH_CODE) return true;
		if (second !== DOT_CODE) return false;
		return path.length === 2 || path.charCodeAt(2) === SLASH_CODE;
	};
	checkPath.isNotRelative = isNotRelative;
	/* istanbul ignore next */
	checkPath.convert = (p) => p;
	const convertPath = (target) => isString(target) && checkPath.convert(target);
	var Ignore = class {
		constructor({ ignorecase = true, ignoreCase = ignorecase, allowRelativePaths = false } = {}) {
			define(this, KEY_IGNORE, true);
			this._rules = new RuleManager(ignoreCase);
			this._strictPathCheck = !allowRelativePaths;
			this._initCache();
		}
		_initCache() {
			this._ignoreCache = Object.create(null);
			this._testCache = Object.create(null);
		}
		add(pattern) {
			if (this._rules.add(pattern)) this._initCache();
			return this;
		}
		addPattern(pattern) {
			return this.add(pattern);
		}
		_test(originalPath, cache, path) {
			checkPath(path, originalPath, this._strictPathCheck ? throwError : RETURN_FALSE);
			return path ? this._t(path, cache) : {
				ignored: false,
				unignored: false
			};
		}
		checkIgnore(target) {
			const path = convertPath(target);
			if (!path || path.charCodeAt(path.length - 1) !== SLASH_CODE) return this._test(target, this._testCache, path);
			const dir = this._t(path, this._testCache);
			if (dir.ignored) return dir;
			const literal = this._rules.testLiteral(path);
			return literal.ignored || literal.unignored ? literal : dir;
		}
		_t(path, cache) {
			if (path in cache) return cache[path];
			const parentPath = parentOf(path);
			const parent = parentPath ? this._t(parentPath, cache) : UNDEFINED;
			return cache[path] = parent && parent.ignored ? parent : this._rules.test(path, MODE_IGNORE);
		}
		ignores(path) {
			return this._test(path, this._ignoreCache, convertPath(path)).ignored;
		}
		createFilter() {
			return (path) => !this.ignores(path);
		}
		filter(paths) {
			return makeArray(paths).filter(this.createFilter());
		}
		test(path) {
			return this._test(path, this._testCache, convertPath(path));
		}
	};
	const factory = (options) => new Ignore(options);
	const isPathValid = (path) => checkPath(convertPath(path), path, RETURN_FALSE);
	/* istanbul ignore next */
	const setupWindows = () => {
		const makePosix = (str) => /^\\\\\?\\/.test(str) || /["<>|\u0000-\u001F]+/u.test(str) ? str : str.replace(/\\/g, "/");
		checkPath.convert = makePosix;
		const REGEX_TEST_WINDOWS_PATH_ABSOLUTE = /^[a-z]:\//i;
		checkPath.isNotRelative = (path) => REGEX_TEST_WINDOWS_PATH_ABSOLUTE.test(path) || isNotRelative(path);
	};
	/* istanbul ignore next */
	if (typeof process !== "undefined" && process.platform === "win32") setupWindows();
	module.exports = factory;
	factory.default = factory;
	module.exports.isPathValid = isPathValid;
	define(module.exports, Symbol.for("setupWindows"), setupWindows);
})))(), 1);
/**
* Works through a list, `limit` items at a time, and returns the results in the order of the list.
* After the first failure no further item is begun.
*/
async function mapParallel(items, limit, work) {
	const results = [];
	const queue = numbered(items);
	const takeTurns = async () => {
		for (const [index, item] of queue) results[index] = await work(item);
	};
	await Promise.all(Array.from({ length: limit }, takeTurns));
	return results;
}
/** A generator and not `items.entries()`: a loop that throws closes it for all the others as well. */
function* numbered(items) {
	yield* items.entries();
}
// action/scanned-file.ts
/** A file of the scan on its way to being read: the one that was found, and not what took its place since. */
/**
* Opens a file by the path at which the walk found it, which led over no link.
*
* @param path the file's name for people
* @throws {Failure} POSTERN-205 if it is gone, or a link has come into its path
*/
async function openScanned(file, path) {
	const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => void 0);
	if (handle === void 0) throw changedDuringRun(path);
	if (await realpath(file).catch(() => void 0) === file) return handle;
	await handle.close();
	throw changedDuringRun(path);
}
function changedDuringRun(path) {
	return new Failure("POSTERN-205", {
		what: `${path} changed while it was being deployed.`,
		why: "What is deployed must be what was scanned.",
		fix: "See that no other process of this job writes to the directory during this step, then run again."
	});
}
// action/scan.ts
/**
* What the directory holds, before any network. Nothing is followed out of it, and whatever could not be deployed
* from every machine alike is refused now, all of it at once.
*/
const IGNORE_FILE = ".kestraignore";
/** Of those that end up in a workspace: google-github-actions/auth writes the first, ssh-keygen the second. */
const CREDENTIAL_NAMES = /^(gha-creds-.*\.json|id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|pfx))$/i;
const PARALLEL_READS = 8;
/**
* 1. Find the directory; it must be inside the workspace, by its real path.
* 2. Walk it, skip what is hidden or ignored, and collect everything that cannot be deployed.
* 3. Only if there is no such thing, hash the files.
*
* @param target the folder in the namespace: how long a path may be depends on it
* @throws {Failure} POSTERN-201, 203, 204 or 205
*/
async function scanDirectory(workspace, directory, target) {
	const base = await realpath(workspace);
	const root = await findDirectory(base, directory);
	const walk = await walkDirectory(root, target);
	const problems = [
		...walk.problems,
		...findCollisions(root, walk.found),
		...findExcess(walk.found)
	];
	if (problems.length > 0) throw refuseFiles(problems, (file) => relative(base, file).split(sep).join("/"));
	return {
		files: (await mapParallel(walk.found, PARALLEL_READS, hashFile)).sort((a, b) => a.path < b.path ? -1 : 1),
		skipped: walk.skipped
	};
}
async function findDirectory(workspace, directory) {
	const written = resolve(workspace, directory);
	const real = await realpath(written).catch(() => void 0);
	if (real === void 0 || !(await lstat(real)).isDirectory()) throw new Failure("POSTERN-201", {
		what: `There is no directory ${written}.`,
		why: real === void 0 ? "Nothing has this name." : "What has this name is not a directory.",
		fix: "Run actions/checkout before this step, and set directory relative to the root of the repository."
	});
	const below = relative(workspace, real);
	if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) throw new Failure("POSTERN-203", {
		what: `The directory ${directory} is outside the workspace, at ${real}.`,
		fix: "Set directory to a folder of the repository."
	});
	return real;
}
async function walkDirectory(root, target) {
	const rules = await readIgnoreFile(join(root, IGNORE_FILE));
	const found = [];
	const problems = [];
	const skipped = {
		ignored: 0,
		hidden: 0
	};
	async function enter(folder, prefix) {
		for (const entry of await list(folder)) {
			if (entry.name === IGNORE_FILE && prefix === "") continue;
			const file = join(folder, entry.name);
			const path = (prefix + entry.name).normalize("NFC");
			if (entry.name.startsWith(".")) skipped.hidden++;
			else if (rules.ignores(entry.isDirectory() ? `${path}/` : path)) skipped.ignored++;
			else if (entry.isDirectory()) await enter(file, `${path}/`);
			else {
				const taken = await inspect(file, path, target);
				if ("problem" in taken) problems.push(taken);
				else found.push(taken);
			}
		}
	}
	async function list(folder) {
		try {
			return await readdir(folder, { withFileTypes: true });
		} catch (error) {
			problems.push(unreadable(folder, error));
			return [];
		}
	}
	await enter(root, "");
	return {
		found,
		problems,
		skipped
	};
}
async function inspect(file, path, target) {
	const code = "POSTERN-204";
	try {
		const stats = await lstat(file);
		if (stats.isSymbolicLink()) return {
			code: "POSTERN-203",
			file,
			problem: `is a symbolic link to ${await readlink(file)}; links are not followed`
		};
		if (!stats.isFile()) return {
			code,
			file,
			problem: "is neither a file nor a folder"
		};
		if (CREDENTIAL_NAMES.test(path.slice(path.lastIndexOf("/") + 1))) return {
			code,
			file,
			problem: "has the name of a private key or a credential"
		};
		if (path.includes("\\")) return {
			code,
			file,
			problem: "has a backslash in its name"
		};
		const joined = joinPath(target, path);
		if (!joined.ok) return {
			code,
			file,
			problem: joined.error.replace(/\.$/, "")
		};
		if (stats.size > 16777216) return {
			code,
			file,
			problem: `has ${stats.size.toLocaleString("en")} bytes; at most ${MAX_FILE_BYTES.toLocaleString("en")} can be deployed`
		};
		await access(file, constants.R_OK);
		return {
			path,
			file,
			size: stats.size
		};
	} catch (error) {
		return unreadable(file, error);
	}
}
/** Among others a name that is not UTF-8: what Node makes of it names nothing. */
function unreadable(file, error) {
	const { code } = error;
	return {
		code: "POSTERN-204",
		file,
		problem: `cannot be read (${code})`
	};
}
async function readIgnoreFile(file) {
	const rules = (0, import_ignore.default)({ ignorecase: false });
	const stats = await lstat(file).catch(() => void 0);
	if (stats === void 0) return rules;
	if (!stats.isFile()) throw new Failure("POSTERN-203", {
		what: `${file} is not a regular file.`,
		why: "Links are not followed, and without its rules more would be deployed than was meant.",
		fix: "Replace it by a file."
	});
	const bytes = await readFile(file).catch((error) => {
		throw refuseFiles([unreadable(file, error)], () => IGNORE_FILE);
	});
	return rules.add(new TextDecoder().decode(bytes).normalize("NFC"));
}
/**
* Names that some file systems cannot tell apart, of files and of the folders above them: a checkout on Windows or
* macOS would deploy something else.
*/
function findCollisions(root, found) {
	const spellings = /* @__PURE__ */ new Map();
	for (const { file } of found) {
		const names = relative(root, file).split(sep);
		for (let depth = 1; depth <= names.length; depth++) {
			const spelling = names.slice(0, depth).join("/");
			const folded = spelling.normalize("NFC").toUpperCase().toLowerCase();
			const same = spellings.get(folded) ?? /* @__PURE__ */ new Map();
			if (!same.has(spelling)) spellings.set(folded, same.set(spelling, file));
		}
	}
	return [...spellings.values()].flatMap((same) => [...same].flatMap(([spelling, file]) => {
		const others = [...same.keys()].filter((other) => other !== spelling).join(" and ");
		const problem = `${join(root, spelling) === file ? "" : `is in ${spelling}, which `}differs from ${others} in case or Unicode form alone`;
		return same.size > 1 ? [{
			code: "POSTERN-204",
			file,
			problem
		}] : [];
	}));
}
function findExcess(found) {
	const first = found[MAX_FOLDER_FILES];
	if (first === void 0) return [];
	const problem = `is one of ${found.length} files; at most ${MAX_FOLDER_FILES} can be deployed together`;
	return [{
		code: "POSTERN-204",
		file: first.file,
		problem
	}];
}
function refuseFiles(problems, toName) {
	const files = problems.map(({ file, problem }) => ({
		file: toName(file),
		problem
	}));
	return new Failure(problems.every(({ code }) => code === "POSTERN-203") ? "POSTERN-203" : "POSTERN-204", {
		what: `${files.length === 1 ? "A file" : `${files.length} files`} cannot be deployed.`,
		fix: `Change what is listed, or leave it out by a line in ${IGNORE_FILE}.`,
		files
	});
}
/** The size is counted, not taken from the walk, so that it belongs to the hash. */
async function hashFile({ path, file, size }) {
	const hash = createHash("sha256");
	let bytes = 0;
	await using handle = await openScanned(file, path);
	for await (const chunk of handle.createReadStream({ autoClose: false })) {
		hash.update(chunk);
		bytes += chunk.byteLength;
	}
	if (bytes !== size) throw changedDuringRun(path);
	return {
		path,
		file,
		size,
		sha256: hash.digest("hex")
	};
}
// action/sync.ts
/**
* Brings the scanned files into the namespace folder: plan, upload what is missing, commit. The server is not taken
* at its word: it gets no content but those it was offered, and may plan nothing that was not asked for.
*/
const PARALLEL_UPLOADS = 4;
const MAX_COMMITS = 3;
/** @throws {Failure} POSTERN-202 when an empty directory would delete all there is */
function refuseToEmpty({ files, skipped }, { directory, isDeleting }) {
	if (!isDeleting || files.length > 0) return;
	throw new Failure("POSTERN-202", {
		what: `${directory} holds no file to deploy (${skipped.ignored} ignored, ${skipped.hidden} hidden).`,
		why: "With delete: true, every file of the namespace folder would go.",
		fix: "Check the input directory, and .kestraignore if there is one."
	});
}
/**
* @param log takes a line whenever an upload is done
* @throws {Failure} POSTERN-205, 301, 401, or what the HTTP client throws
*/
async function sync(postern, { files, root, isDeleting, isDryRun, source }, log) {
	const manifest = {
		root,
		delete: isDeleting,
		files: files.map(({ path, sha256, size }) => ({
			path,
			sha256,
			size
		}))
	};
	let sentBytes = 0;
	for (let commits = 1;; commits++) {
		const plan = await postern.plan(manifest);
		checkPlan(plan, manifest);
		if (isDryRun || plan.changes.length === 0) return {
			plan,
			sentBytes
		};
		sentBytes += await uploadMissing(postern, plan, files, log);
		try {
			const { id } = await postern.commit({
				plan: manifest,
				source
			}, plan.etag);
			return {
				plan,
				deploymentId: id,
				sentBytes
			};
		} catch (error) {
			if (!(error instanceof Failure && error.serverCode === "folder_changed")) throw error;
			if (commits === MAX_COMMITS) throw keepsChanging(root);
			log("The folder was changed by somebody else since it was planned. Planning again.");
		}
	}
}
/** Refuses a plan that wants a content it was not offered, or says it does what was not asked for. */
function checkPlan({ changes, unchanged, missing }, manifest) {
	const hashes = new Set(manifest.files.map((file) => file.sha256));
	const paths = new Set(manifest.files.map((file) => file.path));
	if (!missing.every((sha256) => hashes.has(sha256))) throw untrustworthy("asks for contents that this run did not offer");
	const named = new Set(changes.map(({ path }) => path));
	const kept = changes.filter(({ kind }) => kind !== "delete").length + unchanged;
	if (named.size !== changes.length || kept !== manifest.files.length) throw untrustworthy("does not add up to the files that this run offered");
	for (const { kind, path } of changes) {
		if (!joinPath(manifest.root, path).ok) throw untrustworthy("names a path that no file can have");
		if (paths.has(path) === (kind === "delete")) throw untrustworthy(`would ${kind} ${path}, which makes no sense`);
		if (kind === "delete" && !manifest.delete) throw untrustworthy(`would delete ${path}, but delete is false`);
	}
}
async function uploadMissing(postern, { missing }, files, log) {
	const bySha256 = new Map(files.map((file) => [file.sha256, file]));
	const contents = [...new Set(missing)].flatMap((sha256) => bySha256.get(sha256) ?? []);
	let stored = 0;
	return (await mapParallel(toBatches(contents), PARALLEL_UPLOADS, async (batch) => {
		await postern.upload(await Promise.all(batch.map(readContent)));
		stored += batch.length;
		log(`Uploaded ${stored.toLocaleString("en")} of ${contents.length.toLocaleString("en")} contents`);
		return totalSize(batch);
	})).reduce((sum, size) => sum + size, 0);
}
/** As few uploads as the limits allow without reordering. A content above the limit for bytes goes alone. */
function toBatches(contents) {
	const batches = [];
	let bytes = 0;
	for (const content of contents) {
		const batch = batches.at(-1);
		if (batch && batch.length < 500 && bytes + content.size <= 4194304) {
			batch.push(content);
			bytes += content.size;
		} else {
			batches.push([content]);
			bytes = content.size;
		}
	}
	return batches;
}
/** Hashes what is sent, not what was scanned: between the two the file may have been exchanged. */
async function readContent({ path, file, sha256 }) {
	await using handle = await openScanned(file, path);
	const bytes = await handle.readFile();
	if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw changedDuringRun(path);
	return {
		sha256,
		bytes
	};
}
const totalSize = (batch) => batch.reduce((sum, { size }) => sum + size, 0);
const untrustworthy = (flaw) => new Failure("POSTERN-401", {
	what: `The plan of the server ${flaw}.`,
	why: "A Postern does not plan so. Nothing of it was carried out.",
	fix: "Check the input server, and the version of the Postern there."
});
const keepsChanging = (root) => new Failure("POSTERN-301", {
	what: `The folder ${root} was changed by somebody else ${MAX_COMMITS} times while this run was about to.`,
	why: "Nothing of this run was written: it would have undone what it had not seen.",
	fix: "Let one run at a time deploy to the namespace, with `concurrency` in the workflow; then run again."
});
// action/run.ts
/** The step from its inputs to its exit code, phase by phase. */
/** @returns 0 when the namespace is as wanted, or the dry run is done; else 1 */
async function run(runner) {
	try {
		await deploy(runner);
		return 0;
	} catch (error) {
		await reportFailure(runner, error instanceof Failure ? error : toDefect(runner, error));
		return 1;
	}
}
async function deploy(runner) {
	const startedAt = Date.now();
	runner.mask(runner.input("api-token"));
	const inputs = readInputs(runner.input);
	const scan = await scanDirectory(runner.workspace, inputs.directory, inputs.root);
	refuseToEmpty(scan, inputs);
	announce(runner, scan, inputs.directory);
	refuseUnverifiedTls(runner, inputs.server);
	const http = createHttp({ redact: runner.redact });
	try {
		const postern = connectPostern(http, inputs, await authenticate(http, runner, inputs));
		const source = runner.describeRun();
		const outcome = await sync(postern, {
			...inputs,
			files: scan.files,
			source
		}, runner.info);
		const durationMs = Date.now() - startedAt;
		await report(runner, {
			...outcome,
			...inputs,
			requests: http.requests,
			durationMs
		});
	} finally {
		http.abort();
	}
}
function refuseUnverifiedTls(runner, server) {
	if (runner.isTlsVerified || !server.startsWith("https:")) return;
	throw new Failure("POSTERN-403", {
		what: "NODE_TLS_REJECT_UNAUTHORIZED is 0: the certificate of the server would not be checked.",
		why: "Whoever stands between could take the API token.",
		fix: "Remove the variable from the environment of this step."
	});
}
function announce(runner, { files, skipped }, directory) {
	const { ignored, hidden } = skipped;
	const count = files.length.toLocaleString("en");
	runner.info(`Files in ${directory}: ${count} (skipped: ${ignored} ignored, ${hidden} hidden)`);
	if (files.length === 0) runner.warning(`There is no file to deploy in ${directory}.`);
}
/** Names come from the server as well as from the disk: they are redacted before anything escapes them. */
async function report(runner, result) {
	const changes = result.plan.changes.map((change) => ({
		...change,
		path: runner.redact(change.path)
	}));
	const shown = {
		...result,
		plan: {
			...result.plan,
			changes
		}
	};
	for (const line of toLog(shown)) runner.info(line);
	for (const [name, value] of Object.entries(toOutputs(shown))) runner.output(name, value);
	await runner.summary(toSummary(shown));
}
async function reportFailure(runner, { code, message, files }) {
	const { redact } = runner;
	const shown = {
		code,
		message: redact(message),
		files: files.map(({ file, problem }) => ({
			file: redact(file),
			problem: redact(problem)
		}))
	};
	for (const { file, problem } of shown.files) runner.info(`${file} ${problem}`);
	for (const { message: text, ...at } of toAnnotations(shown)) runner.error(text, at);
	await runner.summary(toFailureSummary(shown));
}
function toDefect(runner, error) {
	const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
	for (const line of stack.split("\n")) runner.debug(line);
	return new Failure("POSTERN-999", {
		what: `Something went wrong that should not be able to: ${message}.`,
		fix: "Run again with debug logging switched on, and open an issue with the log."
	});
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
	const delimiter = `ghadelimiter_${crypto$1.randomUUID()}`;
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
const { access: access$1, appendFile, writeFile } = promises;
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
				yield access$1(pathFromEnv, constants$1.R_OK | constants$1.W_OK);
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
// action/runner.ts
/**
* GitHub's runner as the Action sees it: inputs, log, outputs, state, summary, and what is known of the run.
* Everything that is written passes here, and here only: secrets are taken out, and data cannot act as a command.
*/
function createRunner() {
	const secrets = /* @__PURE__ */ new Set();
	const redact = (text) => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
	const clean = (text) => neutralise(redact(text));
	return {
		workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
		isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0",
		describeRun,
		input: (name) => getInput(name),
		mask(secret) {
			if (secret === "") return;
			for (const form of [secret, Buffer.from(secret).toString("base64").replaceAll("=", "")]) {
				secrets.add(form);
				setSecret(form);
			}
		},
		redact,
		info: (line) => info(clean(line)),
		debug: (text) => debug(clean(text)),
		warning: (message) => warning(clean(message)),
		error: (message, { title, file }) => error(clean(message), {
			title: clean(title),
			...file === void 0 ? {} : { file: clean(file) }
		}),
		output: (name, value) => setOutput(name, redact(value)),
		saveState,
		readState: getState,
		async summary(markdown) {
			if (!process.env.GITHUB_STEP_SUMMARY) return;
			try {
				await summary.addRaw(redact(markdown), true).write();
			} catch (error) {
				warning(clean(`The job summary could not be written: ${String(error)}`));
			}
		}
	};
}
/** Without GITHUB_REPOSITORY, outside of GitHub, the context throws. */
function describeRun() {
	try {
		const { repo, ref, sha, serverUrl, runId } = context;
		const repository = `${repo.owner}/${repo.repo}`;
		return {
			repository,
			ref,
			commit: sha,
			runUrl: `${serverUrl}/${repository}/actions/runs/${runId}`
		};
	} catch {
		return {};
	}
}
// action/main.ts
/** The step itself. Awaited at the top level: Node then exits with 13, not 0, if the promise never settles. */
process.exitCode = await run(createRunner());
export {};
