// Random documents against a server, and against graphql-js over a mock that answers with what the server answered:
//   node documents.mjs < input
// Input: { url, sdl, seed, count, tokens: [string or null], ids: { type: [string] } }. Prints one JSON object: how many documents
// were made, refused, ran and were too dear, and the differences found.
//
// Documents come from the SDL: nested selections, aliases, fragments, directives, arguments as literals and variables,
// with mistakes of every kind here and there. graphql-js validates each document, coerces its variables and runs it:
// - What it refuses, the server refuses as a whole: 4xx without `data`; what it takes, the server does not.
// - What it answers, when each resolver returns what the server has at that path (or fails where the server tells an
//   error), is the server's answer: same fields in the same order, same nulls.
import { readFileSync } from 'node:fs';
import {
  GraphQLError, GraphQLNonNull, Kind, buildSchema, execute, getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType,
  isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, parse, validate, valueFromASTUntyped,
} from 'graphql';

const input = JSON.parse(readFileSync(0, 'utf8'));
const schema = buildSchema(input.sdl);

// Dice: the same seed, the same documents (mulberry32).
let state = input.seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const chance = (p) => random() < p;
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

// Texts that the product's scalars take, and such as they refuse.
const GOOD = {
  ID: Object.values(input.ids).flat(),
  Date: ['2027-03-12', '2028-02-29'],
  DateTime: ['2027-03-01T00:00:00Z', '2027-04-01T00:00:00+02:00'],
  LocalDateTime: ['2027-03-12T14:00:00', '2027-03-12T14:00'],
  TimeZone: ['Europe/Berlin', 'UTC'],
  Decimal: ['12.50', '0'],
  DatasetNumber: ['7.65'],
  JSON: ['text'],
  String: ['a', 'Füssen', ''],
};
const BAD = {
  Date: ['2027-02-29', '12.03.2027', ''],
  DateTime: ['2027-03-01', '2027-03-01T00:00:00', 'now'],
  LocalDateTime: ['2027-03-12', '2027-03-12T14:00:00Z'],
  TimeZone: ['Bayern/Kaufbeuren'],
  Decimal: ['1.000,00', '50 %'],
  DatasetNumber: ['1,5'],
};
for (const type of Object.values(schema.getTypeMap())) {
  if (GOOD[type.name] && BAD[type.name]) {
    const read = (value) => {
      if (BAD[type.name].includes(value)) throw new GraphQLError(`no ${type.name}`);
      return value;
    };
    const number = type.name === 'Decimal' || type.name === 'DatasetNumber';
    type.parseValue = (value) => {
      if (typeof value !== 'string' && !(number && Number.isInteger(value))) throw new GraphQLError(`no ${type.name}`);
      return read(value);
    };
    type.parseLiteral = (node, variables) => {
      if (node.kind !== Kind.STRING && !(number && node.kind === Kind.INT)) throw new GraphQLError(`no ${type.name}`);
      return read(valueFromASTUntyped(node, variables));
    };
  }
}

// One document.
class Writer {
  constructor() {
    this.variables = [];
    this.values = {};
    this.fragments = [];
    this.left = 28;
    this.mistakes = chance(0.3) ? 0.02 : 0;
    this.operation = 'query';
  }

  wrong() { return this.mistakes > 0 && chance(this.mistakes); }

  document() {
    const root = schema.getQueryType();
    const selections = this.selections(root, 0);
    const declared = this.variables.map((it) => `${it.name}: ${it.type}${it.initial === undefined ? '' : ` = ${it.initial}`}`);
    if (this.wrong()) declared.push('$unused: Int');
    const head = `query Q${declared.length > 0 ? `(${declared.map((it) => (it.startsWith('$') ? it : `$${it}`)).join(', ')})` : ''}`;
    return [`${head} ${selections}`, ...this.fragments].join('\n');
  }

  selections(type, depth) {
    const parts = [];
    if (isCompositeType(type) && type !== schema.getQueryType()) parts.push('__typename');
    const count = 1 + below(4);
    for (let index = 0; index < count && this.left > 0; index += 1) {
      const dice = random();
      if (dice < 0.12) parts.push(this.inline(type, depth));
      else if (dice < 0.18) parts.push(this.spread(type, depth));
      else parts.push(this.field(type, depth));
    }
    if (parts.length === 0) parts.push('__typename');
    return `{ ${parts.join(' ')} }`;
  }

  possible(type) {
    const objects = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const near = [type, ...objects, ...(isObjectType(type) ? type.getInterfaces() : [])];
    return this.wrong() ? schema.getType('Tenant') : pick(near);
  }

  inline(type, depth) {
    if (isObjectType(type) && chance(0.3)) return `...${this.directives()} ${this.inner(type, depth)}`;
    const on = this.possible(type);
    return `... on ${on.name}${this.directives()} ${this.inner(on, depth)}`;
  }

  inner(type, depth) {
    if (depth > 5) return '{ __typename }';
    return this.selections(type, depth + 1);
  }

