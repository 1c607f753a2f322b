"""Makes the recordings anew: ``python -m tests.vendors.recorded``."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from backends import systems
from backends.qpu.recorded_payload import payload_document
from backends.qpu.recording import bytes_of
from tests.contract.remote.asking import payload_of, submit
from tests.contract.remote.braket import BraketGates
from tests.contract.remote.ibm import Ibm
from tests.vendors.recorded import CITATION, FOLDER, LICENCE

for kind in (BraketGates, Ibm):
    with (
        tempfile.TemporaryDirectory() as folder,
        kind.started(Path(folder), os.environ.__setitem__) as vendor,
    ):
        whole = systems.load(vendor.experiment.system).to_dict()
        document = payload_document(
            citation=CITATION,
            licence=LICENCE,
            vendor=vendor.backend().name,
            experiment=replace(vendor.experiment, system=whole),
            options=vendor.options,
            payload=payload_of(vendor, submit(vendor)),
        )
    (FOLDER / f"{document['vendor']}.json").write_bytes(bytes_of(document))
