"""What 10,000 objectives cost: the operator's CPU, Prometheus's CPU, memory, the event loop's longest block."""
