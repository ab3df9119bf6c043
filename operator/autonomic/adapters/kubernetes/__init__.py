"""The Kubernetes API server behind the ports: objects, callers, Events, admission.

Belongs here: HTTP to the API server with raw JSON, and the translation of its answers into domain errors. Never here: a
decision, typed client models (they block the event loop), Kopf.
"""
