# The operator's image: a base with Python 3.11, and /opt/autonomic. Nothing else is added to the base.
ARG BASE_IMAGE=docker.io/library/python:3.11-slim-bookworm
# Where the program is taken from with which the operator checks policies of owners. It runs no server here.
ARG OPA_IMAGE=docker.io/openpolicyagent/opa:1.22.2-static

FROM ${OPA_IMAGE} AS opa

FROM ${BASE_IMAGE} AS libraries
# pip and the build backend live in /opt/tools, so that the image has neither.
RUN python3 -m venv /opt/tools && python3 -m venv --without-pip /opt/autonomic
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/build.txt requirements/runtime.txt requirements/
# What pip must know of the machine that builds comes as secrets, which no layer keeps. Both may be absent.
RUN --mount=type=secret,id=pip-conf,target=/run/secrets/pip-conf \
    --mount=type=secret,id=pip-ca,target=/run/secrets/pip-ca \
    if [ -s /run/secrets/pip-conf ]; then export PIP_CONFIG_FILE=/run/secrets/pip-conf; fi; \
    if [ -s /run/secrets/pip-ca ]; then export PIP_CERT=/run/secrets/pip-ca; fi; \
    /opt/tools/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt && \
    /opt/tools/bin/pip --python /opt/autonomic/bin/python install --require-hashes --only-binary :all: -r requirements/runtime.txt

FROM libraries AS operator
COPY pyproject.toml README.md LICENSE ./
COPY operator operator
# Into a folder of its own: a change of the operator is then a small layer over the one with the libraries.
RUN /opt/tools/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /dist . && \
    /opt/tools/bin/pip --python /opt/autonomic/bin/python install --no-index --no-deps --prefix /opt/operator \
      --find-links /dist autonomic-layer

FROM ${BASE_IMAGE}
COPY --from=libraries /opt/autonomic /opt/autonomic
COPY --from=operator /opt/operator /opt/autonomic
COPY --from=opa /opa /opt/autonomic/bin/opa
# The root file system is read-only where this runs: nothing is written outside /tmp. The user has no entry in
# /etc/passwd, whatever its number; libraries that ask for its name find it here.
ENV HOME=/tmp USER=autonomic PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 AUTONOMIC_OPA_PROGRAM=/opt/autonomic/bin/opa
WORKDIR /tmp
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/opt/autonomic/bin/autonomic"]
CMD ["run"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="autonomic-layer" \
      org.opencontainers.image.description="A self-driving layer for Maestro Conductor on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
