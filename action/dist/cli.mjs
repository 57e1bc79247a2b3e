#!/usr/bin/env node
import { access, lstat, open, readFile, readdir, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { X509Certificate, createHash, randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { pipeline } from "node:stream/promises";
import tls from "node:tls";
import { constants, createReadStream, ftruncateSync, writeSync } from "node:fs";
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
// package.json
var version = "0.1.0";
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
* Disallows inherited object properties and prevents object prototype
* pollution by disallowing certain keys.
*
* @param object The object to check.
* @param key The key to check.
*
* @returns Whether the key is allowed.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isValidObjectKey(object$1, key) {
	return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
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
function maxValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "max_value",
		reference: maxValue,
		async: false,
		expects: `<=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value <= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
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
* Creates a to lower case transformation action.
*
* @returns A to lower case action.
*/
/* @__NO_SIDE_EFFECTS__ */
function toLowerCase() {
	return {
		kind: "transformation",
		type: "to_lower_case",
		reference: toLowerCase,
		async: false,
		"~run"(dataset) {
			dataset.value = dataset.value.toLowerCase();
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
function nullable(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "nullable",
		reference: nullable,
		expects: `(${wrapped.expects} | null)`,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			if (dataset.value === null) {
				if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
				if (dataset.value === null) {
					dataset.typed = true;
					return dataset;
				}
			}
			return this.wrapped["~run"](dataset, config$1);
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
function picklist(options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "picklist",
		reference: picklist,
		expects: /* @__PURE__ */ _joinExpects(options.map(_stringify), "|"),
		async: false,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			if (this.options.includes(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function record(key, value$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "record",
		reference: record,
		expects: "Object",
		async: false,
		key,
		value: value$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const entryKey in input) if (/* @__PURE__ */ _isValidObjectKey(input, entryKey)) {
					const entryValue = input[entryKey];
					const keyDataset = this.key["~run"]({ value: entryKey }, config$1);
					if (keyDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "key",
							input,
							key: entryKey,
							value: entryValue
						};
						for (const issue of keyDataset.issues) {
							issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = keyDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					const valueDataset = this.value["~run"]({ value: entryValue }, config$1);
					if (valueDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "value",
							input,
							key: entryKey,
							value: entryValue
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
					if (!keyDataset.typed || !valueDataset.typed) dataset.typed = false;
					if (keyDataset.typed) dataset.value[keyDataset.value] = valueDataset.value;
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
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
* Creates a unknown schema.
*
* @returns A unknown schema.
*/
/* @__NO_SIDE_EFFECTS__ */
function unknown() {
	return _standardSchema({
		kind: "schema",
		type: "unknown",
		reference: unknown,
		expects: "unknown",
		async: false,
		"~run"(dataset) {
			dataset.typed = true;
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
/**
* Creates a modified copy of an object schema that contains only the selected
* entries.
*
* @param schema The schema to pick from.
* @param keys The selected entries.
*
* @returns An object schema.
*/
/* @__NO_SIDE_EFFECTS__ */
function pick(schema, keys) {
	const entries$1 = {};
	for (const key of keys) entries$1[key] = schema.entries[key];
	return _standardSchema({
		...schema,
		entries: entries$1
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
	"POSTERN-101": "More than one credential",
	"POSTERN-102": "No credential",
	"POSTERN-103": "GitHub gave the job no identity token",
	"POSTERN-104": "GitHub minted no identity token",
	"POSTERN-105": "The code of a pull request would be deployed",
	"POSTERN-111": "No trust policy takes this run",
	"POSTERN-112": "The API token is not accepted",
	"POSTERN-113": "The API token has expired",
	"POSTERN-114": "User and password are not accepted",
	"POSTERN-115": "The identity token is not accepted",
	"POSTERN-121": "A permission is missing",
	"POSTERN-201": "The directory does not exist",
	"POSTERN-202": "An empty directory would delete everything",
	"POSTERN-203": "A symbolic link, or a path outside the workspace",
	"POSTERN-204": "Files cannot be deployed",
	"POSTERN-205": "A file changed during the run",
	"POSTERN-301": "The folder keeps changing",
	"POSTERN-302": "A newer run has deployed already",
	"POSTERN-303": "Too many files would be deleted",
	"POSTERN-304": "Files exist already",
	"POSTERN-305": "Protected files would be overwritten",
	"POSTERN-306": "The namespace differs",
	"POSTERN-401": "The server is not a Postern",
	"POSTERN-402": "The server cannot do what is asked for",
	"POSTERN-403": "The TLS connection failed",
	"POSTERN-404": "The proxy refuses the connection",
	"POSTERN-405": "The server cannot be reached",
	"POSTERN-406": "The server limits the rate of requests",
	"POSTERN-407": "The server refused the request",
	"POSTERN-501": "A part of the files was written",
	"POSTERN-901": "The run was cancelled",
	"POSTERN-999": "A defect in the Action"
};
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
function createHttp({ redact, signal: ending = new AbortController().signal, headers: common = {}, transport = createTransport(), sleep: pause = (ms, signal) => setTimeout$1(ms, void 0, { signal }), random = Math.random, now = Date.now, retries = 3, timeoutMs = 6e4, deadlineMs = DEFAULT_DEADLINE_MS }) {
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
	return text.endsWith(checksum(text.slice(0, -6))) ? {
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
	for (let i = 0; i < text.length; i++) crc = crc >>> 8 ^ REMAINDERS[(crc ^ text.charCodeAt(i)) & 255];
	return (crc ^ 4294967295) >>> 0;
}
/** What each byte leaves. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 3988292384 : 0);
	return crc;
});
// action/inputs/credential.ts
/** Which credential a run signs in with. Pure, and the same for the Action and the command line. */
const AUTH_METHODS = [
	"auto",
	"oidc",
	"token",
	"basic"
];
/** RFC 6750 §2.1. Anything else would break the header that it is put in. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
/**
* @param hasIdentity whether GitHub offers the job an identity token
* @returns the credential, or what is wrong
*/
function decideCredential(inputs, hasIdentity) {
	const { apiToken, user, serviceAccount, audience } = inputs;
	switch (inputs.auth) {
		case "auto":
			if (apiToken !== "" && user !== "") return {
				name: "api-token",
				message: "and user are both set",
				code: "POSTERN-101"
			};
			if (apiToken !== "") return readToken(apiToken);
			if (user !== "") return readBasic(inputs);
			if (hasIdentity) return {
				kind: "oidc",
				audience,
				serviceAccount: serviceAccount || void 0
			};
			return {
				name: "api-token",
				message: "is required",
				code: "POSTERN-102"
			};
		case "oidc":
			if (hasIdentity) return {
				kind: "oidc",
				audience,
				serviceAccount: serviceAccount || void 0
			};
			return {
				name: "auth",
				message: "cannot be oidc in this job",
				code: "POSTERN-103"
			};
		case "token": return apiToken === "" ? {
			name: "api-token",
			message: "is required",
			code: "POSTERN-102"
		} : readToken(apiToken);
		case "basic": return user === "" ? {
			name: "user",
			message: "is required",
			code: "POSTERN-102"
		} : readBasic(inputs);
	}
}
/** A token that does not look like one of Postern may be one of a stock Kestra, whatever those look like. */
function readToken(token) {
	if (token.startsWith("pst_") ? parseToken(token)?.kind === "API" : BEARER_TOKEN.test(token)) return {
		kind: "token",
		token
	};
	return {
		name: "api-token",
		message: "is not a whole API token of Postern, which starts with pst_ and has 66 characters",
		code: "POSTERN-112"
	};
}
/** RFC 7617: the name holds no colon, the password may. */
function readBasic({ user, password }) {
	if (password !== "") {
		if (user.includes(":")) return {
			name: "user",
			message: "must hold no password when password is set"
		};
		return {
			kind: "basic",
			user,
			password
		};
	}
	const colon = user.indexOf(":");
	if (colon < 1 || colon === user.length - 1) return {
		name: "user",
		message: "must be name:password, or a name beside the input password"
	};
	return {
		kind: "basic",
		user: user.slice(0, colon),
		password: user.slice(colon + 1)
	};
}
// action/identity.ts
/** GitHub's identity token of this job: minted by GitHub, for one audience, good for five minutes. */
const Minted = /* @__PURE__ */ object({ value: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(BEARER_TOKEN)) });
/**
* Mints a new one each time it is asked: a token is accepted once. It is masked before anything else can happen.
*
* @throws {Failure} POSTERN-103 where GitHub offers none, 104 when it does not answer as it should
*/
async function mintIdentityToken(github, runner, audience) {
	const { identity } = runner;
	if (identity === void 0) throw new Failure("POSTERN-103", {
		what: "GitHub gave this job no identity token.",
		fix: "Add `permissions: id-token: write` to the job."
	});
	runner.mask(identity.token);
	const url = new URL(identity.url);
	url.searchParams.set("audience", audience);
	const headers = { Authorization: `Bearer ${identity.token}` };
	try {
		const { value } = await github.send("GET", url.href, { headers }, json(Minted));
		runner.mask(value);
		return value;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		throw new Failure("POSTERN-104", {
			what: "GitHub did not mint an identity token for this job.",
			why: error.message,
			fix: "Run the job again; if that does not help, look at githubstatus.com."
		});
	}
}
/** Claims by which a trust policy may know a run again; those that are missing are left out. */
const POLICY_CLAIMS = [
	"repository_owner_id",
	"repository_id",
	"ref",
	"event_name",
	"environment",
	"job_workflow_ref"
];
/** Not verified, which is for who accepts the token: it is to be shown to the people that it is about. */
function readClaims(identityToken) {
	const [, payload = ""] = identityToken.split(".");
	const claims = /* @__PURE__ */ safeParse(/* @__PURE__ */ record(/* @__PURE__ */ string(), /* @__PURE__ */ unknown()), parse$1(payload));
	if (!claims.success) return {};
	return Object.fromEntries(Object.entries(claims.output).filter((claim) => typeof claim[1] === "string"));
}
function parse$1(payload) {
	try {
		return JSON.parse(Buffer.from(payload, "base64url").toString());
	} catch {
		return;
	}
}
/** A federated credential that takes runs like this one, as JSON for whoever may create it. */
function suggestPolicy(claims) {
	const match = POLICY_CLAIMS.flatMap((name) => claims[name] ? [[name, claims[name]]] : []);
	const name = claims.repository?.split("/")[1]?.toLowerCase().replace(/[^a-z0-9]+/g, "-") ?? "github-actions";
	return JSON.stringify({
		name,
		issuer: claims.iss,
		match: Object.fromEntries(match)
	}, null, 2);
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
// action/authenticate.ts
/**
* What a run signs its requests with. An API token or GitHub's identity token is exchanged for an access token
* before anything is asked of the server, which is given back after the job; other credentials are sent as they are.
*/
/** @throws {Failure} POSTERN-103, 104, 111 to 115, 402, or what the HTTP client throws */
async function authenticate(clients, runner, inputs) {
	const { credential } = inputs;
	if (credential.kind === "basic") {
		const { user, password } = credential;
		return {
			header: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
			told: `Requests carry the password of ${user}.`
		};
	}
	if (credential.kind === "token" && !credential.token.startsWith("pst_")) return {
		header: `Bearer ${credential.token}`,
		told: "Requests carry the API token as it is: it is none of Postern."
	};
	const granted = await exchange(clients, runner, inputs, credential);
	const minutes = Math.round(granted.expires_in / 60);
	const [how, through] = credential.kind === "oidc" ? ["GitHub's identity token", granted.policy && `, by the trust policy ${granted.policy.name}`] : ["an API token", ""];
	const who = granted.account ? ` as ${granted.account.name}` : "";
	return {
		header: `Bearer ${granted.access_token}`,
		told: `Signed in${who} with ${how}${through ?? ""}; the access token lives ${minutes} minutes at most.`
	};
}
/** With what the exchange of an identity token tells besides. */
const Granted = /* @__PURE__ */ object({
	...ExchangeResponse.entries,
	account: /* @__PURE__ */ optional(/* @__PURE__ */ object({
		id: /* @__PURE__ */ string(),
		name: /* @__PURE__ */ string()
	})),
	policy: /* @__PURE__ */ optional(/* @__PURE__ */ object({
		id: /* @__PURE__ */ string(),
		name: /* @__PURE__ */ string()
	}))
});
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
/**
* RFC 8693. The access token is masked and noted for `post` before anything else can happen, so that it is given
* back even if the job is cancelled.
*/
async function exchange({ server: http, github }, runner, inputs, credential) {
	const url = `${inputs.server}/oauth/token`;
	let identityToken = "";
	const body = async () => {
		if (credential.kind === "oidc") identityToken = await mintIdentityToken(github, runner, credential.audience);
		return new URLSearchParams({
			grant_type: TOKEN_EXCHANGE,
			...narrowest(inputs),
			...credential.kind === "oidc" ? {
				subject_token: identityToken,
				subject_token_type: JWT_TYPE
			} : {
				subject_token: credential.token,
				subject_token_type: ACCESS_TOKEN_TYPE
			},
			...credential.kind === "oidc" && credential.serviceAccount && { service_account: credential.serviceAccount }
		});
	};
	try {
		const granted = await http.send("POST", url, { body }, json(Granted));
		if (!BEARER_TOKEN.test(granted.access_token)) throw notFromPostern(url, "has something unexpected at access_token");
		runner.mask(granted.access_token);
		runner.saveState("access-token", granted.access_token);
		runner.saveState("expires-at", String(Date.now() + granted.expires_in * 1e3));
		runner.saveState("server", inputs.server);
		return granted;
	} catch (error) {
		throw error instanceof Failure ? explain(error, url, inputs, readClaims(identityToken)) : error;
	}
}
/** A worker lets no access token live longer. */
const MAX_LIFETIME_SECONDS = 900;
/**
* No more than this run needs: these permissions, in these namespaces, for as long as it may take. To see is to compare,
* where the files are in a Kestra behind Postern.
*/
function narrowest({ tenant, targets, delete: mode, isWriting, timeoutMs }) {
	return {
		scope: [
			"LIST",
			"VIEW",
			...isWriting ? ["CREATE", ...mode === "none" ? [] : ["DELETE"]] : []
		].map((permission) => `NAMESPACE_FILE:${permission}`).join(" "),
		namespace: [...new Set(targets.map(({ namespace }) => namespace))].join(" "),
		tenant,
		lifetime_seconds: String(Math.min(MAX_LIFETIME_SECONDS, timeoutMs / 1e3 + 60))
	};
}
function explain(failure, url, inputs, claims) {
	if (failure.code === "POSTERN-121") {
		const { scope, namespace, tenant } = narrowest(inputs);
		return new Failure("POSTERN-121", {
			what: "The account may do nothing of what this run is about.",
			why: `It has no role with any of ${scope} in ${namespace} of the tenant ${tenant}. (${failure.serverCode})`,
			fix: "Give it a role with these permissions in the namespace or one above it, or check tenant and namespace."
		});
	}
	if (failure.code === "POSTERN-111") {
		const claim = failure.failingClaim;
		return new Failure("POSTERN-111", {
			what: "No federated credential of a service account takes this run.",
			why: claim ? `The claim ${claim} differs.` : failure.message,
			fix: "Let an administrator of Postern give a service account the one below, if this run is to be trusted.",
			block: suggestPolicy(claims)
		});
	}
	if ((failure.status === 404 || failure.status === 405) && failure.serverCode === void 0) return new Failure("POSTERN-402", {
		what: `${url} does not exist (${failure.status}).`,
		why: "The server is a stock Kestra, or a Postern under another address: only Postern exchanges tokens.",
		fix: "Check the input server; for a stock Kestra, set user and password, or api-token to a token of that Kestra."
	});
	return failure;
}
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
// shared/wire/backup.ts
/** What an import answers. The lines of a backup are nobody's to read but Postern's: see accounts/backup-format.ts. */
const BackupImported = /* @__PURE__ */ object({ 
/** Rows that came, of all tables. */
rows: /* @__PURE__ */ number() });
// action/clients.ts
/** The two that a run speaks to: the user's server, and GitHub where it is asked to. */
/**
* @param elapsedMs of the time that the whole run has
* @throws {Failure} POSTERN-100 for a certificate that is none, 403 when certificates would not be checked
*/
async function openClients({ redact, workspace, isTlsVerified }, { server, headers, retries, timeoutMs, caCertificate, requestMs }, signal, elapsedMs) {
	if (!isTlsVerified && server.startsWith("https:")) throw unverified();
	const common = {
		redact,
		transport: createTransport(await readCertificate(caCertificate, workspace)),
		signal,
		retries,
		deadlineMs: timeoutMs - elapsedMs,
		...requestMs !== void 0 && { timeoutMs: requestMs }
	};
	return {
		server: createHttp({
			...common,
			headers
		}),
		github: createHttp(common)
	};
}
const unverified = () => new Failure("POSTERN-403", {
	what: "NODE_TLS_REJECT_UNAUTHORIZED is 0: the certificate of the server would not be checked.",
	why: "Whoever stands between could take the API token.",
	fix: "Remove the variable from the environment of this step; for an authority of your own, set ca-certificate."
});
/** Dots nest: `company.team` lies in `company`. */
const NamespaceId = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ maxLength(150, "must have at most 150 characters"), /* @__PURE__ */ regex(/^[a-z0-9][a-z0-9._-]*$/, "must be lower-case letters, digits, dots, hyphens or underscores"));
/** Segments under `/api/v1` that name something else; a tenant of that name could never be reached. */
const RESERVED_TENANT_IDS = new Set("users service-accounts tenants me auths configs setup login logout license-info license validate-password forgotten-password reset-password auditlogs basicauthvalidationerrors main-tenant-flows instance plugins banners invitations cluster files namespaces groups roles bindings tenant-access acls issuers signing-keys master-key".split(" "));
const TenantId = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ maxLength(63, "must have at most 63 characters"), /* @__PURE__ */ regex(/^[a-z0-9][a-z0-9_-]*$/, "must be lower-case letters, digits, hyphens or underscores"), /* @__PURE__ */ check((id) => !RESERVED_TENANT_IDS.has(id), "is a reserved word"));
// action/inputs/fields.ts
/** What each input may be, and what it is when it is not set. No message repeats a value. */
/** Also here, and not in action.yml alone: an expression that comes to nothing hands over an empty input. */
const DEFAULTS = {
	tenant: "main",
	auth: "auto",
	delete: "false",
	"max-delete": "50%",
	"allow-empty": "false",
	override: "true",
	"dry-run": "false",
	"fail-on": "error",
	"on-conflict": "retry",
	"stale-run": "fail",
	timeout: "300",
	retries: "3",
	comment: "false"
};
const standardOf = (name) => DEFAULTS[name] ?? "";
const DELETE_MODES = {
	false: "none",
	owned: "owned",
	all: "all",
	true: "all"
};
const MAX_TIMEOUT_SECONDS = 3600;
const MAX_RETRIES = 10;
const Text = /* @__PURE__ */ string();
const oneOf = (options) => /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ toLowerCase(), /* @__PURE__ */ picklist(options, `must be ${options.slice(0, -1).join(", ")} or ${options.at(-1)}`));
const Switch = /* @__PURE__ */ pipe(oneOf(["true", "false"]), /* @__PURE__ */ transform((text) => text === "true"));
const wholeNumber = (min, max) => {
	const message = `must be a whole number from ${min} to ${max}`;
	return /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^\d{1,6}$/, message), /* @__PURE__ */ transform(Number), /* @__PURE__ */ minValue(min, message), /* @__PURE__ */ maxValue(max, message));
};
/** By their names in the workflow; those that belong together are judged by who knows that. */
const FIELDS = /* @__PURE__ */ object({
	server: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ nonEmpty("is required"), readBy(parseServer)),
	tenant: TenantId,
	namespace: Text,
	directory: Text,
	"namespace-path": Text,
	mappings: Text,
	auth: oneOf(AUTH_METHODS),
	"api-token": Text,
	user: Text,
	password: Text,
	"service-account": Text,
	audience: Text,
	headers: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), readBy(parseHeaders)),
	delete: /* @__PURE__ */ pipe(oneOf([
		"false",
		"owned",
		"all",
		"true"
	]), /* @__PURE__ */ transform((text) => DELETE_MODES[text] ?? "none")),
	"max-delete": /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^(\d{1,6}|(\d\d?|100)%)$/, "must be a number of files such as 20, or a share such as 50%"), /* @__PURE__ */ transform(readMaxDelete)),
	protect: Text,
	"allow-empty": Switch,
	override: Switch,
	"dry-run": oneOf([
		"false",
		"true",
		"auto"
	]),
	"fail-on": oneOf(["error", "changes"]),
	"on-conflict": oneOf(["retry", "fail"]),
	"stale-run": oneOf([
		"fail",
		"skip",
		"allow"
	]),
	timeout: wholeNumber(1, MAX_TIMEOUT_SECONDS),
	retries: wholeNumber(0, MAX_RETRIES),
	"ca-certificate": Text,
	comment: Switch,
	"github-token": Text
});
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
function readMaxDelete(text) {
	return {
		count: Number.parseInt(text, 10),
		unit: text.endsWith("%") ? "percent" : "files"
	};
}
function readBy(parse) {
	return /* @__PURE__ */ rawTransform(({ dataset, addIssue, NEVER }) => {
		const parsed = parse(dataset.value);
		if (parsed.ok) return parsed.value;
		addIssue({ message: parsed.error });
		return NEVER;
	});
}
// action/inputs/problem.ts
/** What is wrong with one input, and what that amounts to when all of them are known. No value is repeated. */
/** What to say when a credential is all that is wrong. */
const ALONE = {
	"POSTERN-101": { fix: "Keep one of them, or say with auth which one counts." },
	"POSTERN-102": {
		what: "There is no credential: neither api-token nor user is set, and GitHub offers this job no identity token.",
		why: "GitHub hands no secrets to runs for forks, and to those of Dependabot only its own.",
		fix: "Set api-token to a secret of the repository, or let the job have `permissions: id-token: write`."
	},
	"POSTERN-103": {
		what: "GitHub gave this job no identity token.",
		why: "The job lacks `permissions: id-token: write`, or it runs for a fork.",
		fix: "Add the permission to the job."
	},
	"POSTERN-112": { fix: "Copy the whole token into the secret again." }
};
function toFailure(problems) {
	const what = problems.map(({ name, message }) => `Input ${name} ${message}.`).join(" ");
	const [first] = problems;
	const code = problems.every((problem) => problem.code === first?.code) ? first?.code : void 0;
	return code === void 0 ? new Failure("POSTERN-100", {
		what,
		fix: "Correct that, then run again."
	}) : new Failure(code, {
		what,
		...ALONE[code]
	});
}
// action/backup.ts
/** `postern export` and `postern import`: all of an instance into a file, and a file into an instance that is not set up. */
const PATH = "/api/v1/backup";
const NDJSON = "application/x-ndjson";
/** While it was made somebody changed something; the next one may be luckier. */
const MAX_TRIES = 5;
/** The file is there only when it is whole, and its owner's alone. */
async function exportTo(file, runner, journal, signal) {
	for (const secret of secretsAmongInputs(runner.input)) runner.mask(secret);
	const connection = readConnection(runner);
	const Authorization = readAuthorization(runner);
	journal.phase = "exporting";
	const { server: http } = await openClients(runner, connection, signal, 0);
	const partial = `${file}.${process.pid}.partial`;
	const handle = await open(partial, "wx", 384).catch((error) => Promise.reject(unusable(file, error)));
	try {
		let tail = Buffer.alloc(0);
		let bytes = 0;
		const receive = () => {
			ftruncateSync(handle.fd, 0);
			tail = Buffer.alloc(0);
			bytes = 0;
			return (piece) => {
				for (let done = 0; done < piece.length;) done += writeSync(handle.fd, piece, done, piece.length - done, bytes + done);
				bytes += piece.length;
				tail = Buffer.concat([tail, piece]).subarray(-1e3);
			};
		};
		for (let tries = 1;; tries++) {
			const url = `${connection.server}${PATH}`;
			await http.send("GET", url, {
				headers: {
					Authorization,
					Accept: NDJSON
				},
				receive
			}, () => void 0);
			if ((tail.toString().trimEnd().split("\n").at(-1) ?? "").includes("\"seal\"")) break;
			if (tries === MAX_TRIES) throw unquiet(tries);
			runner.info("Something was changed meanwhile: once more.");
		}
		await handle.sync();
		await rename(partial, file);
		runner.info(`Exported to ${file}: ${bytes.toLocaleString("en")} bytes.`);
	} finally {
		await handle.close();
		await rm(partial, { force: true });
	}
}
/** @throws {Failure} POSTERN-407 with the reason, where the server does not take it */
async function importFrom(file, setupToken, runner, journal, signal) {
	runner.mask(setupToken);
	const connection = readConnection(runner);
	const { size: length } = await stat(file).catch((error) => Promise.reject(unusable(file, error)));
	journal.phase = "importing";
	journal.written.push("If the import has begun, the server stays closed until it is done: import again.");
	const { server: http } = await openClients(runner, {
		...connection,
		retries: 0
	}, signal, 0);
	const request = {
		headers: { "Postern-Setup-Token": setupToken },
		body: {
			type: "application/octet-stream",
			length,
			open: () => createReadStream(file)
		}
	};
	const { rows } = await http.send("POST", `${connection.server}${PATH}`, request, json(BackupImported));
	runner.info(`Imported ${rows.toLocaleString("en")} rows.`);
	runner.info("The server lets nobody in until it is confirmed what is to end: POST /api/v1/recovery/restore, see docs/operations.md.");
}
const CONNECTION = /* @__PURE__ */ pick(FIELDS, [
	"server",
	"headers",
	"timeout",
	"retries",
	"ca-certificate"
]);
function readConnection(runner) {
	const given = Object.keys(CONNECTION.entries).map((name) => [name, runner.input(name) || standardOf(name)]);
	const fields = /* @__PURE__ */ safeParse(CONNECTION, Object.fromEntries(given));
	if (!fields.success) throw toFailure(fields.issues.map(toProblem));
	const { timeout, "ca-certificate": caCertificate, ...rest } = fields.output;
	return {
		...rest,
		caCertificate,
		timeoutMs: timeout * 1e3,
		requestMs: timeout * 1e3
	};
}
const toProblem = (issue) => ({
	name: /* @__PURE__ */ getDotPath(issue) ?? "",
	message: issue.message
});
/** The API token itself, or a password: what was exchanged for it would not be taken. */
function readAuthorization({ input }) {
	const credential = decideCredential({
		auth: "auto",
		apiToken: input("api-token"),
		user: input("user"),
		password: "",
		serviceAccount: "",
		audience: ""
	}, false);
	if ("message" in credential) throw toFailure([credential]);
	return credential.kind === "basic" ? `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString("base64")}` : `Bearer ${credential.kind === "token" ? credential.token : ""}`;
}
const unusable = (file, error) => new Failure("POSTERN-100", {
	what: `The file ${file} cannot be used (${error.code}).`,
	fix: "Correct that, then run again."
});
const unquiet = (tries) => new Failure("POSTERN-407", {
	what: `Something was changed during each of ${tries} exports, so that none of them fits together.`,
	fix: "Run again when there is less to do."
});
// action/cancellation.ts
const PATIENCE_MS = 5e3;
const SIGNALS = ["SIGINT", "SIGTERM"];
/** @param abort ends all that is under way */
function watchForCancellation(abort) {
	let isCancelled = false;
	let isBusy = false;
	let patience;
	const cancel = () => {
		isCancelled = true;
		if (isBusy) patience ??= setTimeout(abort, PATIENCE_MS);
		else abort();
	};
	for (const signal of SIGNALS) process.on(signal, cancel);
	return {
		get isCancelled() {
			return isCancelled;
		},
		async uninterrupted(work) {
			isBusy = true;
			try {
				return await work();
			} finally {
				isBusy = false;
				clearTimeout(patience);
				if (isCancelled) abort();
			}
		},
		[Symbol.dispose]() {
			clearTimeout(patience);
			for (const signal of SIGNALS) process.off(signal, cancel);
		}
	};
}
// action/checkout.ts
/**
* What the workspace was checked out from. `pull_request_target` runs with the rights of the repository, for whoever
* opens a pull request: with the code of that pull request in the workspace, a stranger would deploy.
*/
/** @throws {Failure} POSTERN-105 unless the workspace is what the event itself stands for */
async function refuseForeignCode({ workspace, run }) {
	if (run.event !== "pull_request_target") return;
	const head = await readHead(workspace);
	if (head !== void 0 && head === run.variables.SHA) return;
	throw new Failure("POSTERN-105", {
		what: `The workspace holds ${head ?? "an unknown commit"}, and not the base ${run.variables.SHA} of the pull request.`,
		why: "On pull_request_target, whoever opens a pull request could deploy what is in it.",
		fix: "Deploy on push; to plan pull requests, run on pull_request with dry-run."
	});
}
/** The commit of a checkout: detached, or of a branch whose ref is a file, as actions/checkout leaves it. */
async function readHead(workspace) {
	const read = (path) => readFile(join(workspace, ".git", path), "utf8").then((text) => text.trim(), () => void 0);
	const head = await read("HEAD");
	const ref = /^ref: (refs\/heads\/[^\0]+)$/.exec(head ?? "")?.[1];
	return ref === void 0 || ref.includes("..") ? head : read(ref);
}
// action/format.ts
/** Numbers as people read them. */
/** In units of 1,000: «512 B», «18.2 KB», «4.0 MB». */
function formatBytes(bytes) {
	if (bytes < 1e3) return `${bytes} B`;
	return bytes < 999950 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
/** «1 file», «1,200 files». */
const formatCount = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
// action/guards.ts
/** What keeps a plan from doing more harm than was meant. Pure; each guard holds before anything is written. */
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
/** @throws {Failure} POSTERN-202 when an empty directory would delete all there is */
function refuseToEmpty({ files, skipped }, directory, { delete: mode, isEmptyAllowed }) {
	if (mode === "none" || isEmptyAllowed || files.length > 0) return;
	throw new Failure("POSTERN-202", {
		what: `${directory} holds no file to deploy (${skipped.ignored} ignored, ${skipped.hidden} hidden).`,
		why: `With delete: ${mode}, every file that it covers would go.`,
		fix: "Check the input directory, and .kestraignore if there is one; if this is meant, set allow-empty."
	});
}
/** Takes the deletion of protected files out of a plan, and says which they are. */
function keepProtected(plan, protect) {
	const isProtected = protectedBy(protect);
	const isKept = ({ kind, path }) => kind === "delete" && isProtected(path);
	return {
		plan: {
			...plan,
			changes: plan.changes.filter((change) => !isKept(change))
		},
		keep: plan.changes.filter(isKept).map(({ path }) => path)
	};
}
/**
* @param directory the folder the files come from, to name them in the repository
* @throws {Failure} POSTERN-303, 304 or 305
*/
function guardPlan({ changes, unchanged }, rules, directory) {
	const isProtected = protectedBy(rules.protect);
	const updates = changes.filter(({ kind }) => kind === "update");
	const named = (ones, problem) => ones.map(({ path }) => ({
		file: posix.join(directory, path),
		problem
	}));
	const overwritten = updates.filter(({ path }) => isProtected(path));
	if (overwritten.length > 0) throw new Failure("POSTERN-305", {
		what: `${formatCount(overwritten.length, "protected file")} would be overwritten. Nothing was written.`,
		fix: "Leave them out of the directory, or change the input protect.",
		files: named(overwritten, "is protected in the namespace, and has other content there")
	});
	if (!rules.isOverriding && updates.length > 0) throw new Failure("POSTERN-304", {
		what: `${formatCount(updates.length, "file")} of the namespace would be overwritten. Nothing was written.`,
		why: "override is false.",
		fix: "Set override to true, or rename the files.",
		files: named(updates, "exists in the namespace with other content")
	});
	guardDeletions(changes, unchanged, rules.maxDelete);
}
/** However small a folder is, so many may go: a share of three files would forbid to rename one. */
const ALWAYS_ALLOWED = 10;
const MAX_SHOWN$1 = 20;
function guardDeletions(changes, unchanged, { count, unit }) {
	const deleted = changes.filter(({ kind }) => kind === "delete");
	const existing = changes.filter(({ kind }) => kind !== "create").length + unchanged;
	const limit = unit === "files" ? count : Math.max(ALWAYS_ALLOWED, Math.floor(existing * count / 100));
	if (deleted.length <= limit) return;
	const more = deleted.length - MAX_SHOWN$1;
	throw new Failure("POSTERN-303", {
		what: `${deleted.length} of ${existing} files would be deleted; at most ${limit} may be. Nothing was written.`,
		why: `max-delete is ${count}${unit === "percent" ? "%" : ""}.`,
		fix: "Check directory and namespace-path; if this is meant, set max-delete higher for this run.",
		block: [...deleted.slice(0, MAX_SHOWN$1).map(({ path }) => `- ${path}`), ...more > 0 ? [`… and ${more} more`] : []].join("\n")
	});
}
function protectedBy(patterns) {
	const rules = (0, import_ignore.default)({ ignorecase: false }).add(patterns.normalize("NFC"));
	return (path) => rules.ignores(path);
}
// action/inputs/aliases.ts
const ALIASES = {
	localPath: "directory",
	namespacePath: "namespace-path",
	to: "namespace-path",
	apiToken: "api-token"
};
/** Of no meaning here. */
const IGNORED = ["kestractlVersion"];
/** @param read gives an input by its name in the workflow, trimmed, empty when it is not set */
function readGiven(names, read) {
	const values = Object.fromEntries(names.map((name) => [name, read(name)]));
	const notices = [];
	const problems = [];
	for (const [alias, name] of Object.entries(ALIASES)) {
		const value = read(alias);
		if (value === "") continue;
		if (values[name] === "") {
			values[name] = value;
			notices.push(`Input ${alias} is read as ${name}.`);
		} else if (values[name] !== value) problems.push({
			name,
			message: `differs from ${alias}, which means the same`
		});
	}
	if (read("localPath") !== "") values["namespace-path"] = belowItsOwnName(values);
	for (const name of IGNORED) if (read(name) !== "") notices.push(`Input ${name} has no meaning here.`);
	if (!["", "namespace_files"].includes(read("resource"))) problems.push({
		name: "resource",
		message: "must be namespace_files: flows are not deployed"
	});
	return {
		values,
		notices,
		problems
	};
}
/** kestractl, which takes localPath, puts a folder under its own name into the namespace folder. */
function belowItsOwnName({ directory = "", "namespace-path": target = "" }) {
	const name = directory.split(/[\\/]/).findLast((segment) => !["", "."].includes(segment)) ?? "";
	return name === ".." ? target : `${target}/${name}`;
}
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
/** The folders above a file, nearest first, without the root: `/a/b/c.txt` gives `/a/b`, `/a`. */
function parentsOf(path) {
	const parents = [];
	for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) parents.push(path.slice(0, end));
	return parents;
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
// action/inputs/targets.ts
/** Which folder of the repository goes where: one from the plain inputs, or several from `mappings`. */
function readTargets(inputs) {
	return inputs.mappings === "" ? readSingle(inputs) : readMappings(inputs);
}
function readSingle({ directory, namespace, namespacePath }) {
	const target = parseTarget(directory || ".", namespace, namespacePath);
	return target.ok ? ok([target.value]) : err(target.error);
}
function readMappings({ mappings, ...plain }) {
	const problems = Object.values(plain).some((value) => value !== "") ? [{
		name: "mappings",
		message: "takes the place of directory, namespace and namespace-path: set none of them"
	}] : [];
	const targets = [];
	for (const [index, line] of mappings.split("\n").entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const [, directory, namespace, root = ""] = /^\s*(.+?)\s*=>\s*([^\s:]+)(?::(.*?))?\s*$/.exec(line) ?? [];
		const target = directory === void 0 || namespace === void 0 ? err([{
			name: "",
			message: "must be directory => namespace or directory => namespace:/folder"
		}]) : parseTarget(directory, namespace, root);
		if (target.ok) targets.push(target.value);
		else {
			const inLine = ({ name, message }) => [name, message].filter(Boolean).join(" ");
			problems.push({
				name: "mappings",
				message: `line ${index + 1}: ${target.error.map(inLine).join(", ")}`
			});
		}
	}
	if (targets.length === 0 && problems.length === 0) problems.push({
		name: "mappings",
		message: "is empty"
	});
	const overlap = findOverlap(targets);
	if (overlap) problems.push({
		name: "mappings",
		message: `writes twice to ${overlap.namespace}:${overlap.root}`
	});
	return problems.length === 0 ? ok(targets) : err(problems);
}
function parseTarget(directory, namespace, namespacePath) {
	const id = /* @__PURE__ */ safeParse(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ nonEmpty("is required"), NamespaceId), namespace, { abortPipeEarly: true });
	const root = parseFilePath(namespacePath);
	const problems = [];
	if (!id.success) problems.push({
		name: "namespace",
		message: id.issues[0].message
	});
	if (!root.ok) problems.push({
		name: "namespace-path",
		message: `is refused: ${root.error.replace(/\.$/, "")}`
	});
	return id.success && root.ok ? ok({
		directory,
		namespace: id.output,
		root: root.value
	}) : err(problems);
}
/** A target inside another one: with `delete`, each would undo what the other one did. */
function findOverlap(targets) {
	return targets.find((one) => targets.some((other) => other !== one && other.namespace === one.namespace && (other.root === "/" || other.root === one.root || one.root.startsWith(`${other.root}/`))));
}
// action/inputs/read.ts
/** The inputs of the step, read once and all together. Pure: nothing is looked up, nothing is printed. */
/**
* @param read gives an input by its name in the workflow, trimmed, empty when it is not set
* @throws {Failure} the code of the credential when nothing but that is wrong, else POSTERN-100 with everything that
* is. No message repeats a value: it may hold a secret.
*/
function readInputs(read, circumstances) {
	const { values, notices, problems } = readGiven(Object.keys(FIELDS.entries), read);
	const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value || standardOf(name)]));
	const fields = /* @__PURE__ */ safeParse(FIELDS, given, { abortPipeEarly: true });
	const targets = readTargets({
		directory: given.directory ?? "",
		namespace: given.namespace ?? "",
		namespacePath: given["namespace-path"] ?? "",
		mappings: given.mappings ?? ""
	});
	const credential = decideCredential({
		auth: fields.success ? fields.output.auth : "auto",
		apiToken: given["api-token"] ?? "",
		user: given.user ?? "",
		password: given.password ?? "",
		serviceAccount: given["service-account"] ?? "",
		audience: given.audience || (fields.success ? new URL(fields.output.server).origin : "")
	}, circumstances.hasIdentity);
	const isRefused = "message" in credential;
	if (!fields.success || !targets.ok || isRefused || problems.length > 0) throw toFailure([
		...(fields.issues ?? []).map((issue) => ({
			name: /* @__PURE__ */ getDotPath(issue) ?? "",
			message: issue.message
		})),
		...targets.ok ? [] : targets.error,
		...isRefused ? [credential] : [],
		...problems
	]);
	const inputs = fields.output;
	const isStrange = credential.kind === "oidc" && credential.audience !== new URL(inputs.server).origin;
	return Object.freeze({
		server: inputs.server,
		tenant: inputs.tenant,
		targets: targets.value,
		credential,
		headers: inputs.headers,
		delete: inputs.delete,
		maxDelete: inputs["max-delete"],
		protect: inputs.protect,
		isEmptyAllowed: inputs["allow-empty"],
		isOverriding: inputs.override,
		isWriting: inputs["fail-on"] !== "changes" && (inputs["dry-run"] === "false" || inputs["dry-run"] === "auto" && !circumstances.isPullRequest),
		isFailingOnChanges: inputs["fail-on"] === "changes",
		onConflict: inputs["on-conflict"],
		staleRun: inputs["stale-run"],
		timeoutMs: inputs.timeout * 1e3,
		retries: inputs.retries,
		caCertificate: inputs["ca-certificate"],
		isCommenting: inputs.comment,
		githubToken: inputs["github-token"],
		notices: isStrange ? [...notices, `The identity token is minted for ${credential.audience}, which is not the server.`] : notices
	});
}
// shared/limits.ts
/**
* How much one request may carry. The worker enforces these and the Action keeps to them.
* A worker has 128 MB of memory, and reading a multipart body holds it about twice.
*/
const MIB = 1048576;
/** One namespace file. Above `MAX_UPLOAD_BYTES` its content goes alone and is streamed, which no memory limits. */
const MAX_FILE_BYTES = 64 * MIB;
/** Files in one folder that is planned and committed as a whole. */
const MAX_FOLDER_FILES = 1e4;
const MAX_UPLOAD_BYTES = 8 * MIB;
// action/parallel.ts
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
// action/remote/bulk.ts
/** A Postern: missing contents are uploaded several at once, then one commit makes all of them visible. */
const PARALLEL_UPLOADS = 4;
function createBulkRemote(postern) {
	return {
		kind: "postern",
		plan: postern.plan,
		async apply(work) {
			const sentBytes = await uploadMissing(postern, work);
			const { manifest, plan, source, allowStale, uninterrupted } = work;
			const commit = {
				plan: manifest,
				source,
				...allowStale && { allowStale }
			};
			const { id } = await uninterrupted(() => postern.commit(commit, plan.etag));
			return {
				deploymentId: id,
				sentBytes
			};
		}
	};
}
async function uploadMissing(postern, { plan, files, progress }) {
	const bySha256 = new Map(files.map((file) => [file.sha256, file]));
	const contents = [...new Set(plan.missing)].flatMap((sha256) => bySha256.get(sha256) ?? []);
	const batches = toBatches([...contents.filter(isLarge), ...contents.filter((file) => !isLarge(file))]);
	let stored = 0;
	return (await mapParallel(batches, PARALLEL_UPLOADS, async (batch) => {
		await send(postern, batch);
		stored += batch.length;
		progress(stored, contents.length);
		return totalSize(batch);
	})).reduce((sum, size) => sum + size, 0);
}
const isLarge = ({ size }) => size > MAX_UPLOAD_BYTES;
function send(postern, batch) {
	const [first] = batch;
	return first !== void 0 && isLarge(first) ? postern.uploadLarge(first) : postern.upload(batch);
}
/** As few uploads as the limits allow without reordering. A content above the limit for bytes goes alone. */
function toBatches(contents) {
	const batches = [];
	let bytes = 0;
	for (const content of contents) {
		const batch = batches.at(-1);
		if (batch && batch.length < 5e3 && bytes + content.size <= 8388608) {
			batch.push(content);
			bytes += content.size;
		} else {
			batches.push([content]);
			bytes = content.size;
		}
	}
	return batches;
}
const totalSize = (batch) => batch.reduce((sum, { size }) => sum + size, 0);
// shared/folder-diff.ts
/**
* Compares a folder with what it should hold. Cost grows with the number of files on both sides.
*
* @param isDeleting whether files that are not wanted go; otherwise they stay and do not count
*/
function diffFolder(current, wanted, isDeleting) {
	const rest = new Map(current.map((file) => [file.path, file]));
	const changes = [];
	let unchanged = 0;
	for (const { path, sha256, size } of wanted) {
		const previous = rest.get(path);
		rest.delete(path);
		if (previous === void 0) changes.push({
			kind: "create",
			path,
			size
		});
		else if (previous.sha256 !== sha256) changes.push({
			kind: "update",
			path,
			size,
			previousSize: previous.size
		});
		else unchanged++;
	}
	if (isDeleting) for (const { path, size } of rest.values()) changes.push({
		kind: "delete",
		path,
		previousSize: size
	});
	changes.sort((a, b) => a.path < b.path ? -1 : 1);
	return {
		changes,
		unchanged
	};
}
const FileAttributes = /* @__PURE__ */ object({
	fileName: /* @__PURE__ */ string(),
	type: /* @__PURE__ */ picklist(["File", "Directory"]),
	/** Bytes; 0 for a directory. */
	size: /* @__PURE__ */ number(),
	/** Milliseconds since 1970, unlike all other instants on the wire. */
	creationTime: /* @__PURE__ */ number(),
	lastModifiedTime: /* @__PURE__ */ number()
});
// action/multipart.ts
/**
* Files as multipart/form-data (RFC 7578), piece by piece. Not FormData: it would copy every content several times
* over, and have Node load the whole of undici for it.
*/
function multipart(parts) {
	const boundary = `postern-${randomUUID()}`;
	const heads = parts.map(({ name, fileName }, index) => Buffer.from(`${index === 0 ? "" : "\r\n"}--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r
\r
`));
	const end = Buffer.from(`\r\n--${boundary}--\r\n`);
	const lengths = [
		...heads,
		...parts,
		end
	].map(({ length }) => length);
	return {
		type: `multipart/form-data; boundary=${boundary}`,
		length: lengths.reduce((sum, length) => sum + length, 0),
		async *open() {
			for (const [index, part] of parts.entries()) {
				yield heads[index] ?? end;
				yield* part.open();
			}
			yield end;
		}
	};
}
// \0@oxc-project+runtime@0.156.0/helpers/esm/usingCtx.js
function _usingCtx() {
	var r = "function" == typeof SuppressedError ? SuppressedError : function(r, e) {
		var n = Error();
		return n.name = "SuppressedError", n.error = r, n.suppressed = e, n;
	}, e = {}, n = [];
	function using(r, e) {
		if (null != e) {
			if (Object(e) !== e) throw new TypeError("using declarations can only be used with objects, functions, null, or undefined.");
			if (r) var o = e[Symbol.asyncDispose || Symbol["for"]("Symbol.asyncDispose")];
			if (void 0 === o && (o = e[Symbol.dispose || Symbol["for"]("Symbol.dispose")], r)) var t = o;
			if ("function" != typeof o) throw new TypeError("Object is not disposable.");
			t && (o = function o() {
				try {
					t.call(e);
				} catch (r) {
					return Promise.reject(r);
				}
			}), n.push({
				v: e,
				d: o,
				a: r
			});
		} else r && n.push({
			d: e,
			a: r
		});
		return e;
	}
	return {
		e,
		u: using.bind(null, !1),
		a: using.bind(null, !0),
		d: function d() {
			var o, t = this.e, s = 0;
			function next() {
				for (; o = n.pop();) try {
					if (!o.a && 1 === s) return s = 0, n.push(o), Promise.resolve().then(next);
					if (o.d) {
						var r = o.d.call(o.v);
						if (o.a) return s |= 2, Promise.resolve(r).then(next, err);
					} else s |= 1;
				} catch (r) {
					return err(r);
				}
				if (1 === s) return t !== e ? Promise.reject(t) : Promise.resolve();
				if (t !== e) throw t;
			}
			function err(n) {
				return t = t !== e ? new r(n, t) : n, next();
			}
			return next();
		}
	};
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
/** As much as a stream reads at once. For one piece, the stream itself would be most of the work. */
const PIECE_BYTES = 65536;
/** @param size what the file had when it was found */
async function* readPieces(handle, size) {
	if (size <= PIECE_BYTES) yield await handle.readFile();
	else yield* handle.createReadStream({
		autoClose: false,
		highWaterMark: PIECE_BYTES
	});
}
/** A content as it can be sent, as often as needed. */
const contentOf = (file) => ({
	length: file.size,
	open: () => streamContent(file)
});
/**
* The content, piece by piece, so that no file is held in memory. What is sent is hashed, and not what was scanned:
* between the two the file may have been exchanged. The last piece is held back until the hash is right.
*
* @throws {Failure} POSTERN-205 when it is not
*/
async function* streamContent({ path, file, size, sha256 }) {
	try {
		var _usingCtx$3 = _usingCtx();
		const hash = createHash("sha256");
		let last;
		let bytes = 0;
		const handle = _usingCtx$3.a(await openScanned(file, path));
		for await (const chunk of readPieces(handle, size)) {
			hash.update(chunk);
			bytes += chunk.byteLength;
			if (bytes > size) throw changedDuringRun(path);
			if (last) yield last;
			last = chunk;
		}
		if (bytes !== size || hash.digest("hex") !== sha256) throw changedDuringRun(path);
		if (last) yield last;
	} catch (_) {
		_usingCtx$3.e = _;
	} finally {
		await _usingCtx$3.d();
	}
}
// action/remote/remote.ts
/** Below this are the files of a namespace, in Kestra's API and in what Postern adds to it. */
const filesUrl = ({ server, tenant, namespace }) => `${server}/api/v1/${tenant}/namespaces/${namespace}/files`;
// action/remote/kestra.ts
/**
* A stock Kestra, which has no bulk protocol: its own API, file by file. What is equal already is not written again,
* since each write makes a revision; but nothing here is all or nothing, and nothing guards against an older run.
*/
const PARALLEL_REQUESTS = 4;
const Listing = /* @__PURE__ */ array(/* @__PURE__ */ pick(FileAttributes, [
	"fileName",
	"type",
	"size"
]));
const isEmpty = () => void 0;
/** @param authorization the value of the header */
function connectKestra(http, place, authorization) {
	const files = filesUrl(place);
	const headers = { Authorization: authorization };
	const at = (path) => `path=${encodeURIComponent(path)}`;
	/** The direct children; none where there is no such folder. */
	async function list(folder) {
		const url = `${files}/directory?${at(folder)}`;
		try {
			return await http.send("GET", url, { headers }, json(Listing));
		} catch (error) {
			if (error instanceof Failure && error.status === 404) return [];
			throw error;
		}
	}
	/** Files in the folder, by their paths below it. Folders that hold nothing of interest are not entered. */
	async function walk(root, isOfInterest) {
		const found = /* @__PURE__ */ new Map();
		let folders = [{
			at: root,
			prefix: ""
		}];
		for (let entered = 0; folders.length > 0;) {
			entered += folders.length;
			const listings = await mapParallel(folders, PARALLEL_REQUESTS, async ({ at, prefix }) => (await list(at)).map((entry) => ({
				...entry,
				path: prefix + entry.fileName
			})));
			folders = [];
			for (const { path, type, size } of listings.flat()) {
				const joined = joinPath(root, path);
				if (!joined.ok) throw notFromPostern(files, "names a path that no file can have");
				if (type === "File") found.set(path, size);
				else if (isOfInterest(joined.value)) folders.push({
					at: joined.value,
					prefix: `${path}/`
				});
			}
			if (found.size > 2e4 || entered > 2e4) throw tooLarge(root);
		}
		return found;
	}
	/** Of the content, which may be too large to be held in memory. */
	async function hash(path) {
		let hash = createHash("sha256");
		const receive = () => {
			hash = createHash("sha256");
			return (piece) => void hash.update(piece);
		};
		const request = {
			headers: {
				...headers,
				Accept: "application/octet-stream"
			},
			receive
		};
		await http.send("GET", `${files}?${at(path)}`, request, isEmpty);
		return hash.digest("hex");
	}
	async function write(path, file) {
		const body = multipart([{
			name: "fileContent",
			fileName: "blob",
			...contentOf(file)
		}]);
		await http.send("POST", `${files}?${at(path)}`, {
			headers,
			body
		}, isEmpty);
	}
	async function remove(path) {
		if (path === "/") throw new Error("The root of a namespace is never deleted.");
		await http.send("DELETE", `${files}?${at(path)}`, { headers }, isEmpty);
	}
	return {
		kind: "kestra",
		/** Contents are read only where a size does not tell already that they differ. */
		async plan(manifest) {
			refuseOwned(manifest);
			const isDeleting = manifest.delete === "all";
			const root = manifest.root ?? "/";
			const wanted = new Map(manifest.files.map((file) => [file.path, file]));
			const folders = new Set(manifest.files.flatMap(({ path }) => parentsOf(pathIn(root, path))));
			return {
				etag: "\"\"",
				missing: [],
				...diffFolder(await mapParallel([...await walk(root, (folder) => isDeleting || folders.has(folder))], PARALLEL_REQUESTS, async ([path, size]) => {
					return {
						path,
						size,
						sha256: wanted.get(path)?.size === size ? await hash(pathIn(root, path)) : ""
					};
				}), manifest.files, isDeleting)
			};
		},
		async apply({ manifest, plan, files: scanned, progress }) {
			const { root } = manifest;
			const byPath = new Map(scanned.map((file) => [file.path, file]));
			const writes = plan.changes.filter(({ kind }) => kind !== "delete");
			const removals = plan.changes.filter(({ kind }) => kind === "delete");
			const done = /* @__PURE__ */ new Set();
			const total = plan.changes.length;
			let sentBytes = 0;
			const finish = (change) => {
				done.add(change);
				if (done.size === total || done.size % Math.ceil(total / 10) === 0) progress(done.size, total);
			};
			try {
				await mapParallel(writes, PARALLEL_REQUESTS, async (change) => {
					const file = byPath.get(change.path);
					if (file === void 0) throw notFromPostern(files, "plans a file that was not offered");
					await write(pathIn(root, change.path), file);
					sentBytes += file.size;
					finish(change);
				});
				for (const change of removals) {
					await remove(pathIn(root, change.path));
					finish(change);
				}
			} catch (error) {
				throw done.size === 0 && !isOpen(error) ? error : partial(plan.changes, done, error);
			}
			return { sentBytes };
		}
	};
}
function refuseOwned({ delete: mode }) {
	if (mode !== "owned") return;
	throw new Failure("POSTERN-402", {
		what: "The files are in a stock Kestra, which does not remember who put a file there.",
		why: "delete is owned.",
		fix: "Set delete to all or false, or let Postern keep the files."
	});
}
const tooLarge = (root) => new Failure("POSTERN-402", {
	what: `The folder ${root} holds more files than can be compared one by one.`,
	why: "The server is a stock Kestra, which has no list of contents.",
	fix: "Deploy to a folder of its own, with namespace-path."
});
/** Without an answer, nobody knows whether a file was written. */
const isOpen = (error) => !(error instanceof Failure) || error.code === "POSTERN-405";
function partial(changes, done, error) {
	const cause = error instanceof Failure ? `${error.code}: ${error.message}` : "Something unexpected happened.";
	const lines = changes.map((change) => `${done.has(change) ? "done" : "open"}: ${change.kind} ${change.path}`);
	return new Failure("POSTERN-501", {
		what: `${done.size} of ${changes.length} changes were made, then one failed.`,
		why: `A stock Kestra takes files one by one. ${cause}`,
		fix: "Run again: what is done already is not done twice.",
		block: lines.join("\n")
	});
}
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
	/**
	* With `delete: "owned"`: files that are as wanted, belong to nobody, and would belong to the source from now on.
	* A commit does that even where nothing else changes.
	*/
	adopted: /* @__PURE__ */ optional(Count),
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
/** The bulk protocol of Postern, call by call. Which call comes when is the business of `bulk.ts`. */
/** @param authorization the value of the header */
function connectPostern(http, place, authorization) {
	const files = filesUrl(place);
	const headers = { Authorization: authorization };
	return {
		plan: (request) => http.send("POST", `${files}/plan`, {
			headers,
			body: JSON.stringify(request)
		}, json(Plan)),
		async upload(scanned) {
			const body = multipart(scanned.map((file) => ({
				name: "blob",
				fileName: file.sha256,
				...contentOf(file)
			})));
			await http.send("POST", `${files}/blobs`, {
				headers,
				body
			}, json(StoredBlobs));
		},
		async uploadLarge(file) {
			const body = {
				type: "application/octet-stream",
				...contentOf(file)
			};
			await http.send("PUT", `${files}/blobs/${file.sha256}`, {
				headers,
				body
			}, json(StoredBlobs));
		},
		commit(commit, etag) {
			const conditions = {
				"If-Match": etag,
				"Idempotency-Key": crypto.randomUUID()
			};
			const request = {
				headers: {
					...headers,
					...conditions
				},
				body: JSON.stringify(commit)
			};
			return http.send("POST", `${files}/commit`, request, json(Deployment));
		}
	};
}
// action/remote/connect.ts
/**
* Which kind of server it is shows in its answer to the first plan: a stock Kestra has no such route, and a Postern in
* front of one says that the files are there.
*/
/**
* @param authorization the value of the header
* @param onStockKestra called when the server turns out to be one
*/
function connectRemote(http, place, authorization, onStockKestra) {
	let remote = createBulkRemote(connectPostern(http, place, authorization));
	return {
		get kind() {
			return remote.kind;
		},
		async plan(manifest) {
			try {
				return await remote.plan(manifest);
			} catch (error) {
				if (!hasNoSuchRoute(error)) throw error;
				remote = connectKestra(http, place, authorization);
				onStockKestra();
				return remote.plan(manifest);
			}
		},
		apply: (work) => remote.apply(work)
	};
}
/** Postern itself gives its errors a code, whatever its status. */
const hasNoSuchRoute = (error) => error instanceof Failure && [404, 405].includes(error.status ?? 0) && [void 0, "files_in_kestra"].includes(error.serverCode);
// action/comment.ts
/** The one comment that a pull request gets: with the plan, and rewritten whenever that changes. */
const Page = /* @__PURE__ */ object({ data: /* @__PURE__ */ object({ repository: /* @__PURE__ */ object({ pullRequest: /* @__PURE__ */ object({
	id: /* @__PURE__ */ string(),
	comments: /* @__PURE__ */ object({
		nodes: /* @__PURE__ */ array(/* @__PURE__ */ object({
			id: /* @__PURE__ */ string(),
			body: /* @__PURE__ */ string(),
			viewerDidAuthor: /* @__PURE__ */ boolean()
		})),
		pageInfo: /* @__PURE__ */ object({
			hasPreviousPage: /* @__PURE__ */ boolean(),
			startCursor: /* @__PURE__ */ nullable(/* @__PURE__ */ string())
		})
	})
}) }) }) });
const FIND = `query ($owner: String!, $name: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id
    comments(last: 100, before: $before) { nodes { id body viewerDidAuthor } pageInfo { hasPreviousPage startCursor } }
  } } }`;
const ADD = `mutation ($id: ID!, $body: String!) {
  addComment(input: { subjectId: $id, body: $body }) { clientMutationId } }`;
const UPDATE = `mutation ($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { clientMutationId } }`;
/**
* Two requests. A comment counts as ours if the same account wrote it and it begins with our mark: whoever copies
* the mark into a comment of their own has not had it rewritten.
*
* @param key tells one step from another that comments on the same pull request
* @param isNews whether there is anything to say; if not, only a comment that is there already is rewritten
* @throws {Failure} when GitHub does not answer as it should
*/
async function putComment(github, pull, { key, body, isNews }) {
	const mark = `<!-- postern:${createHash("sha256").update(key).digest("hex").slice(0, 16)} -->`;
	const text = `${mark}\n${body}`;
	const { pullRequestId, own } = await findComment(github, pull, mark);
	if (own === void 0 && !isNews) return;
	const [query, id] = own === void 0 ? [ADD, pullRequestId] : [UPDATE, own];
	await ask(github, pull, query, {
		id,
		body: text
	}, Done);
}
const Done = /* @__PURE__ */ object({ data: /* @__PURE__ */ record(/* @__PURE__ */ string(), /* @__PURE__ */ object({})) });
async function findComment(github, pull, mark) {
	const [owner, name] = pull.repository.split("/");
	for (let before = null;;) {
		const variables = {
			owner,
			name,
			number: pull.number,
			before
		};
		const { data } = await ask(github, pull, FIND, variables, Page);
		const { id, comments } = data.repository.pullRequest;
		const own = comments.nodes.find(({ body, viewerDidAuthor }) => viewerDidAuthor && body.startsWith(mark));
		if (own || !comments.pageInfo.hasPreviousPage) return {
			pullRequestId: id,
			own: own?.id
		};
		before = comments.pageInfo.startCursor;
	}
}
function ask(github, { graphqlUrl, token }, query, variables, schema) {
	const headers = { Authorization: `Bearer ${token}` };
	return github.send("POST", graphqlUrl, {
		headers,
		body: JSON.stringify({
			query,
			variables
		})
	}, json(schema));
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
/** For Markdown, as lines to copy. In HTML's own element no line can end the block. */
const toBlock = (text) => `<pre>${text.split("\n").map((line) => toEntities(line)).join("&#10;")}</pre>`;
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
	const { shown, more } = firstOf(report.plan.changes.map((change) => `${SIGNS[change.kind]} ${change.path} (${sizesOf(change)})`), MAX_SHOWN_BYTES);
	return [
		...shown,
		...more,
		headingOf(report, `${report.namespace}, folder ${report.root}`),
		countsOf(report)
	];
}
/** @param maxBytes of the rows of the table */
function toSummary(report, maxBytes = MAX_SHOWN_BYTES) {
	const rows = report.plan.changes.map((change) => `| ${DONE[change.kind]} | ${toCode(change.path)} | ${sizesOf(change)} |`);
	const { shown, more } = firstOf(rows, maxBytes);
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
/** GitHub takes 65,536 characters in a comment. */
const MAX_COMMENT_BYTES = 6e4;
const toComment = (reports) => reports.map((report) => toSummary(report, MAX_COMMENT_BYTES / reports.length)).join("\n");
/** Of all targets together. Where there are several, each change says where it belongs. */
function toOutputs(reports) {
	const all = reports.flatMap(({ plan }) => plan.changes);
	const changes = JSON.stringify(reports.length === 1 ? all : reports.flatMap(({ namespace, root, plan }) => plan.changes.map((change) => ({
		namespace,
		root,
		...change
	}))));
	return {
		changed: String(all.length > 0),
		...Object.fromEntries(countKinds(all).map(([kind, count]) => [kind, String(count)])),
		unchanged: String(reports.reduce((sum, { plan }) => sum + plan.unchanged, 0)),
		deployment: reports.flatMap(({ deploymentId }) => deploymentId ?? []).join(" "),
		plan: Buffer.byteLength(changes) <= MAX_PLAN_LENGTH ? changes : ""
	};
}
/** The whole of it, for the plan file. */
const toPlanFile = (reports) => `${JSON.stringify(reports.map(({ namespace, root, plan }) => ({
	namespace,
	root,
	changes: plan.changes,
	unchanged: plan.unchanged
})), null, 2)}\n`;
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
function toFailureSummary({ code, message, files, block }) {
	const items = files.map(({ file, problem }) => `- ${toCode(file)} ${toProse(problem)}`);
	const heading = `## Failed: ${FAILURES[code]} (${code})`;
	const { shown, more } = firstOf(items, MAX_SHOWN_BYTES);
	const apart = block === void 0 ? [] : [toBlock(block), ""];
	return [
		heading,
		"",
		toProse(message),
		"",
		...apart,
		...shown,
		...more,
		""
	].join("\n");
}
function headingOf({ plan, isDryRun, isStale }, target) {
	if (isStale) return `A newer run was there before: nothing was written to ${target}`;
	if (plan.changes.length === 0) return plan.adopted && !isDryRun ? `Took over ${formatCount(plan.adopted, "file")} in ${target}` : `Nothing to change in ${target}`;
	return isDryRun ? `Dry run: nothing was written to ${target}` : `Deployed to ${target}`;
}
/** Such as «3 created, 1 updated, 2 deleted, 140 unchanged · 18.2 KB sent · 4 requests · 0.9 s». */
function countsOf({ plan, kept, sentBytes, requests, durationMs }) {
	return [
		[
			...countKinds(plan.changes),
			["unchanged", plan.unchanged],
			...kept > 0 ? [["protected", kept]] : []
		].map(([kind, count]) => `${count.toLocaleString("en")} ${kind}`).join(", "),
		`${formatBytes(sentBytes)} sent`,
		formatCount(requests, "request"),
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
/** The first lines, and how many more there are: no reader wants all of ten thousand, and GitHub takes 1 MiB. */
function firstOf(lines, maxBytes) {
	let bytes = 0;
	const isWithin = (line, index) => {
		bytes += Buffer.byteLength(line);
		return index < MAX_SHOWN && bytes < maxBytes;
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
// action/reporting.ts
/**
* Says what became of the run, everywhere it is looked for. Names come from the server as well as from the disk:
* they are redacted before anything escapes them.
*/
async function reportResults(runner, github, inputs, results, serverKind) {
	const { redact } = runner;
	const reports = results.map((result) => {
		const changes = result.plan.changes.map((change) => ({
			...change,
			path: redact(change.path)
		}));
		return {
			...result,
			plan: {
				...result.plan,
				changes
			}
		};
	});
	for (const line of reports.flatMap(toLog)) runner.info(line);
	for (const { isStale, namespace } of reports) if (isStale) runner.warning(`A newer run has deployed to ${namespace} already; this one wrote nothing.`);
	const outputs = {
		...toOutputs(reports),
		"plan-file": await writePlanFile(runner, reports),
		"server-kind": serverKind,
		"auth-method": inputs.credential.kind
	};
	for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
	await runner.summary(reports.map((report) => toSummary(report)).join("\n"));
	if (inputs.isCommenting) await comment(runner, github, inputs, reports);
}
/** @returns its path; empty where there is no folder for it */
async function writePlanFile({ temporary, redact }, reports) {
	if (temporary === void 0) return "";
	const file = join(temporary, `postern-plan-${randomUUID()}.json`);
	await writeFile(file, redact(toPlanFile(reports)), { flag: "wx" });
	return file;
}
/** Whatever becomes of the comment, what was planned or written stays so. */
async function comment({ run, redact, info, warning }, github, { server, tenant, githubToken }, reports) {
	const { pullRequest: number, graphqlUrl } = run;
	const { REPOSITORY: repository } = run.variables;
	if (number === void 0 || !repository) return info("There is no pull request to comment on.");
	if (githubToken === "") return warning("The plan was not commented: github-token is empty.");
	const places = reports.map(({ namespace, root }) => `${namespace}:${root}`);
	try {
		await putComment(github, {
			graphqlUrl,
			token: githubToken,
			repository,
			number
		}, {
			key: [
				server,
				tenant,
				...places
			].join("\n"),
			body: redact(toComment(reports)),
			isNews: reports.some(({ plan }) => plan.changes.length > 0)
		});
	} catch (error) {
		warning(`The plan was not commented; that takes \`permissions: pull-requests: write\`. ${error instanceof Failure ? error.message : String(error)}`);
	}
}
/** @param written sentences about what was written before that */
async function reportFailure(runner, { code, message, files, block }, written) {
	const { redact } = runner;
	const shown = {
		code,
		message: [redact(message), ...written.map(redact)].join(" "),
		files: files.map(({ file, problem }) => ({
			file: redact(file),
			problem: redact(problem)
		})),
		block: block === void 0 ? void 0 : redact(block)
	};
	for (const { file, problem } of shown.files) runner.info(`${file} ${problem}`);
	for (const line of shown.block?.split("\n") ?? []) runner.info(line);
	for (const { message: text, ...at } of toAnnotations(shown)) runner.error(text, at);
	await runner.summary(toFailureSummary(shown));
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
	const base = await realpath(workspace).catch(() => resolve(workspace));
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
		if (stats.size > 67108864) return {
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
	try {
		var _usingCtx$2 = _usingCtx();
		const hash = createHash("sha256");
		let bytes = 0;
		const handle = _usingCtx$2.a(await openScanned(file, path));
		for await (const chunk of readPieces(handle, size)) {
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
	} catch (_) {
		_usingCtx$2.e = _;
	} finally {
		await _usingCtx$2.d();
	}
}
// action/source.ts
const MAX_LENGTH = 500;
/**
* @param variables those that GitHub sets, by their names without `GITHUB_`; none outside of it
* @param directory the folder that is sent
*/
function describeSource(variables, directory) {
	const { REPOSITORY: repository, SERVER_URL: serverUrl, RUN_ID: runId } = variables;
	if (!repository) return {};
	const source = {
		repository,
		repositoryId: variables.REPOSITORY_ID,
		ref: variables.REF,
		sha: variables.SHA,
		workflowRef: variables.WORKFLOW_REF,
		runId,
		runNumber: variables.RUN_NUMBER,
		runAttempt: variables.RUN_ATTEMPT,
		runUrl: serverUrl && runId && `${serverUrl}/${repository}/actions/runs/${runId}`,
		actor: variables.ACTOR,
		directory
	};
	return Object.fromEntries(Object.entries(source).filter(([, value]) => value && isLabel(value)));
}
const isLabel = (text) => text.length <= MAX_LENGTH && !/\p{Cc}/u.test(text);
// action/sync.ts
/**
* Brings the scanned files into the namespace folder: prepare, which writes nothing, then carry out. The server is
* not taken at its word: it gets no content but those it was offered, and may plan nothing that was not asked for.
*/
const MAX_COMMITS = 3;
/**
* One request to a Postern. Protected files are kept.
*
* @throws {Failure} POSTERN-303, 304, 305, 401, or what the HTTP client throws
*/
async function prepare(remote, request) {
	const manifest = {
		root: request.root,
		delete: request.delete,
		files: request.files.map(({ path, sha256, size }) => ({
			path,
			sha256,
			size
		}))
	};
	const input = {
		...manifest,
		source: request.source
	};
	const offered = await remote.plan(input);
	checkPlan(offered, manifest);
	const { plan, keep } = keepProtected(offered, request.rules.protect);
	guardPlan(plan, request.rules, request.directory);
	return {
		manifest: keep.length === 0 ? manifest : {
			...manifest,
			keep
		},
		plan,
		kept: keep.length
	};
}
/** Whether the folder is as wanted, so that nothing more needs to be asked. */
const isDone = ({ changes, adopted = 0 }) => changes.length === 0 && adopted === 0;
/**
* @param log takes a line when somebody else was faster
* @throws {Failure} POSTERN-205, 301, 302, 501, or what `prepare` throws
*/
async function carryOut(remote, request, prepared, { progress, uninterrupted }, log) {
	const { files, source, staleRun, onConflict, root } = request;
	let sentBytes = 0;
	for (let commits = 1, { manifest, plan, kept } = prepared;; commits++) {
		if (isDone(plan)) return {
			plan,
			sentBytes,
			kept,
			isStale: false
		};
		const allowStale = staleRun === "allow";
		try {
			const work = {
				manifest,
				plan,
				files,
				source,
				allowStale,
				progress,
				uninterrupted
			};
			const applied = await remote.apply(work);
			sentBytes += applied.sentBytes;
			return {
				plan,
				deploymentId: applied.deploymentId,
				sentBytes,
				kept,
				isStale: false
			};
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			if (error.code === "POSTERN-302" && staleRun === "skip") return {
				plan,
				sentBytes,
				kept,
				isStale: true
			};
			if (!MENDED_BY_A_NEW_PLAN.includes(error.serverCode ?? "")) throw error;
			if (onConflict === "fail" || commits === MAX_COMMITS) throw keepsChanging(root, commits);
		}
		log("The folder was changed by somebody else since it was planned. Planning again.");
		({manifest, plan, kept} = await prepare(remote, request));
	}
}
const MENDED_BY_A_NEW_PLAN = ["folder_changed", "content_missing"];
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
		if (kind === "delete" && manifest.delete === "none") throw untrustworthy(`would delete ${path}, but delete is false`);
	}
}
const untrustworthy = (flaw) => new Failure("POSTERN-401", {
	what: `The plan of the server ${flaw}.`,
	why: "A Postern does not plan so. Nothing of it was carried out.",
	fix: "Check the input server, and the version of the Postern there."
});
const keepsChanging = (root, times) => new Failure("POSTERN-301", {
	what: `The folder ${root} was changed by somebody else ${times === 1 ? "once" : `${times} times`} while this run was about to.`,
	why: "Nothing of this run was written: it would have undone what it had not seen.",
	fix: "Let one run at a time deploy to the namespace, with `concurrency` in the workflow; then run again."
});
// action/deploy.ts
/**
* The phases of a run: read the inputs, scan the files, sign in, plan, apply, report. Every target is scanned before
* the first request, and planned before the first write: a guard that trips leaves all of them as they were.
*/
/** @throws {Failure} whatever its phases throw */
async function deploy(runner, journal, cancellation, signal) {
	const startedAt = Date.now();
	for (const secret of secretsAmongInputs(runner.input)) runner.mask(secret);
	const inputs = readInputs(runner.input, {
		hasIdentity: runner.identity !== void 0,
		isPullRequest: runner.run.event.startsWith("pull_request")
	});
	for (const notice of inputs.notices) runner.info(notice);
	if (inputs.isWriting) await refuseForeignCode(runner);
	journal.phase = "reading the files";
	const scans = [];
	for (const target of inputs.targets) scans.push(await scanTarget(runner, inputs, target));
	signal.throwIfAborted();
	journal.phase = "signing in";
	const clients = await openClients(runner, inputs, signal, Date.now() - startedAt);
	const lap = createMeter(() => clients.server.requests, startedAt);
	const authorization = await authenticate(clients, runner, inputs);
	runner.info(authorization.told);
	journal.phase = "planning";
	const jobs = [];
	for (const [index, target] of inputs.targets.entries()) {
		const place = {
			...inputs,
			namespace: target.namespace
		};
		const remote = connectRemote(clients.server, place, authorization.header, () => warnOfStockKestra(runner));
		const request = describeRequest(runner, inputs, target, scans[index]?.files ?? []);
		const prepared = await prepare(remote, request);
		jobs.push({
			target,
			remote,
			request,
			prepared,
			usage: lap()
		});
	}
	const reports = [];
	for (const job of jobs) {
		const outcome = inputs.isWriting ? await write(job, runner, journal, cancellation) : {
			...job.prepared,
			sentBytes: 0,
			isStale: false
		};
		const { requests, durationMs } = lap();
		reports.push({
			...outcome,
			namespace: job.target.namespace,
			root: job.target.root,
			isDryRun: !inputs.isWriting,
			requests: job.usage.requests + requests,
			durationMs: job.usage.durationMs + durationMs
		});
	}
	journal.phase = "reporting";
	const kind = jobs[0]?.remote.kind ?? "postern";
	await reportResults(runner, clients.github, inputs, reports, kind);
	if (inputs.isFailingOnChanges) refuseChanges(reports);
}
async function scanTarget(runner, inputs, { directory, root }) {
	const scan = await scanDirectory(runner.workspace, directory, root);
	refuseToEmpty(scan, directory, inputs);
	const { ignored, hidden } = scan.skipped;
	const count = scan.files.length.toLocaleString("en");
	runner.info(`Files in ${directory}: ${count} (skipped: ${ignored} ignored, ${hidden} hidden)`);
	if (scan.files.length === 0) runner.warning(`There is no file to deploy in ${directory}.`);
	return scan;
}
function describeRequest({ run }, inputs, { directory, root }, files) {
	return {
		...inputs,
		directory,
		root,
		files,
		rules: inputs,
		source: describeSource(run.variables, directory)
	};
}
async function write({ target, remote, request, prepared }, runner, journal, cancellation) {
	const place = `${target.namespace}, folder ${target.root}`;
	journal.phase = `writing to ${place}`;
	const outcome = await carryOut(remote, request, prepared, {
		progress: runner.progress,
		uninterrupted: async (work) => {
			journal.phase = "committing";
			try {
				return await cancellation.uninterrupted(work);
			} finally {
				if (!cancellation.isCancelled) journal.phase = `writing to ${place}`;
			}
		}
	}, runner.info);
	if (!outcome.isStale && !isDone(outcome.plan)) {
		const id = outcome.deploymentId === void 0 ? "" : `, deployment ${outcome.deploymentId}`;
		journal.written.push(`Written before that: ${place}${id}.`);
	}
	return outcome;
}
const warnOfStockKestra = (runner) => runner.info("The server is a stock Kestra: files are written one by one and not all or nothing, and an older run may overwrite what a newer one has written.");
/** Tells what was spent since it was last asked. */
function createMeter(countRequests, startedAt) {
	let last = {
		requests: 0,
		at: startedAt
	};
	return () => {
		const now = {
			requests: countRequests(),
			at: Date.now()
		};
		const usage = {
			requests: now.requests - last.requests,
			durationMs: now.at - last.at
		};
		last = now;
		return usage;
	};
}
function refuseChanges(reports) {
	const changes = reports.reduce((sum, { plan }) => sum + plan.changes.length, 0);
	if (changes === 0) return;
	throw new Failure("POSTERN-306", {
		what: `The namespace differs from the repository in ${formatCount(changes, "file")}. Nothing was written.`,
		why: "fail-on is changes.",
		fix: "Deploy, or find out who changed the files in the namespace."
	});
}
// action/run.ts
/** The step from its inputs to its exit code. What it does in between is the task: `deploy.ts`, or `backup.ts`. */
const EXIT_CANCELLED = 130;
/** @returns 0 when the namespace is as wanted, or the dry run is done; 130 when the job was cancelled; else 1 */
async function run(runner, task = deploy) {
	try {
		var _usingCtx$1 = _usingCtx();
		const ending = new AbortController();
		const journal = {
			phase: "reading the inputs",
			written: []
		};
		const cancellation = _usingCtx$1.u(watchForCancellation(() => ending.abort()));
		try {
			await task(runner, journal, cancellation, ending.signal);
			return 0;
		} catch (error) {
			const { isCancelled } = cancellation;
			const failure = error instanceof Failure ? error : toDefect(runner, error);
			await reportFailure(runner, isCancelled ? toCancelled(journal, failure) : failure, journal.written);
			return isCancelled ? EXIT_CANCELLED : 1;
		} finally {
			ending.abort();
		}
	} catch (_) {
		_usingCtx$1.e = _;
	} finally {
		_usingCtx$1.d();
	}
}
function toCancelled({ phase, written }, failure) {
	const isPartial = failure.code === "POSTERN-501";
	const isOpen = phase === "committing";
	const nothing = written.length > 0 ? "Nothing else was written." : "Nothing was written.";
	return new Failure("POSTERN-901", {
		what: `The run was cancelled while it was ${phase}.`,
		why: isPartial ? failure.message : isOpen ? "There was no answer to the commit: it may have been made." : nothing,
		fix: "Run again: what is there already is not sent twice.",
		...failure.block && { block: failure.block }
	});
}
function toDefect(runner, error) {
	const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
	for (const line of stack.split("\n")) runner.debug(line);
	return new Failure("POSTERN-999", {
		what: `Something went wrong that should not be able to: ${message}.`,
		fix: "Run again with debug logging switched on, and open an issue with the log."
	});
}
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
// action/terminal.ts
/** A terminal in the place of GitHub's runner: lines for people, a bar while files are sent, no state that outlives it. */
const BAR_WIDTH = 30;
function createTerminal({ inputs, workspace, isQuiet }) {
	const secrets = createSecrets();
	for (const secret of secretsAmongVariables(process.env)) secrets.add(secret);
	const clean = (text) => neutralise(secrets.redact(text));
	const state = {};
	const outputs = {};
	const say = (line) => (isQuiet ? process.stderr : process.stdout).write(`${clean(line)}\n`);
	const complain = (line) => void process.stderr.write(`${clean(line)}\n`);
	return {
		outputs,
		workspace,
		temporary: void 0,
		isTlsVerified: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0",
		run: describeRun(process.env),
		identity: describeIdentity(process.env),
		input: (name) => inputs[name] ?? "",
		mask: (secret) => void secrets.add(secret),
		redact: secrets.redact,
		info: (line) => void say(line),
		debug: (text) => {
			if (process.env.RUNNER_DEBUG === "1") complain(text);
		},
		warning: (message) => complain(`warning: ${message}`),
		error: (message, { file }) => {
			if (file === void 0) complain(`error: ${message}`);
		},
		progress(done, total) {
			if (!process.stderr.isTTY) return void say(`Sent ${done} of ${total} contents`);
			const filled = Math.round(done / total * BAR_WIDTH);
			const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
			process.stderr.write(`\r${bar} ${done}/${total}${done === total ? "\n" : ""}`);
		},
		output: (name, value) => void Object.assign(outputs, { [name]: secrets.redact(value) }),
		saveState: (name, value) => void Object.assign(state, { [name]: value }),
		readState: (name) => state[name] ?? "",
		summary: async () => {}
	};
}
// action/command.ts
/** The words of the command line made into the inputs of the Action, or of a backup. */
const HELP = `Usage: postern namespace files update <namespace> <from> [to] [options]
       postern export <file> [options]
       postern import <file> [options]

Brings the folder <from> into the namespace, below the folder [to] (default: /). Only what differs is sent,
and all of it becomes visible at once. What .kestraignore in <from> names is left out, and so are hidden files.

  --server=<url>            base URL of Postern or Kestra (default: http://localhost:8080)
  --api-token=<token>       API token of a service account or a user
  --user=<name:password>    user and password; the password may hold colons
  --tenant=<id>             default: main
  --headers=<name=value>    sent with every request; may be given several times
  --delete                  delete files of the namespace folder that are not in <from>
  --max-delete=<n|n%>       fail, before anything is written, if more would go (default: 50%)
  --protect=<pattern>       files that are never deleted nor overwritten; may be given several times
  --allow-empty             with --delete: go on although there is no file to deploy
  --no-override             fail, before anything is written, if a file exists with other content
  --dry-run                 say what would change, and write nothing
  --timeout=<seconds>       for all of it (default: 300)
  --retries=<n>             how often a request is tried again (default: 3)
  --ca-certificate=<file>   PEM of an authority to trust besides the usual ones
  --output=<text|json>      json: the result on standard output, all else on standard error
  --setup-token=<token>     import: the worker's SETUP_TOKEN
  --help, --version

export writes all that Postern knows, but for the contents of files, into <file>, which must be kept like a secret; it
takes the API token or the password of a superadmin. import puts it into a Postern that is not set up yet.

SETUP_TOKEN, KESTRA_SERVER, KESTRA_API_TOKEN, KESTRA_USER and KESTRA_TENANT in the environment stand for options that are not
given. A secret on a command line can be seen by other users of the machine; one in the environment cannot.

Exit codes: 0 done, or nothing to do · 1 failed, and nothing or a part was written, as it says · 2 wrong usage ·
130 interrupted. Errors have codes, which docs/errors.md explains.
`;
const OPTIONS = {
	server: { type: "string" },
	"api-token": { type: "string" },
	user: { type: "string" },
	tenant: { type: "string" },
	headers: {
		type: "string",
		multiple: true
	},
	delete: { type: "boolean" },
	"max-delete": { type: "string" },
	protect: {
		type: "string",
		multiple: true
	},
	"allow-empty": { type: "boolean" },
	override: { type: "boolean" },
	"dry-run": { type: "boolean" },
	timeout: { type: "string" },
	retries: { type: "string" },
	"ca-certificate": { type: "string" },
	output: {
		type: "string",
		default: "text"
	},
	"setup-token": { type: "string" },
	help: { type: "boolean" },
	version: { type: "boolean" }
};
const EXIT_USAGE = 2;
/** @returns the exit code */
async function runCommand(args) {
	const parsed = parse(args);
	if (typeof parsed === "string") return refuse(parsed);
	const { values, positionals } = parsed;
	if (values.version) return answer(`${version}\n`);
	if (values.help || args.length === 0) return answer(HELP);
	const [command = ""] = positionals;
	if (["export", "import"].includes(command)) return runBackup(command, positionals.slice(1), values);
	const [namespace, from, to = "/", ...rest] = positionals.slice(3);
	if (positionals.slice(0, 3).join(" ") !== "namespace files update") return refuse("The command is: namespace files update, export or import");
	if (namespace === void 0 || from === void 0) return refuse("It takes a namespace and a folder.");
	if (rest.length > 0) return refuse("It takes a namespace, a folder, and where to put it; there is more.");
	if (!["text", "json"].includes(values.output)) return refuse("--output must be text or json.");
	const folder = await realpath(from).catch(() => resolve(from));
	const terminal = createTerminal({
		inputs: {
			...toInputs(values, process.env),
			namespace,
			directory: basename(folder) || ".",
			"namespace-path": to
		},
		workspace: dirname(folder),
		isQuiet: values.output === "json"
	});
	try {
		return await run(terminal);
	} finally {
		await giveBackToken(terminal);
		if (values.output === "json") process.stdout.write(`${toJson(terminal.outputs)}\n`);
	}
}
async function runBackup(command, [file, ...rest], values) {
	if (file === void 0 || rest.length > 0) return refuse("It takes a file, and nothing else.");
	const setupToken = values["setup-token"] ?? process.env.SETUP_TOKEN ?? "";
	if (command === "import" && setupToken === "") return refuse("It takes --setup-token, or SETUP_TOKEN.");
	return run(createTerminal({
		inputs: toInputs(values, process.env),
		workspace: process.cwd(),
		isQuiet: values.output === "json"
	}), (runner, journal, _, signal) => command === "export" ? exportTo(file, runner, journal, signal) : importFrom(file, setupToken, runner, journal, signal));
}
function parse(args) {
	try {
		return parseArgs({
			args: [...args],
			options: OPTIONS,
			allowPositionals: true,
			allowNegative: true
		});
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
function toInputs(values, env) {
	const given = {
		...values,
		server: values.server ?? env.KESTRA_SERVER ?? "http://localhost:8080",
		tenant: values.tenant ?? env.KESTRA_TENANT,
		...readCredentials(values, env),
		headers: values.headers?.join("\n"),
		protect: values.protect?.join("\n")
	};
	return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => value === void 0 ? [] : [[name, String(value)]]));
}
/** A credential that is given keeps those of the environment out. */
function readCredentials({ user, "api-token": token }, env) {
	return user === void 0 && token === void 0 ? {
		user: env.KESTRA_USER,
		"api-token": env.KESTRA_API_TOKEN
	} : {
		user,
		"api-token": token
	};
}
/** The outputs of the Action, as what they are; empty where the run failed before there were any. */
function toJson(outputs) {
	const values = Object.entries(outputs).filter(([name]) => name !== "plan-file").map(([name, value]) => [name, /^(true|false|\d+|\[.*\])$/s.test(value) ? JSON.parse(value) : value]);
	return JSON.stringify(Object.fromEntries(values), null, 2);
}
function answer(text) {
	process.stdout.write(text);
	return 0;
}
function refuse(reason) {
	process.stderr.write(`error: ${reason}\nSee: postern --help\n`);
	return EXIT_USAGE;
}
// action/cli.ts
/** The command line, in the grammar of Kestra's own. */
const NODE_MAJOR = 24;
if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
	console.error(`error: this takes Node ${NODE_MAJOR} or newer, not ${process.versions.node}.`);
	process.exitCode = 1;
} else process.exitCode = await runCommand(process.argv.slice(2));
export {};
