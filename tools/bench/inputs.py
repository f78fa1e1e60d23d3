"""The files that tools/bench/run measures with: generated, mixed from real samples, mixed from drawn sets."""

import csv
import os
import pathlib
import random
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"

# Characters of the mixed files. Sets whose data holds one of them are left out.
ELEMENT, COMPONENT, REPETITION, SEGMENT = "*", ">", "^", "~"


def generate(path: pathlib.Path, *options: str) -> pathlib.Path:
    with path.open("wb") as out:
        subprocess.run([BUILD / "wharf-generate", *options], stdout=out, check=True)
    return path


def draw(path: pathlib.Path, *options: str) -> pathlib.Path:
    with path.open("wb") as out:
        subprocess.run([BUILD / "wharf-draw-sets", *options], stdout=out, check=True)
    return path


class TransactionSet:
    """One set, from ST to SE, in the delimiters of the mixed files, and the group it belongs into."""

    def __init__(self, functional_id: str, release: str, version: str, segments: list[list[str]]):
        self.functional_id, self.release, self.version, self.segments = functional_id, release, version, segments

    def text(self, control_number: str) -> str:
        segments = [list(segment) for segment in self.segments]
        segments[0][2] = segments[-1][2] = control_number
        return "".join(ELEMENT.join(segment) + SEGMENT for segment in segments)


def sets_of(text: str) -> list[TransactionSet]:
    """The sets of a well-formed file; an empty list when it is anything else."""
    text = text.lstrip("\ufeff \r\n")
    if not text.startswith("ISA") or len(text) < 107:
        return []
    element = text[3]
    header = text[:200].split(element)
    if len(header) < 17:
        return []
    component, terminator = header[16][0], header[16][1:2]
    if not terminator or terminator.isalnum():
        return []
    version, repetition = header[12], header[11] if not header[11].isalnum() else ""
    own = [(component, COMPONENT)] + ([(repetition, REPETITION)] if repetition else [])
    found, group, current = [], None, None
    for segment in text.split(terminator):
        segment = segment.strip("\r\n")
        if any(mark in segment for mark in (ELEMENT, COMPONENT, REPETITION, SEGMENT)
               if mark not in (element, component, repetition, terminator)) and not segment.startswith("ISA"):
            return []
        for mine, new in own:
            segment = segment.replace(mine, new)
        parts = segment.split(element)
        if parts[0] == "GS" and len(parts) == 9:
            group = parts
        elif parts[0] == "ST" and len(parts) > 2 and group:
            current = [parts]
        elif current is not None:
            current.append(parts)
            if parts[0] == "SE":
                if len(parts) == 3:
                    found.append(TransactionSet(group[1], group[8], version, current))
                current = None
    return found


class Mixer:
    """Repeats sets, shuffled with a fixed seed, in groups of ten, into interchanges of one version each."""

    def __init__(self, sets: list[TransactionSet], seed: int = 4010):
        self.random = random.Random(seed)
        self.kinds: dict[tuple[str, str, str], list[TransactionSet]] = {}
        for one in sets:
            self.kinds.setdefault((one.version, one.functional_id, one.release), []).append(one)
        self.numbers = 0

    def interchange(self) -> str:
        version = self.random.choices([kind[0] for kind in self.kinds], [len(sets) for sets in self.kinds.values()])[0]
        kinds = [kind for kind in self.kinds if kind[0] == version]
        weights = [len(self.kinds[kind]) for kind in kinds]
        self.numbers += 1
        number = f"{self.numbers:09}"
        eleven = "U" if version < "00402" else REPETITION
        text = [f"ISA*00*          *00*          *ZZ*NORTHGATE      *ZZ*SAMPLETRADING  *250602*1403*{eleven}*{version}*{number}"
                f"*0*P*{COMPONENT}{SEGMENT}"]
        groups = self.random.randint(4, 12)
        for group in range(1, groups + 1):
            _, functional_id, release = kind = self.random.choices(kinds, weights)[0]
            text.append(f"GS*{functional_id}*NORTHGATE*SAMPLETRADING*20250602*1403*{self.numbers * 100 + group}*X*{release}~")
            text += [self.random.choice(self.kinds[kind]).text(f"{k:04}") for k in range(1, 11)]
            text.append(f"GE*10*{self.numbers * 100 + group}~")
        return "".join(text) + f"IEA*{groups}*{number}~"

    def write(self, path: pathlib.Path, size: int) -> pathlib.Path:
        with path.open("w", encoding="latin-1", newline="") as out:
            while out.tell() < size:
                out.write(self.interchange())
        return path


