"""proto/chiso/v1 as Python, made by Debian's protoc in a temporary folder when this is imported.

Nothing here is shared with the C programs: the .proto files are the contract.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

_proto = Path(__file__).resolve().parents[2] / "proto"
_folder = tempfile.TemporaryDirectory(prefix="chiso-proto-")
subprocess.run(
    ["protoc", f"--proto_path={_proto}", f"--python_out={_folder.name}", *sorted(map(str, _proto.rglob("*.proto")))],
    check=True)
sys.path.insert(0, _folder.name)

from chiso.v1 import report_pb2, view_pb2  # noqa: E402

Observation, Receipt, Report = report_pb2.Observation, report_pb2.Receipt, report_pb2.Report
PillarSnapshot, PillarChange = view_pb2.PillarSnapshot, view_pb2.PillarChange
AlertSnapshot, AlertEvent, ServiceStatus = view_pb2.AlertSnapshot, view_pb2.AlertEvent, view_pb2.ServiceStatus


def outcome_name(verdict):
    """ACCEPTED, PARTIAL …"""
    return report_pb2.Outcome.Name(verdict.outcome).removeprefix("OUTCOME_")


def reason_name(rejection):
    """CONFLICT, NOT_ALLOWED …"""
    return report_pb2.Reason.Name(rejection.reason).removeprefix("REASON_")
