"""Infrastructure: containers by cAdvisor, autoscalers by kube-state-metrics, databases, and the queues of brokers."""

from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal

_CONTAINER = '{container!=""}'
_UTILISATION = 'kube_horizontalpodautoscaler_status_target_metric{metric_name="%s",metric_target_type="utilization"}'

INFRASTRUCTURE = (
    Signal(
        "CpuUsage",
        "CAdvisor",
        Ratio(
            f"container_cpu_cfs_periods_total{_CONTAINER}",
            bad=f"container_cpu_cfs_throttled_periods_total{_CONTAINER}",
        ),
    ),
    Signal(
        "CpuUsage", "KubeStateMetrics", Level(_UTILISATION % "cpu", "percent of what is requested", aggregate="max")
    ),
    Signal(
        "MemoryUsage", "CAdvisor", Level(f"container_memory_working_set_bytes{_CONTAINER}", "bytes", aggregate="max")
    ),
    Signal(
        "MemoryUsage",
        "KubeStateMetrics",
        Level(_UTILISATION % "memory", "percent of what is requested", aggregate="max"),
    ),
    Signal("DbLatency", "OpenTelemetry", Distribution("db_client_operation_duration_seconds")),
    Signal("QueueDepth", "RabbitMQ", Level("rabbitmq_queue_messages", "messages")),
    Signal("QueueDepth", "Kafka", Level("kafka_consumergroup_lag", "messages")),
    Signal("QueueDepth", "JetStream", Level("jetstream_consumer_num_pending", "messages")),
    Signal("QueueDepth", "Celery", Level("celery_queue_length", "tasks")),
    Signal("QueueDepth", "Kueue", Level("kueue_pending_workloads", "workloads")),
    Signal("QueueDepth", "Argo", Level("argo_workflows_queue_depth_gauge", "items")),
    Signal("QueueDepth", "KEDA", Level("keda_scaler_metrics_value", "what the scaler measures", aggregate="max")),
)
