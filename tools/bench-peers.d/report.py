"""Medians, ratios to Gradus, as text or JSON."""

import json
from statistics import median

from measure import ROWS

OURS = "gradus"
LIBRARY = "gradus-library"


def summary(times):
    """A record for each engine, row and contender."""
    records = []
    for (engine, row), values in times.values.items():
        starts = times.values[engine, "start"]
        for name, runs in values.items():
            seconds = [run.seconds for run in runs]
            record = {"engine": engine, "row": row, "peer": name, "runs": len(runs),
                      "median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds),
                      "processor_s": median(run.processor for run in runs)}
            if row != "start":
                # The start of the program taken off, which may come to less than what can be told apart.
                record["without_start_s"] = max(0.0, median(seconds) - median(run.seconds for run in starts[name]))
            for ours, key in ((OURS, "times_gradus"), (LIBRARY, "times_library")):
                if name != ours and ours in values:
                    # Of paired runs: what the machine was doing meanwhile fell on both.
                    record[key] = median(theirs.seconds / our.seconds
                                         for theirs, our in zip(runs, values[ours], strict=False))
            records.append(record)
    return records


def inside(times):
    """Medians of what contenders measured within their process."""
    return [{"engine": engine, "peer": name, **{key: median(run[key] for run in runs) for key in runs[0]}}
            for (engine, name), runs in times.inside.items()]


COLUMNS = [("median", "median_s", 3), ("min", "min_s", 3), ("max", "max_s", 3), ("processor", "processor_s", 3),
           ("no start", "without_start_s", 3), ("x gradus", "times_gradus", 1), ("x library", "times_library", 1)]


def as_text(records, insides, machine):
    lines = [f"{key}: {value}" for key, value in machine.items() if key != "versions"]
    lines += ["versions: " + ", ".join(f"{name} {version}" for name, version in machine["versions"].items())]
    for engine in dict.fromkeys(record["engine"] for record in records):
        for row, title in ROWS.items():
            found = [record for record in records if (record["engine"], record["row"]) == (engine, row)]
            lines += ["", f"{engine}: {title}",
                      "  " + " " * 14 + "".join(f"{title:>11}" for title, _, _ in COLUMNS) + "   runs"]
            for record in sorted(found, key=lambda record: record["median_s"]):
                cells = (f"{record[key]:11.{digits}f}" if key in record else " " * 11 for _, key, digits in COLUMNS)
                lines.append(f"  {record['peer']:14}{''.join(cells)}   {record['runs']}")
    lines += ["", "within the process, on a database that is up to date"]
    for record in insides:
        values = (f"{key.removesuffix('_s').replace('_', ' ')} " + (f"{value * 1000:.3f} ms" if key.endswith("_s") else f"{value:g}")
                  for key, value in record.items() if key not in ("engine", "peer"))
        lines.append(f"  {record['engine']:10}{record['peer']:16}" + ", ".join(values))
    return "\n".join(lines)


def as_json(records, insides, machine):
    return json.dumps({"machine": machine, "results": records, "inside": insides}, indent=2)
