"""In which order the stories are told: the next begins while one is being verified, and each ends under its own heading."""

from dataclasses import dataclass
from typing import Protocol

from examples.demo.scene import Scene
from examples.demo.stories.overload import Overload
from examples.demo.stories.redline import ForbiddenByRedLine
from examples.demo.stories.upstream import Upstream
from examples.demo.stories.wedged import Wedged


class Story(Protocol):
    """An incident in two parts, so that another can begin while this one is being verified.

    `title` heads it, `promise` is told once it has ended so.
    """

    title: str
    promise: str

    def begin(self, scene: Scene) -> None:
        """Cause the incident and follow it up to where there is only waiting left. Raises `NotAsToldError`."""
        ...

    def end(self, scene: Scene) -> None:
        """See how it ended; returns only if that was as told. Raises `NotAsToldError`."""
        ...


@dataclass
class Telling:
    """The stories, and how many of them ended as told so far."""

    scene: Scene
    ended_as_told: int = 0

    def tell(self) -> None:
        """Tell all four. Raises `NotAsToldError` at the first that goes otherwise."""
        overload, upstream, redline, wedged = Overload(), Upstream(), ForbiddenByRedLine(), Wedged()
        self._begin(overload)
        self._begin(upstream)
        self._begin(redline)
        self._end(redline)
        self._begin(wedged)
        for story in (overload, wedged, upstream):
            self.scene.narrator.heading(f"{story.title}: how it ended")
            self._end(story)
        self.scene.narrator.heading("All four")
        self.scene.show("get", "adaptationplans")

    def _begin(self, story: Story) -> None:
        self.scene.narrator.heading(story.title)
        story.begin(self.scene)

    def _end(self, story: Story) -> None:
        story.end(self.scene)
        self.ended_as_told += 1
        self.scene.narrator.done(story.promise)
