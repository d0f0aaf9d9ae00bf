"""What the datasets of a demo are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers: its name, where it begins, and how far it goes."""

    name: str
    low: float
    high: float
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of dataset, published by one organization for each district, and the group it belongs to."""

    title: str
    organization: str
    group: str
    tags: tuple[str, ...]
    about: str
    measures: tuple[Measure, ...]


ORGANIZATIONS = {
    "environment-agency": ("Environment Agency", "Air, water, noise and waste, measured and published every month."),
    "transport-authority": ("Transport Authority", "Buses, trams, bicycles and the streets that they share."),
    "statistics-office": ("Statistics Office", "Who lives here, who works, and what it costs."),
    "parks-department": ("Parks Department", "Trees, playgrounds and everything green."),
    "school-board": ("School Board", "Schools, pupils and libraries."),
    "health-service": ("Health Service", "Surgeries, vaccinations and care at home."),
    "energy-utility": ("Energy Utility", "Electricity, heat and solar roofs."),
    "city-archive": ("City Archive", "Maps, photographs and records of four centuries."),
}

GROUPS = {
    "environment": ("Environment", "The state of air, water and land."),
    "mobility": ("Mobility", "How people and goods get around."),
    "people": ("People", "Population, work and housing."),
    "education": ("Education", "Schools, libraries and learning."),
    "health": ("Health", "Care, and what keeps people well."),
    "culture": ("Culture", "Heritage, events and places worth a visit."),
}

DISTRICTS = (
    "Old Town",
    "Riverside",
    "Northfield",
    "Hillcrest",
    "Harbour",
    "Millbrook",
    "Eastgate",
    "Westwood",
    "Southbank",
    "Kingsmead",
)

SUBJECTS = (
    Subject(
        "Air quality",
        "environment-agency",
        "environment",
        ("air", "sensors"),
        "Monthly means of fine dust and nitrogen dioxide",
        (Measure("pm10", 8, 40, 1), Measure("no2", 10, 60, 1)),
    ),
    Subject(
        "Street noise",
        "environment-agency",
        "environment",
        ("noise", "sensors"),
        "Noise by day and by night along main streets",
        (Measure("day_db", 50, 75), Measure("night_db", 38, 62)),
    ),
    Subject(
        "Waste collected",
        "environment-agency",
        "environment",
        ("waste", "recycling"),
        "Tonnes collected, and what of it was recycled",
        (Measure("tonnes", 120, 900), Measure("recycled_percent", 25, 65, 1)),
    ),
    Subject(
        "Bathing water",
        "environment-agency",
        "environment",
        ("water", "health"),
        "Temperature and bacteria at bathing places",
        (Measure("celsius", 3, 25, 1), Measure("bacteria", 10, 400)),
    ),
    Subject(
        "Bicycle counts",
        "transport-authority",
        "mobility",
        ("bicycles", "sensors"),
        "Bicycles that passed the counters",
        (Measure("weekday", 300, 9000), Measure("weekend", 200, 6000)),
    ),
    Subject(
        "Bus punctuality",
        "transport-authority",
        "mobility",
        ("buses", "punctuality"),
        "How many buses were on time, and how late the others",
        (Measure("on_time_percent", 70, 98, 1), Measure("minutes_late", 1, 9, 1)),
    ),
    Subject(
        "Parking spaces",
        "transport-authority",
        "mobility",
        ("parking", "streets"),
        "Spaces in streets and garages, and their use",
        (Measure("spaces", 200, 4000), Measure("used_percent", 40, 99, 1)),
    ),
    Subject(
        "Road works",
        "transport-authority",
        "mobility",
        ("streets", "planning"),
        "Works that closed a lane or more",
        (Measure("works", 0, 40), Measure("days_closed", 0, 300)),
    ),
    Subject(
        "Population",
        "statistics-office",
        "people",
        ("census", "population"),
        "Residents, and households of one",
        (Measure("residents", 4000, 48000), Measure("single_households", 900, 15000)),
    ),
    Subject(
        "Rents",
        "statistics-office",
        "people",
        ("housing", "prices"),
        "Median rents of new and of running contracts",
        (Measure("new_per_m2", 8, 19, 2), Measure("running_per_m2", 6, 14, 2)),
    ),
    Subject(
        "Jobs and vacancies",
        "statistics-office",
        "people",
        ("work", "economy"),
        "People in work, and places to fill",
        (Measure("employed", 2000, 21000), Measure("vacancies", 40, 1400)),
    ),
    Subject(
        "Trees in streets",
        "parks-department",
        "environment",
        ("trees", "green"),
        "Trees that stand, were planted, and were felled",
        (Measure("trees", 800, 9000), Measure("planted", 0, 160)),
    ),
    Subject(
        "Playgrounds",
        "parks-department",
        "people",
        ("playgrounds", "children"),
        "Playgrounds, and when they were inspected",
        (Measure("playgrounds", 3, 40), Measure("inspections", 1, 60)),
    ),
    Subject(
        "Pupils",
        "school-board",
        "education",
        ("schools", "children"),
        "Pupils and classes in public schools",
        (Measure("pupils", 300, 6000), Measure("classes", 14, 260)),
    ),
    Subject(
        "Library loans",
        "school-board",
        "education",
        ("libraries", "books"),
        "Loans on paper and on screens",
        (Measure("books", 800, 26000), Measure("digital", 300, 12000)),
    ),
    Subject(
        "Vaccinations",
        "health-service",
        "health",
        ("vaccination", "prevention"),
        "Vaccinations given in surgeries",
        (Measure("influenza", 20, 2600), Measure("tetanus", 20, 600)),
    ),
    Subject(
        "Care at home",
        "health-service",
        "health",
        ("care", "elderly"),
        "People cared for at home, and the hours",
        (Measure("people", 60, 900), Measure("hours", 800, 16000)),
    ),
    Subject(
        "Electricity use",
        "energy-utility",
        "environment",
        ("energy", "electricity"),
        "Megawatt hours used by households and by trade",
        (Measure("households_mwh", 900, 9000), Measure("trade_mwh", 400, 16000)),
    ),
    Subject(
        "Solar roofs",
        "energy-utility",
        "environment",
        ("energy", "solar"),
        "Installations, and what they gave",
        (Measure("installations", 30, 900), Measure("mwh", 20, 1800)),
    ),
    Subject(
        "Historical photographs",
        "city-archive",
        "culture",
        ("history", "photographs"),
        "Photographs that were scanned and described",
        (Measure("scanned", 0, 700), Measure("described", 0, 500)),
    ),
)
