"""A first-come first-served station in Ciw, on given gaps and service times."""

from __future__ import annotations

import ciw


def fifo(gap_s, service_s, workers):
    """Give departures in the order of arrival."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gap_s, float("inf")])],
        service_distributions=[ciw.dists.Sequential(service_s)],
        number_of_servers=[workers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(gap_s), method="Finish")
    return simulation


def departures(simulation):
    """Read the departures off; Ciw keeps records, and reading them is not timed."""
    records = sorted(simulation.get_all_records(), key=lambda record: record.id_number)
    return [record.exit_date for record in records]
