"""A gateway with many partners, as real ones differ: for measuring how long it takes to start."""

import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[2]

WHARF = """\
store: {file: data/wharf.db}
identities:
  - {name: us, qualifier: ZZ, id: EXAMPLEBUYER}
targets:
  - {name: erp, url: "http://127.0.0.1:9/erp/{document}", production: yes}
  - {name: erp-test, url: "http://127.0.0.1:9/erp-test/{document}", production: no}
partner_defaults:
  acknowledgment: {ta1: on_error, expect_997_within: 24h}
"""

SUPPLIER = """\
name: Supplier {n}
contacts:
  - {{name: Desk {n}, role: EDI, email: "edi@supplier{n}.example"}}
identifiers:
  - {{qualifier: "01", id: "{n:09}", group_ids: [SUPPLIER{n}], usage: production}}
  - {{qualifier: ZZ, id: "SUPTEST{n}", usage: test}}
channel: box{channel}
file_name: "{{set}}_{{partner}}_{{interchange}}.edi"
envelope:
  component_separator: "{component}"
  line_breaks: {breaks}
documents:
  - set: 850
    direction: outbound
  - set: 855
    direction: inbound
    targets: [erp]
    test_targets: [erp-test]
  - set: 856
    direction: inbound
    targets: [erp]
    test_targets: [erp-test]
    findings: [X12-0317=ignore]
  - set: 810
    direction: inbound
    targets: [erp]
    test_targets: [erp-test]
cross_references:
  - name: units
    unknown: hold
    rows:
      - {{theirs: CS, ours: case}}
      - {{theirs: STK, ours: each}}
"""

RETAILER = """\
name: Retailer {n}
template: vics-retailer
identifiers:
  - {{qualifier: "08", id: "{n:010}", usage: production}}
  - {{qualifier: "08", id: "TEST{n}", usage: test}}
channel: box{channel}
documents:
  - set: 850
    direction: inbound
    guide: harbour-850
    targets: [erp]
    test_targets: [erp-test]
  - set: 856
    direction: outbound
    guide: harbour-856
  - set: 810
    direction: outbound
    guide: own-810
acknowledgment:
  acknowledge_guide_findings: yes
"""

CHANNEL = """\
transport: folder
folder: {{root: mail/{n}}}
pickup: {{inbox: in, outbox: out}}
senders: [{senders}]
"""


def write(folder: pathlib.Path, count: int, own_guides: int = 20, channels: int = 10) -> pathlib.Path:
    """`count` partners: three suppliers for each retailer. Retailers share two guides; `own_guides` of them have a third of their
    own (the others share one more)."""
    shutil.copytree(ROOT / "guides", folder / "guides")
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "wharf.yaml").write_text(WHARF)
    invoices = (ROOT / "guides" / "harbour-810.guide").read_text().replace("guide harbour-810", "guide own-810")
    (folder / "guides" / "own-810.guide").write_text(invoices)
    senders: dict[int, list[str]] = {channel: [] for channel in range(channels)}
    retailers = 0
    for n in range(1, count + 1):
        channel = n % channels
        own = folder / "partners" / f"p{n}"
        own.mkdir(parents=True)
        is_retailer = n % 4 == 0
        text = (RETAILER if is_retailer else SUPPLIER).format(n=n, channel=channel, component=">:"[n % 2], breaks=["yes", "no"][n % 2])
        (own / "profile.yaml").write_text(text)
        if is_retailer:
            retailers += 1
            if retailers <= own_guides:
                (own / "own-810.guide").write_text(invoices)
                shutil.copy(ROOT / "guides" / "harbour-common.guide", own)
        senders[channel].append(f"p{n}")
    (folder / "channels").mkdir()
    for channel, names in senders.items():
        (folder / "channels" / f"box{channel}.yaml").write_text(CHANNEL.format(n=channel, senders=", ".join(names)))
        for box in ("in", "out"):
            (folder / "mail" / str(channel) / box).mkdir(parents=True)
    return folder
