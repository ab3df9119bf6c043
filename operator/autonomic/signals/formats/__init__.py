"""How senders write: CloudEvents in three modes, CDEvents, Alertmanager's webhook, people's feedback."""