  spread(type, depth) {
    const on = this.possible(type);
    const name = `F${this.fragments.length}`;
    const at = this.fragments.push('') - 1;
    this.fragments[at] = `fragment ${name} on ${on.name} ${this.inner(on, depth)}`;
    if (this.wrong()) return `...F99`;
    return `...${name}${this.directives()}`;
  }

  directives() {
    if (!chance(0.12)) return '';
    const name = pick(['skip', 'include']);
    if (this.wrong()) return ` @${name}`;
    return ` @${name}(if: ${this.value(schema.getDirective('skip').args[0].type, chance(0.5))})`;
  }

  field(type, depth) {
    const fields = isObjectType(type) || 'getFields' in type ? Object.values(type.getFields()) : [];
    const leaves = fields.filter((it) => isLeafType(getNamedType(it.type)));
    const usable = depth > 4 ? leaves : fields;
    if (usable.length === 0) return '__typename';
    const objects = usable.filter((it) => isCompositeType(getNamedType(it.type)));
    const field = pick(objects.length > 0 && chance(depth === 0 ? 0.9 : 0.4) ? objects : usable);
    this.left -= 1;
    // Different fields under one name are a mistake, the same field twice is not.
    const alias = this.wrong() ? `${pick(['id', 'name'])}: ` : chance(0.5) ? `a${this.left}: ` : '';
    const named = getNamedType(field.type);
    const name = this.wrong() ? `${field.name}x` : field.name;
    let below_ = isCompositeType(named) ? ` ${this.inner(named, depth)}` : '';
    if (this.wrong()) below_ = below_ === '' ? ' { id }' : '';
    return `${alias}${name}${this.arguments(field)}${this.directives()}${below_}`;
  }

  arguments(field) {
    const parts = [];
    const place = getNamedType(field.type).name;
    const end = pick(['first', 'last']);
    for (const argument of field.args) {
      const required = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (argument.name === 'first' || argument.name === 'last') {
        if (argument.name === end || this.wrong()) parts.push(`${argument.name}: ${this.wrong() ? pick(['2147483648', '"1"', '1.5']) : 1 + below(2)}`);
      } else if (required ? !this.wrong() : chance(argument.name === 'after' || argument.name === 'before' ? 0.03 : 0.25)) {
        this.kind = argument.name === 'id' ? place : argument.name[0].toUpperCase() + argument.name.slice(1);
        parts.push(`${argument.name}: ${this.value(argument.type, chance(0.4), argument.defaultValue !== undefined)}`);
        this.kind = null;
      }
    }
    if (this.wrong()) parts.push('unheardOf: 1');
    if (parts.length > 0 && this.wrong()) parts.push(parts[0]);
    return parts.length === 0 ? '' : `(${parts.join(', ')})`;
  }

  // A literal or a variable for a type; `hasInitial` = the place has a default.
  value(type, asVariable, hasInitial = false) {
    if (!asVariable) return this.literal(type);
    const name = `v${this.variables.length}`;
    const nullable = getNullableType(type);
    const loose = isNonNullType(type) && !hasInitial ? this.wrong() : chance(0.5);
    const variable = { name, type: String(loose ? nullable : type), initial: undefined };
    if (this.wrong()) variable.type = pick(['Int', 'String!', '[ID!]', 'Boolean', 'Tenant']);
    if (chance(0.15)) variable.initial = this.literal(type);
    const mayLack = !isNonNullType(type) || (variable.initial !== undefined) || hasInitial;
    if (mayLack ? chance(0.7) : !this.wrong()) this.values[name] = this.json(type);
    this.variables.push(variable);
    return `$${name}`;
  }

  // A value of a type as JSON, with mistakes.
  json(type) {
    if (isNonNullType(type)) return this.wrong() ? null : this.json(type.ofType);
    if (chance(0.05)) return null;
    if (isListType(type)) {
      if (chance(0.1)) return this.json(type.ofType);
      return Array.from({ length: below(3) }, () => this.json(type.ofType));
    }
    if (isEnumType(type)) return this.wrong() ? pick(['NOT_THERE', 1]) : pick(type.getValues()).name;
    if (isInputObjectType(type)) return Object.fromEntries(this.entries(type).map(([name, of]) => [name, this.json(of)]));
    return this.scalar(type.name);
  }

  scalar(name) {
    if (this.wrong()) return pick([true, 7, 'x', [], {}, 1.5, ...(BAD[name] ?? [])]);
    switch (name) {
      case 'Int': return below(50);
      case 'Float': return pick([1, 2.5]);
      case 'Boolean': return chance(0.5);
      case 'ID': return pick(chance(0.9) ? input.ids[this.kind] ?? GOOD.ID : GOOD.ID);
      default: return pick(GOOD[name] ?? ['a']);
    }
  }

  // The fields of an input object that get a value.
  entries(type) {
    const fields = Object.values(type.getFields());
    let chosen = fields.filter((it) => (isNonNullType(it.type) && it.defaultValue === undefined ? !this.wrong() : chance(0.2)));
    if (type.isOneOf) {
      const one = pick(fields);
      return this.wrong() ? chosen.map((it) => [it.name, it.type]) : [[one.name, new GraphQLNonNull(getNullableType(one.type))]];
    }
    chosen = chosen.map((it) => [it.name, it.type]);
    if (this.wrong()) chosen.push(['unheardOf', schema.getType('Int')]);
    return chosen;
  }

