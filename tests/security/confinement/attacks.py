"""All attacks, in the order in which they are tried: importing a module of them puts them into the table."""

from tests.security.confinement import attacks_on_files, attacks_on_processes, attacks_on_the_system
from tests.security.confinement.attack_table import ATTACKS, Target, tried

MODULES = (attacks_on_files, attacks_on_processes, attacks_on_the_system)

__all__ = ["ATTACKS", "MODULES", "Target", "tried"]