def clean(sets: list[TransactionSet], folder: pathlib.Path) -> list[TransactionSet]:
    """Those in which `wharf lint` finds nothing: a file of clean data is to be measured."""
    kept = []
    for one in sets:
        file = folder / "one.x12"
        file.write_text(Mixer([one]).interchange(), encoding="latin-1", newline="")
        result = subprocess.run([BUILD / "wharf", "lint", "--strict", file], stdout=subprocess.DEVNULL)
        if result.returncode == 0:
            kept.append(one)
    return kept


def samples_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("WHARF_SAMPLES", ROOT.parent / "shared" / "samples"))


def sample_sets() -> list[TransactionSet]:
    """The sets of all files that the manifest judges valid, or invalid for the envelope alone."""
    manifest = samples_folder() / "manifest.csv"
    if not manifest.exists():
        return []
    sets = []
    with manifest.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["judgement"].startswith(("valid", "invalid (ISA widths only)", "disputed")):
                sets += sets_of((samples_folder() / row["file"]).read_bytes().decode("latin-1").lstrip("ï»¿"))
    return sets


def mixed_sample(folder: pathlib.Path, size: int) -> tuple[pathlib.Path, int] | None:
    """Real sets, repeated and shuffled; None without the samples. The second value is how many different ones."""
    sets = clean(sample_sets(), folder)
    return (Mixer(sets).write(folder / "samples.x12", size), len(sets)) if sets else None


def mixed_drawn(folder: pathlib.Path, size: int) -> tuple[pathlib.Path, int]:
    """Our own mix that is always there: drawn sets of many kinds and generated ones, repeated and shuffled."""
    text = draw(folder / "drawn.x12", "--count", "120", "--seed", "11").read_text(encoding="latin-1")
    text += generate(folder / "some.x12", "--size", "120kB", "--seed", "11").read_text(encoding="latin-1")
    sets = [one for piece in text.split("ISA")[1:] for one in sets_of("ISA" + piece)]
    sets = clean(sets, folder)
    return Mixer(sets).write(folder / "mix.x12", size), len(sets)


def documents(path: pathlib.Path, interchanges: pathlib.Path) -> pathlib.Path:
    """The interchanges as canonical documents."""
    with path.open("wb") as out:
        subprocess.run([BUILD / "wharf", "translate", interchanges], stdout=out, check=True)
    return path


def csv_orders(path: pathlib.Path, size: int) -> pathlib.Path:
    """Orders of one to twelve lines as csv/purchase_order reads them, the order's own columns on every row."""
    import random
    draw_ = random.Random(1)
    columns = ("PO Number", "PO Date", "Purpose", "Type", "Currency", "Ship To ID", "Ship To Name", "Ship To Address",
               "Ship To City", "Ship To Region", "Ship To Postal Code", "Ship To Country", "Requested Delivery", "Line",
               "Buyer Item", "Vendor Item", "UPC", "Description", "Quantity", "Unit", "Unit Price", "Line Delivery")

    def quoted(text: str) -> str:
        return f'"{text}"' if "," in text else text

    written, number = 0, 4500000000
    with open(path, "w", encoding="utf-8", newline="") as file:
        written += file.write(",".join(columns) + "\r\n")
        while written < size:
            number += 1
            store = draw_.randrange(1, 4000)
            head = (f"{number},2025-{draw_.randrange(1, 13):02}-{draw_.randrange(1, 29):02},original,,USD,{store:04},"
                    f"Store {store},{store} Main Street,Akron,OH,44301,US,2025-12-{draw_.randrange(1, 29):02}")
            for line in range(1, draw_.randrange(2, 14)):
                text = f"Hex bolt, zinc, M{line}" if line % 5 == 0 else f"Hex bolt zinc plated M{line}"
                written += file.write(
                    f"{head},{line},B{draw_.randrange(10**6):06},,0{draw_.randrange(10**11):011},{quoted(text)},"
                    f"{draw_.randrange(1, 500)},each,{draw_.randrange(1, 90)}.{draw_.randrange(100):02},\r\n")
    return path
