"""Reads a style sheet, leaves out what the portal does not use, and writes it back."""

import re

import tinycss2

from portal.core.assets.logical import for_right_to_left, to_logical

# The State's marks, its dark theme, its icon classes and its script's states are not ours.
LEFT_OUT = re.compile(
    r"data-fr-theme=|\.fr-logo|fr-icon-|fr-fi-|data-fr-js|data-fr-scrolling|\.fr-raw-|"
    r"\.fr-display|fr-artwork|\.fr-background-|\.fr-password|\.fr-(radio|checkbox)-rich"
)
IN_NOT = re.compile(r":not\([^()]*\)")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
STATE_FONT = re.compile(r"(Marianne|Spectral)\s*,[^;}]*")


class Rule:
    """Selectors and declarations, after rewriting."""

    def __init__(self, selectors, declarations):
        self.selectors = selectors
        self.declarations = declarations

    def written(self, used):
        """The rule and its right-to-left companion; unused variables are left out."""
        kept = [
            (name, value)
            for name, value in self.declarations
            if not name.startswith("--") or name in used
        ]
        if not kept:
            return ""
        body = ";".join(
            f"{new}:{worth}" for name, value in kept for new, worth in to_logical(name, value)
        )
        text = f"{','.join(self.selectors)}{{{body}}}"
        mirrored = [
            f"{name}:{other}"
            for name, value in kept
            if (other := for_right_to_left(name, value)) is not None
        ]
        if mirrored:
            selectors = ",".join(f":where([dir=rtl]) {one}" for one in self.selectors)
            text += f"{selectors}{{{';'.join(mirrored)}}}"
        return text

    def variables(self):
        """Pairs (defined variable or None, variables read)."""
        for name, value in self.declarations:
            yield (name if name.startswith("--") else None), VARIABLE.findall(value)


class Group:
    """An at-rule that holds rules: media, supports, layer."""

    def __init__(self, head, rules):
        self.head = head
        self.rules = rules

    def written(self, used):
        body = "".join(rule.written(used) for rule in self.rules)
        return f"{self.head}{{{body}}}" if body else ""

    def variables(self):
        for rule in self.rules:
            yield from rule.variables()


class Verbatim:
    """Text kept as it is: key frames."""

    def __init__(self, text):
        self.text = text

    def written(self, _used):
        return self.text

    def variables(self):
        yield None, VARIABLE.findall(self.text)


def parse(css):
    """Rules of a sheet, without font faces and without what `LEFT_OUT` names."""
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return [rule for node in nodes if (rule := _rule(node)) is not None]


def write(rules):
    """The sheet's text, with only the custom properties that are read somewhere."""
    used = _used_variables(rules)
    return "".join(rule.written(used) for rule in rules)


def _rule(node):
    if node.type == "at-rule":
        return _at_rule(node)
    if node.type != "qualified-rule":
        raise ValueError(f"Unreadable style sheet at line {node.source_line}: {node.type}")
    selectors = [
        one for one in _selectors(node.prelude) if not LEFT_OUT.search(IN_NOT.sub("", one))
    ]
    declarations = _declarations(node.content)
    return Rule(selectors, declarations) if selectors and declarations else None


def _at_rule(node):
    keyword = node.lower_at_keyword
    if keyword in {"font-face", "charset"} or node.content is None:
        return None
    head = f"@{keyword} {_squeezed(node.prelude)}"
    if keyword == "keyframes":
        return Verbatim(f"{head}{{{tinycss2.serialize(node.content)}}}")
    inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
    rules = [rule for child in inner if (rule := _rule(child)) is not None]
    return Group(head, rules) if rules else None


def _selectors(prelude):
    current, selectors = [], []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append(_squeezed(current))
            current = []
        else:
            current.append(token)
    return [*selectors, _squeezed(current)]


def _declarations(content):
    pairs = []
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration":
            raise ValueError(f"Unreadable declaration at line {node.source_line}: {node.type}")
        value = _squeezed(node.value)
        if node.name == "font-family":
            value = STATE_FONT.sub("var(--portal-font)", value)
        pairs.append((node.name, value + ("!important" if node.important else "")))
    return pairs


def _squeezed(tokens):
    return re.sub(r"\s+", " ", tinycss2.serialize(tokens)).strip()


def _used_variables(rules):
    """Follow readings from real properties down to the last variable."""
    reads, pending = {}, set()
    for rule in rules:
        for defined, variables in rule.variables():
            if defined is None:
                pending.update(variables)
            else:
                reads.setdefault(defined, set()).update(variables)
    used = set()
    while pending:
        name = pending.pop()
        if name not in used:
            used.add(name)
            pending.update(reads.get(name, ()))
    return used
