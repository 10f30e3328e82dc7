"""Positions in Rust text: what is code, where brackets close, where an operand of `&&` or `||` begins and ends."""

import re

SWITCH = "::kernel::sabotage::on({number})"


class RustText:
    """A file, and the same text with comments and literals blanked, so that positions agree."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.code = blank(text)
        tests = re.search(r"#\[cfg\(test\)\]\s*mod \w+ \{", self.code)
        self.end = tests.start() if tests else len(text)
        self.const = const_spans(self.code)

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def is_const(self, at):
        return any(start <= at < end for start, end in self.const)

    def find(self, pattern):
        """Matches of a pattern in the code that is neither constant nor a test."""
        for match in re.finditer(pattern, self.code):
            if match.start() < self.end and not self.is_const(match.start()):
                yield match

    def closing(self, opening):
        """The position of the bracket that closes the one at `opening`."""
        depth = 0
        for at in range(opening, len(self.code)):
            if self.code[at] in "([{":
                depth += 1
            elif self.code[at] in ")]}":
                depth -= 1
                if depth == 0:
                    return at
        raise ValueError(f"{self.path}: a bracket at {opening} is not closed")

    def operand_before(self, at):
        """Start of the operand that ends at `at`."""
        code, depth, here = self.code, 0, at
        while here > 0:
            char = code[here - 1]
            if char in ")]":
                depth += 1
            elif char in "([":
                if depth == 0:
                    break
                depth -= 1
            elif depth == 0:
                if char in "{},;|":
                    break
                if char == "&" and here > 1 and code[here - 2] == "&":
                    break
                if char == "=" and code[here - 2] not in "=!<>" and code[here] != "=":
                    break
                if char == ">" and code[here - 2] == "=":
                    break
                keyword = re.search(r"(?:^|\W)(if|while|return|match|else|in)\s$", code[max(0, here - 9) : here])
                if keyword:
                    break
            here -= 1
        return here + len(code[here:at]) - len(code[here:at].lstrip())

    def operand_after(self, at):
        """End of the operand that begins at `at`."""
        code, depth, here = self.code, 0, at
        while here < len(code):
            char = code[here]
            if char in "([":
                depth += 1
            elif char in ")]":
                if depth == 0:
                    break
                depth -= 1
            elif depth == 0:
                if char in "{},;":
                    break
                if code.startswith(("&&", "||", "=>"), here):
                    break
            here += 1
        return at + len(code[at:here].rstrip())

    def functions(self, result):
        """Bodies of the functions with a result type."""
        for match in re.finditer(r"-> " + re.escape(result) + r" (\{)", self.code):
            if match.start() < self.end:
                yield match.start(1), self.closing(match.start(1))


def blank(text):
    """The text with the content of comments, strings and characters replaced by spaces."""
    pattern = r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:\\.|[^"\\])*"|\'(?:\\[^\']+|[^\'\\\n])\''
    erase = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(pattern, erase, text, flags=re.DOTALL)


def const_spans(code):
    """Where expressions are evaluated by the compiler, so that no switch can stand there."""
    spans = []
    for match in re.finditer(r"\bconst (?:unsafe )?fn\b", code):
        opening = code.find("{", match.end())
        depth = 0
        for at in range(opening, len(code)):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            if depth == 0:
                spans.append((match.start(), at))
                break
    for match in re.finditer(r"\b(?:const|static) (?!fn\b)\w+:[^=;]*=[^;]*;", code):
        spans.append(match.span())
    return spans