  literal(type) {
    if (isNonNullType(type)) return this.wrong() ? 'null' : this.literal(type.ofType);
    if (chance(0.05)) return 'null';
    if (isListType(type)) {
      if (chance(0.1)) return this.literal(type.ofType);
      return `[${Array.from({ length: below(3) }, () => this.literal(type.ofType)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.wrong() ? pick(['NOT_THERE', '"TEXT"', '1']) : pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      return `{${this.entries(type).map(([name, of]) => `${name}: ${chance(0.2) ? this.value(of, true) : this.literal(of)}`).join(', ')}}`;
    }
    return written(this.scalar(type.name));
  }
}

function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (value !== null && typeof value === 'object') return '{}';
  return JSON.stringify(value);
}

// What the server has at a path; undefined below a null.
function at(data, path) {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return undefined;
    value = value[key];
  }
  return value;
}

function keys(path) {
  const found = [];
  for (let at = path; at; at = at.prev) found.unshift(at.key);
  return found;
}

// A value below a null that an error further down caused; it never gets out.
function filler(type) {
  const named = getNullableType(type);
  if (isListType(named)) return [];
  if (isEnumType(named)) return named.getValues()[0].name;
  if (isCompositeType(named)) return { __typename: isAbstractType(named) ? schema.getPossibleTypes(named)[0].name : named.name };
  return { Int: 0, Float: 0, Boolean: false }[named.name] ?? '';
}

const MOCK = 'the server told an error here';

// What graphql-js answers over the server's answer.
function answer(document, variables, reply) {
  const errors = new Set((reply.errors ?? []).map((it) => JSON.stringify(it.path ?? [])));
  const deeper = (path) => {
    const start = JSON.stringify(path).slice(0, -1);
    return [...errors].filter((it) => it.startsWith(`${start}${path.length > 0 ? ',' : ''}`) && it.length > start.length + 1);
  };
  const resolve = (source, _arguments, _context, info) => {
    const path = keys(info.path);
    if (errors.has(JSON.stringify(path))) throw new Error(MOCK);
    const value = at(reply.data, path);
    if (value === undefined || value === null) {
      const below_ = deeper(path);
      if (below_.length > 0) {
        if (!isListType(getNullableType(info.returnType))) return filler(info.returnType);
        const length = 1 + Math.max(...below_.map((it) => Number(JSON.parse(it)[path.length])));
        return Array.from({ length }, () => filler(getNullableType(info.returnType).ofType));
      }
      if (value === undefined) return filler(info.returnType);
    }
    return value;
  };
  return execute({
    schema, document, variableValues: variables, rootValue: {}, fieldResolver: resolve,
    typeResolver: (value) => value.__typename,
  });
}

const seen = { made: 0, refused: 0, ran: 0, withNulls: 0, tooDear: 0, differences: [] };

async function ask(source, variables, token) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(input.url, { method: 'POST', headers, body: JSON.stringify({ query: source, variables, operationName: 'Q' }) });
  return { status: response.status, body: await response.json() };
}

function differ(why, source, variables, ours, theirs) {
  seen.differences.push({ why, document: source, variables, ours, theirs });
}

while (seen.made < input.count && seen.differences.length < 5) {
  const writer = new Writer();
  const source = writer.document();
  const variables = writer.values;
  seen.made += 1;
  let document;
  let problems;
  try {
    document = parse(source);
    problems = validate(schema, document);
  } catch (error) {
    problems = [error];
  }
  const { status, body } = await ask(source, variables, pick(input.tokens));
  const codes = (body.errors ?? []).map((it) => it.extensions?.code);
  if (codes.includes('COST_EXCEEDED') || codes.includes('RATE_LIMITED')) {
    seen.tooDear += 1;
    continue;
  }
  const refused = !('data' in body);
  if (refused !== (status >= 400)) {
    differ('a status that does not fit', source, variables, { status, body }, null);
    continue;
  }
  let theirs = null;
  if (problems.length === 0) {
    theirs = answer(document, variables, refused ? { data: {} } : body);
    // Values of arguments that are refused when their field runs: the server refuses them before.
    problems = 'data' in theirs ? (theirs.errors ?? []).filter((it) => it.originalError?.message !== MOCK) : theirs.errors;
    if (refused && 'data' in theirs) {
      // Without the server's answer, what is missing in the mock is no problem of the document.
      problems = problems.filter((it) => /rgument|ariable/.test(it.message));
    }
  }
  if (refused !== problems.length > 0) {
    differ(refused ? 'refused, and graphql-js takes it' : 'taken, and graphql-js refuses it', source, variables, { status, body }, problems.map((it) => it.message));
  } else if (refused) {
    seen.refused += 1;
  } else if (JSON.stringify(theirs.data) !== JSON.stringify(body.data)) {
    differ('another shape', source, variables, body, theirs.data);
  } else {
    seen.ran += 1;
    if ((body.errors ?? []).length > 0) seen.withNulls += 1;
  }
}
console.log(JSON.stringify(seen));
