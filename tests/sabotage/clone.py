"""A throw-away copy of the repository in which the chosen rules can be taken away one at a time, and its build."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from io import BytesIO

from rust_text import SWITCH

SWITCHES = '''//! Which rule is taken away in this process: `VERBUND_SABOTAGE` names its number.

use std::sync::OnceLock;
use std::sync::atomic::{{AtomicBool, Ordering}};

/// Whether the rule with this number is taken away.
pub fn on(number: u32) -> bool {{
    static NUMBER: OnceLock<u32> = OnceLock::new();
    static REACHED: AtomicBool = AtomicBool::new(false);
    let read = || std::env::var("VERBUND_SABOTAGE").ok().and_then(|it| it.parse().ok()).unwrap_or(0);
    let is_on = *NUMBER.get_or_init(read) == number;
    if is_on && !REACHED.swap(true, Ordering::Relaxed) {{
        if let Ok(path) = std::env::var("VERBUND_SABOTAGE_REACHED") {{
            let _written = std::fs::write(path, "");
        }}
    }}
    is_on
}}

/// The same for a row of a declaration, by the declaration and the name of the row or of its column type.
pub fn row(declaration: &str, name: &str) -> bool {{
    let name = name.strip_suffix("::Column").unwrap_or(name);
    match (declaration, name.rsplit("::").next().unwrap_or(name)) {{
{arms}        _ => false,
    }}
}}
'''

# Rewritings that give rows of declarations a switch: file, pattern, replacement.
HOOKS = [
    ("api/kernel/src/lib.rs", r"\npub mod money;", r"\npub mod money;\npub mod sabotage;"),
    (
        "api/store/src/owned.rs",
        r"const BINDING: (ScopeBinding<e::\$table::Column>) = (binding!\(\$table \$writer\));",
        r'fn binding() -> \1 { if ::kernel::sabotage::row("binding", stringify!($table)) '
        r"{ ScopeBinding::Party { scope: e::$table::Column::ScopeId } } else { \2 } }",
    ),
    ("api/store/src/owned.rs", r"const BINDING: (ScopeBinding<[^;=]*>) = ([^;]*);", r"fn binding() -> \1 { \2 }"),
    ("api/store/src/owned.rs", r"const BINDING: (ScopeBinding<[^;=]*>);", r"fn binding() -> \1;"),
    ("api/store/src/writer.rs", r"::BINDING\b", "::binding()"),
    (
        "api/store/src/session.rs",
        r"(fn in_scopes<C: ColumnTrait>\([^{]*\{)",
        r'\1 if ::kernel::sabotage::row("scope", std::any::type_name::<C>()) { return Expr::val(true); }',
    ),
    (
        "api/domain/src/calendars/entry_view.rs",
        r"pub const fn least\(self\) -> ShareLevel \{",
        'pub fn least(self) -> ShareLevel { let least = self.declared(); '
        'if !::kernel::sabotage::row("level", self.key()) { return least; } '
        "ShareLevel::ALL.iter().copied().filter(|it| *it < least).max().unwrap_or(least) } "
        "const fn declared(self) -> ShareLevel {",
    ),
    # Row-level security that lets everything through, to see whether it is what stops a mutant on PostgreSQL.
    (
        "migration/src/rls.rs",
        r'\n    format!\(\n        "ALTER TABLE \{table\} ENABLE',
        '\n    let (read, insert, write) = if std::env::var_os("VERBUND_SABOTAGE_OPEN").is_some() '
        '{ ("true".to_owned(), "true".to_owned(), "true".to_owned()) } else { (read, insert, write) };'
        '\n    format!(\n        "ALTER TABLE {table} ENABLE',
    ),
]


class Clone:
    """The copy and what it is built with."""

    def __init__(self, root, folder, say):
        self.root, self.folder, self.say = root, folder, say
        self.env = dict(os.environ, CARGO_TARGET_DIR=str(folder / "target"), CARGO_PROFILE_DEV_DEBUG="0", CARGO_INCREMENTAL="0")

    def make(self):
        """Copies what is committed, and compiled dependencies where there are any."""
        if self.folder.exists():
            # Files keep their times, so that only what has changed is compiled again.
            self.git("fetch", "--quiet", str(self.root), "HEAD")
            self.git("reset", "--quiet", "--mixed", "FETCH_HEAD")
        else:
            subprocess.run(["git", "clone", "--quiet", str(self.root), str(self.folder)], check=True)
        for part in ("deps", ".fingerprint", "build"):
            source, target = self.root / "target/debug" / part, self.folder / "target/debug" / part
            if source.is_dir() and not target.exists():
                own = lambda _, names: [it for it in names if is_own(it)]
                shutil.copytree(source, target, ignore=own, symlinks=True)

    def git(self, *arguments):
        run = subprocess.run(["git", "-C", str(self.folder), *arguments], check=True, stdout=subprocess.PIPE)
        return run.stdout

    def sources(self):
        """Every text as it is committed, by its path."""
        with tarfile.open(fileobj=BytesIO(self.git("archive", "HEAD", "api", "migration"))) as archive:
            files = [it for it in archive if it.isfile() and it.name.endswith(".rs")]
            return {it.name: archive.extractfile(it).read().decode() for it in files}

    def patch(self, numbered):
        """Writes all chosen places into the copy, each with its switch; also again, with others."""
        sources, texts = self.sources(), {}
        for path in {place.path for place in numbered.values() if not place.row}:
            mine = [(number, it) for number, it in numbered.items() if it.path == path and not it.row]
            text = sources[path]
            pieces, at, length = [], 0, 0
            for number, place in sorted(mine, key=lambda it: it[1].start):
                new = place.new.format(on=SWITCH.format(number=number))
                pieces += [text[at : place.start], new]
                begin = length + size(text[at : place.start])
                length, at = begin + size(new), place.end
                place.patched = (begin, length)
            texts[path] = "".join(pieces) + text[at:]
        for path, pattern, replacement in HOOKS:
            texts[path], count = re.subn(pattern, replacement, texts.get(path, sources[path]))
            if count == 0:
                raise SystemExit(f"{path} has changed: the hook {pattern!r} of clone.py does not fit any more")
        for path in self.git("diff", "--name-only", "HEAD").decode().split():
            if path not in texts:
                self.git("checkout", "--quiet", "HEAD", "--", path)
        for path, text in texts.items():
            self.write(path, text)
        arm = '        ("{}", "{}") => on({}),\n'
        arms = "".join(arm.format(*place.row, number) for number, place in numbered.items() if place.row)
        self.write("api/kernel/src/sabotage.rs", SWITCHES.format(arms=arms))

    def write(self, path, text):
        file = self.folder / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")

    def build(self, numbered):
        """Builds the integration tests and the server: the test binary, and the numbers that do not compile."""
        self.say("building")
        arguments = ["-p", "verbund-server", "-p", "verbund-tests", "--bin", "verbund", "--test", "it"]
        command = ["cargo", "build", "--locked", "--message-format", "json", *arguments]
        run = subprocess.run(command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True)
        binary, wrong, errors = None, set(), []
        for line in run.stdout.splitlines():
            message = json.loads(line)
            if message.get("reason") == "compiler-artifact" and message["target"]["name"] == "it":
                binary = message.get("executable") or binary
            if message.get("reason") == "compiler-message" and message["message"]["level"] == "error":
                errors.append(message["message"]["rendered"])
                for span in message["message"]["spans"]:
                    wrong |= self.blamed(span, numbered)
        if run.returncode and not wrong:
            raise SystemExit("the copy does not compile, and no place is to blame:\n" + "\n".join(errors))
        if binary:
            # Whatever is built in the copy meanwhile.
            binary = shutil.copy2(binary, self.folder / "target/sabotage-it")
        return binary, wrong

    def blamed(self, span, numbered):
        """The numbers whose text an error of the compiler points at."""
        found = set()
        while span:
            path, line = span["file_name"], span["line_start"]
            here = [(number, it) for number, it in numbered.items() if not it.row and it.path == path]
            exact = {number for number, it in here if overlap(it.patched, (span["byte_start"], span["byte_end"]))}
            found |= exact or {number for number, it in here if span["is_primary"] and it.line == line}
            span = (span.get("expansion") or {}).get("span")
        return found


def size(text):
    """Bytes, in which the compiler counts."""
    return len(text.encode())


def overlap(one, other):
    return bool(one) and one[0] < other[1] and other[0] < one[1]


def is_own(name):
    """Whether a compiled file is of this repository: paths are part of what it was made from."""
    return re.match(r"(?:lib)?(?:verbund|it-|policy_worlds|agenda-|archive-|projects-|tables-|exhaustive-|repository-)", name)
