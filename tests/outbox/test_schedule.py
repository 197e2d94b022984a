"""The table of periodic jobs."""

from __future__ import annotations

from collections import Counter

import pytest

from portal.runtime import scheduler
from portal.runtime.scheduler import JOBS, Job


def twice(jobs: tuple[Job, ...]) -> list[str]:
    """Names that the scheduler would refuse at the start, and with them the whole process."""
    return [name for name, times in Counter(job.name for job in jobs).items() if times > 1]


def test_every_job_is_in_the_table_once() -> None:
    assert twice(JOBS) == []


def test_a_repeated_job_is_found() -> None:
    assert twice((*JOBS, JOBS[0])) == [JOBS[0].name]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_can_be_found_by_its_name(job: Job) -> None:
    assert scheduler.job_named(job.name) is job
