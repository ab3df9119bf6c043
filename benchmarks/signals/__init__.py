"""What it costs to take pushed signals: CPU, latency, memory, and the page of metrics that tells them."""
