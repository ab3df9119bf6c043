"""The programs of the testbed, in the order in which they are built: what a cluster needs soonest comes first.

A document of another project, such as a CustomResourceDefinition, comes the same way: pinned by its module, never copied.
"""

from dataclasses import dataclass
from pathlib import Path

KUBERNETES = "v1.36.3"
PROMETHEUS_TAGS = ("netgo", "remove_all_sd", "enable_kubernetes_sd", "enable_dns_sd")
_VERSION_PACKAGE = "k8s.io/component-base/version"
# Helm and kubectl read the server's version: an unstamped build calls itself v0.0.0 and is refused by charts.
KUBERNETES_STAMPS = (
    f"{_VERSION_PACKAGE}.gitVersion={KUBERNETES}",
    f"{_VERSION_PACKAGE}.gitMajor=1",
    f"{_VERSION_PACKAGE}.gitMinor=36",
)


@dataclass(frozen=True)
class Program:
    """One program: how it is named, where it comes from and how it is built.

    `group` is the folder with its `go.mod`; `module` the module that `version` names; `package` the main package.
    `stamps` are `-X` values for the linker. `files` are files in the module's folder that the program needs at run
    time. `cold_seconds` is how long a first build takes on two cores, for the progress line. `document` is the one file
    in the module's folder that is wanted of it, where nothing is to be compiled.
    """

    name: str
    group: str
    module: str
    package: str
    version: str
    cold_seconds: int
    tags: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    document: str = ""

    @property
    def folder(self) -> Path:
        """The folder that holds the `go.mod` of this program's group."""
        return Path(__file__).parent / self.group


def _kubernetes(name: str, cold_seconds: int) -> Program:
    module = "k8s.io/kubernetes"
    package = f"{module}/cmd/{name}"
    return Program(name, "kubernetes", module, package, KUBERNETES, cold_seconds, stamps=KUBERNETES_STAMPS)


def _prometheus(name: str, cold_seconds: int) -> Program:
    module = "github.com/prometheus/prometheus"
    return Program(
        name=name,
        group="prometheus",
        module=module,
        package=f"{module}/cmd/{name}",
        version="v0.316.0",
        cold_seconds=cold_seconds,
        tags=PROMETHEUS_TAGS,
        stamps=("github.com/prometheus/common/version.Version=3.16.0",),
    )


ETCD = Program("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", "v3.7.3", 30)
KUBE_APISERVER = _kubernetes("kube-apiserver", 230)
KUBE_CONTROLLER_MANAGER = _kubernetes("kube-controller-manager", 60)
KUBE_SCHEDULER = _kubernetes("kube-scheduler", 16)
KUBECTL = _kubernetes("kubectl", 23)
KWOK = Program(
    name="kwok",
    group="kwok",
    module="sigs.k8s.io/kwok",
    package="sigs.k8s.io/kwok/cmd/kwok",
    version="v0.8.0",
    cold_seconds=56,
    files=(
        "kustomize/stage/node/fast/node-initialize.yaml",
        "kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
        "kustomize/stage/pod/fast/pod-complete.yaml",
        "kustomize/stage/pod/fast/pod-delete.yaml",
        "kustomize/stage/pod/fast/pod-ready.yaml",
    ),
)
_OPA_MODULE = "github.com/open-policy-agent/opa"
OPA = Program("opa", "opa", _OPA_MODULE, _OPA_MODULE, "v1.22.2", 41)
HELM = Program("helm", "helm", "helm.sh/helm/v4", "helm.sh/helm/v4/cmd/helm", "v4.3.1", 90)
PROMETHEUS = _prometheus("prometheus", 85)
PROMTOOL = _prometheus("promtool", 10)
KIND = Program("kind", "kind", "sigs.k8s.io/kind", "sigs.k8s.io/kind", "v0.33.0", 5)


def _document(name: str, group: str, module: str, version: str, document: str) -> Program:
    return Program(name, group, module, module, version, 5, document=document)


PROMETHEUS_RULES_CRD = _document(
    "prometheusrules.yaml",
    "prometheus-operator",
    "github.com/prometheus-operator/prometheus-operator",
    "v0.85.0",
    "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
)
_GATEWAY = ("gateway-api", "sigs.k8s.io/gateway-api", "v1.6.3")
HTTP_ROUTES_CRD = _document(
    "httproutes.yaml", *_GATEWAY, "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"
)
GRPC_ROUTES_CRD = _document(
    "grpcroutes.yaml", *_GATEWAY, "config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml"
)
SCALED_OBJECTS_CRD = _document(
    "scaledobjects.yaml",
    "keda",
    "github.com/kedacore/keda/v2",
    "v2.19.0",
    "config/crd/bases/keda.sh_scaledobjects.yaml",
)

CRDS = (PROMETHEUS_RULES_CRD, HTTP_ROUTES_CRD, GRPC_ROUTES_CRD, SCALED_OBJECTS_CRD)
"""Kinds of others that the tests install."""
CONTROL_PLANE = (ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBE_SCHEDULER, KWOK)
PROGRAMS = (*CONTROL_PLANE, KUBECTL, OPA, HELM, PROMETHEUS, PROMTOOL, KIND, *CRDS)


def named(name: str) -> Program:
    """The program of that name; `KeyError` lists the known ones."""
    for program in PROGRAMS:
        if program.name == name:
            return program
    known = ", ".join(program.name for program in PROGRAMS)
    raise KeyError(f"no program is called {name!r}; known: {known}")
