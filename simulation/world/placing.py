"""Placements: where a child lives, and who is told of it."""

from functools import partial
from typing import TYPE_CHECKING

from caseclock.simulation.world.chance import Chooser
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.ground import Ground

if TYPE_CHECKING:
    from caseclock.simulation.world.caring import Caring

#: statuses under which a child may be placed with its own parents
_STILL = ("interim_care_order", "care_order")
#: working days within which notice is given where no timescale says so
_NOTICE = 5
#: share of moves that are made in an emergency, so that notice follows them
_IN_A_HURRY = 0.5


class Placements:
    """The placements of one authority's children."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        care = ground.scenario.care
        self._kinds, self._areas = Chooser(care.kinds), Chooser(care.area)

    def begin(self, one: "Caring", moment: int, by: str = "") -> int:
        """Place a child, and put the notices of it on the pile of papers."""
        ground = self._ground
        one.placements += 1
        one.placement = f"{one.episode}.{one.placements}"
        kind = self._kinds.at(one.chance.share())
        if kind == "with_parents" and one.status not in _STILL:
            kind = "foster"
        area = self._areas.at(one.chance.share())
        if area in ("adjoining", "distant") and one.chance.holds(1 - ground.scenario.forgetting.papers):
            moment = ground.tell(
                one.case,
                "OutOfAreaPlacementApproved",
                one.episode,
                moment,
                by or "manager",
                placement_id=one.placement,
            )
        in_a_hurry = one.chance.holds(_IN_A_HURRY) or one.placements == 1
        if not in_a_hurry:
            ground.tell(
                one.case, "PlacementNoticeGiven", one.episode, moment, by or "placements.office",
                placement_id=one.placement, to="everyone",
            )  # fmt: skip
        moment = ground.tell(
            one.case, "PlacementStarted", one.episode, moment + 30, by or one.by(), placement_id=one.placement,
            kind=kind, long_term=False, emergency=in_a_hurry, area=area,
            provider="own" if one.chance.holds(0.6) else "private",
        )  # fmt: skip
        one.placed_on = moment // DAY
        if in_a_hurry:
            self._notice(one, "PlacementNoticeGiven", to="everyone")
        if area != "own":
            self._notice(one, "PlacementNoticeGiven", to="area_authority")
        return moment

    def end(self, one: "Caring", moment: int, by: str = "") -> int:
        """End a child's placement, with notice of it."""
        moment = self._ground.tell(
            one.case,
            "PlacementEnded",
            one.episode,
            moment,
            by or one.by(),
            placement_id=one.placement,
            reason="other",
        )
        self._notice(one, "PlacementEndNoticeGiven", ended=moment // DAY)
        return moment

    def _notice(self, one: "Caring", event_type: str, *, ended: int = -1, **data: str) -> None:
        """Let a notice be typed and sent, unless it is forgotten. What was long ago is not told."""
        ground, placement = self._ground, one.placement
        day = one.placed_on if ended < 0 else ended
        forgotten = one.chance.holds(ground.scenario.forgetting.papers)
        if day < ground.days.start or forgotten:
            return

        def sent(moment: int) -> None:
            ground.tell(
                one.case, event_type, one.episode, moment, "placements.office", placement_id=placement, **data
            )

        ground.at(
            ground.days.after(day, 1), partial(ground.papers.put, ground.days.after(day, _NOTICE), sent)
        )
