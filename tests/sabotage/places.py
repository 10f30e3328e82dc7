"""Places in the product's code at which a rule can be taken away, found by pattern.

Each operator returns places; a place is an edit of one file, with `{on}` where the switch stands, or the name of a row of a
declaration, which the hooks of `clone.py` ask for.
"""

import re
from dataclasses import dataclass, field

from rust_text import RustText

SCOPE = r"\b(?:SCOPE|ScopeId|in_scopes|seen_from|in_full|visible|shown|PUBLIC_SCOPE)\b"
TENANT = r"\bTenantId\s*\.eq\(|^own\(tenant\)$"
NO_CONDITION = "if {on} {{ sea_orm::Condition::all() }} else {{ sea_orm::Condition::all().add({old}) }}"


@dataclass
class Place:
    """Something that can be taken away."""

    kind: str
    path: str
    line: int
    what: str
    start: int = 0
    end: int = 0
    new: str = ""
    row: tuple = ()
    stratum: str = ""
    patched: tuple = field(default=(), compare=False)

    def overlaps(self, other):
        return not self.row and not other.row and self.path == other.path and self.start < other.end and other.start < self.end


def edit(kind, stratum, file, start, end, new, what):
    """A place whose text is replaced; `{old}` is the text that stands there."""
    old = file.text[start:end]
    shown = " ".join(what.format(old=" ".join(old.split()).replace("{", "{{").replace("}", "}}")).split())
    return Place(kind, file.path, file.line(start), shown.replace("{{", "{").replace("}}", "}"), start, end,
                 new.replace("{old}", old.replace("{", "{{").replace("}", "}}")), stratum=stratum)


def conditions(kind, file, words):
    """Arguments of `.filter(…)`, `.and_where(…)`, `.add(…)`, `.add_option(…)` that speak of `words`."""
    for match in file.find(r"\.(filter|and_where|add|add_option)\("):
        start, end = match.end(), file.closing(match.end() - 1)
        argument = file.code[start:end].strip()
        if re.match(r"(?:move )?\|", argument) or not argument or not re.search(words, argument):
            continue
        if "Condition::" in argument:
            continue
        method = match.group(1)
        if method == "add_option":
            yield edit(kind, kind, file, start, end, "if {on} {{ None }} else {{ {old} }}", ".add_option({old}) removed")
        elif method == "and_where":
            new = ".cond_where(" + NO_CONDITION + ")"
            place = edit(kind, kind, file, match.start(), end + 1, new, "{old} removed")
            place.new = place.new.replace(".add(.and_where(", ".add((")
            yield place
        else:
            yield edit(kind, kind, file, start, end, NO_CONDITION, f".{method}({{old}}) removed")


def raw_sql(kind, file, words):
    """Conditions in SQL texts: `tenant_id = ?` and the like become true."""
    for match in re.finditer(r'(?<![#r])"(?:\\.|[^"\\])*"', file.text):
        literal = match.group(0)
        if match.start() >= file.end or file.is_const(match.start()) or file.code[match.start()] != " ":
            continue
        if re.search(r"(?:format|write|concat|println)!\(\s*(?:sql,\s*)?$", file.text[max(0, match.start() - 30) : match.start()]):
            continue
        condition = re.search(words, literal)
        if not condition:
            continue
        open_ = literal[: condition.start()] + "(" + condition.group(0) + " OR 1 = 1)" + literal[condition.end() :]
        new = f"if {{on}} {{{{ {braces(open_)} }}}} else {{{{ {braces(literal)} }}}}"
        yield edit(kind, kind, file, match.start(), match.end(), new, f"SQL condition {braces(condition.group(0))} removed")


def braces(text):
    return text.replace("{", "{{").replace("}", "}}")


def scope(files):
    for file in under(files, "api/store/src/", "api/domain/src/", "api/graphql/src/"):
        yield from conditions("scope", file, SCOPE)
        yield from raw_sql("scope", file, r"scope_id = (?:\?|\$\d)|EXISTS \(SELECT 1 FROM seen\)")


