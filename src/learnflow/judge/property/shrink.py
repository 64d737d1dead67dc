"""The smallest input that still fails: candidates in wire form, and the search through them.

A candidate is the input with one thing made simpler: elements left out, a number nearer to 0, a float made whole, a
letter that becomes `a`, every occurrence of one value replaced at once (what makes [3, 7, 3] become [0, 0]). The
boldest come first. What a value is of is kept: no list becomes a tuple, a tuple keeps its length, an int stays an int.
`measure` falls with every step taken, so the search ends; and it depends on nothing but the input and the answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from learnflow.judge.inside.encoder import Wire
from learnflow.judge.property.simpler import all_simpler, measure, shorter, simpler
from learnflow.judge.wire import canonical

Arguments = list[Wire]

CHUNK = 64  # candidates that are tried together
CHUNK_LENGTH = 20_000  # nodes and characters of a chunk, as `measure` counts them


@dataclass(slots=True)
class Budget:
    """What a search may try: so many candidates, and look at so many nodes and characters of candidates in all."""

    candidates: int = 2_000
    length: int = 500_000

    @property
    def used_up(self) -> bool:
        return self.candidates <= 0 or self.length <= 0


FirstFailing = Callable[[list[Arguments]], Awaitable[int | None]]


async def smallest(start: Arguments, first_failing: FirstFailing, budget: Budget) -> Arguments:
    """The smallest input found, `start` itself if there is none smaller.

    `first_failing` is given candidates and says which is the first that fails, None if none does (or it gave up).
    """
    current = start
    tried = {_key(start)}
    while True:
        for chunk in _chunks(current, tried, budget):
            if not chunk:
                await asyncio.sleep(0)  # others of this process have their turn
                continue
            index = await first_failing(chunk)
            tried.update(map(_key, chunk if index is None else chunk[: index + 1]))
            if index is not None:
                current = chunk[index]
                break
        else:
            return current


def candidates(arguments: Arguments) -> Iterator[Arguments]:
    """Everything that is one step simpler, the boldest first; each has a smaller measure."""
    before = measure(arguments)
    return (candidate for candidate in _candidates(arguments) if measure(candidate) < before)


def _candidates(arguments: Arguments) -> Iterator[Arguments]:
    yield from _in_turn(arguments, shorter)
    yield from all_simpler(arguments)
    yield from _in_turn(arguments, simpler)


def _in_turn(arguments: Arguments, steps: Callable[[Wire], Iterator[Wire]]) -> Iterator[Arguments]:
    """One step of the first argument, one of the next: none waits until another is as small as can be."""
    for row in zip_longest(*map(steps, arguments), fillvalue=_NOTHING):
        for index, argument in enumerate(row):
            if argument is not _NOTHING:
                yield [*arguments[:index], argument, *arguments[index + 1 :]]


_NOTHING = object()


def _chunks(arguments: Arguments, tried: set[str], budget: Budget) -> Iterator[list[Arguments]]:
    """Candidates that were not tried yet; no chunk takes long to find, some are empty therefore."""
    before = measure(arguments)
    chunk: dict[str, Arguments] = {}
    length = 0
    for candidate in _candidates(arguments):
        size = measure(candidate)
        budget.length -= size[0]
        length += size[0]
        if size < before and (key := _key(candidate)) not in tried and key not in chunk:
            chunk[key] = candidate
            budget.candidates -= 1
        if len(chunk) == CHUNK or length >= CHUNK_LENGTH:
            yield list(chunk.values())
            chunk, length = {}, 0
        if budget.used_up:
            break
    if chunk:
        yield list(chunk.values())


def _key(arguments: Arguments) -> str:
    return canonical(arguments)
