from integration_tests.source_sigma.conftest import connect as connect_sigma
from unit_tests.postgres import postgres