def tenant(files):
    for file in under(files, "api/store/src/", "api/domain/src/"):
        yield from conditions("tenant", file, TENANT)
        yield from raw_sql("tenant", file, r"\btenant_id = (?:\?|\$\d)")
    for file in under(files, "api/store/src/writer.rs"):
        yield from operands("tenant", file, r"is_own|is_seen")


def operands(kind, file, words=""):
    """Operands of `&&`, which become true, and of `||`, which become false."""
    seen = set()
    for match in file.find(r"&&|\|\|"):
        at, operator = match.start(), match.group(0)
        if re.search(r":\s*$", file.code[:at]):
            continue
        if operator == "||" and re.search(r"[(,=]\s*(?:move )?$", file.code[:at]):
            continue
        for start, end in ((file.operand_before(at), len(file.code[:at].rstrip())), after(file, at + 2)):
            text = file.code[start:end].strip()
            if (start, end) in seen or not text or text.startswith("let ") or not re.search(words, text):
                continue
            seen.add((start, end))
            new = "({on} || ({old}))" if operator == "&&" else "(!{on} && ({old}))"
            yield edit(kind, kind, file, start, end, new, f"{operator} {{old}} removed")


def after(file, at):
    start = at + len(file.code[at:]) - len(file.code[at:].lstrip())
    return start, file.operand_after(start)


def policy(files):
    for file in under(files, "api/policy/src/"):
        yield from operands("policy", file)
        for match in file.find(r"\.(retain|filter|is_none_or|is_some_and)\((?:move )?\|[^|]*\| "):
            start, end = match.end(), file.closing(file.code.index("(", match.start()))
            if "&&" not in file.code[start:end] and not file.code[start:end].startswith("{"):
                yield edit("policy", "policy", file, start, end, "{on} || ({old})", f".{match.group(1)}({{old}}) always true")


def state(files):
    for file in under(files, "api/domain/src/rights/"):
        for opening, closing in file.functions("ApiResult<()>"):
            yield from states(file, opening, closing)


def states(file, opening, closing):
    """Rules of a function that answers whether a state forbids something."""
    inside = [it for it in file.find(r"(?<=\S) if (?!let\b)") if opening < it.start() < closing]
    for match in inside:
        end = file.code.find(" =>", match.end())
        guard = file.code[match.end() : end]
        if end > 0 and not re.search(r"[;{}]", guard) and "else" not in file.code[match.start() - 5 : match.start()]:
            yield edit("state", "state", file, match.end(), end, "!{on} && ({old})", "if {old} => … removed")
    for match in file.find(r"(?:^|\n|\{|=>)\s*if (?!let\b)"):
        if not opening <= match.start() < closing:
            continue
        brace = file.code.find("{", match.end())
        block = file.code[brace + 1 : file.closing(brace)].strip()
        start, end = match.end(), brace - 1
        if re.match(r"(?:return )?Ok\(\(\)\)", block):
            yield edit("state", "state", file, start, end, "{on} || ({old})", "if {old} {{ Ok }} always")
        elif re.search(r"\bErr\(|\bconflict\(", block):
            yield edit("state", "state", file, start, end, "!{on} && ({old})", "if {old} {{ refuse }} removed")
    for match in file.find(r"(?<=\n)( +)((?!let\b|return\b)[\w:]+\([^;{}]*\)(?:\.await)?\?;)"):
        if opening < match.start() < closing:
            yield edit("state", "state", file, *match.span(2), "if !{on} {{ {old} }}", "{old} removed")
    for match in file.find(r"=> ((?!Ok\b|if\b)[\w:]+\([^;{}]*?\)(?:\.await)?)(?=,\n)"):
        is_guarded = " if " in file.code[file.code.rindex("\n", 0, match.start()) : match.start()]
        if opening < match.start() < closing and not is_guarded:
            yield edit("state", "state", file, *match.span(1), "if {on} {{ Ok(()) }} else {{ {old} }}", "=> {old} removed")


