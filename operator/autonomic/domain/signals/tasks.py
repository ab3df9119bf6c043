"""Tasks: Celery by celery-exporter, Argo Workflows 3.6 and later, Kubernetes Jobs by kube-state-metrics."""

from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal

_CELERY = "celery_task_received_total"
_ARGO = 'argo_workflows_total_count{phase=~"Succeeded|Failed|Error"}'

TASKS = (
    Signal("TaskSuccessRate", "Celery", Ratio(_CELERY, good="celery_task_succeeded_total")),
    Signal("TaskFailureCount", "Celery", Ratio(_CELERY, bad="celery_task_failed_total")),
    Signal("TaskRetryCount", "Celery", Ratio(_CELERY, bad="celery_task_retried_total")),
    Signal("TaskLatency", "Celery", Distribution("celery_task_runtime")),
    Signal("TaskSuccessRate", "Argo", Ratio(_ARGO, good='argo_workflows_total_count{phase="Succeeded"}')),
    Signal("TaskFailureCount", "Argo", Ratio(_ARGO, bad='argo_workflows_total_count{phase=~"Failed|Error"}')),
    Signal("TaskFailureCount", "KubeStateMetrics", Level("kube_job_status_failed", "failed pods of Jobs")),
)
