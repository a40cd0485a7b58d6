"""Ids of issues, each with a short text, packed for a state."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field


def pack(texts: Mapping[str, str]) -> str:
    """{"4711": "0badcafe"} -> text, of some 6 bytes an issue, and 11 where all texts are such and differ."""
    last, lines = 0, []
    for number in sorted(map(int, texts)):
        lines.append(f"{number - last:x} {texts[str(number)]}")
        last = number
    return b64encode(zlib.compress("\n".join(lines).encode(), 9)).decode()


def unpack(text: str) -> dict[str, str]:
    """Undo `pack`.

    Raises:
        AttributeError, TypeError, ValueError, zlib.error: It is no such text.

    """
    last, texts = 0, {}
    for line in zlib.decompress(b64decode(text, validate=True)).decode().splitlines():
        step, found = line.split(" ")
        last += int(step, 16)
        texts[str(last)] = found
    return texts


@dataclass
class Packs:
    """Issues by project, each with a text; a project is packed anew only where something changed."""

    _packed: dict[str, str]
    _texts: dict[str, dict[str, str]]
    _changed: set[str] = field(default_factory=set)
    _projects: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, packed: Mapping[str, str]) -> "Packs":
        """Read {"1": "eJw…"} of a state, by project."""
        texts = {project: unpack(text) for project, text in packed.items()}
        projects = {issue: project for project, issues in texts.items() for issue in issues}
        return cls(dict(packed), texts, _projects=projects)

    def __len__(self) -> int:
        """Return the number of issues."""
        return len(self._projects)

    def __contains__(self, issue: str) -> bool:
        """Whether an issue is one of them."""
        return issue in self._projects

    def text(self, issue: str) -> str | None:
        """Return what stands beside an issue, None where it is not one of them."""
        return self._texts[self._projects[issue]][issue] if issue in self._projects else None

    def projects(self) -> list[str]:
        """Return the projects that have issues, or had some."""
        return [*self._texts]

    def within(self, projects: Collection[str]) -> Iterator[str]:
        """Yield the issues of `projects`."""
        return (issue for issue, project in self._projects.items() if project in projects)

    def put(self, issue: str, project: str, text: str) -> bool:
        """Set the project and the text of an issue; whether that is new."""
        if self._projects.get(issue) == project and self._texts[project][issue] == text:
            return False
        self.pop(issue)
        self._texts.setdefault(project, {})[issue] = text
        self._projects[issue] = project
        self._changed.add(project)
        return True

    def pop(self, issue: str) -> str:
        """Forget an issue; its project, empty where it was none of them."""
        project = self._projects.pop(issue, None)
        if project is None:
            return ""
        del self._texts[project][issue]
        self._changed.add(project)
        return project

    def packed(self) -> dict[str, str]:
        """Return what `of` reads."""
        for project in self._changed:
            self._packed.pop(project, None)
            if texts := self._texts[project]:
                self._packed[project] = pack(texts)
        self._changed.clear()
        return dict(self._packed)
