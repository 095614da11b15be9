"""One curation file (a section or table of an article) to statements, by every rule of the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from mgonto.compiler.rdf import mgo, named
from mgonto.compiler.records import (
    Fields,
    Line,
    NoClaim,
    Participant,
    Proposition,
    Quantity,
    Result,
    Statement,
)
from mgonto.compiler.schema import Relation, Schema
from mgonto.compiler.terms import TermTable
from mgonto.compiler.values import ValueReader, did_you_mean, whole_number
from mgonto.errors import Problem
from mgonto.names import BASE
from mgonto.sources.sentences import IndexRow
from mgonto.sources.yamlfile import Node

__all__ = ["Entry", "SectionReader"]

Entry = Statement | NoClaim

GLOSS_WORDS = 25
_ENDS = ("subject", "object")
#: Keys for the export alone: curators write an end's parts inside it, and a chain as a list.
_NOT_WRITTEN = frozenset(
    {"next_in_chain", *(f"{end}_{part}" for end in _ENDS for part in ("direction", "aspect"))}
)
_GROUP_COMPARISONS = ("higher in", "lower in")
_SAME_KIND = "is a"
_TIES_TWO = "links"
_TAKES_SIGN_OF_OBJECT = "characterised by"
#: Keys of which a quantity has at least one.
_AMOUNTS = ("value", "low", "high", "in_words", "change", "value_status")
_PLACE = re.compile(r"(?:(?P<locator>[ST][0-9]+\.[A-Z0-9.]+)\.)?(?P<number>[1-9][0-9]*)")
_SCOPES = {
    "own": "OwnCitation",
    "paragraph_next": "InheritedFromParagraph",
    "section_next": "InheritedFromSection",
    "none": None,
}


@dataclass(frozen=True, slots=True)
class _End:
    """A subject or an object: term, direction and aspect, after states have taken the place of directions."""

    term: str
    kind: str
    direction: str | None
    aspect: str | None
    #: The direction as it was written, also where the state has taken its place.
    written: str | None


@dataclass(frozen=True, slots=True)
class _Link:
    """An `alternative_to` and where it was written, to be looked up when every file is read."""

    values: ValueReader
    node: Node
    origin: tuple[str, int]
    target: tuple[str, int]


class SectionReader:
    """Reads the files of one article; `check_links` must be called after the last.

    Args:
        schema: what may be written.
        table: the domain terms.
        index: the article's sentences by locator.
        references: the numbers of the article's reference list; None where it could not be read.
        problems: gets everything that is wrong, with its place.
    """

    def __init__(
        self,
        schema: Schema,
        table: TermTable,
        index: Mapping[str, IndexRow],
        references: Collection[int] | None,
        problems: list[Problem],
    ) -> None:
        self._schema = schema
        self._table = table
        self._index = index
        self._references = references
        self._problems = problems
        self._values = ValueReader("", schema, table, problems)
        self._links: list[_Link] = []
        #: Every statement that a file declares, also where it does not compile, with file, line and column.
        self.declared: dict[tuple[str, int], tuple[str, int, int]] = {}
        own = [schema.keys_of(record) for record in ("Proposition", "Statement", "EvidenceLine")]
        self._statement_keys = frozenset().union(*own) - _NOT_WRITTEN

    # -- the file ------------------------------------------------------------------------------------------

    def read(self, section: str, root: Node, file: str) -> tuple[Entry, ...]:
        """The entries of one file, in the order of the index. `section` is its name, such as S09."""
        self._values = ValueReader(file, self._schema, self._table, self._problems)
        report = self._values.report
        wanted = [locator for locator, row in self._index.items() if locator.partition(".")[0] == section]
        if not wanted:
            hint = "name the file after a section: S09.yaml"
            report(root, f'the article has no section "{section}"', hint)
            return ()
        if not isinstance(root.value, dict):
            hint = "start each sentence with its locator: S09.P01.N01:"
            report(root, "the file is no mapping of sentences", hint)
            return ()
        for locator in root.value:
            if locator not in wanted:
                hint = did_you_mean(locator, wanted) or f"this file holds the sentences of {section} only"
                self._values.report_key(root, locator, f'the index has no sentence "{locator}" here', hint)
        entries: list[Entry] = []
        for locator in wanted:
            node = root.get(locator)
            if node is None:
                hint = "add it as a key, with statements or with no_claim and a reason"
                report(root, f"the sentence {locator} is missing from the file", hint)
                continue
            entries.extend(self._sentence(locator, node))
        return tuple(entries)

    def check_links(self) -> None:
        """Report every `alternative_to` whose statement no file declares."""
        for link in self._links:
            if link.target == link.origin:
                link.values.report(
                    link.node, "a statement is no alternative to itself", "name the other reading"
                )
            elif link.target not in self.declared:
                place = f"{link.target[0]}.{link.target[1]}"
                link.values.report(link.node, f"there is no statement {place}", "count the statements again")

    def _sentence(self, locator: str, node: Node) -> list[Entry]:
        if isinstance(node.value, dict) and "no_claim" in node.value:
            return self._no_claim(locator, node)
        if isinstance(node.value, (str, dict)):
            self._values.report(
                node, f"{locator} holds no list of statements", 'start each statement with "- "'
            )
            return []
        entries: list[Entry] = []
        number = 0
        taken: set[int] = set()
        for item in node.listed():
            if isinstance(item.value, dict) and "no_claim" in item.value:
                hint = 'write it under the locator without "- ", in the place of all statements'
                self._values.report_key(item, "no_claim", "no_claim is no statement", hint)
                continue
            hops = self._hops(item)
            chain: list[Statement] = []
            for hop in hops:
                number = self._number(hop, number + 1)
                if number in taken:
                    hint = "give each an order of its own"
                    self._values.report(hop, f"{locator} has two statements of number {number}", hint)
                taken.add(number)
                place = (self._values.file, hop.line, hop.column)
                self.declared.setdefault((locator, number), place)
                statement = self._statement(locator, number, hop)
                if statement is not None:
                    chain.append(statement)
            for at in range(len(chain) - 1):
                chain[at] = replace(chain[at], next_in_chain=chain[at + 1].number)
            entries.extend(chain)
        return entries

    def _number(self, node: Node, default: int) -> int:
        """The number that a statement asks for with `order`, else its place in the sentence."""
        order = node.get("order")
        if order is None or order.value is None:
            return default
        number = whole_number(order.text())
        if number is None:
            hint = "write the statement's number in its sentence, or delete the key"
            self._values.report(
                order, f'"order" takes a whole number from 1, not "{order.text() or "a list"}"', hint
            )
        return number or default

    def _no_claim(self, locator: str, node: Node) -> list[Entry]:
        for key in node.keys:
            if key != "no_claim":
                hint = "keep the reason alone, or the statements alone"
                self._values.report_key(node, key, f'"{key}" beside no_claim', hint)
        reason = node.get("no_claim")
        assert reason is not None
        chosen = self._values.choice(reason, "NoClaimReason")
        row = self._index[locator]
        if row.citations:
            message = f"{locator} has a citation of its own and cannot be without a claim"
            self._values.report(reason, message, "state its claim")
        elif row.has_number:
            self._values.report(
                reason, f"{locator} holds a number and cannot be without a claim", "state its claim"
            )
        return [NoClaim(locator, named(chosen))] if chosen else []

    def _hops(self, item: Node) -> list[Node]:
        """The statements of one list item: itself, or the hops of its chain with the shared keys."""
        chain = item.get("chain")
        if chain is None or not isinstance(item.value, dict):
            return [item]
        shared = {key: value for key, value in item.value.items() if key != "chain"}
        hops = []
        for hop in chain.listed():
            if not isinstance(hop.value, dict):
                self._values.report(
                    hop, "a hop of a chain is a mapping", "write subject, relation, object and gloss"
                )
                continue
            keys = {key: item.keys[key] for key in shared} | hop.keys
            hops.append(Node(shared | hop.value, hop.line, hop.column, keys))
        if len(chain.listed()) < 2:
            self._values.report(chain, "a chain needs two hops or more", "write a plain statement instead")
        return hops

    # -- a statement ---------------------------------------------------------------------------------------

    def _statement(self, locator: str, number: int, node: Node) -> Statement | None:
        if not isinstance(node.value, dict):
            hint = "write gloss, subject, relation, object and certainty"
            self._values.report(node, "a statement is a mapping", hint)
            return None
        before = len(self._problems)
        self._values.check_keys(node, self._statement_keys, may_be_none=("cites",))
        proposition = self._proposition(node)
        stance = self._stance(node)
        fields = self._fields(node, "Statement", skip=("order", "stance"))
        fields += ((mgo("stance"), named(stance)),)
        if node.get("claim_kind") is None:
            fields += ((mgo("claimKind"), mgo("Finding")),)
        self._check_gloss(node)
        self._check_epistemics(node, stance)
        lines = self._lines(locator, node)
        results = self._results(node)
        alternatives = self._alternatives(locator, number, node)
        if proposition is None or len(self._problems) > before:
            return None
        return Statement(
            locator=locator,
            number=number,
            proposition=proposition,
            fields=fields,
            lines=lines,
            results=results,
            undetermined=stance == BASE + "Undetermined",
            alternatives=alternatives,
        )

    def _fields(self, node: Node, record: str, skip: Collection[str] = ()) -> Fields:
        return self._values.fields(node, self._schema.keys_of(record), skip)

    def _stance(self, node: Node) -> str:
        given = node.get("stance")
        chosen = self._values.choice(given, "Stance") if given is not None and given.value else None
        return chosen or BASE + "Affirmed"

    def _needed(self, node: Node, key: str, message: str, hint: str) -> None:
        """Report a key that is not there, unless it stands there misspelt: that is told already."""
        known = {**self._schema.keys_of("Statement"), **self._schema.keys_of("Proposition")}
        if not any(did_you_mean(each, [key]) for each, _ in node.items() if each not in known):
            self._values.report(node, message, hint)

    def _check_gloss(self, node: Node) -> None:
        gloss = node.get("gloss")
        words = len((gloss.text() or "").split()) if gloss else 0
        if gloss is None:
            hint = "say in your own words what the sentence claims"
            self._needed(node, "gloss", "a statement needs a gloss", hint)
        elif words > GLOSS_WORDS:
            self._values.report(gloss, f"the gloss has {words} words", f"say it in {GLOSS_WORDS} or fewer")

    def _check_epistemics(self, node: Node, stance: str) -> None:
        certainty, null_kind = node.get("certainty"), node.get("null_kind")
        if stance == BASE + "Undetermined":
            if certainty is not None:
                self._values.report(certainty, "an undetermined statement has no certainty", "delete the key")
        elif certainty is None:
            words = ", ".join(self._schema.choices["Certainty"])
            self._needed(node, "certainty", "a statement needs a certainty", f"one of: {words}")
        if stance == BASE + "Denied" and null_kind is None:
            words = ", ".join(self._schema.choices["NullKind"])
            self._values.report(node, "a denial needs a null_kind", f"one of: {words}")
        if stance != BASE + "Denied" and null_kind is not None:
            self._values.report(
                null_kind, "null_kind belongs to a denial", "add stance: denied, or delete it"
            )

    def _alternatives(self, locator: str, number: int, node: Node) -> tuple[tuple[str, int], ...]:
        given = node.get("alternative_to")
        found = []
        for each in given.listed() if given else ():
            match = _PLACE.fullmatch(each.text() or "")
            if match is None:
                hint = "write its number here, or S09.P02.N05.2"
                self._values.report(each, f'"{each.text()}" is no statement', hint)
                continue
            target = (match["locator"] or locator, int(match["number"]))
            self._links.append(_Link(self._values, each, (locator, number), target))
            found.append(target)
        return tuple(found)

    # -- a proposition -------------------------------------------------------------------------------------

    def _proposition(self, node: Node) -> Proposition | None:
        relation_node = node.get("relation")
        relation = self._relation(relation_node) if relation_node else None
        ends: dict[str, _End | None] = {}
        for name in _ENDS:
            end = node.get(name)
            if end is None:
                self._needed(
                    node,
                    name,
                    f"a statement needs its {name}",
                    "write a term, or {term: ..., direction: ...}",
                )
            ends[name] = self._end(name, end) if end is not None else None
        if relation_node is None:
            hint = "write one of the relations of the data dictionary"
            self._needed(node, "relation", "a statement needs its relation", hint)
        subject, obj = ends["subject"], ends["object"]
        if relation is None or subject is None or obj is None or relation_node is None:
            return None
        self._check_kinds(relation_node, relation, subject, obj)
        self._check_direction(node.get("object"), relation, obj)
        if relation.label in _GROUP_COMPARISONS:
            self._check_comparison(node, subject)
        if relation.label == _TIES_TWO and node.get("object_joint_with") is None:
            hint = "add object_joint_with, or use associated with"
            self._values.report(
                relation_node, f'"{relation.label}" ties two things and needs a second object', hint
            )
        fields = self._fields(node, "Proposition", skip=("relation", *_ENDS))
        fields += ((mgo("relation"), named(relation.iri)),)
        for name, one in (("subject", subject), ("object", obj)):
            fields += ((mgo(name), named(one.term)),)
            if one.direction:
                fields += ((mgo(f"{name}Direction"), named(one.direction)),)
            if one.aspect:
                fields += ((mgo(f"{name}Aspect"), named(one.aspect)),)
        participants = []
        for name in _ENDS:
            for member in self._participants(node, f"{name}_joint_with"):
                participants.append(member)
                fields += ((mgo(f"{name}JointWith"), named(member.iri)),)
        joint = node.get("joint_kind")
        if participants and joint is None:
            words = ", ".join(self._schema.choices["JointKind"])
            self._values.report(node, "joint participants need a joint_kind", f"one of: {words}")
        if joint is not None and not participants:
            self._values.report(
                joint, "joint_kind without joint participants", "add subject_joint_with, or delete it"
            )
        return Proposition(
            fields=tuple(sorted(set(fields), key=str)),
            sign=self._sign(relation, obj),
            causal=relation.causal,
            participants=tuple(participants),
        )

    def _relation(self, node: Node) -> Relation | None:
        word = node.text()
        if word is None:
            if node.value is not None:
                self._values.report(node, '"relation" takes one value', "keep one, or write two statements")
            return None
        relation = self._schema.relations.get(word)
        if relation is None:
            hint = did_you_mean(word, self._schema.relations) or "the data dictionary lists the relations"
            self._values.report(node, f'unknown relation "{word}"', hint)
        return relation

    def _end(self, name: str, node: Node) -> _End | None:
        if isinstance(node.value, list):
            hint = f"keep one, or write two statements; a group goes in {name}_joint_with"
            self._values.report(node, f'"{name}" takes one value', hint)
            return None
        if isinstance(node.value, dict):
            self._values.check_keys(node, self._schema.keys_of("Participant"))
            term_node, direction_node, aspect_node = (
                node.get(key) for key in ("term", "direction", "aspect")
            )
        else:
            term_node, direction_node, aspect_node = node, None, None
        if term_node is None or not term_node.text():
            self._values.report(
                node, f"the {name} names no term", "write its name, or {term: ..., direction: ...}"
            )
            return None
        found = self._values.term(term_node)
        direction = self._values.choice(direction_node, "Direction") if direction_node else None
        aspect = self._values.choice(aspect_node, "Aspect") if aspect_node else None
        if found is None:
            return None
        kind = self._table.terms[found].kind
        state = self._table.states.get((found, direction)) if direction and not aspect else None
        if state is not None:
            return _End(state, self._table.terms[state].kind, None, None, direction)
        return _End(found, kind, direction, aspect, direction)

    def _participants(self, node: Node, key: str) -> list[Participant]:
        given = node.get(key)
        members = []
        for each in given.listed() if given else ():
            end = self._end(key, each)
            if end is not None:
                fields: Fields = ((mgo("participantTerm"), named(end.term)),)
                if end.direction:
                    fields += ((mgo("participantDirection"), named(end.direction)),)
                if end.aspect:
                    fields += ((mgo("participantAspect"), named(end.aspect)),)
                members.append(Participant(fields))
        return members

    def _check_kinds(self, node: Node, relation: Relation, subject: _End, obj: _End) -> None:
        for name, end, kind in (
            ("subject", subject, relation.subject_kind),
            ("object", obj, relation.object_kind),
        ):
            if not self._schema.is_kind(end.kind, kind):
                term_name = self._table.terms[end.term].row.name
                message = f'"{relation.label}" takes no {end.kind} as its {name}: "{term_name}"'
                hint = f"it takes {self._schema.kinds_of(kind)}; choose another relation or term"
                self._values.report(node, message, hint)
        if relation.label == _SAME_KIND and subject.kind != obj.kind:
            message = f'"{relation.label}" joins two terms of one kind, not {subject.kind} and {obj.kind}'
            self._values.report(node, message, "choose another relation or term")

    def _check_direction(self, node: Node | None, relation: Relation, obj: _End) -> None:
        """With a directional verb a direction of the object is a double negation, or says the same twice."""
        if node is None or not obj.written or relation.neutral:
            return
        hint = "drop the direction of the object, or use a neutral relation such as causes"
        if not obj.direction:
            hint = f'if the state itself is meant, write "{self._table.terms[obj.term].row.name}"'
        self._values.report(node, f'a direction doubles the directional verb "{relation.label}"', hint)

    def _check_comparison(self, node: Node, subject: _End) -> None:
        if subject.kind != "Attribute" and not subject.aspect:
            message = "what is higher or lower in a group is an attribute"
            self._values.report(node, message, "use its level, or add an aspect")
        if node.get("compared_with") is None:
            self._values.report(
                node, "higher in and lower in need compared_with", "name the group compared with"
            )

    def _sign(self, relation: Relation, obj: _End) -> int:
        of_direction = {BASE + "Increased": 1, BASE + "Decreased": -1}
        if relation.label == _TAKES_SIGN_OF_OBJECT:
            return of_direction.get(obj.direction or "", 0)
        return relation.sign * (of_direction.get(obj.direction, 0) if obj.direction else 1)

    # -- evidence and results ------------------------------------------------------------------------------

    def _lines(self, locator: str, node: Node) -> tuple[Line, ...]:
        row = self._index[locator]
        fields = self._fields(node, "EvidenceLine", skip=("cites_reason",))
        override, reason = node.get("cites"), node.get("cites_reason")
        numbers = row.citations or row.citations_inherited
        scope = _SCOPES[row.inheritance]
        if override is not None:
            numbers = tuple(dict.fromkeys(self._references_of(override)))
            scope = "OwnCitation"
            if reason is None:
                hint = "add cites_reason: why the claim departs from its sentence"
                self._values.report(override, "citations that depart from the sentence need a reason", hint)
        elif reason is not None:
            self._values.report(reason, "cites_reason without cites", "add cites, or delete it")
        if fields and not numbers and (override is None or not override.listed()):
            message = f"{locator} has no citation to hang the study on"
            self._values.report(node, message, "drop design and study keys")
        if reason is not None:
            fields += ((mgo("overrideReason"), ox.Literal(reason.text() or "")),)
        if scope is not None:
            fields += ((mgo("citationScope"), mgo(scope)),)
        return tuple(Line(number, fields) for number in numbers)

    def _references_of(self, node: Node) -> Iterator[int]:
        for each in node.listed():
            number = whole_number(each.text())
            if number is not None and (self._references is None or number in self._references):
                yield number
                continue
            known = self._references or ()
            hint = (
                f"the references are {min(known)} to {max(known)}" if known else "list them in article.yaml"
            )
            self._values.report(each, f'the article has no reference "{each.text()}"', hint)

    def _results(self, node: Node) -> tuple[Result, ...]:
        given = node.get("results")
        results = []
        for each in given.listed() if given else ():
            if not isinstance(each.value, dict):
                hint = "write quantities: and, where told, arm, subgroup, comparator"
                self._values.report(each, "a result is a mapping", hint)
                continue
            self._values.check_keys(each, self._schema.keys_of("StudyResult"))
            quantities = each.get("quantities")
            if quantities is None:
                hint = "write at least one, or value_status: not reported"
                self._values.report(each, "a result needs quantities", hint)
            found = tuple(self._quantity(one) for one in quantities.listed()) if quantities else ()
            results.append(Result(self._fields(each, "StudyResult"), found))
        return tuple(results)

    def _quantity(self, node: Node) -> Quantity:
        keys = self._schema.keys_of("Quantity")
        self._values.check_keys(node, keys)
        if node.get("role") is None:
            words = ", ".join(self._schema.choices["QuantityRole"])
            self._values.report(node, "a quantity needs a role", f"one of: {words}")
        # A key that is misspelt has been told of, and may be the amount.
        if all(key in keys and key not in _AMOUNTS for key in node.keys):
            hint = "add a number, in_words or change, or write value_status: not reported"
            self._values.report(node, "a quantity with no amount says nothing", hint)
        return Quantity(self._fields(node, "Quantity"))