RAISED = "entities::ShareLevel::ALL.iter().copied().find(|it| *it > {old}).unwrap_or({old})"


def view(files):
    for file in under(files, "api/domain/src/calendars/", "api/graphql/src/calendars/", "api/graphql/src/offers/",
                      "api/graphql/src/agreements/", "api/domain/src/agreements/shares.rs", "api/server/src/http/",
                      "api/domain/src/datasets/", "api/domain/src/planning/", "api/domain/src/projects/"):
        for match in file.find(r" (>=|>|<) (?:entities::)?(?:Share)?Level::(?:Busy|Summary|Full)\b"):
            start, end = file.operand_before(match.start()), match.end()
            new = "(!{on} && ({old}))" if match.group(1) == "<" else "({on} || ({old}))"
            yield edit("view", "view", file, start, end, new, "{old} not asked")
        for match in file.find(r"seen_from::<[^>]*>\(((?:Share)?Level)::(Summary|Full)(?=\))"):
            lower = {"Summary": "Busy", "Full": "Summary"}[match.group(2)]
            start = match.start(1)
            new = f"if {{on}} {{{{ {match.group(1)}::{lower} }}}} else {{{{ {{old}} }}}}"
            yield edit("view", "view", file, start, match.end(2), new, "{old} one level lower")
        for match in file.find(r"\bmatch (level) \{"):
            yield edit("view", "view", file, *match.span(1), "(if {on} {{ " + RAISED + " }} else {{ {old} }})", "match {old} one level higher")
        for match in file.find(r"\.min\((now\.level\(\)|max|(?:Share)?Level::\w+)\)"):
            yield edit("view", "view", file, *match.span(1), "if {on} {{ entities::ShareLevel::Contribute }} else {{ {old} }}", ".min({old}) removed")


def tables(files):
    """Rows of the lists of tables: a table read without the filter by scope, and one written without the acting authority."""
    nodes = r'^ +\w+ "\w+" (\w+) "[^"]*" (owner|owner_in_any_scope|log|party|person) \w+;'
    others = r"^    (\w+): (owner|owner_in_any_scope|log|party|person),"
    for path, pattern in (("api/kernel/src/", nodes), ("api/store/src/owned.rs", others)):
        for file in under(files, path):
            for match in re.finditer(pattern, file.text, re.MULTILINE):
                table, writer = match.groups()
                line = file.line(match.start(1))
                what = f"{table}: read without the filter by scope"
                yield Place("scope", file.path, line, what, row=("scope", table), stratum="scope-table")
                if writer == "owner":
                    what = f"{table}: bound to no authority"
                    yield Place("tenant", file.path, line, what, row=("binding", table), stratum="tenant-table")


def fields(files):
    """Rows of `parts!`: a field of an entry that a filter and a comparison show one level too low."""
    (file,) = under(files, "api/domain/src/calendars/entry_view.rs")
    part = None
    for match in re.finditer(r'^    (Busy|Summary|Full) \w+ \{|^        (\w+) = "(\w+)": \w+\(row\)', file.text, re.MULTILINE):
        part = match.group(1) or part
        if match.group(2) and part != "Busy":
            what = f"{match.group(2)} shown one level below {part}"
            yield Place("view", file.path, file.line(match.start()), what, row=("level", match.group(3)), stratum="view-field")


def under(files, *prefixes):
    return [file for path, file in sorted(files.items()) if path.startswith(prefixes)]


def all_places(sources):
    """Every place in the sources, by stratum: kinds, and rows of declarations apart, so that neither drowns the other."""
    tests = r"(_test|/tests?|/testing)\.rs$"
    is_product = lambda path: re.match(r"api/[^/]+/src/.*\.rs$", path) and not re.search(tests, path)
    files = {path: RustText(path, text) for path, text in sources.items() if is_product(path)}
    strata = {}
    for operator in (scope, tenant, state, view, policy, tables, fields):
        for place in operator(files):
            strata.setdefault(place.stratum, []).append(place)
    return strata
