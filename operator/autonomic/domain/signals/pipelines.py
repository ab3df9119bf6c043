"""Continuous integration: OpenTelemetry's CI/CD conventions and Actions Runner Controller's listener."""

from autonomic.domain.signals.shapes import Level, Ratio, Signal

_RUNS = "cicd_pipeline_run_duration_seconds_count"
_JOBS = "gha_completed_jobs_total"

PIPELINES = (
    Signal(
        "CiBuildStatus",
        "OpenTelemetry",
        Ratio(f'{_RUNS}{{cicd_pipeline_result!=""}}', bad=f'{_RUNS}{{cicd_pipeline_result=~"failure|error|timeout"}}'),
    ),
    Signal("CiBuildStatus", "ActionsRunnerController", Ratio(_JOBS, bad=f'{_JOBS}{{job_result="failed"}}')),
    Signal(
        "MergeTrainQueueLength",
        "OpenTelemetry",
        Level('cicd_pipeline_run_active{cicd_pipeline_run_state="pending"}', "waiting runs"),
        narrow_by=("cicd_pipeline_name",),
    ),
    Signal("QueueDepth", "ActionsRunnerController", Level("gha_assigned_jobs", "jobs")),
)
