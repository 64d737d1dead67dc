"""Reading and writing YAML without its surprises: no repeated keys, no references, dates stay text."""

from typing import Any

import yaml

SHORT = 40
"""Characters of a text, or number of items, that a list may have to be written in one line."""


class _Reader(yaml.SafeLoader):
    """Plain data only."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            message = "references (*name) are not allowed; write it out"
            raise yaml.composer.ComposerError(None, None, message, parent.start_mark if parent else None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands here twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


_Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Writer(yaml.SafeDumper):
    """Texts of several lines in one: "2\\n3\\n"."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style='"' if "\n" in value else None)


def _list(writer: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
    short = all(not isinstance(item, str) or len(item) < SHORT for item in value) and len(value) < SHORT
    return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=None if short else False)


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)


def parse(text: str) -> Any:
    """The data in a YAML text. Raises ValueError saying what is wrong and where."""
    try:
        return yaml.load(text, _Reader)  # noqa: S506  # a SafeLoader that takes even less
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{where}{error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"not YAML: {error}") from error


def written(data: Any) -> str:
    """The data as YAML a person can edit; `parse` gives the same data back."""
    text: str = yaml.dump(
        data, Dumper=_Writer, sort_keys=False, allow_unicode=True, default_flow_style=None, width=10**6
    )
    return text
