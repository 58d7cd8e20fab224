"""The other side of ``benchmarks.pensions``: run by the Python in which openfisca-france-pension is installed.

    python openfisca_peer.py CAREERS.npz FOUND.npz

It imports nothing of this project. One calculation for all persons: an OpenFisca period is a year, and all pensions
begin on its 1 January. Amounts are in euros a year, in single precision, as OpenFisca keeps them.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france_pension import CountryTaxBenefitSystem

SCHEME = "regime_general_cnav"
TARGETS = {
    "reference_wage": "salaire_de_reference",
    "reduction": "decote",
    "proration": "coefficient_de_proratisation",
    "surcote": "surcote",
    "pension": "pension_avant_minimum_et_plafonnement",
    "minimum": "pension_minimale",
    "paid": "pension_brute",
}
OTHER_PENSIONS = {
    "fonction_publique_pension_au_31_decembre": "other_pensions",
    "arrco_pension_au_31_decembre": None,
    "agirc_pension_au_31_decembre": None,
}
"""Where the ceiling on all pensions looks; the first stands for all of a person's."""


def main(careers: str, out: str) -> None:
    """Calculate the pensions of the careers of a file, and what the law knew of past wages."""
    given = np.load(careers)
    year, years = int(given["award_year"]), given["years"]
    system = CountryTaxBenefitSystem()
    used, began = time.process_time(), time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, count=given["birth_date"].size)
    simulation.max_spiral_loops = 100  # sums over past years are recursions: as deep as careers are long
    eternal = {
        "date_de_naissance": given["birth_date"],
        "sexe": given["woman"],
        "nombre_enfants": given["children"],
        f"{SCHEME}_liquidation_date": np.full(given["birth_date"].size, f"{year}-01-01", "datetime64[D]"),
    }
    for name, values in eternal.items():
        simulation.set_input(name, "eternity" if "date" in name else year, values)
    for at, each in enumerate(years):
        simulation.set_input(f"{SCHEME}_salaire_de_base", int(each), given["wages"][:, at])
        simulation.set_input(
            f"{SCHEME}_duree_assurance_maladie_annuelle", int(each), given["assimilated"][:, at]
        )
    for variable, name in OTHER_PENSIONS.items():
        amounts = np.zeros(given["birth_date"].size) if name is None else given[name] * 12
        simulation.set_input(variable, year, amounts)
    found = {name: simulation.calculate(f"{SCHEME}_{variable}", year) for name, variable in TARGETS.items()}
    processor, wall = time.process_time() - used, time.perf_counter() - began
    table = system.parameters(
        f"{year}-01-01"
    ).retraites.secteur_prive.regime_general_cnav.revalorisation_salaire_cummulee
    known = sorted(int(each) for each in table if int(each) < year)
    np.savez(
        out,
        processor=processor,
        wall=wall,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        wage_years=known,
        coefficients=[float(table[str(each)]) for each in known],
        **found,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
