"""A scenario: the service that is simulated, read strictly from TOML; the impossible is refused before anything runs.

Start at `load_scenario`. A file may say `based_on` and give only what differs from that scenario.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from caseclock.processes.catalogue import rules_judged_by, rules_of, shipped_packs
from caseclock.simulation.assumptions import Demand, Hub, Outcomes, Settings, Staffing, Team, Work
from caseclock.simulation.pathway_assumptions import (
    Care,
    Caseload,
    Court,
    Diaries,
    Forgetting,
    Plans,
    Recording,
)
from caseclock.simulation.scenario_files import ScenarioRefused, no_such_key, shipped_scenarios, told_by
from caseclock.timers.bank_holiday_rules import LAST_YEAR
from caseclock.timers.calendar import AddedDay, BankHolidays, england_and_wales
from caseclock.timers.durations import Limit, Unit, add_months
from caseclock.timers.evaluation import Setting
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import LimitRule, Timescale

#: before it there was no single assessment, on which the pathway simulated here rests
FIRST_DAY = date(2013, 4, 1)
#: a clock started on the last day may run for years, and the calendar must reach there
LAST_DAY = date(LAST_YEAR - 5, 12, 31)


class Holiday(Settings):
    """A bank holiday that the shipped calendar does not have."""

    day: date
    title: str
    #: the London date on which it was announced
    known_on: date


class Rules(Settings):
    """Which law and which calendar hold."""

    #: the authority whose local standards hold; None for the scenario's own, where it has any
    standards_of: str | None = None
    #: packs to take instead of the shipped timescales they hold
    packs: list[Path] = Field(default=[])
    #: timescale -> another limit, such as { working_days = 40 }
    limits: dict[str, dict[Unit, Annotated[int, Field(gt=0)]]] = Field(default={})
    holidays: list[Holiday] = Field(default=[])
    #: the authority's own days off
    closures: list[date] = Field(default=[])

    @field_validator("limits")
    @classmethod
    def _one_unit(cls, limits: dict[str, dict[Unit, int]]) -> dict[str, dict[Unit, int]]:
        for timescale, limit in limits.items():
            if len(limit) != 1:
                raise ValueError(
                    f"{timescale} needs a number of one unit; write it as {{ working_days = 40 }}"
                )
        return limits


class Scenario(Settings):
    """Everything a run depends on, apart from the seed and the number of the replication."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str = ""
    #: where the figures are from, and what they leave open
    notes: str = ""
    authority: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    #: children aged 0 to 17 living there
    children: Annotated[int, Field(gt=0)]
    #: the first London date that is reported, and for how many months
    first_day: date
    months: Annotated[int, Field(ge=1, le=1200)] = 12
    #: months simulated before, so that the caseload is that of a service at work
    warm_up_months: Annotated[int, Field(ge=0, le=120)] = 12
    rules: Rules = Rules()
    demand: Demand = Demand()
    outcomes: Outcomes = Outcomes()
    hub: Hub = Hub()
    teams: dict[str, Team]
    staffing: Staffing = Staffing()
    work: Work = Work()
    diaries: Diaries = Diaries()
    recording: Recording = Recording()
    plans: Plans = Plans()
    care: Care = Care()
    court: Court = Court()
    caseload: Caseload = Caseload()
    forgetting: Forgetting = Forgetting()
    #: what was otherwise before the first day reported: settings of demand, outcomes and plans
    before: dict[Literal["demand", "outcomes", "plans"], dict[str, Any]] = Field(default={})

    @field_validator("first_day")
    @classmethod
    def _in_the_years_known(cls, day: date) -> date:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(
                f"{day} is not in a year that can be simulated; choose a day from {FIRST_DAY}, when single "
                f"assessments began, to {LAST_DAY}, as far as bank holidays are projected"
            )
        return day

    @field_validator("teams")
    @classmethod
    def _somebody_for_everything(cls, teams: dict[str, Team]) -> dict[str, Team]:
        for needed in ("assessment", "protection", "care"):
            if not any(team.does == needed for team in teams.values()):
                raise ValueError(
                    f"no workers for {needed}: what falls to them would never be done; add a team such as "
                    f'[teams.{needed}-1] with does = "{needed}" and workers = 6'
                )
        return teams

    @model_validator(mode="after")
    def _ends_in_the_years_known(self) -> "Scenario":
        if self.last_day > LAST_DAY:
            raise ValueError(
                f"{self.months} months from {self.first_day} go beyond {LAST_DAY}; choose fewer months or begin earlier"
            )
        return self

    @property
    def last_day(self) -> date:
        """The last London date that is reported."""
        return add_months(self.first_day, self.months) - timedelta(days=1)

    @property
    def begins(self) -> date:
        """The first day simulated, with the warm-up."""
        return add_months(self.first_day, -self.warm_up_months)

    def as_before(self) -> "Scenario":
        """Give the service as it was before the first day reported; raises ScenarioRefused for a key unknown."""
        if not self.before:
            return self
        changes = {
            f"{group}.{key}": value for group, told in self.before.items() for key, value in told.items()
        }
        return self.model_copy(update={"before": {}}).changed(changes)

    def changed(self, changes: Mapping[str, Any]) -> "Scenario":
        """Give this scenario with other values at dotted keys, such as `staffing.absence` or `teams.a.workers`.

        Raises ScenarioRefused for a key there is none of and for a value that does not do.
        """
        told = self.model_dump(mode="json")
        for key, value in changes.items():
            *path, last = key.split(".")
            place: Any = told
            for name in path:
                place = place.get(name) if isinstance(place, dict) else None
            open_ended = path[:1] in (["teams"], ["rules"]) or isinstance(value, dict)
            if not isinstance(place, dict) or (last not in place and not open_ended):
                raise ScenarioRefused(no_such_key(key, sorted(_keys(told))))
            place[last] = value
        return scenario_from(told, f"{self.name} with {', '.join(changes)}")

    def sized(self, authority: str, children: int) -> "Scenario":
        """Give this service for an authority with another number of children: workers and diaries grow with it."""
        by = children / self.children
        return self.model_copy(
            update={
                "authority": authority,
                "children": children,
                "hub": _grown(self.hub, by, "screeners", "managers"),
                "teams": {
                    name: _grown(team, by, "workers", "supervisors") for name, team in self.teams.items()
                },
                "diaries": _grown(
                    self.diaries, by, "conferences_a_week", "reviews_a_week", "hearings_a_week"
                ),
                "caseload": Caseload(
                    **{name: round(number * by) for name, number in self.caseload.model_dump().items()}
                ),
            }
        )

    def rulebook(self) -> Rulebook:
        """Give the timescales that hold in this scenario; raises ScenarioRefused for packs that do not load."""
        standards = self.rules.standards_of or self.authority
        try:
            book = (
                rules_judged_by(self.rules.packs, standards)
                if self.rules.packs
                else rules_of(standards if standards in _with_standards() else None)
            )
        except (ValueError, OSError) as refusal:
            raise ScenarioRefused(
                f"rules.packs: {refusal} Mend the pack, or leave it out of the scenario."
            ) from refusal
        if not self.rules.limits:
            return book
        rules = dict(book.rules)
        for timescale, limit in self.rules.limits.items():
            if timescale not in rules:
                raise ScenarioRefused(no_such_key(f"rules.limits.{timescale}", sorted(rules)))
            ((unit, number),) = limit.items()
            rules[timescale] = tuple(
                _with_limit(version, Limit(number, unit)) for version in rules[timescale]
            )
        return Rulebook(book.authority, rules, book.openers)

    def calendar(self) -> BankHolidays:
        """Give the bank holidays of this scenario, with those it adds and the authority's own days off."""
        added = tuple(AddedDay(one.day, one.title, one.known_on) for one in self.rules.holidays)
        base = england_and_wales()
        return (
            base.with_local(added, frozenset(self.rules.closures)) if added or self.rules.closures else base
        )

    def setting(self) -> Setting:
        """Give what every clock of this scenario is judged under."""
        return Setting(self.rulebook(), self.calendar())


def _grown(settings: Any, by: float, *names: str) -> Any:
    return settings.model_copy(update={name: getattr(settings, name) * by for name in names})


def _with_limit(version: Timescale, limit: Limit) -> Timescale:
    return replace(version, limits=(LimitRule(limit),)) if version.limits else version


def _with_standards() -> set[str | None]:
    return {pack.authority for pack in shipped_packs()}


def load_scenario(name: str | Path) -> Scenario:
    """Read a scenario: one that ships, by name, or a TOML file. Raises ScenarioRefused with the key and the remedy."""
    return scenario_from(told_by(name), str(name))


def scenario_from(told: Mapping[str, Any], file: str) -> Scenario:
    """Check what a scenario says; `file` is how messages name it. Raises ScenarioRefused."""
    try:
        scenario = Scenario.model_validate(told)
    except ValidationError as error:
        raise ScenarioRefused(
            "\n".join(f"{file}: {_fault(dict(fault))}" for fault in error.errors())
        ) from error
    standards = scenario.rules.standards_of
    if standards is not None and standards not in _with_standards():
        known = sorted(name for name in _with_standards() if name)
        raise ScenarioRefused(
            f"{file}: rules.standards_of: no pack of local standards is known for {standards!r}; known are "
            f"{', '.join(known)}. Name one of them, or leave it out for national rules only."
        )
    scenario.rulebook()
    scenario.as_before()
    return scenario


def _fault(fault: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "the scenario"
    if fault["type"] == "extra_forbidden":
        return no_such_key(key, sorted(_keys(_shape())))
    if fault["type"] == "missing":
        return f"{key} is missing. Nothing can be simulated without it; add it."
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    given = f" (given: {fault['input']!r})" if isinstance(fault["input"], int | float | str) else ""
    return f"{key}: {message}{given}. Mend the value."


def _shape() -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        settings = field.annotation
        inner = settings.model_fields if isinstance(settings, type) and issubclass(settings, Settings) else {}
        shape[name] = dict.fromkeys(inner) if inner else None
    return shape


def _keys(told: Mapping[str, Any], before: str = "") -> list[str]:
    keys = []
    for name, value in told.items():
        keys.append(f"{before}{name}")
        if isinstance(value, dict):
            keys += _keys(value, f"{before}{name}.")
    return keys


__all__ = ["Scenario", "ScenarioRefused", "load_scenario", "scenario_from", "shipped_scenarios"]
